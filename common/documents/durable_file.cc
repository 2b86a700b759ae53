#include "common/documents/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/documents/errors.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::documents {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

absl::Status WriteBytes(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileSystemError("write");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status WriteAndSync(int fd, absl::string_view bytes) {
  RELANCE_RETURN_IF_ERROR(WriteBytes(fd, bytes));
  if (::fsync(fd) != 0) return FileSystemError("fsync");
  return absl::OkStatus();
}

// Unique among the processes and threads that share the directory.
std::string TemporaryName(const std::string& name) {
  static std::atomic<uint64_t> counter{0};
  return absl::StrCat(".", name, ".", ::getpid(), ".", counter.fetch_add(1), ".tmp");
}

}  // namespace

absl::Status FileSystemError(absl::string_view operation) {
  const int error = errno;
  return DomainError(absl::StatusCode::kUnavailable, kFileSystemError,
                     absl::StrCat("file system: ", operation, ": ", std::strerror(error)),
                     {{"operation", std::string(operation)}, {"errno", absl::StrCat(error)}});
}

absl::Status MakeDirectories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return absl::OkStatus();
  errno = error.value();
  return FileSystemError("create directory");
}

absl::Status SyncDirectory(const std::string& directory) {
  Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok()) return FileSystemError("open directory");
  if (::fsync(fd.get()) != 0) return FileSystemError("fsync directory");
  return absl::OkStatus();
}

absl::Status WriteDurably(const std::string& directory, const std::string& name, absl::string_view bytes) {
  const std::string temporary = absl::StrCat(directory, "/", TemporaryName(name));
  absl::Status written;
  {
    Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (!fd.ok()) return FileSystemError("create");
    written = WriteAndSync(fd.get(), bytes);
  }
  if (written.ok() && ::rename(temporary.c_str(), absl::StrCat(directory, "/", name).c_str()) != 0) {
    written = FileSystemError("rename");
  }
  if (!written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  return SyncDirectory(directory);
}

absl::Status WritePlainly(const std::string& path, absl::string_view bytes) {
  Descriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (!fd.ok()) return FileSystemError("create");
  return WriteBytes(fd.get(), bytes);
}

absl::Status SyncFileSystem(const std::string& path) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return FileSystemError("open");
  if (::syncfs(fd.get()) != 0) return FileSystemError("syncfs");
  return absl::OkStatus();
}

absl::Status MoveDurably(const std::string& from_directory, const std::string& to_directory,
                         const std::string& name) {
  if (::rename(absl::StrCat(from_directory, "/", name).c_str(),
               absl::StrCat(to_directory, "/", name).c_str()) != 0) {
    return FileSystemError("rename");
  }
  RELANCE_RETURN_IF_ERROR(SyncDirectory(to_directory));
  return SyncDirectory(from_directory);
}

absl::Status RemoveDurably(const std::string& directory, const std::string& name) {
  if (::unlink(absl::StrCat(directory, "/", name).c_str()) != 0) return FileSystemError("unlink");
  return SyncDirectory(directory);
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return errno == ENOENT ? absl::NotFoundError("no such file") : FileSystemError("open");
  std::string bytes;
  char buffer[64 * 1024];
  while (true) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileSystemError("read");
    if (n == 0) return bytes;
    if (bytes.size() + static_cast<size_t>(n) > bytes_max) {
      errno = EFBIG;
      return FileSystemError("read");
    }
    bytes.append(buffer, static_cast<size_t>(n));
  }
}

bool FileExists(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace relance::documents
