#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "common/worker/account_handler.h"

namespace relance::worker {

struct WorkerOptions {
  // Opaque name of this process; another one at every start, so that a predecessor is fenced off.
  std::string holder;
  // This replica's place among `replicas`. It prefers the partitions p with p % replicas == replica, and
  // takes others only when nobody has held them for a whole lease.
  int replica = 0;
  int replicas = 1;
  absl::Duration lease_ttl = absl::Seconds(5);
  absl::Duration call_timeout = absl::Seconds(10);
  absl::Duration idle_wait_min = absl::Milliseconds(2);
  absl::Duration idle_wait_max = absl::Milliseconds(50);
  int accounts_per_pass = 1024;  // bounds memory and the length of a pipeline
  int feed_entries_per_read = 1024;
  int feed_keep = 1000;  // entries kept behind the slowest cursor, a partition
};

// Totals since start, for metrics.
struct WorkerStats {
  int64_t accounts_read = 0, accounts_written = 0, accounts_stale = 0, accounts_failed = 0;
  int64_t passes = 0, store_errors = 0, leases_lost = 0;
  int64_t feed_lag = 0;    // entries not read at the last look
  int64_t partitions = 0;  // owned now
};

// Owns partitions by lease, reads their feed, wakes accounts whose timer is due, and commits what the handler
// decides. One thread; the handler is called from it. A cursor moves only when every account that its entries
// named is settled.
class Worker {
 public:
  // `store`, `directory`, `handler` and `clock` outlive the worker. `clock` is for waiting only.
  Worker(store::Store* store, TenantDirectory* directory, AccountHandler* handler, Clock* clock,
         WorkerOptions options);
  ~Worker();  // Stop()

  void Start();
  void Stop();   // gives the leases back; idempotent
  void Nudge();  // there may be work: do not wait

  // One round over all owned partitions: leases, feed, timers, outboxes. Returns whether something was done.
  absl::StatusOr<bool> RunOnce();

  WorkerStats stats() const;

 private:
  struct Partition {
    store::Lease lease;
    int64_t cursor = 0;
    bool outbox_dirty = true;
    std::map<std::string, int32_t> worked_to;      // by tenant
    std::map<std::string, int64_t> configuration;  // versions by tenant when the outbox was last looked at
    std::set<store::AccountKey> failed;            // left out until their tenant's next day
    std::unordered_map<std::string, int64_t> own_versions;  // what this worker wrote itself: no news to it
  };
  struct Work {
    int partition = 0;
    std::vector<store::AccountKey> accounts;
    int64_t cursor_to = 0;
    bool gap = false;  // the cursor is set, not moved: the feed may have begun anew
  };

  store::Deadline CallDeadline() const { return store::After(options_.call_timeout); }
  absl::Status KeepLeases();
  absl::Status Adopt(const store::Lease& lease);
  absl::StatusOr<bool> ReadFeeds();
  absl::StatusOr<bool> WorkTimers();
  // Owned partitions whose timers are not worked up to the tenant's business date.
  absl::StatusOr<std::vector<int>> NotWorkedYet(const TenantContext& tenant);
  absl::Status WorkTimers(const std::vector<int>& partitions, const TenantContext& tenant);
  void GiveUp(const Work& part);
  absl::Status EndDay(int partition, const TenantContext& tenant);
  absl::StatusOr<bool> DeliverOutboxes();
  // What was decided about accounts, on its way into the store.
  struct Decided {
    std::vector<Work> work;
    std::vector<store::CommitBatch> batches;
    std::vector<size_t> batch_work;  // which part of `work` a batch belongs to
  };
  using CommitResult = absl::StatusOr<std::vector<store::Store::BatchResult>>;

  // Slices of bounded size. While one is committed the next is decided and the one after it read. A commit
  // is asked for only when the one before is settled, so that a partition's cursor moves with its last
  // account.
  absl::Status ProcessAll(std::vector<Work> work);
  std::vector<std::vector<Work>> Slices(std::vector<Work> work) const;
  // The accounts of a slice, in its order.
  using Views = absl::StatusOr<std::vector<absl::StatusOr<AccountView>>>;
  Views Read(const std::vector<Work>& work);
  absl::StatusOr<Decided> Decide(std::vector<Work> work, Views read);
  // Takes in what became of `decided`; returns what was refused.
  absl::StatusOr<std::vector<Work>> Settle(Decided decided, const CommitResult& results);
  // Decides anew until nothing is refused; false when accounts keep changing: the next pass goes on from
  // there.
  absl::StatusOr<bool> Repeat(std::vector<Work> work);
  absl::Status MoveCursors(const std::vector<Work>& done);
  void Drop(int partition);
  void Loop();
  const TenantContext* Tenant(const std::string& id) const;

  store::Store* const store_;
  TenantDirectory* const directory_;
  AccountHandler* const handler_;
  Clock* const clock_;
  const WorkerOptions options_;

  // Of the worker's thread alone.
  std::map<int, Partition> owned_;
  std::map<std::string, TenantPtr> tenants_;
  std::vector<TenantPtr> tenant_list_;
  std::map<int, absl::Time> free_since_;  // partitions of others that were seen without a holder
  absl::Time next_lease_time_ = absl::InfinitePast();
  int64_t rounds_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool nudged_ = false;
  WorkerStats stats_;
  std::thread thread_;
};

}  // namespace relance::worker
