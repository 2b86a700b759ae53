#include "services/ledger/inbox/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/documents/durable_file.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/errors.h"
#include "services/ledger/inbox/reasons.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/table/mapping_file.h"

namespace relance::ledger {
namespace {

constexpr char kOwnerEnd = '~';  // behind the owner, and behind the number, of a claimed name
constexpr char kAliveEnding[] = ".alive";
constexpr size_t kCopyBytes = 1 << 20;
constexpr auto kStoreSeconds = std::chrono::seconds(30);

store::Deadline SoonDeadline() { return std::chrono::steady_clock::now() + kStoreSeconds; }

metrics::CounterFamily& Files() {
  static auto& family = *new metrics::CounterFamily(
      "relance_ledger_inbox_files_total", "Files of the inboxes, by what became of them", {"result"});
  return family;
}

prometheus::Gauge& OldestWaiting() {
  static auto& gauge = (*new metrics::GaugeFamily(
                            "relance_ledger_inbox_oldest_waiting_seconds",
                            "Age of the oldest file of the inboxes that was not taken in; 0 without one"))
                           .With();
  return gauge;
}

// An owner has no ~, no blank and no /: it is a part of file names.
std::string MakeOwner(const std::string& replica) {
  std::string name = replica.empty() ? "ledger" : replica;
  for (char& c : name) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    if (!plain) c = '-';
  }
  std::random_device random;
  return absl::StrCat(name.substr(0, 64), ".", absl::Hex(random(), absl::kZeroPad8));
}

std::string ReplicaOf(absl::string_view owner) { return std::string(owner.substr(0, owner.rfind('.'))); }

// "<owner>~<number>~<name>".
struct ClaimedName {
  std::string owner, name;
};
std::optional<ClaimedName> ParseClaimed(const std::string& claimed) {
  const std::vector<std::string> parts = absl::StrSplit(claimed, absl::MaxSplits(kOwnerEnd, 2));
  if (parts.size() != 3 || parts[0].empty() || parts[2].empty()) return std::nullopt;
  return ClaimedName{parts[0], parts[2]};
}

absl::Status Refuse(absl::string_view reason, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message);
}

// What another try later may mend. The rest is the file's own fault, or a bug.
bool IsPassing(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kResourceExhausted: {
      const std::string reason = ReasonOf(status);
      return reason != kFileTooLarge && reason != kTooManyRecords && reason != kTooManyEntries;
    }
    default:
      return false;
  }
}

bool IsBug(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown ||
         status.code() == absl::StatusCode::kDataLoss;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  const int number_;
};

