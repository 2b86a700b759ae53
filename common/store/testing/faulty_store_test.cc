#include "common/store/testing/faulty_store.h"

#include <gtest/gtest.h>

#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"

namespace relance::store {
namespace {

const Deadline kLate = After(absl::Minutes(1));

absl::Status Broken() { return DomainError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "broken"); }

CommitBatch BatchOf(const Store& store, int64_t version) {
  CommitBatch batch;
  batch.writes.resize(1);
  batch.writes[0].key = {"acme", "a"};
  batch.writes[0].read_versions = {{kLedgerOwner, version}};
  batch.writes[0].set = {{"sum", "v"}};
  batch.partition = store.PartitionOf(batch.writes[0].key);
  return batch;
}

class FaultyStoreTest : public ::testing::Test {
 protected:
  int64_t Version() {
    AccountRead read;
    read.key = {"acme", "a"};
    return fake_.Read({read}, kLate)->at(0).versions[kLedgerOwner];
  }
  FakeStore fake_{Service::kLedger};
  FaultyStore store_{&fake_};
};

TEST_F(FaultyStoreTest, OnlyTheNthCallOfTheMethodFails) {
  store_.FailCall(2, "Commit", Broken());
  EXPECT_TRUE(store_.Commit({BatchOf(store_, 0)}, kLate).ok());
  EXPECT_TRUE(store_.Ping(kLate).ok());
  EXPECT_EQ(store_.Commit({BatchOf(store_, 1)}, kLate).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Version(), 1);
  EXPECT_TRUE(store_.Commit({BatchOf(store_, 1)}, kLate).ok());
  EXPECT_EQ(Version(), 2);
  EXPECT_EQ(store_.calls("Commit"), 3);
  EXPECT_EQ(store_.calls(""), 4);
}

TEST_F(FaultyStoreTest, ALostAnswerLeavesTheWriteDone) {
  store_.FailCall(1, "", Broken(), FaultyStore::When::kAfter);
  EXPECT_FALSE(store_.Commit({BatchOf(store_, 0)}, kLate).ok());
  EXPECT_EQ(Version(), 1);
}

TEST_F(FaultyStoreTest, AnActionComesInBetween) {
  store_.BeforeCall(1, "Commit", [&] { ASSERT_TRUE(fake_.Commit({BatchOf(fake_, 0)}, kLate).ok()); });
  auto results = store_.Commit({BatchOf(store_, 0)}, kLate);
  EXPECT_EQ(results->at(0)->at(0).outcome, WriteOutcome::kStale);
}

}  // namespace
}  // namespace relance::store
