#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/store/store.h"
#include "tests/redis/store_backend.h"

namespace relance::store {

inline Deadline Soon() { return After(absl::Seconds(20)); }

// The fixture of the conformance suite, which runs on every implementation of Store: in memory, on plain
// Redis, on one node in cluster mode, on a cluster of three. What a service's unit test learns from FakeStore
// holds on Redis because of it.
class StoreConformanceTest : public ::testing::TestWithParam<::relance::testing::BackendKind> {
 protected:
  // One server for all tests of a kind; Create empties it.
  void SetUp() override {
    backend_ = ::relance::testing::StoreBackend::Create(GetParam());
    ledger_ = backend_->Open(Service::kLedger);
    scenario_ = backend_->Open(Service::kScenario);
  }

  AccountKey Key(absl::string_view account) const { return {"acme", std::string(account)}; }

  AccountWrite Write(const AccountKey& key, int64_t version, absl::string_view value = "v") const {
    AccountWrite write;
    write.key = key;
    write.read_versions = {{kLedgerOwner, version}};
    write.set = {{"sum", std::string(value)}};
    return write;
  }

  CommitBatch Batch(std::vector<AccountWrite> writes) const {
    CommitBatch batch;
    batch.partition = ledger_->PartitionOf(writes.front().key);
    batch.writes = std::move(writes);
    return batch;
  }

  // Accounts of one partition.
  std::vector<AccountKey> Neighbours(int count) const {
    std::vector<AccountKey> keys = {Key("n0")};
    for (int i = 1; static_cast<int>(keys.size()) < count; ++i) {
      AccountKey key = Key(absl::StrCat("n", i));
      if (ledger_->PartitionOf(key) == ledger_->PartitionOf(keys[0])) keys.push_back(key);
    }
    return keys;
  }

  WriteResult CommitOne(Store& store, const AccountWrite& write) {
    CommitBatch batch = Batch({write});
    auto results = store.Commit({batch}, Soon());
    EXPECT_TRUE(results.ok()) << results.status();
    EXPECT_TRUE(results->at(0).ok()) << results->at(0).status();
    return results->at(0)->at(0);
  }

  AccountRecord ReadAll(const AccountKey& key) {
    AccountRead read;
    read.key = key;
    read.all_fields = true;
    auto records = ledger_->Read({read}, Soon());
    EXPECT_TRUE(records.ok()) << records.status();
    return records->at(0);
  }

  std::vector<FeedEntry> Feed(int partition, int64_t after = 0) {
    auto reads = ledger_->ReadFeed({{partition, after}}, 100, Soon());
    EXPECT_TRUE(reads.ok()) << reads.status();
    EXPECT_FALSE(reads->at(0).gap);
    return reads->at(0).entries;
  }

  std::unique_ptr<::relance::testing::StoreBackend> backend_;
  std::unique_ptr<Store> ledger_;
  std::unique_ptr<Store> scenario_;
};

}  // namespace relance::store

// Runs the tests of `suite`, which derives from StoreConformanceTest, on all of them.
#define RELANCE_ON_EVERY_STORE(suite)                                                           \
  INSTANTIATE_TEST_SUITE_P(Stores, suite,                                                       \
                           ::testing::Values(::relance::testing::BackendKind::kFake,            \
                                             ::relance::testing::BackendKind::kPlainRedis,      \
                                             ::relance::testing::BackendKind::kOneClusterNode,  \
                                             ::relance::testing::BackendKind::kClusterOfThree), \
                           [](const auto& info) { return ::relance::testing::NameOf(info.param); })
