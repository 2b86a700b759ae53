#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/store/store.h"

namespace relance::store {

// A store that fails on order: wraps another, which must outlive it. Thread-safe.
class FaultyStore : public Store {
 public:
  enum class When {
    kBefore,  // the wrapped store is not called
    kAfter,   // it is called, and its answer is lost: the case of a broken connection
  };

  explicit FaultyStore(Store* store) : store_(store) {}

  // The nth call from now (1 is the next) of `method` ("Commit", "Read", ...; "" is any) fails with `error`.
  void FailCall(int nth, absl::string_view method, absl::Status error, When when = When::kBefore);
  // Runs `action` before the nth call from now: a delay by a clock of the test, or a write that comes in
  // between.
  void BeforeCall(int nth, absl::string_view method, std::function<void()> action);
  // Calls of `method` until now ("" is all).
  int calls(absl::string_view method) const;

  Service service() const override { return store_->service(); }
  int partitions() const override { return store_->partitions(); }
  int PartitionOf(const AccountKey& key) const override { return store_->PartitionOf(key); }
  StoreStats stats() const override { return store_->stats(); }
  absl::Status Ping(Deadline deadline) override;
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
  struct Fault {
    std::string method;
    int calls_left;
    std::function<void()> action;
    absl::Status error;
    When when;
  };
  // Counts the call and returns the error that it shall give, OK when none.
  std::pair<absl::Status, When> Enter(absl::string_view method);
  template <typename Call>
  auto Guard(absl::string_view method, Call call) -> decltype(call());

  Store* const store_;
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
  std::map<std::string, int> calls_;
};

}  // namespace relance::store