// Whether a process of this machine holds the sign of life.
bool IsLocked(const std::string& file) {
  const Descriptor alive(open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  return alive.get() >= 0 && flock(alive.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

// Copies a file that somebody else may still have open: what is imported is what was copied.
absl::Status Copy(const std::string& path, int64_t bytes_max, SpoolFile* spool) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0 && (errno == EACCES || errno == EPERM)) {
    return Refuse(kFileNotPermitted, "the ledger may not read this file; let its user read what is dropped");
  }
  if (file.get() < 0 && (errno == ELOOP || errno == ENXIO)) {
    return Refuse(kNotAFile, "a link, a pipe or a device is not read");
  }
  if (file.get() < 0) return documents::FileSystemError("open");
  struct stat info;
  if (fstat(file.get(), &info) != 0) return documents::FileSystemError("stat");
  if (!S_ISREG(info.st_mode)) return Refuse(kNotAFile, "a link, a pipe or a device is not read");
  if (info.st_size == 0) return Refuse(kFileEmpty, "the file is empty");
  if (info.st_size > bytes_max) {
    return DomainError(absl::StatusCode::kResourceExhausted, kFileTooLarge,
                       absl::StrCat("the file is larger than ", bytes_max, " bytes; split it by period"),
                       {{"bytesMax", absl::StrCat(bytes_max)}});
  }
  std::string buffer(kCopyBytes, '\0');
  while (true) {
    const ssize_t n = read(file.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return documents::FileSystemError("read");
    if (n == 0) break;
    RELANCE_RETURN_IF_ERROR(spool->Append({buffer.data(), static_cast<size_t>(n)}));
  }
  return spool->Close();
}

}  // namespace

Inbox::Inbox(InboxOptions options, Importer* importer, const RepairLog* repairs, const ImportLog* log,
             TenantDirectory* directory, Clock* clock)
    : options_(std::move(options)),
      importer_(importer),
      repairs_(repairs),
      log_(log),
      directory_(directory),
      clock_(clock),
      owner_(MakeOwner(options_.replica)) {
  for (const InboxResult result :
       {InboxResult::kDone, InboxResult::kPartly, InboxResult::kRepeated, InboxResult::kRejected}) {
    Files().With({InboxResultName(result)}).Increment(0);
  }
  OldestWaiting().Set(0);
}

Inbox::~Inbox() {
  Stop();
  for (const auto& [file, alive] : alive_) {
    unlink(file.c_str());
    close(alive);
  }
}

std::string Inbox::FolderOf(const TenantPtr& tenant) const {
  return absl::StrCat(options_.directory, "/", tenant->config.id());
}

void Inbox::Start() {
  if (options_.directory.empty() || thread_.joinable()) return;
  inotify_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);  // without it the period does
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  thread_ = std::thread([this] { Loop(); });
  heartbeat_ = std::thread([this] {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      for (const auto& [file, alive] : alive_) futimens(alive, nullptr);
      stopped_.wait_for(lock, absl::ToChronoMilliseconds(options_.lease / 4), [this] { return stopping_; });
    }
  });
}

void Inbox::Stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  const uint64_t one = 1;
  if (write(wake_, &one, sizeof(one)) < 0) log::Warning("inbox cannot be woken", {{"errno", errno}});
  thread_.join();
  heartbeat_.join();
  if (inotify_ >= 0) close(inotify_);
  if (wake_ >= 0) close(wake_);
  inotify_ = wake_ = -1;
}

void Inbox::Loop() {
  while (true) {
    const absl::Status run = RunOnce();
    if (!run.ok())
      log::Warning("inboxes were not looked at", {{"status", absl::StatusCodeToString(run.code())}});
    const absl::Duration pause = is_waiting() ? std::min(options_.quiet, options_.period) : options_.period;
    pollfd descriptors[2] = {{wake_, POLLIN, 0}, {inotify_, POLLIN, 0}};
    const int timeout = static_cast<int>(std::max<int64_t>(absl::ToInt64Milliseconds(pause), 10));
    poll(descriptors, inotify_ < 0 ? 1 : 2, timeout);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (stopping_) return;
    }
    alignas(inotify_event) char events[16 << 10];
    while (inotify_ >= 0 && read(inotify_, events, sizeof(events)) > 0) {
    }
  }
}

