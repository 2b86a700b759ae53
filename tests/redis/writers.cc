#include "tests/redis/writers.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace relance::testing {
namespace {

constexpr int kAccountsPerThread = 16;

store::Deadline Soon() { return store::After(absl::Seconds(20)); }

}  // namespace

store::CommitBatch BatchOf(const store::Store& store, const store::AccountKey& key, int64_t version,
                           absl::string_view value) {
  store::CommitBatch batch;
  batch.partition = store.PartitionOf(key);
  batch.writes.resize(1);
  batch.writes[0].key = key;
  batch.writes[0].read_versions = {{store::kLedgerOwner, version}};
  batch.writes[0].set = {{"sum", std::string(value)}};
  return batch;
}

Writers::Writers(store::Store* store, int threads) : store_(store) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i] { Work(i); });
}

void Writers::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Writers::Check() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [key, versions] : written_) {
    store::AccountRead read;
    read.key = key;
    auto records = store_->Read({read}, Soon());
    ASSERT_TRUE(records.ok()) << records.status();
    EXPECT_GE(records->at(0).versions[store::kLedgerOwner], versions.first) << key.ToString();
    EXPECT_LE(records->at(0).versions[store::kLedgerOwner], versions.second) << key.ToString();
  }
}

void Writers::Work(int id) {
  std::vector<store::AccountRead> reads(kAccountsPerThread);
  for (int i = 0; i < kAccountsPerThread; ++i) reads[i].key = {"acme", absl::StrCat("w", id, "-", i)};
  std::vector<int64_t> acknowledged(kAccountsPerThread, 0), unknown(kAccountsPerThread, 0);
  while (!stop_) {
    auto records = store_->Read(reads, Soon());
    if (!records.ok()) continue;
    std::vector<store::CommitBatch> batches;
    for (int i = 0; i < kAccountsPerThread; ++i) {
      const int64_t version = records->at(i).versions[store::kLedgerOwner];
      EXPECT_GE(version, acknowledged[i]) << "an acknowledged write is gone";
      EXPECT_LE(version, acknowledged[i] + unknown[i]) << "a write was done twice";
      acknowledged[i] = version;
      unknown[i] = 0;
      batches.push_back(BatchOf(*store_, reads[i].key, version, "x"));
    }
    auto results = store_->Commit(batches, Soon());
    for (int i = 0; i < kAccountsPerThread; ++i) {
      const auto& result = results->at(i);
      if (!result.ok()) {
        ++unknown_;
        unknown[i] = 1;
      } else if (result->at(0).outcome == store::WriteOutcome::kApplied) {
        acknowledged[i] = result->at(0).version;
        ++acknowledged_;
      } else {
        ++stale_;
      }
    }
  }
  std::lock_guard<std::mutex> lock(mutex_);
  for (int i = 0; i < kAccountsPerThread; ++i) {
    written_[reads[i].key] = {acknowledged[i], acknowledged[i] + unknown[i]};
  }
}

}  // namespace relance::testing
