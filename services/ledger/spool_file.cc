#include "services/ledger/spool_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/documents/durable_file.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/errors.h"

namespace relance::ledger {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

absl::Status SpoolError(absl::string_view operation) {
  return DomainError(absl::StatusCode::kUnavailable, kSpoolFailed,
                     absl::StrCat("the spool directory: ", operation),
                     {{"operation", std::string(operation)}, {"errno", absl::StrCat(errno)}});
}

}  // namespace

struct SpoolFile::Digest {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Digest() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~Digest() { EVP_MD_CTX_free(context); }
};

SpoolFile::SpoolFile(int descriptor, std::string directory, int64_t bytes_max)
    : descriptor_(descriptor),
      directory_(std::move(directory)),
      bytes_max_(bytes_max),
      digest_(std::make_unique<Digest>()) {}

SpoolFile::~SpoolFile() { close(descriptor_); }

absl::StatusOr<int> SpoolFile::OpenNameless(const std::string& directory) {
  RELANCE_RETURN_IF_ERROR(documents::MakeDirectories(directory));
  std::string path = absl::StrCat(directory, "/import.XXXXXX");
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return SpoolError("create");
  unlink(path.c_str());
  return descriptor;
}

absl::StatusOr<std::unique_ptr<SpoolFile>> SpoolFile::Create(const std::string& directory,
                                                             int64_t bytes_max) {
  RELANCE_ASSIGN_OR_RETURN(const int descriptor, OpenNameless(directory));
  return std::unique_ptr<SpoolFile>(new SpoolFile(descriptor, directory, bytes_max));
}

absl::Status SpoolFile::Append(absl::string_view bytes) {
  bytes_ += static_cast<int64_t>(bytes.size());
  if (bytes_ > bytes_max_) {
    return DomainError(absl::StatusCode::kResourceExhausted, kFileTooLarge,
                       absl::StrCat("the file is larger than ", bytes_max_, " bytes; split it by period"),
                       {{"bytesMax", absl::StrCat(bytes_max_)}});
  }
  EVP_DigestUpdate(digest_->context, bytes.data(), bytes.size());
  buffer_.append(bytes.data(), bytes.size());
  return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::Status SpoolFile::Flush() {
  size_t written = 0;
  while (written < buffer_.size()) {
    const ssize_t n = write(descriptor_, buffer_.data() + written, buffer_.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return SpoolError("write");
    written += static_cast<size_t>(n);
  }
  buffer_.clear();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    flushed_ += static_cast<int64_t>(written);
  }
  grown_.notify_all();
  return absl::OkStatus();
}

void SpoolFile::Abandon() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    abandoned_ = true;
  }
  grown_.notify_all();
}

absl::Status SpoolFile::Close() {
  RELANCE_RETURN_IF_ERROR(Flush());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  grown_.notify_all();
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(digest_->context, hash, &size);
  sha256_hex_ = absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(hash), size));
  return absl::OkStatus();
}

absl::Status SpoolFile::Read(const std::function<absl::Status(absl::string_view)>& feed) const {
  std::vector<char> chunk(kBufferBytes);
  int64_t offset = 0;
  while (true) {
    int64_t left = 0;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      grown_.wait(lock, [&] { return offset < flushed_ || closed_ || abandoned_; });
      if (abandoned_) return absl::CancelledError("the file was given up");
      left = flushed_ - offset;
    }
    if (left == 0) break;
    const ssize_t n =
        pread(descriptor_, chunk.data(),
              static_cast<size_t>(std::min<int64_t>(left, static_cast<int64_t>(chunk.size()))), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return SpoolError("read");
    offset += n;
    RELANCE_RETURN_IF_ERROR(feed(absl::string_view(chunk.data(), static_cast<size_t>(n))));
  }
  return absl::OkStatus();
}

}  // namespace relance::ledger
