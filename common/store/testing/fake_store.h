#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/store/store.h"

namespace relance::store {

// The Store in memory, for unit tests of services. Means the same as the one on Redis (one conformance suite
// runs on both, tests/redis/store_conformance.h). Time stands still until AdvanceTime. Thread-safe.
class FakeStore : public Store {
 public:
  explicit FakeStore(Service service, int partitions = 4);

  // The same data, opened by another service.
  std::unique_ptr<FakeStore> As(Service service) const;

  // Moves the server's clock, by which leases and request records expire.
  void AdvanceTime(absl::Duration span);

  Service service() const override { return service_; }
  int partitions() const override;
  int PartitionOf(const AccountKey& key) const override;
  StoreStats stats() const override;
  absl::Status Ping(Deadline) override { return absl::OkStatus(); }

  absl::StatusOr<std::vector<AccountRecord>> Read(absl::Span<const AccountRead> reads, Deadline) override;
  absl::StatusOr<std::vector<AccountKey>> ListAccounts(absl::string_view tenant, int partition,
                                                       Deadline) override;
  absl::StatusOr<std::vector<BatchResult>> Commit(absl::Span<const CommitBatch> batches, Deadline) override;
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> FindRequest(const AccountKey& key,
                                                                                 absl::string_view request_id,
                                                                                 Deadline) override;
  absl::StatusOr<std::vector<std::optional<Lease>>> AcquireLeases(absl::Span<const int> partitions,
                                                                  absl::string_view holder,
                                                                  absl::Duration ttl, Deadline) override;
  absl::Status ReleaseLeases(absl::Span<const Lease> leases, absl::string_view holder, Deadline) override;
  absl::StatusOr<std::vector<FeedRead>> ReadFeed(absl::Span<const FeedPosition> from, int max_per_partition,
                                                 Deadline) override;
  absl::StatusOr<std::vector<int64_t>> FeedEnds(absl::Span<const int> partitions, Deadline) override;
  absl::StatusOr<std::vector<int64_t>> Cursors(absl::Span<const int> partitions, Service service,
                                               Deadline) override;
  absl::Status TrimFeed(absl::Span<const int> partitions, int keep, Deadline) override;
  absl::StatusOr<std::vector<DueTimer>> DueTimers(absl::string_view tenant, int partition, int32_t day,
                                                  int limit, Deadline) override;
  absl::StatusOr<std::vector<int32_t>> WorkedTo(absl::string_view tenant, Service service, Deadline) override;
  absl::Status MarkWorkedTo(absl::string_view tenant, const Lease& lease, int32_t day, Deadline) override;
  absl::StatusOr<std::vector<std::string>> ReadEvidence(const AccountKey& key, uint64_t from, int limit,
                                                        Deadline) override;
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadOutbox(int partition, int limit,
                                                                              Deadline) override;
  absl::StatusOr<std::vector<Document>> GetDocuments(absl::string_view tenant,
                                                     absl::Span<const std::string> names, Deadline) override;
  absl::StatusOr<int64_t> PutDocument(absl::string_view tenant, absl::string_view name,
                                      absl::string_view value, int64_t version_read, Deadline) override;
  absl::StatusOr<std::vector<std::string>> ListDocuments(absl::string_view tenant, absl::string_view prefix,
                                                         Deadline) override;
  absl::StatusOr<std::vector<std::string>> ListTenants(Deadline) override;

 private:
  struct Account {
    AccountRecord record;
    std::vector<std::string> evidence;
  };
  struct Request {
    std::string payload_hash, response;
    absl::Duration until;
  };
  struct LeaseState {
    int64_t token = 0;
    std::string holder;
    absl::Duration until;
  };
  // What one service keeps in one partition.
  struct ServicePart {
    int64_t cursor = 0;
    LeaseState lease;
    std::map<std::string, int32_t> worked;                         // tenant -> day
    std::map<std::string, std::map<std::string, int32_t>> timers;  // tenant -> account -> day
    std::map<std::string, std::string> outbox;
  };
  struct Partition {
    int64_t newest = 0;
    std::vector<FeedEntry> feed;
    std::map<Service, ServicePart> services;
  };
  struct State {
    std::mutex mutex;
    std::vector<Partition> partitions;
    std::map<AccountKey, Account> accounts;
    std::map<std::tuple<Service, AccountKey, std::string>, Request> requests;
    std::map<std::pair<std::string, std::string>, Document> documents;
    absl::Duration now;
    StoreStats stats;
  };

  FakeStore(Service service, std::shared_ptr<State> state) : service_(service), state_(std::move(state)) {}
  BatchResult CommitLocked(const CommitBatch& batch, bool move_cursor);
  WriteResult JudgeLocked(const AccountWrite& write);
  void ApplyLocked(const AccountWrite& write, Partition& partition, WriteResult& result, FeedEntry& entry);
  absl::Status CheckAll(absl::Span<const int> partitions) const;

  const Service service_;
  const std::shared_ptr<State> state_;
};

}  // namespace relance::store
