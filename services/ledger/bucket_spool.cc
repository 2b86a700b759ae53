#include "services/ledger/bucket_spool.h"

#include <errno.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/errors.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {
namespace {

absl::Status SpoolError(absl::string_view operation) {
  return DomainError(absl::StatusCode::kUnavailable, kSpoolFailed,
                     absl::StrCat("the spool directory: ", operation),
                     {{"operation", std::string(operation)}, {"errno", absl::StrCat(errno)}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<BucketSpool>> BucketSpool::Create(const std::string& directory) {
  RELANCE_ASSIGN_OR_RETURN(const int descriptor, SpoolFile::OpenNameless(directory));
  return std::unique_ptr<BucketSpool>(new BucketSpool(descriptor));
}

BucketSpool::~BucketSpool() { close(descriptor_); }

absl::Status BucketSpool::Add(uint64_t hash, absl::string_view record) {
  Bucket& bucket = buckets_[hash % kSpoolBuckets];
  bucket.bytes += static_cast<int64_t>(record.size());
  bucket.held.append(record.data(), record.size());
  return bucket.held.size() < kSpoolBlockBytes ? absl::OkStatus() : Flush(&bucket);
}

absl::Status BucketSpool::Flush(Bucket* bucket) {
  size_t written = 0;
  while (written < bucket->held.size()) {
    const ssize_t n = pwrite(descriptor_, bucket->held.data() + written, bucket->held.size() - written,
                             end_ + static_cast<int64_t>(written));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return SpoolError("write");
    written += static_cast<size_t>(n);
  }
  bucket->blocks.push_back({end_, static_cast<int64_t>(written)});
  end_ += static_cast<int64_t>(written);
  bucket->held.clear();
  return absl::OkStatus();
}

absl::Status BucketSpool::Read(size_t place, std::string* bytes) const {
  const Bucket& bucket = buckets_[place];
  size_t at = bytes->size();
  bytes->resize(at + static_cast<size_t>(bucket.bytes));
  for (const Block& block : bucket.blocks) {
    int64_t done = 0;
    while (done < block.size) {
      const ssize_t n =
          pread(descriptor_, bytes->data() + at, static_cast<size_t>(block.size - done), block.offset + done);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return SpoolError("read");
      done += n;
      at += static_cast<size_t>(n);
    }
  }
  bucket.held.copy(bytes->data() + at, bucket.held.size());
  return absl::OkStatus();
}

}  // namespace relance::ledger
