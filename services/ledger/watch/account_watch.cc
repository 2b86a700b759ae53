#include "services/ledger/watch/account_watch.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/watch/reasons.h"
#include "services/ledger/watch/watch_position.h"

namespace relance::ledger {
namespace {

prometheus::Gauge& WatchersGauge() {
  static auto& family =
      *new metrics::GaugeFamily("relance_ledger_watchers", "Callers that watch accounts at this moment");
  return family.With();
}

prometheus::Counter& Answers(absl::string_view kind) {
  static auto& family = *new metrics::CounterFamily("relance_ledger_watch_answers_total",
                                                    "Answers to callers that watch accounts", {"kind"});
  return family.With({kind});
}

std::vector<int> AllPartitions(const store::Store& store) {
  std::vector<int> partitions(store.partitions());
  std::iota(partitions.begin(), partitions.end(), 0);
  return partitions;
}

absl::Status Lost(int partition) {
  return DomainError(
      absl::StatusCode::kOutOfRange, kPositionLost,
      "the feed no longer has what came behind this position: read the accounts anew and watch from "
      "now",
      {{"partition", absl::StrCat(partition)}});
}

}  // namespace

class AccountWatch::Reader {
 public:
  Reader(AccountWatch* watch, Watcher* watcher, TenantPtr tenant, const v1::WatchAccountsRequest& request,
         std::vector<int64_t> positions)
      : watch_(watch),
        watcher_(watcher),
        tenant_(std::move(tenant)),
        wanted_(request.account_ids().begin(), request.account_ids().end()),
        positions_(std::move(positions)) {}

  absl::Status Run(std::vector<int64_t> ends, bool from_now) {
    last_sent_ = watch_->clock_->TimeNow();
    // The caller has a position to come back with before anything changes.
    if (from_now) RELANCE_RETURN_IF_ERROR(SendPosition());
    while (true) {
      RELANCE_RETURN_IF_ERROR(CatchUp(ends));
      const absl::Time beat = last_sent_ + watch_->options_.heartbeat;
      if (watch_->clock_->TimeNow() >= beat) RELANCE_RETURN_IF_ERROR(SendPosition());
      RELANCE_RETURN_IF_ERROR(watch_->Await(*watcher_, positions_, last_sent_ + watch_->options_.heartbeat));
      std::lock_guard<std::mutex> lock(watch_->mutex_);
      if (!watch_->ends_.empty()) ends = watch_->ends_;
    }
  }

 private:
  // The end may lie before the position: a store that was restored from an older state. The feed says so.
  absl::Status CatchUp(const std::vector<int64_t>& ends) {
    while (true) {
      std::vector<store::FeedPosition> behind;
      for (const int partition : watch_->partitions_) {
        if (positions_[partition] >= ends[partition]) continue;
        behind.push_back({partition, positions_[partition]});
        if (behind.size() == kWatchPartitionsPerRead) break;
      }
      if (behind.empty()) return absl::OkStatus();
      RELANCE_ASSIGN_OR_RETURN(const auto reads,
                               watch_->store_->ReadFeed(behind, kWatchEntriesPerRead, Deadline()));
      for (const store::FeedRead& read : reads) RELANCE_RETURN_IF_ERROR(Tell(read));
    }
  }

  absl::Status Tell(const store::FeedRead& read) {
    if (read.gap) return Lost(read.partition);
    if (read.entries.empty()) return absl::OkStatus();
    std::vector<store::AccountRead> accounts;
    absl::flat_hash_set<std::string> named;
    for (const store::FeedEntry& entry : read.entries) {
      // What others write is not in the answer.
      if (entry.service != store::ServiceName(store::Service::kLedger)) continue;
      for (const auto& [key, version] : entry.accounts) {
        if (key.tenant != tenant_->config.id()) continue;
        if (!wanted_.empty() && !wanted_.contains(key.account)) continue;
        const auto sent = sent_.find(key.account);
        if (sent != sent_.end() && sent->second >= version) continue;
        if (named.insert(key.account).second) accounts.push_back({key, {kSumField}, false});
      }
    }
    const int64_t passed = read.entries.back().position;
    for (size_t from = 0; from < accounts.size(); from += kWatchAccountsPerRead) {
      const size_t count = std::min(kWatchAccountsPerRead, accounts.size() - from);
      RELANCE_ASSIGN_OR_RETURN(
          const auto records,
          watch_->store_->Read(absl::MakeConstSpan(accounts).subspan(from, count), Deadline()));
      for (size_t i = 0; i < records.size(); ++i) {
        // The last account of the read carries the position behind it; a cut before it brings all of them
        // again.
        if (from + i + 1 == accounts.size()) positions_[read.partition] = passed;
        RELANCE_RETURN_IF_ERROR(SendAccount(records[i]));
      }
    }
    positions_[read.partition] = passed;
    if (watch_->clock_->TimeNow() >= last_sent_ + watch_->options_.heartbeat) return SendPosition();
    std::lock_guard<std::mutex> lock(watch_->mutex_);
    return watch_->EndOf(*watcher_);
  }

