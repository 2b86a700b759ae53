#include "common/worker/worker.h"

#include <algorithm>
#include <climits>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance::worker {
namespace {

// Accounts a commit; engineering notes in docs/architecture.md say why not more.
constexpr int kAccountsPerBatch = 16;
// How often an account that keeps changing is decided anew in one pass; then the pass ends and the next one
// goes on.
constexpr int kRoundsMax = 16;
// Bounds what a partition remembers of its own writes.
constexpr size_t kOwnVersionsMax = 100'000;
// Feeds are trimmed every so many rounds.
constexpr int64_t kRoundsPerTrim = 512;

}  // namespace

Worker::Worker(store::Store* store, TenantDirectory* directory, AccountHandler* handler, Clock* clock,
               WorkerOptions options)
    : store_(store), directory_(directory), handler_(handler), clock_(clock), options_(std::move(options)) {}

Worker::~Worker() { Stop(); }

void Worker::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Worker::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (owned_.empty()) return;
  std::vector<store::Lease> leases;
  for (const auto& [number, partition] : owned_) leases.push_back(partition.lease);
  const absl::Status released = store_->ReleaseLeases(leases, options_.holder, CallDeadline());
  // The leases run out by themselves.
  if (!released.ok())
    log::Warning("leases were not given back", {{"code", absl::StatusCodeToString(released.code())}});
  owned_.clear();
}

void Worker::Nudge() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    nudged_ = true;
  }
  changed_.notify_all();
}

WorkerStats Worker::stats() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return stats_;
}

void Worker::Loop() {
  absl::Duration wait = options_.idle_wait_min;
  while (true) {
    const absl::StatusOr<bool> busy = RunOnce();
    if (!busy.ok()) {
      log::Warning("a round of the worker failed", {{"code", absl::StatusCodeToString(busy.status().code())},
                                                    {"reason", ReasonOf(busy.status())}});
      std::lock_guard<std::mutex> lock(mutex_);
      ++stats_.store_errors;
    }
    if (busy.ok() && *busy) {
      wait = options_.idle_wait_min;
      std::lock_guard<std::mutex> lock(mutex_);
      if (stopping_) return;
      continue;
    }
    std::unique_lock<std::mutex> lock(mutex_);
    clock_->AwaitWithDeadline(
        lock, changed_, [this] { return stopping_ || nudged_; }, clock_->TimeNow() + wait);
    if (stopping_) return;
    wait = nudged_ ? options_.idle_wait_min : std::min(wait * 2, options_.idle_wait_max);
    nudged_ = false;
  }
}

absl::StatusOr<bool> Worker::RunOnce() {
  RELANCE_RETURN_IF_ERROR(KeepLeases());
  RELANCE_ASSIGN_OR_RETURN(tenant_list_, directory_->All(CallDeadline()));
  tenants_.clear();
  for (const TenantPtr& tenant : tenant_list_) tenants_[tenant->config.id()] = tenant;

  RELANCE_ASSIGN_OR_RETURN(const bool fed, ReadFeeds());
  // Timers only on an account state that has taken in all news: a payment that is there stops a reminder that
  // is due.
  bool timed = false;
  if (!fed) {
    RELANCE_ASSIGN_OR_RETURN(timed, WorkTimers());
  }
  RELANCE_ASSIGN_OR_RETURN(const bool delivered, DeliverOutboxes());
  if (++rounds_ % kRoundsPerTrim == 0) {
    std::vector<int> partitions;
    for (const auto& [number, partition] : owned_) partitions.push_back(number);
    RELANCE_RETURN_IF_ERROR(store_->TrimFeed(partitions, options_.feed_keep, CallDeadline()));
  }
  std::lock_guard<std::mutex> lock(mutex_);
  ++stats_.passes;
  stats_.partitions = static_cast<int64_t>(owned_.size());
  return fed || timed || delivered;
}