void Inbox::Watch(const std::string& folder, TenantState* state) {
  if (inotify_ < 0 || state->watch >= 0) return;
  state->watch = inotify_add_watch(inotify_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
}

absl::Status Inbox::RunOnce() {
  if (options_.directory.empty()) return absl::OkStatus();
  RELANCE_ASSIGN_OR_RETURN(const auto tenants, directory_->All(SoonDeadline()));
  waiting_ = 0;
  oldest_ = absl::InfiniteFuture();
  for (const TenantPtr& tenant : tenants) RunTenant(tenant);
  const absl::Duration age = clock_->TimeNow() - oldest_;
  OldestWaiting().Set(oldest_ == absl::InfiniteFuture() ? 0 : std::max(0.0, absl::ToDoubleSeconds(age)));
  return absl::OkStatus();
}

void Inbox::SignLife(const std::string& working) {
  const std::string file = absl::StrCat(working, "/", owner_, kAliveEnding);
  std::lock_guard<std::mutex> lock(mutex_);
  const auto known = alive_.find(file);
  struct stat info;
  if (known != alive_.end() && fstat(known->second, &info) == 0 && info.st_nlink > 0) {
    futimens(known->second, nullptr);
    return;
  }
  if (known != alive_.end()) close(known->second);
  alive_.erase(file);
  const int alive = open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
  if (alive < 0) return;
  flock(alive, LOCK_EX | LOCK_NB);
  futimens(alive, nullptr);
  alive_[file] = alive;
}

void Inbox::RunTenant(const TenantPtr& tenant) {
  const std::string folder = FolderOf(tenant);
  for (const char* below : {kWorkingFolder, kDoneFolder, kRejectedFolder, kMappingsFolder}) {
    const absl::Status made = documents::MakeDirectories(absl::StrCat(folder, "/", below));
    if (made.ok()) continue;
    log::Warning("the folder of an inbox cannot be used", {{"tenant", tenant->config.id()}});
    return;
  }
  TenantState& state =
      tenants_.try_emplace(tenant->config.id(), TenantState{CompletionWatch(options_.quiet), {}, {}, -1})
          .first->second;
  Watch(folder, &state);
  SignLife(absl::StrCat(folder, "/", kWorkingFolder));
  TakeUp(tenant, &state);
  const auto entries = ListFolder(folder);
  if (!entries.ok()) {
    log::Warning("the folder of an inbox cannot be used", {{"tenant", tenant->config.id()}});
    return;
  }
  // What is no file at all does not become one by waiting.
  for (const FolderEntry& entry : *entries) {
    if (entry.kind == FolderEntry::Kind::kOther && !IsUnderWay(entry.name)) Claim(tenant, entry.name, &state);
  }
  const std::vector<FolderEntry> complete = state.completion.Look(*entries, clock_->TimeNow());
  std::set<std::string> taken;
  for (const FolderEntry& entry : complete) {
    taken.insert(entry.name);
    Claim(tenant, entry.name, &state);
  }
  for (const FolderEntry& entry : *entries) {
    if (entry.kind != FolderEntry::Kind::kFile || IsUnderWay(entry.name) || taken.count(entry.name) > 0)
      continue;
    if (!MarkedFile(entry.name).empty() && taken.count(std::string(MarkedFile(entry.name))) > 0) continue;
    ++waiting_;
    oldest_ = std::min(oldest_, entry.modified);
  }
}

// What another process claimed and did not finish, and what this one could not finish before.
void Inbox::TakeUp(const TenantPtr& tenant, TenantState* state) {
  const std::string working = absl::StrCat(FolderOf(tenant), "/", kWorkingFolder);
  const auto entries = ListFolder(working);
  if (!entries.ok()) return;
  const absl::Time now = clock_->TimeNow();
  std::map<std::string, absl::Time> alive;
  for (const FolderEntry& entry : *entries) {
    absl::string_view owner = entry.name;
    if (absl::ConsumeSuffix(&owner, kAliveEnding)) alive[std::string(owner)] = entry.modified;
  }
  std::set<std::string> gone;
  for (const FolderEntry& entry : *entries) {
    const auto claimed = ParseClaimed(entry.name);
    if (!claimed.has_value()) continue;
    if (claimed->owner == owner_) {
      Process(tenant, entry.name, state);
      continue;
    }
    const auto sign = alive.find(claimed->owner);
    const absl::Time modified = sign == alive.end() ? absl::InfinitePast() : sign->second;
    auto [known, is_new] = state->owners.try_emplace(claimed->owner, TenantState::Owner{modified, now});
    if (known->second.alive != modified) known->second = {modified, now};
    // Before a restart; another process of the same name may live on the same machine.
    const bool is_mine = ReplicaOf(claimed->owner) == ReplicaOf(owner_) &&
                         !IsLocked(absl::StrCat(working, "/", claimed->owner, kAliveEnding));
    if (!is_mine && now - known->second.since < options_.lease) continue;
    gone.insert(claimed->owner);
    const std::string mine = absl::StrCat(owner_, "~", ++claims_, "~", claimed->name);
    if (rename(absl::StrCat(working, "/", entry.name).c_str(), absl::StrCat(working, "/", mine).c_str()) ==
        0) {
      Process(tenant, mine, state);
    }
  }
  for (const auto& [owner, modified] : alive) {
    const bool is_old_self = owner != owner_ && ReplicaOf(owner) == ReplicaOf(owner_) &&
                             !IsLocked(absl::StrCat(working, "/", owner, kAliveEnding));
    if (gone.count(owner) > 0 || is_old_self) {
      unlink(absl::StrCat(working, "/", owner, kAliveEnding).c_str());
      state->owners.erase(owner);
    }
  }
}

void Inbox::Claim(const TenantPtr& tenant, const std::string& name, TenantState* state) {
  const std::string folder = FolderOf(tenant);
  const std::string claimed = absl::StrCat(owner_, "~", ++claims_, "~", name);
  const std::string from = absl::StrCat(folder, "/", name);
  // Whoever renames it has it; the others find nothing.
  if (rename(from.c_str(), absl::StrCat(folder, "/", kWorkingFolder, "/", claimed).c_str()) != 0) {
    if (errno != ENOENT)
      log::Warning("a file of an inbox cannot be claimed",
                   {{"tenant", tenant->config.id()}, {"errno", errno}});
    return;
  }
  for (const char* ending : {".ok", ".done", ".OK", ".DONE"}) unlink(absl::StrCat(from, ending).c_str());
  Process(tenant, claimed, state);
}

void Inbox::Process(const TenantPtr& tenant, const std::string& claimed, TenantState* state) {
  const std::string path = absl::StrCat(FolderOf(tenant), "/", kWorkingFolder, "/", claimed);
  const std::string name = ParseClaimed(claimed)->name;
  absl::StatusOr<InboxOutcome> outcome = TakeIn(tenant, path, name);
  if (!outcome.ok() && IsBug(outcome.status()) && ++state->tries[claimed] >= kInboxTriesMax) {
    outcome = InboxOutcome{InboxResult::kRejected, name, "", {}, outcome.status(), {}};
  }
  absl::Status done = outcome.status();
  if (outcome.ok()) {
    const InboxResult result = outcome->result;
    done = Finish(tenant, path, *std::move(outcome));
    if (done.ok()) {
      Files().With({InboxResultName(result)}).Increment();
      state->tries.erase(claimed);
      log::Info("a file of an inbox was taken in",
                {{"tenant", tenant->config.id()}, {"result", InboxResultName(result)}});
      return;
    }
  }
  if (absl::IsNotFound(done)) return;  // another replica has finished it
  ++waiting_;
  struct stat info;
  if (lstat(path.c_str(), &info) == 0) oldest_ = std::min(oldest_, absl::TimeFromTimespec(info.st_mtim));
  log::Warning("a file of an inbox waits",
               {{"tenant", tenant->config.id()}, {"status", absl::StatusCodeToString(done.code())}});
}

absl::StatusOr<InboxOutcome> Inbox::TakeIn(const TenantPtr& tenant, const std::string& path,
                                           const std::string& name) {
  InboxOutcome outcome;
  outcome.file_name = name;
  const auto refuse = [&](const absl::Status& status) -> absl::StatusOr<InboxOutcome> {
    if (IsPassing(status) || IsBug(status)) return status;
    outcome.result = InboxResult::kRejected;
    outcome.refusal = status;
    return outcome;
  };
  RELANCE_ASSIGN_OR_RETURN(const auto spool, SpoolFile::Create(options_.spool_directory, options_.bytes_max));
  if (const absl::Status copied = Copy(path, options_.bytes_max, spool.get()); !copied.ok()) {
    return refuse(copied);
  }
  RELANCE_ASSIGN_OR_RETURN(const auto before,
                           log_->FindBySha256(tenant->config.id(), spool->sha256_hex(), SoonDeadline()));
  if (before.has_value() && before->rejected() == 0) {
    outcome.result = InboxResult::kRepeated;
    outcome.report = *before;
    return outcome;
  }
  auto report = Import(tenant, *spool, &outcome);
  if (!report.ok()) return refuse(report.status());
  outcome.report = *std::move(report);
  outcome.result = outcome.report.rejected() > 0 ? InboxResult::kPartly : InboxResult::kDone;
  return outcome;
}

absl::StatusOr<v1::ImportReport> Inbox::Import(const TenantPtr& tenant, const SpoolFile& file,
                                               InboxOutcome* outcome) {
  const store::Deadline deadline =
      std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(options_.import_deadline);
  std::vector<Mapping> own =
      OwnMappings(absl::StrCat(FolderOf(tenant), "/", kMappingsFolder), &outcome->notes);
  v1::ImportHeader header;
  header.set_tenant_id(tenant->config.id());
  header.set_file_name(outcome->file_name);
  header.set_format("auto");
  RELANCE_ASSIGN_OR_RETURN(ImportJob job, importer_->Check(header, deadline));
  job.own_mappings = std::move(own);
  return importer_->Import(job, file, deadline);
}

std::vector<Mapping> Inbox::OwnMappings(const std::string& folder, std::vector<std::string>* notes) const {
  std::vector<Mapping> mappings;
  const auto entries = ListFolder(folder);
  if (!entries.ok()) return mappings;
  for (const FolderEntry& entry : *entries) {
    const bool is_mapping = absl::EndsWith(entry.name, ".yaml") || absl::EndsWith(entry.name, ".yml");
    if (entry.kind != FolderEntry::Kind::kFile || !is_mapping || mappings.size() >= kOwnMappingsMax) continue;
    const auto text = documents::ReadFile(absl::StrCat(folder, "/", entry.name), kMappingBytesMax);
    auto mapping = text.ok() ? ParseMapping(*text, entry.name) : absl::StatusOr<Mapping>(text.status());
    if (mapping.ok()) {
      mappings.push_back(*std::move(mapping));
    } else {
      notes->push_back(absl::StrCat("mappings/", entry.name,
                                    " is left out: ", absl::string_view(mapping.status().message())));
    }
  }
  return mappings;
}

absl::Status Inbox::Finish(const TenantPtr& tenant, const std::string& path, InboxOutcome outcome) {
  const std::string folder = FolderOf(tenant);
  const std::string target =
      absl::StrCat(folder, "/", outcome.result == InboxResult::kRejected ? kRejectedFolder : kDoneFolder);
  // The reports first, the file last: a file that lies there has its reports.
  std::string name = outcome.file_name;
  for (int number = 2;; ++number) {
    struct stat info;
    if (lstat(absl::StrCat(target, "/", name).c_str(), &info) != 0) break;
    name = NumberedName(outcome.file_name, number);
  }
  if (outcome.result == InboxResult::kPartly) {
    const auto repair = repairs_->Get(tenant->config.id(), outcome.report.import_id(), SoonDeadline());
    if (repair.ok()) {
      const size_t dot = name.rfind('.');
      const bool has_ending = dot != std::string::npos && dot > 0;
      outcome.repair_file = absl::StrCat(name.substr(0, has_ending ? dot : name.size()), ".rejected-lines",
                                         has_ending ? name.substr(dot) : "");
      RELANCE_RETURN_IF_ERROR(documents::WriteDurably(absl::StrCat(folder, "/", kRejectedFolder),
                                                      outcome.repair_file, repair->content));
    } else if (IsPassing(repair.status())) {
      return repair.status();
    }
  }
  RELANCE_RETURN_IF_ERROR(
      documents::WriteDurably(target, absl::StrCat(name, ".report.txt"), InboxReportText(outcome)));
  RELANCE_RETURN_IF_ERROR(
      documents::WriteDurably(target, absl::StrCat(name, ".report.json"), InboxReportJson(outcome)));
  RELANCE_RETURN_IF_ERROR(MoveWithoutReplacing(path, target, name).status());
  return documents::SyncDirectory(target);
}

}  // namespace relance::ledger
