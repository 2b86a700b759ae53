#include "common/documents/outbox_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/documents/document_store.h"
#include "common/documents/durable_file.h"
#include "common/documents/errors.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::documents {
namespace {

constexpr size_t kStemBytesMax = 60;
constexpr size_t kExtensionBytesMax = 8;

// Held while the state of one outbox is read or changed; the kernel lets go of it when the process dies.
class OutboxLock {
 public:
  static absl::StatusOr<OutboxLock> Take(const std::string& root) {
    const int fd = ::open(absl::StrCat(root, "/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) return FileSystemError("open lock");
    OutboxLock lock(fd);
    while (::flock(fd, LOCK_EX) != 0) {
      if (errno != EINTR) return FileSystemError("lock");
    }
    return lock;
  }
  OutboxLock(OutboxLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  OutboxLock& operator=(OutboxLock&&) = delete;
  ~OutboxLock() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  explicit OutboxLock(int fd) : fd_(fd) {}
  int fd_;
};

struct Paths {
  std::string name;
  std::string pending_directory;
  std::string started_directory;
  std::string out_directory;
  std::string pending() const { return absl::StrCat(pending_directory, "/", name); }
  std::string started() const { return absl::StrCat(started_directory, "/", name); }
};

absl::StatusOr<Paths> PathsOf(const std::string& root, absl::string_view key, absl::string_view extension) {
  Paths paths;
  paths.name = OutboxDirectory::FileName(key, extension);
  if (paths.name.empty()) {
    return DomainError(absl::StatusCode::kInvalidArgument, kDeliveryKeyInvalid,
                       absl::StrCat("the contact key has 1 to ", kDeliveryKeyBytesMax,
                                    " bytes, the extension 1 to 8 lower-case letters or digits"));
  }
  paths.pending_directory = absl::StrCat(root, "/.pending");
  paths.started_directory = absl::StrCat(root, "/.started/", Sha256Hex(key).substr(0, 2));
  paths.out_directory = absl::StrCat(root, "/out");
  return paths;
}

absl::Status CheckSize(absl::string_view bytes) {
  if (!bytes.empty() && bytes.size() <= kDocumentBytesMax) return absl::OkStatus();
  return DomainError(
      absl::StatusCode::kInvalidArgument, kDocumentSizeRefused,
      absl::StrCat("file of ", bytes.size(), " bytes, 1 to ", kDocumentBytesMax, " are delivered"),
      {{"bytes", absl::StrCat(bytes.size())}, {"bytesMax", absl::StrCat(kDocumentBytesMax)}});
}

absl::Status Reused(const Paths& paths) {
  return DomainError(absl::StatusCode::kAlreadyExists, kDeliveryKeyReused,
                     absl::StrCat(paths.name, " was delivered with other bytes"), {{"fileName", paths.name}});
}

// Goes on with a delivery that began earlier. True: it is delivered now; false: it has to begin anew.
absl::StatusOr<bool> Continue(const Paths& paths, const std::string& digest) {
  const absl::StatusOr<std::string> started = ReadFile(paths.started(), digest.size());
  if (absl::IsNotFound(started.status())) return false;
  RELANCE_RETURN_IF_ERROR(started.status());
  const bool delivered = !FileExists(paths.pending());
  if (*started == digest) {
    if (!delivered) {
      RELANCE_RETURN_IF_ERROR(MoveDurably(paths.pending_directory, paths.out_directory, paths.name));
    }
    return true;
  }
  if (delivered) {
    return Reused(paths);
  }
  // Nobody has seen the older text, and what is owed may have changed since: start over with the new one.
  // The marker goes first, for a new pending file beside the old marker would pass for the old text.
  RELANCE_RETURN_IF_ERROR(RemoveDurably(paths.started_directory, paths.name));
  return false;
}

}  // namespace

std::string OutboxDirectory::FileName(absl::string_view contact_key, absl::string_view extension) {
  if (contact_key.empty() || contact_key.size() > kDeliveryKeyBytesMax) return "";
  if (extension.empty() || extension.size() > kExtensionBytesMax) return "";
  for (char c : extension) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c)) return "";
  }
  std::string stem;
  for (char c : contact_key.substr(0, kStemBytesMax)) stem += absl::ascii_isalnum(c) ? c : '-';
  return absl::StrCat(stem, "_", Sha256Hex(contact_key).substr(0, 32), ".", extension);
}