absl::Status Worker::KeepLeases() {
  const absl::Time now = clock_->TimeNow();
  if (now < next_lease_time_) return absl::OkStatus();
  std::vector<int> wanted;
  for (int p = 0; p < store_->partitions(); ++p) {
    const bool mine = p % options_.replicas == options_.replica;
    if (mine || owned_.count(p) > 0) {
      wanted.push_back(p);
      continue;
    }
    // Another replica's: only when its holder had a whole lease of time to come back.
    auto [it, first] = free_since_.emplace(p, now);
    if (!first && now - it->second >= 2 * options_.lease_ttl) wanted.push_back(p);
  }
  RELANCE_ASSIGN_OR_RETURN(
      auto leases, store_->AcquireLeases(wanted, options_.holder, options_.lease_ttl, CallDeadline()));
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto it = owned_.find(wanted[i]);
    if (!leases[i].has_value()) {
      free_since_[wanted[i]] = now;
      if (it != owned_.end()) Drop(wanted[i]);
      continue;
    }
    if (it != owned_.end() && it->second.lease.token == leases[i]->token) continue;
    RELANCE_RETURN_IF_ERROR(Adopt(*leases[i]));
  }
  next_lease_time_ = now + options_.lease_ttl / 3;
  return absl::OkStatus();
}

absl::Status Worker::Adopt(const store::Lease& lease) {
  Partition partition;
  partition.lease = lease;
  const int number = lease.partition;
  RELANCE_ASSIGN_OR_RETURN(const auto cursors,
                           store_->Cursors({&number, 1}, store_->service(), CallDeadline()));
  partition.cursor = cursors[0];
  owned_[number] = std::move(partition);
  return absl::OkStatus();
}

void Worker::Drop(int partition) {
  owned_.erase(partition);
  std::lock_guard<std::mutex> lock(mutex_);
  ++stats_.leases_lost;
}

const TenantContext* Worker::Tenant(const std::string& id) const {
  const auto it = tenants_.find(id);
  return it == tenants_.end() ? nullptr : it->second.get();
}

absl::StatusOr<bool> Worker::ReadFeeds() {
  std::vector<store::FeedPosition> from;
  for (const auto& [number, partition] : owned_) from.push_back({number, partition.cursor});
  RELANCE_ASSIGN_OR_RETURN(const std::vector<store::FeedRead> reads,
                           store_->ReadFeed(from, options_.feed_entries_per_read, CallDeadline()));
  std::vector<Work> work;
  int64_t entries = 0;
  for (const store::FeedRead& read : reads) {
    Partition& partition = owned_.at(read.partition);
    if (read.entries.empty() && !read.gap) continue;
    Work part;
    part.partition = read.partition;
    std::set<store::AccountKey> accounts;
    if (read.gap) {
      // What was trimmed may have named any account; what comes while they are read is read after them.
      RELANCE_ASSIGN_OR_RETURN(const auto ends, store_->FeedEnds({&read.partition, 1}, CallDeadline()));
      part.gap = true;
      part.cursor_to = ends[0];
      for (const TenantPtr& tenant : tenant_list_) {
        RELANCE_ASSIGN_OR_RETURN(auto all,
                                 store_->ListAccounts(tenant->config.id(), read.partition, CallDeadline()));
        accounts.insert(all.begin(), all.end());
      }
    }
    for (const store::FeedEntry& entry : read.entries) {
      ++entries;
      part.cursor_to = std::max(part.cursor_to, entry.position);
      const bool own = entry.service == std::string(store::ServiceName(store_->service()));
      if (!own && !handler_->Heeds(entry.service)) continue;
      for (const auto& [key, version] : entry.accounts) {
        if (own) {
          const auto seen = partition.own_versions.find(key.ToString());
          if (seen != partition.own_versions.end() && seen->second >= version) continue;
          partition.outbox_dirty = true;  // a command may have put something in
        }
        accounts.insert(key);
      }
    }
    part.accounts.assign(accounts.begin(), accounts.end());
    work.push_back(std::move(part));
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stats_.feed_lag = entries;
  }
  if (work.empty()) return false;
  RELANCE_RETURN_IF_ERROR(ProcessAll(std::move(work)));
  return true;
}

