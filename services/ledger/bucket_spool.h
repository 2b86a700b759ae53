#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::ledger {

inline constexpr size_t kSpoolBuckets = 256;
inline constexpr size_t kSpoolBlockBytes = 16 * 1024;  // held of each bucket

// Puts records by a hash into buckets on disk, so that records of one account can be worked on together
// without holding those of all. The file has no name: it is gone with this object, or with the process.
//
// Order:  records of one bucket come back in the order in which they were added.
// Bounds: kSpoolBuckets blocks in memory; a bucket at a time when it is read.
class BucketSpool {
 public:
  // Errors: UNAVAILABLE / SPOOL_FAILED.
  static absl::StatusOr<std::unique_ptr<BucketSpool>> Create(const std::string& directory);
  ~BucketSpool();
  BucketSpool(const BucketSpool&) = delete;
  BucketSpool& operator=(const BucketSpool&) = delete;

  // The record has to tell its own size. Errors: UNAVAILABLE / SPOOL_FAILED.
  absl::Status Add(uint64_t hash, absl::string_view record);
  // Appends the records of a bucket to `bytes`. Errors: UNAVAILABLE / SPOOL_FAILED.
  absl::Status Read(size_t bucket, std::string* bytes) const;
  int64_t bytes(size_t bucket) const { return buckets_[bucket].bytes; }

 private:
  struct Block {
    int64_t offset = 0;
    int64_t size = 0;
  };
  struct Bucket {
    std::string held;
    std::vector<Block> blocks;
    int64_t bytes = 0;
  };
  explicit BucketSpool(int descriptor) : descriptor_(descriptor), buckets_(kSpoolBuckets) {}
  absl::Status Flush(Bucket* bucket);

  const int descriptor_;
  std::vector<Bucket> buckets_;
  int64_t end_ = 0;
};

}  // namespace relance::ledger