  absl::Status SendAccount(const store::AccountRecord& record) {
    const absl::StatusOr<AccountView> view = DecodeAccount(record);
    absl::StatusOr<v1::Account> account =
        view.ok() ? watch_->render_(*view, tenant_->business_date) : view.status();
    if (!account.ok()) {
      // One account that cannot be told must not hide the others for ever.
      static log::RateLimit limit(absl::Seconds(10));
      log::WriteLimited(limit, log::Severity::kError, "a changed account was not told to its watchers",
                        {{"tenant", record.key.tenant}, {"reason", ReasonOf(account.status())}});
      return absl::OkStatus();
    }
    if (sent_.size() >= kWatchSentMax) sent_.clear();
    sent_[record.key.account] = record.versions[store::kLedgerOwner];
    v1::WatchAccountsResponse response;
    *response.mutable_account() = *std::move(account);
    Answers("account").Increment();
    return Send(&response);
  }

  absl::Status SendPosition() {
    v1::WatchAccountsResponse response;
    Answers("position").Increment();
    return Send(&response);
  }

  absl::Status Send(v1::WatchAccountsResponse* response) {
    response->set_position(EncodePosition(tenant_->config.id(), positions_));
    RELANCE_RETURN_IF_ERROR(watch_->Write(watcher_, *response));
    last_sent_ = watch_->clock_->TimeNow();
    return absl::OkStatus();
  }

  store::Deadline Deadline() const { return store::After(watch_->options_.call_timeout); }

  AccountWatch* const watch_;
  Watcher* const watcher_;
  const TenantPtr tenant_;
  const absl::flat_hash_set<std::string> wanted_;  // empty: all
  std::vector<int64_t> positions_;                 // by partition
  absl::flat_hash_map<std::string, int64_t> sent_;
  absl::Time last_sent_;
};

AccountWatch::AccountWatch(store::Store* store, TenantDirectory* tenants, Clock* clock, Render render,
                           WatchOptions options)
    : store_(store),
      tenants_(tenants),
      clock_(clock),
      render_(std::move(render)),
      options_(options),
      partitions_(AllPartitions(*store)) {
  WatchersGauge().Set(0);
  Answers("account");
  Answers("position");
}

AccountWatch::~AccountWatch() { Stop(); }

absl::Status AccountWatch::Run(const v1::WatchAccountsRequest& request, Stream& stream) {
  const auto deadline = store::After(options_.call_timeout);
  RELANCE_ASSIGN_OR_RETURN(TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  if (request.account_ids_size() > kWatchedAccountsMax) {
    return DomainError(
        absl::StatusCode::kInvalidArgument, kWatchedTooMany,
        absl::StrCat("at most ", kWatchedAccountsMax, " accounts can be named; name none for all"),
        {{"accounts", absl::StrCat(request.account_ids_size())},
         {"accountsMax", absl::StrCat(kWatchedAccountsMax)}});
  }
  std::vector<int64_t> positions;
  const bool from_now = request.position().empty();
  if (!from_now) {
    RELANCE_ASSIGN_OR_RETURN(positions,
                             DecodePosition(request.tenant_id(), store_->partitions(), request.position()));
  }
  Watcher watcher{&stream};
  RELANCE_RETURN_IF_ERROR(Enter(&watcher));
  stream.WhenCancelled([this, &watcher] {
    std::lock_guard<std::mutex> lock(mutex_);
    watcher.cancelled = true;
    changed_.notify_all();
  });
  absl::Status status = [&]() -> absl::Status {
    RELANCE_ASSIGN_OR_RETURN(std::vector<int64_t> ends, store_->FeedEnds(partitions_, deadline));
    if (from_now) positions = ends;
    for (const int partition : partitions_) {
      if (positions[partition] > ends[partition]) return Lost(partition);
    }
    return Reader(this, &watcher, std::move(tenant), request, std::move(positions))
        .Run(std::move(ends), from_now);
  }();
  stream.WhenCancelled(nullptr);
  Leave(&watcher);
  return status;
}

absl::Status AccountWatch::Enter(Watcher* watcher) {
  std::lock_guard<std::mutex> lock(mutex_);
  RELANCE_RETURN_IF_ERROR(EndOf(*watcher));
  if (static_cast<int64_t>(watchers_.size()) >= options_.watchers_max) {
    return DomainError(absl::StatusCode::kResourceExhausted, kTooManyWatchers,
                       absl::StrCat("at most ", options_.watchers_max, " callers watch at once"),
                       {{"watchersMax", absl::StrCat(options_.watchers_max)}});
  }
  watchers_.insert(watcher);
  WatchersGauge().Set(static_cast<double>(watchers_.size()));
  if (!thread_.joinable()) thread_ = std::thread([this] { Poll(); });
  changed_.notify_all();
  return absl::OkStatus();
}

void AccountWatch::Leave(Watcher* watcher) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [watcher] { return !watcher->pinned; });
  watchers_.erase(watcher);
  WatchersGauge().Set(static_cast<double>(watchers_.size()));
}

