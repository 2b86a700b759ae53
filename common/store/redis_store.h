#pragma once

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "common/store/keys.h"
#include "common/store/redis_client.h"
#include "common/store/store.h"

namespace relance::store {

// The Store on Redis. One file per topic: accounts_*.cc, feed.cc, leases.cc, timers.cc, evidence.cc,
// documents.cc.
class RedisStore : public Store {
 public:
  RedisStore(std::unique_ptr<RedisClient> client, const StoreOptions& options, Service service);

  Service service() const override { return service_; }
  int partitions() const override { return partitions_; }
  int PartitionOf(const AccountKey& key) const override { return PartitionOfKey(key, partitions_); }
  StoreStats stats() const override;
  absl::Status Ping(Deadline deadline) override;
  // Stores the number of partitions at the first start of an installation, compares it at every other.
  absl::Status CheckPartitionCount(Deadline deadline);

  absl::StatusOr<std::vector<AccountRecord>> Read(absl::Span<const AccountRead> reads,
                                                  Deadline deadline) override;
  absl::StatusOr<std::vector<AccountKey>> ListAccounts(absl::string_view tenant, int partition,
                                                       Deadline deadline) override;
  absl::StatusOr<std::vector<BatchResult>> Commit(absl::Span<const CommitBatch> batches,
                                                  Deadline deadline) override;
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> FindRequest(const AccountKey& key,
                                                                                 absl::string_view request_id,
                                                                                 Deadline deadline) override;

  absl::StatusOr<std::vector<std::optional<Lease>>> AcquireLeases(absl::Span<const int> partitions,
                                                                  absl::string_view holder,
                                                                  absl::Duration ttl,
                                                                  Deadline deadline) override;
  absl::Status ReleaseLeases(absl::Span<const Lease> leases, absl::string_view holder,
                             Deadline deadline) override;

  absl::StatusOr<std::vector<FeedRead>> ReadFeed(absl::Span<const FeedPosition> from, int max_per_partition,
                                                 Deadline deadline) override;
  absl::StatusOr<std::vector<int64_t>> FeedEnds(absl::Span<const int> partitions, Deadline deadline) override;
  absl::StatusOr<std::vector<int64_t>> Cursors(absl::Span<const int> partitions, Service service,
                                               Deadline deadline) override;
  absl::Status TrimFeed(absl::Span<const int> partitions, int keep, Deadline deadline) override;

  absl::StatusOr<std::vector<DueTimer>> DueTimers(absl::string_view tenant, int partition, int32_t day,
                                                  int limit, Deadline deadline) override;
  absl::StatusOr<std::vector<int32_t>> WorkedTo(absl::string_view tenant, Service service,
                                                Deadline deadline) override;
  absl::Status MarkWorkedTo(absl::string_view tenant, const Lease& lease, int32_t day,
                            Deadline deadline) override;

  absl::StatusOr<std::vector<std::string>> ReadEvidence(const AccountKey& key, uint64_t from, int limit,
                                                        Deadline deadline) override;
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadOutbox(int partition, int limit,
                                                                              Deadline deadline) override;

  absl::StatusOr<std::vector<Document>> GetDocuments(absl::string_view tenant,
                                                     absl::Span<const std::string> names,
                                                     Deadline deadline) override;
  absl::StatusOr<int64_t> PutDocument(absl::string_view tenant, absl::string_view name,
                                      absl::string_view value, int64_t version_read,
                                      Deadline deadline) override;
  absl::StatusOr<std::vector<std::string>> ListDocuments(absl::string_view tenant, absl::string_view prefix,
                                                         Deadline deadline) override;
  absl::StatusOr<std::vector<std::string>> ListTenants(Deadline deadline) override;

 private:
  const PartitionKeys& Keys(int partition) const { return keys_[partition]; }
  // An empty command on the slot of `partition`, in order with the others of that partition.
  Command Write(int partition) const { return Command(slots_[partition], partition, /*repeatable=*/false); }
  // Likewise, for what may be done twice.
  Command Repeatable(int partition) const {
    return Command(slots_[partition], partition, /*repeatable=*/true);
  }
  Command CommitCommand(const CommitBatch& batch, bool move_cursor) const;
  BatchResult ReadCommitReply(const CommitBatch& batch, const redisReply* reply);
  // One GET for each partition; nothing reads as 0.
  absl::StatusOr<std::vector<int64_t>> GetNumbers(absl::Span<const int> partitions,
                                                  std::string (*key_of)(const PartitionKeys&, Service),
                                                  Service service, Deadline deadline);

  const std::unique_ptr<RedisClient> client_;
  const Service service_;
  const int partitions_;
  const int replicas_to_wait_;
  std::vector<PartitionKeys> keys_;
  std::vector<int> slots_;
  std::atomic<int64_t> commits_{0}, applied_{0}, stale_{0}, fenced_{0};
};

}  // namespace relance::store