std::vector<std::vector<Worker::Work>> Worker::Slices(std::vector<Work> work) const {
  std::vector<std::vector<Work>> slices;
  size_t size = options_.accounts_per_pass;  // full: the first piece begins a slice
  for (Work& part : work) {
    size_t begin = 0;
    do {
      if (size >= static_cast<size_t>(options_.accounts_per_pass)) {
        slices.emplace_back();
        size = 0;
      }
      const size_t count = std::min(options_.accounts_per_pass - size, part.accounts.size() - begin);
      Work piece;
      piece.partition = part.partition;
      piece.accounts.assign(part.accounts.begin() + begin, part.accounts.begin() + begin + count);
      begin += count;
      // A partition's cursor moves when its last account is settled.
      const bool last = begin == part.accounts.size();
      piece.cursor_to = last ? part.cursor_to : 0;
      piece.gap = last && part.gap;
      size += count;
      slices.back().push_back(std::move(piece));
    } while (begin < part.accounts.size());
  }
  return slices;
}

absl::StatusOr<bool> Worker::Repeat(std::vector<Work> work) {
  for (int round = 0; !work.empty() && round < kRoundsMax; ++round) {
    Views views = Read(work);
    RELANCE_ASSIGN_OR_RETURN(Decided decided, Decide(std::move(work), std::move(views)));
    const CommitResult results = store_->Commit(decided.batches, CallDeadline());
    RELANCE_ASSIGN_OR_RETURN(work, Settle(std::move(decided), results));
  }
  return work.empty();
}

absl::Status Worker::ProcessAll(std::vector<Work> work) {
  std::vector<std::vector<Work>> slices = Slices(std::move(work));
  if (slices.empty()) return absl::OkStatus();
  if (slices.size() == 1) return Repeat(std::move(slices[0])).status();

  Decided ahead;
  std::future<CommitResult> commit;  // of `ahead`; its destructor waits
  const auto settle = [&]() -> absl::StatusOr<bool> {
    if (!commit.valid()) return true;
    const CommitResult results = commit.get();
    RELANCE_ASSIGN_OR_RETURN(std::vector<Work> refused, Settle(std::move(ahead), results));
    return Repeat(std::move(refused));
  };
  Views views = Read(slices[0]);
  for (size_t i = 0; i < slices.size(); ++i) {
    // A long pass must not outlive its leases; what is fenced off is left to who has it now.
    RELANCE_RETURN_IF_ERROR(KeepLeases());
    std::future<Views> reading;
    if (i + 1 < slices.size()) {
      reading = std::async(std::launch::async, [this, &slice = slices[i + 1]] { return Read(slice); });
    }
    absl::StatusOr<Decided> next = Decide(std::move(slices[i]), std::move(views));
    RELANCE_ASSIGN_OR_RETURN(const bool settled, settle());
    if (!settled) return absl::OkStatus();
    RELANCE_RETURN_IF_ERROR(next.status());
    ahead = *std::move(next);
    commit = std::async(std::launch::async, [this, &ahead, deadline = CallDeadline()] {
      return store_->Commit(ahead.batches, deadline);
    });
    if (reading.valid()) views = reading.get();
  }
  return settle().status();
}

Worker::Views Worker::Read(const std::vector<Work>& work) {
  std::vector<store::AccountKey> keys;
  for (const Work& part : work) keys.insert(keys.end(), part.accounts.begin(), part.accounts.end());
  return ReadAccounts(*store_, keys, handler_->Spec(), CallDeadline());
}