absl::Status AccountWatch::EndOf(const Watcher& watcher) const {
  if (watcher.cancelled) return absl::CancelledError("the caller is gone");
  if (!stopping_) return absl::OkStatus();
  return DomainError(absl::StatusCode::kUnavailable, kWatchEnded,
                     "this process ends: watch again from the last position");
}

absl::Status AccountWatch::Await(const Watcher& watcher, const std::vector<int64_t>& positions,
                                 absl::Time until) {
  std::unique_lock<std::mutex> lock(mutex_);
  // The poll under way may have asked before the positions were read; the one after it has not.
  const int64_t polls = polls_;
  absl::Status status;
  const auto ready = [&] {
    status = EndOf(watcher);
    if (status.ok() && polls_ > polls) status = poll_status_;
    if (!status.ok()) return true;
    for (size_t p = 0; p < ends_.size(); ++p) {
      if (positions[p] < ends_[p]) return true;
      // The feed is shorter than it was: the store was restored from an older state.
      if (positions[p] > ends_[p] && polls_ > polls + 1) {
        status = Lost(static_cast<int>(p));
        return true;
      }
    }
    return false;
  };
  clock_->AwaitWithDeadline(lock, changed_, ready, until);
  return status;
}

absl::Status AccountWatch::Write(Watcher* watcher, const v1::WatchAccountsResponse& response) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    RELANCE_RETURN_IF_ERROR(EndOf(*watcher));
    watcher->writing = true;
  }
  const bool written = watcher->stream->Write(response);
  std::lock_guard<std::mutex> lock(mutex_);
  watcher->writing = false;
  if (written) return absl::OkStatus();
  RELANCE_RETURN_IF_ERROR(EndOf(*watcher));
  return absl::CancelledError("the caller is gone");
}

void AccountWatch::Poll() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !watchers_.empty(); });
    if (stopping_) return;
    lock.unlock();
    absl::StatusOr<std::vector<int64_t>> ends =
        store_->FeedEnds(partitions_, store::After(options_.call_timeout));
    lock.lock();
    poll_status_ = ends.status();
    if (ends.ok()) ends_ = *std::move(ends);
    ++polls_;
    changed_.notify_all();
    clock_->AwaitWithDeadline(
        lock, changed_, [this] { return stopping_; }, clock_->TimeNow() + options_.poll_period);
  }
}

void AccountWatch::Stop() {
  std::vector<Watcher*> writing;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (Watcher* watcher : watchers_) {
      if (!watcher->writing) continue;
      watcher->pinned = true;
      writing.push_back(watcher);
    }
    changed_.notify_all();
  }
  // Whose caller does not read would wait for it. Without the lock: the call may answer that it is cancelled.
  for (Watcher* watcher : writing) watcher->stream->Cancel();
  std::thread poller;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (Watcher* watcher : writing) watcher->pinned = false;
    changed_.notify_all();
    poller.swap(thread_);
  }
  if (poller.joinable()) poller.join();
}

}  // namespace relance::ledger
