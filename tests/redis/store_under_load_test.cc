// Commits under load while Redis is killed, a cluster is resharded, and two workers want the same partition.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/store/errors.h"
#include "common/store/slot.h"
#include "common/store/store.h"
#include "tests/redis/writers.h"
#include "tests/support/cluster_process.h"
#include "tests/support/redis_process.h"

namespace relance::store {
namespace {

using ::relance::testing::AwaitCondition;
using ::relance::testing::BatchOf;
using ::relance::testing::ClusterProcess;
using ::relance::testing::RedisProcess;
using ::relance::testing::Writers;

constexpr int kPartitions = 8;

Deadline Soon() { return After(absl::Seconds(20)); }

StoreOptions OptionsFor(const std::string& address) {
  StoreOptions options;
  options.address = address;
  options.partitions = kPartitions;
  options.connections = 4;
  return options;
}

TEST(StoreKillTest, EveryAcknowledgedCommitSurvivesKillAndRestartUnderLoad) {
  RedisProcess redis;
  auto store = Store::Open(OptionsFor(redis.address()), Service::kLedger);
  ASSERT_TRUE(store.ok()) << store.status();
  Writers writers(store->get(), 4);
  for (int round = 0; round < 3; ++round) {
    const int before = writers.acknowledged();
    ASSERT_TRUE(AwaitCondition([&] { return writers.acknowledged() > before + 500; }));
    redis.Restart();
  }
  const int before = writers.acknowledged();
  ASSERT_TRUE(AwaitCondition([&] { return writers.acknowledged() > before + 100; }));
  writers.Stop();
  writers.Check();
  EXPECT_GE((*store)->stats().reconnects, 3);
}

TEST(StoreReshardTest, NothingIsLostOrDoubledWhilePartitionsMove) {
  ClusterProcess cluster(3);
  auto store = Store::Open(OptionsFor(cluster.addresses()), Service::kLedger);
  ASSERT_TRUE(store.ok()) << store.status();
  Writers writers(store->get(), 4);
  for (int round = 0; round < 3; ++round) {
    for (int partition = 0; partition < kPartitions; ++partition) {
      const int before = writers.acknowledged();
      ASSERT_TRUE(AwaitCondition([&] { return writers.acknowledged() > before + 50; }));
      const int slot = SlotOf(absl::StrCat("{p0", partition, "}"));
      cluster.MoveSlot(slot, (cluster.OwnerOf(slot) + 1) % cluster.size());
    }
  }
  writers.Stop();
  writers.Check();
  EXPECT_EQ(writers.unknown(), 0);
  EXPECT_EQ(writers.stale(), 0);
  EXPECT_GT((*store)->stats().redirects, 0);
  // Every commit has its entry in the feed, at a dense position.
  int64_t announced = 0;
  for (int partition = 0; partition < kPartitions; ++partition) {
    auto feed = (*store)->ReadFeed({{partition, 0}}, 1000000, Soon());
    ASSERT_TRUE(feed.ok());
    EXPECT_FALSE(feed->at(0).gap);
    int64_t position = 0;
    for (const FeedEntry& entry : feed->at(0).entries) EXPECT_EQ(entry.position, ++position);
    announced += position;
  }
  EXPECT_EQ(announced, writers.acknowledged());
}

TEST(StoreReshardTest, AMovedNodeWithoutTheLibraryGetsIt) {
  ClusterProcess cluster(2);
  auto store = Store::Open(OptionsFor(cluster.addresses()), Service::kLedger);
  ASSERT_TRUE(store.ok()) << store.status();
  const AccountKey key{"acme", "a"};
  const int slot = SlotOf(absl::StrCat("{p0", (*store)->PartitionOf(key), "}"));
  const int to = 1 - cluster.OwnerOf(slot);
  ASSERT_EQ(cluster.node(to).Command({"FUNCTION", "FLUSH"}), "OK");
  cluster.MoveSlot(slot, to);
  auto results = (*store)->Commit({BatchOf(**store, key, 0)}, Soon());
  ASSERT_TRUE(results->at(0).ok()) << results->at(0).status();
  EXPECT_EQ(results->at(0)->at(0).outcome, WriteOutcome::kApplied);
}

TEST(StoreFailOverTest, AnotherNodeTakesThePartitionOver) {
  ClusterProcess cluster(2);
  auto store = Store::Open(OptionsFor(cluster.addresses()), Service::kLedger);
  ASSERT_TRUE(store.ok()) << store.status();
  const AccountKey key{"acme", "a"};
  const int primary = cluster.OwnerOf(SlotOf(absl::StrCat("{p0", (*store)->PartitionOf(key), "}")));
  const int replica = cluster.AddReplica(primary);
  StoreOptions waiting = OptionsFor(cluster.addresses());
  waiting.replicas_to_wait = 1;
  auto safe = Store::Open(waiting, Service::kLedger);
  ASSERT_TRUE(safe.ok()) << safe.status();
  ASSERT_TRUE((*safe)->Commit({BatchOf(**safe, key, 0)}, Soon())->at(0).ok());
  cluster.FailOver(primary, replica);
  // What the replica acknowledged is there, and the functions came with the data.
  EXPECT_TRUE(AwaitCondition([&] {
    AccountRead read;
    read.key = key;
    auto records = (*store)->Read({read}, Soon());
    return records.ok() && records->at(0).versions[kLedgerOwner] == 1;
  }));
  auto results = (*store)->Commit({BatchOf(**store, key, 1)}, Soon());
  ASSERT_TRUE(results->at(0).ok()) << results->at(0).status();
  EXPECT_EQ(results->at(0)->at(0).version, 2);
}

TEST(StoreLeaseTest, TwoWorkersWhoFightForALeaseNeverBothWrite) {
  RedisProcess redis;
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < 2; ++i) {
    auto store = Store::Open(OptionsFor(redis.address()), Service::kLedger);
    ASSERT_TRUE(store.ok());
    stores.push_back(*std::move(store));
  }
  const AccountKey key{"acme", "fought-for"};
  const int partition = stores[0]->PartitionOf(key);
  std::mutex mutex;
  std::map<int64_t, std::set<int>> writers_of_token;
  std::map<int64_t, int64_t> token_of_version;
  std::atomic<int> applied{0};
  std::vector<std::thread> workers;
  for (int id = 0; id < 2; ++id) {
    workers.emplace_back([&, id] {
      while (applied < 200) {
        auto leases =
            stores[id]->AcquireLeases({partition}, absl::StrCat("worker", id), absl::Milliseconds(2), Soon());
        ASSERT_TRUE(leases.ok());
        if (!leases->at(0).has_value()) continue;
        // Works on with this token until it is refused, also long after it expired.
        for (bool mine = true; mine && applied < 200;) {
          AccountRead read;
          read.key = key;
          auto record = stores[id]->Read({read}, Soon());
          ASSERT_TRUE(record.ok());
          CommitBatch batch = BatchOf(*stores[id], key, record->at(0).versions[kLedgerOwner]);
          batch.lease = leases->at(0);
          auto results = stores[id]->Commit({batch}, Soon());
          ASSERT_TRUE(results.ok());
          if (!results->at(0).ok()) {
            EXPECT_EQ(ReasonOf(results->at(0).status()), kLeaseLost);
            mine = false;
          } else if (results->at(0)->at(0).outcome == WriteOutcome::kApplied) {
            ++applied;
            std::lock_guard<std::mutex> lock(mutex);
            writers_of_token[leases->at(0)->token].insert(id);
            token_of_version[results->at(0)->at(0).version] = leases->at(0)->token;
          }
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (const auto& [token, writers] : writers_of_token) EXPECT_EQ(writers.size(), 1u) << token;
  int64_t last = 0;
  for (const auto& [version, token] : token_of_version) {
    EXPECT_GE(token, last) << "an older token wrote version " << version;
    last = token;
  }
}

}  // namespace
}  // namespace relance::store
