// A Redis that answers, but not as it should: somebody else wrote into it.

#include "common/status/domain_error.h"
#include "common/store/errors.h"
#include "common/store/store.h"
#include "gtest/gtest.h"
#include "tests/support/redis_process.h"

namespace relance::store {
namespace {

TEST(StoreErrorTest, AKeyOfAnotherTypeIsNamedAsABug) {
  relance::testing::RedisProcess redis({.appendfsync = "no"});
  StoreOptions options;
  options.address = redis.address();
  options.partitions = 1;
  const auto store = Store::Open(options, Service::kLedger);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_TRUE((*store)->ListAccounts("demo", 0, After(absl::Seconds(5))).ok());
  redis.Command({"SET", "{p00}:accounts:demo", "no set"});
  const auto accounts = (*store)->ListAccounts("demo", 0, After(absl::Seconds(5)));
  EXPECT_EQ(ReasonOf(accounts.status()), kStoreError);
  EXPECT_TRUE(absl::IsInternal(accounts.status())) << accounts.status();
}

}  // namespace
}  // namespace relance::store