absl::StatusOr<Worker::Decided> Worker::Decide(std::vector<Work> work, Views read) {
  RELANCE_RETURN_IF_ERROR(read.status());
  const std::vector<absl::StatusOr<AccountView>>& views = *read;

  std::vector<store::CommitBatch> batches;
  std::vector<size_t> batch_work;
  int64_t failed = 0;
  size_t next = 0;
  for (size_t w = 0; w < work.size(); ++w) {
    Partition* partition = owned_.count(work[w].partition) ? &owned_.at(work[w].partition) : nullptr;
    std::vector<store::AccountWrite> writes;
    for (size_t i = 0; i < work[w].accounts.size(); ++i, ++next) {
      if (partition == nullptr) continue;
      const store::AccountKey& key = work[w].accounts[i];
      const TenantContext* tenant = Tenant(key.tenant);
      if (tenant == nullptr) continue;
      absl::Status status = views[next].status();
      if (status.ok()) {
        if (!views[next]->exists) continue;
        auto decided = handler_->Process(*views[next], *tenant);
        status = decided.status();
        if (status.ok() && decided->has_value()) writes.push_back(*std::move(*decided));
      }
      if (!status.ok()) {
        ++failed;
        partition->failed.insert(key);
        log::Error("an account could not be worked", {{"partition", work[w].partition},
                                                      {"reason", ReasonOf(status)},
                                                      {"code", absl::StatusCodeToString(status.code())}});
      }
    }
    if (partition == nullptr) continue;
    const size_t first = batches.size();
    for (size_t begin = 0; begin < writes.size(); begin += kAccountsPerBatch) {
      store::CommitBatch batch;
      batch.partition = work[w].partition;
      batch.lease = partition->lease;
      const size_t end = std::min(begin + kAccountsPerBatch, writes.size());
      batch.writes.assign(std::make_move_iterator(writes.begin() + begin),
                          std::make_move_iterator(writes.begin() + end));
      batches.push_back(std::move(batch));
      batch_work.push_back(w);
    }
    // One batch carries its cursor; several must all be applied first.
    if (work[w].cursor_to > 0 && batches.size() - first <= 1) {
      if (batches.size() == first) {
        batches.push_back({work[w].partition, partition->lease, {}, 0});
        batch_work.push_back(w);
      }
      batches.back().cursor_to = work[w].cursor_to;
    }
  }
  std::lock_guard<std::mutex> lock(mutex_);
  stats_.accounts_read += static_cast<int64_t>(views.size());
  stats_.accounts_failed += failed;
  return Decided{std::move(work), std::move(batches), std::move(batch_work)};
}

absl::StatusOr<std::vector<Worker::Work>> Worker::Settle(Decided decided, const CommitResult& results_or) {
  RELANCE_RETURN_IF_ERROR(results_or.status());
  const std::vector<store::Store::BatchResult>& results = *results_or;
  auto& [work, batches, batch_work] = decided;
  std::vector<Work> left;
  int64_t written = 0, stale = 0;
  std::vector<std::vector<store::AccountKey>> refused(work.size());
  std::vector<bool> lost(work.size(), false);
  for (size_t b = 0; b < batches.size(); ++b) {
    const size_t w = batch_work[b];
    if (!results[b].ok()) {
      if (ReasonOf(results[b].status()) != "LEASE_LOST") return results[b].status();
      lost[w] = true;
      continue;
    }
    const auto owned = owned_.find(batches[b].partition);
    if (owned == owned_.end()) {
      lost[w] = true;
      continue;
    }
    Partition& partition = owned->second;
    if (partition.own_versions.size() > kOwnVersionsMax) partition.own_versions.clear();
    for (size_t i = 0; i < batches[b].writes.size(); ++i) {
      const store::AccountWrite& write = batches[b].writes[i];
      const store::WriteResult& result = (*results[b])[i];
      if (result.outcome == store::WriteOutcome::kStale) {
        refused[w].push_back(write.key);
        ++stale;
        continue;
      }
      ++written;
      partition.own_versions[write.key.ToString()] = result.version;
      if (!write.outbox_put.empty()) partition.outbox_dirty = true;
    }
  }
  std::vector<Work> done;
  for (size_t w = 0; w < work.size(); ++w) {
    if (lost[w]) {
      if (owned_.count(work[w].partition)) Drop(work[w].partition);
    } else if (!refused[w].empty()) {
      left.push_back({work[w].partition, std::move(refused[w]), work[w].cursor_to, work[w].gap});
    } else if (work[w].cursor_to > 0 || work[w].gap) {
      done.push_back(std::move(work[w]));
    }
  }
  for (const store::CommitBatch& batch : batches) {
    // Nothing of the partition was refused: the batch has taken its cursor along.
    const auto it = owned_.find(batch.partition);
    const bool whole = std::none_of(left.begin(), left.end(),
                                    [&](const Work& part) { return part.partition == batch.partition; });
    if (whole && it != owned_.end()) it->second.cursor = std::max(it->second.cursor, batch.cursor_to);
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stats_.accounts_written += written;
    stats_.accounts_stale += stale;
  }
  RELANCE_RETURN_IF_ERROR(MoveCursors(done));
  return left;
}

