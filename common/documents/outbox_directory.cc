#include "common/documents/outbox_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

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
  RELANCE_ASSIGN_OR_RETURN(const Paths paths, PathsOf(root_, contact_key, extension));
  if (bytes.empty() || bytes.size() > kDocumentBytesMax) {
    return DomainError(
        absl::StatusCode::kInvalidArgument, kDocumentSizeRefused,
        absl::StrCat("file of ", bytes.size(), " bytes, 1 to ", kDocumentBytesMax, " are delivered"),
        {{"bytes", absl::StrCat(bytes.size())}, {"bytesMax", absl::StrCat(kDocumentBytesMax)}});
  }
  const std::string digest = Sha256Hex(bytes);
  RELANCE_ASSIGN_OR_RETURN(const OutboxLock lock, OutboxLock::Take(root_));
  const absl::StatusOr<std::string> started = ReadFile(paths.started(), digest.size());
  if (started.ok()) {
    const bool delivered = !FileExists(paths.pending());
    if (*started == digest) {
      if (delivered) return absl::OkStatus();
      return MoveDurably(paths.pending_directory, paths.out_directory, paths.name);
    }
    if (delivered) {
      return DomainError(absl::StatusCode::kAlreadyExists, kDeliveryKeyReused,
                         absl::StrCat(paths.name, " was delivered with other bytes"),
                         {{"fileName", paths.name}});
    }
    // Nobody has seen the older text, and what is owed may have changed since: start over with the new one.
    // The marker goes first, for a new pending file beside the old marker would pass for the old text.
    RELANCE_RETURN_IF_ERROR(RemoveDurably(paths.started_directory, paths.name));
  } else if (!absl::IsNotFound(started.status())) {
    return started.status();
  }
  // No marker: a pending file, if any, is of a delivery that died early. It is replaced.
  RELANCE_RETURN_IF_ERROR(WriteDurably(paths.pending_directory, paths.name, bytes));
  RELANCE_RETURN_IF_ERROR(MakeDirectories(paths.started_directory));
  RELANCE_RETURN_IF_ERROR(SyncDirectory(absl::StrCat(root_, "/.started")));
  RELANCE_RETURN_IF_ERROR(WriteDurably(paths.started_directory, paths.name, digest));
  return MoveDurably(paths.pending_directory, paths.out_directory, paths.name);
}

absl::StatusOr<Delivery> OutboxDirectory::Probe(absl::string_view contact_key,
                                                absl::string_view extension) const {
  RELANCE_ASSIGN_OR_RETURN(const Paths paths, PathsOf(root_, contact_key, extension));
  RELANCE_ASSIGN_OR_RETURN(const OutboxLock lock, OutboxLock::Take(root_));
  if (!FileExists(paths.started())) return Delivery::kNotDelivered;
  return FileExists(paths.pending()) ? Delivery::kNotDelivered : Delivery::kDelivered;
}

}  // namespace relance::documents
