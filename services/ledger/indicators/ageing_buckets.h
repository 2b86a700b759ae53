#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace relance::ledger {

inline constexpr int kBucketEdgesMax = 12;
inline constexpr int kBucketEdgeDaysMax = 3650;

// The ages of an aged balance: "not due", "1-30", "31-60", "61-90", "> 90" for the edges 30, 60, 90. On the
// due day itself an item is not due; the day after it is one day past due.
class AgeingBuckets {
 public:
  // Upper edges in days past due, ascending; empty: 30, 60, 90.
  // Errors: INVALID_ARGUMENT / BUCKET_EDGES_INVALID.
  static absl::StatusOr<AgeingBuckets> Make(absl::Span<const int32_t> edges);

  int size() const { return static_cast<int>(edges_.size()) + 2; }
  std::string Label(int bucket) const;
  // 0 is "not due".
  int BucketOf(int32_t due_day, int32_t as_of_day) const;
  // Thresholds for a scan, from the newest to the oldest: debits with due_day < thresholds[b] are in bucket b
  // or an older one. The first is projection::kNoDay: all that have a due day.
  std::vector<int32_t> Thresholds(int32_t as_of_day) const;

 private:
  explicit AgeingBuckets(std::vector<int32_t> edges) : edges_(std::move(edges)) {}
  std::vector<int32_t> edges_;
};

}  // namespace relance::ledger