absl::Status Worker::MoveCursors(const std::vector<Work>& done) {
  std::vector<store::CommitBatch> batches;
  for (const Work& part : done) {
    const auto it = owned_.find(part.partition);
    if (it == owned_.end() || (!part.gap && it->second.cursor >= part.cursor_to)) continue;
    batches.push_back({part.partition, it->second.lease, {}, part.cursor_to});
    it->second.cursor = part.cursor_to;
  }
  if (batches.empty()) return absl::OkStatus();
  RELANCE_ASSIGN_OR_RETURN(auto results, store_->Commit(batches, CallDeadline()));
  for (size_t b = 0; b < batches.size(); ++b) {
    if (results[b].ok()) continue;
    if (ReasonOf(results[b].status()) != "LEASE_LOST") return results[b].status();
    if (owned_.count(batches[b].partition)) Drop(batches[b].partition);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Worker::WorkTimers() {
  bool any = false;
  for (const TenantPtr& tenant : tenant_list_) {
    RELANCE_ASSIGN_OR_RETURN(const std::vector<int> partitions, NotWorkedYet(*tenant));
    if (partitions.empty()) continue;
    any = true;
    RELANCE_RETURN_IF_ERROR(WorkTimers(partitions, *tenant));
    for (const int number : partitions) RELANCE_RETURN_IF_ERROR(EndDay(number, *tenant));
  }
  return any;
}

absl::StatusOr<std::vector<int>> Worker::NotWorkedYet(const TenantContext& tenant) {
  const std::string& id = tenant.config.id();
  const int32_t today = DayNumber(tenant.business_date);
  std::optional<std::vector<int32_t>> stored;
  std::vector<int> numbers;
  for (auto& [number, partition] : owned_) {
    auto worked = partition.worked_to.find(id);
    if (worked == partition.worked_to.end()) {
      if (!stored.has_value()) {
        RELANCE_ASSIGN_OR_RETURN(stored, store_->WorkedTo(id, store_->service(), CallDeadline()));
      }
      worked = partition.worked_to.emplace(id, (*stored)[number]).first;
    }
    if (worked->second < today) numbers.push_back(number);
  }
  return numbers;
}

absl::Status Worker::WorkTimers(const std::vector<int>& partitions, const TenantContext& tenant) {
  const int32_t today = DayNumber(tenant.business_date);
  // A new day: what failed before gets another chance.
  for (const int number : partitions) owned_.at(number).failed.clear();
  std::vector<store::AccountKey> last;
  for (int repeats = 0;;) {
    std::vector<Work> due;
    std::vector<store::AccountKey> accounts;
    for (const int number : partitions) {
      const auto owned = owned_.find(number);
      if (owned == owned_.end()) continue;
      const std::set<store::AccountKey>& failed = owned->second.failed;
      const int limit = options_.accounts_per_pass + static_cast<int>(failed.size());
      RELANCE_ASSIGN_OR_RETURN(const auto timers,
                               store_->DueTimers(tenant.config.id(), number, today, limit, CallDeadline()));
      Work part;
      part.partition = number;
      for (const store::DueTimer& timer : timers) {
        if (failed.count(timer.key) == 0) part.accounts.push_back(timer.key);
      }
      accounts.insert(accounts.end(), part.accounts.begin(), part.accounts.end());
      if (!part.accounts.empty()) due.push_back(std::move(part));
    }
    if (due.empty()) return absl::OkStatus();
    repeats = accounts == last ? repeats + 1 : 0;
    if (repeats == kRoundsMax) {
      // Nobody moves their timers: a fault of the handler, which must not hold up the day of all the others.
      for (const Work& part : due) GiveUp(part);
      continue;
    }
    last = std::move(accounts);
    RELANCE_RETURN_IF_ERROR(ProcessAll(std::move(due)));
  }
}

void Worker::GiveUp(const Work& part) {
  const auto owned = owned_.find(part.partition);
  if (owned == owned_.end()) return;
  owned->second.failed.insert(part.accounts.begin(), part.accounts.end());
  log::Error("accounts stay due and are left out until the next day",
             {{"partition", part.partition}, {"accounts", part.accounts.size()}});
  std::lock_guard<std::mutex> lock(mutex_);
  stats_.accounts_failed += static_cast<int64_t>(part.accounts.size());
}

absl::Status Worker::EndDay(int number, const TenantContext& tenant) {
  const auto it = owned_.find(number);
  if (it == owned_.end()) return absl::OkStatus();
  // The day is done when its messages have left.
  const auto delivered = handler_->DeliverOutbox(it->second.lease, tenant_list_);
  if (ReasonOf(delivered.status()) == "LEASE_LOST") {
    Drop(number);
    return absl::OkStatus();
  }
  RELANCE_RETURN_IF_ERROR(delivered.status());
  it->second.outbox_dirty = *delivered != OutboxResult::kEmpty;
  if (*delivered == OutboxResult::kRetry) return absl::OkStatus();
  const int32_t today = DayNumber(tenant.business_date);
  const absl::Status marked =
      store_->MarkWorkedTo(tenant.config.id(), it->second.lease, today, CallDeadline());
  if (ReasonOf(marked) == "LEASE_LOST") {
    Drop(number);
    return absl::OkStatus();
  }
  RELANCE_RETURN_IF_ERROR(marked);
  it->second.worked_to[tenant.config.id()] = today;
  return absl::OkStatus();
}

absl::StatusOr<bool> Worker::DeliverOutboxes() {
  // News of a tenant (its day, its freshness, its configuration) may free what waits.
  std::map<std::string, int64_t> configuration;
  for (const TenantPtr& tenant : tenant_list_) {
    configuration[tenant->config.id()] = tenant->config_version + (tenant->clock_version << 20) +
                                         (tenant->freshness_version << 40) +
                                         (int64_t{DayNumber(tenant->business_date)} << 44);
  }
  bool any = false;
  std::vector<int> numbers;
  for (const auto& [number, partition] : owned_) numbers.push_back(number);
  for (int number : numbers) {
    Partition& partition = owned_.at(number);
    if (!partition.outbox_dirty && partition.configuration == configuration) continue;
    const auto delivered = handler_->DeliverOutbox(partition.lease, tenant_list_);
    if (ReasonOf(delivered.status()) == "LEASE_LOST") {
      Drop(number);
      continue;
    }
    if (!delivered.ok()) return delivered.status();
    partition.configuration = configuration;
    partition.outbox_dirty = *delivered == OutboxResult::kRetry;
    any = any || *delivered == OutboxResult::kEmpty;
  }
  return any;
}

}  // namespace relance::worker