absl::StatusOr<OutboxDirectory> OutboxDirectory::Open(const std::string& root) {
  for (absl::string_view folder : {"/out", "/.pending", "/.started"}) {
    RELANCE_RETURN_IF_ERROR(MakeDirectories(absl::StrCat(root, folder)));
  }
  RELANCE_RETURN_IF_ERROR(SyncDirectory(root));
  return OutboxDirectory(root);
}

absl::Status OutboxDirectory::Deliver(absl::string_view contact_key, absl::string_view extension,
                                      absl::string_view bytes) const {
  const File file{contact_key, extension, bytes};
  return DeliverAll({&file, 1})[0];
}

std::vector<absl::Status> OutboxDirectory::DeliverAll(absl::Span<const File> files) const {
  std::vector<absl::Status> results(files.size());
  const absl::StatusOr<OutboxLock> lock = OutboxLock::Take(root_);
  if (!lock.ok()) return std::vector<absl::Status>(files.size(), lock.status());

  struct Batched {
    size_t index;
    Paths paths;
    std::string digest;
  };
  std::vector<Batched> batch;
  std::map<std::string, std::string> digests;  // of the batch, by name
  for (size_t i = 0; i < files.size(); ++i) {
    const absl::StatusOr<Paths> paths = PathsOf(root_, files[i].contact_key, files[i].extension);
    results[i] = paths.ok() ? CheckSize(files[i].bytes) : paths.status();
    if (!results[i].ok()) continue;
    const std::string digest = Sha256Hex(files[i].bytes);
    const absl::StatusOr<bool> done = Continue(*paths, digest);
    if (!done.ok()) {
      results[i] = done.status();
    } else if (!*done) {
      const auto [first, fresh] = digests.emplace(paths->name, digest);
      if (fresh) batch.push_back({i, *paths, digest});
      if (first->second != digest) results[i] = Reused(*paths);
    }
  }
  if (batch.empty()) return results;

  // Each stage is durable before the next begins. A pending file without a marker may be incomplete: it is
  // written anew by whoever comes next.
  const auto stage = [&](auto step) {
    for (const Batched& file : batch) {
      if (results[file.index].ok()) results[file.index] = step(file);
    }
    const absl::Status synced = SyncFileSystem(root_);
    for (const Batched& file : batch) {
      if (results[file.index].ok()) results[file.index] = synced;
    }
  };
  stage([&](const Batched& file) { return WritePlainly(file.paths.pending(), files[file.index].bytes); });
  stage([&](const Batched& file) {
    const absl::Status made = MakeDirectories(file.paths.started_directory);
    return made.ok() ? WritePlainly(file.paths.started(), file.digest) : made;
  });
  stage([&](const Batched& file) {
    const std::string out = absl::StrCat(file.paths.out_directory, "/", file.paths.name);
    return ::rename(file.paths.pending().c_str(), out.c_str()) == 0 ? absl::OkStatus()
                                                                    : FileSystemError("rename");
  });
  return results;
}

absl::StatusOr<Delivery> OutboxDirectory::Probe(absl::string_view contact_key,
                                                absl::string_view extension) const {
  RELANCE_ASSIGN_OR_RETURN(const Paths paths, PathsOf(root_, contact_key, extension));
  RELANCE_ASSIGN_OR_RETURN(const OutboxLock lock, OutboxLock::Take(root_));
  if (!FileExists(paths.started())) return Delivery::kNotDelivered;
  return FileExists(paths.pending()) ? Delivery::kNotDelivered : Delivery::kDelivered;
}

}  // namespace relance::documents
