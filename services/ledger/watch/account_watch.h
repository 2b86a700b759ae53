#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/rpc/write_stream.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "relance/ledger/v1/ledger_service.pb.h"

namespace relance::ledger {

inline constexpr int kWatchedAccountsMax = 1000;  // of one request
// Held for one watcher at most: the entries of one read, kWatchPartitionsPerRead x kWatchEntriesPerRead x
// store::kBatchMax account codes, and one slice of accounts.
inline constexpr int kWatchPartitionsPerRead = 16;
inline constexpr int kWatchEntriesPerRead = 8;
inline constexpr size_t kWatchAccountsPerRead = 64;
inline constexpr size_t kWatchSentMax = 4096;  // versions that are remembered as sent, so that they come once

struct WatchOptions {
  absl::Duration poll_period =
      absl::Milliseconds(100);                   // how often the feed is asked for its end, for all together
  absl::Duration heartbeat = absl::Seconds(15);  // without a change, the position comes this often
  absl::Duration call_timeout = absl::Seconds(10);  // of one call to the store
  int64_t watchers_max = 100;                       // at once; each has a thread, which mostly sleeps
};

// Tells callers what changes in the accounts of a tenant, from the feed. Reads and never writes; keeps
// nothing behind a position that the caller knows: whoever comes back with the position of the last answer
// that he took in misses nothing, and may see an account again that he has.
//
// One thread asks the store for the ends of the feed; each watcher reads the entries that he lacks himself,
// as fast as his caller takes the answers. Changes that come meanwhile are told once, as they are when their
// turn comes.
//
// Threads: all functions may be called from any thread.
class AccountWatch {
 public:
  using Stream = rpc::WriteStream<v1::WatchAccountsResponse>;
  // An account without items as it is answered.
  using Render = std::function<absl::StatusOr<v1::Account>(const AccountView&, absl::CivilDay business_date)>;

  // All outlive this. `clock` is for waiting only.
  AccountWatch(store::Store* store, TenantDirectory* tenants, Clock* clock, Render render,
               WatchOptions options);
  ~AccountWatch();  // Stop()

  // Answers until the caller goes (CANCELLED), this stops (UNAVAILABLE / WATCH_ENDED) or something fails:
  // NOT_FOUND / TENANT_NOT_FOUND, the reasons of reasons.h, those of the store.
  absl::Status Run(const v1::WatchAccountsRequest& request, Stream& stream);

  // Ends all watchers, and refuses new ones. Idempotent.
  void Stop();

 private:
  struct Watcher {
    Stream* stream = nullptr;
    bool cancelled = false;
    bool writing = false;
    bool pinned = false;  // Stop() is about to cancel it
  };
  class Reader;  // one watcher's way through the feed

  absl::Status Enter(Watcher* watcher);
  void Leave(Watcher* watcher);
  // Waits until the feed has more than `positions`, the watcher has to end (an error), or `until`.
  absl::Status Await(const Watcher& watcher, const std::vector<int64_t>& positions, absl::Time until);
  absl::Status EndOf(const Watcher& watcher) const;  // mutex_ is held; OK: go on
  absl::Status Write(Watcher* watcher, const v1::WatchAccountsResponse& response);
  void Poll();

  store::Store* const store_;
  TenantDirectory* const tenants_;
  Clock* const clock_;
  const Render render_;
  const WatchOptions options_;
  const std::vector<int> partitions_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::set<Watcher*> watchers_;
  std::vector<int64_t> ends_;  // of the feed at the newest poll
  int64_t polls_ = 0;
  absl::Status poll_status_;
  std::thread thread_;
};

}  // namespace relance::ledger
