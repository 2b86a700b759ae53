#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::ledger {

inline constexpr int64_t kImportBytesMax = int64_t{4} << 30;  // 4 GiB: a FEC of some 20 million lines

// A file under way: what a stream brings is kept on disk, so that it can be read twice and needs no memory.
// The file has no name from the start: it is gone with this object, or with the process.
class SpoolFile {
 public:
  // Errors: UNAVAILABLE / SPOOL_FAILED.
  static absl::StatusOr<std::unique_ptr<SpoolFile>> Create(const std::string& directory,
                                                           int64_t bytes_max = kImportBytesMax);
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  // Errors: RESOURCE_EXHAUSTED / FILE_TOO_LARGE; UNAVAILABLE / SPOOL_FAILED.
  absl::Status Append(absl::string_view bytes);
  // Ends writing; call before sha256_hex.
  absl::Status Close();
  // Gives the file up: Read returns CANCELLED from now on.
  void Abandon();

  // Hands the content to `feed` in chunks, from the start; stops at its first error. May be called again, and
  // from another thread while the file is being written: then it waits for what comes until Close.
  absl::Status Read(const std::function<absl::Status(absl::string_view)>& feed) const;
  // SHA-256 of the content, 64 hexadecimal digits.
  const std::string& sha256_hex() const { return sha256_hex_; }
  int64_t bytes() const { return bytes_; }
  // Where it lies: for others that go with it.
  const std::string& directory() const { return directory_; }

  // A new file without a name, to be closed by the caller. Errors: UNAVAILABLE / SPOOL_FAILED.
  static absl::StatusOr<int> OpenNameless(const std::string& directory);

 private:
  struct Digest;
  SpoolFile(int descriptor, std::string directory, int64_t bytes_max);
  absl::Status Flush();

  const int descriptor_;
  const std::string directory_;
  const int64_t bytes_max_;
  int64_t bytes_ = 0;
  std::string buffer_;
  mutable std::mutex mutex_;
  mutable std::condition_variable grown_;
  int64_t flushed_ = 0;  // guarded by mutex_, as is what follows
  bool closed_ = false;
  bool abandoned_ = false;
  std::unique_ptr<Digest> digest_;
  std::string sha256_hex_;
};

}  // namespace relance::ledger
