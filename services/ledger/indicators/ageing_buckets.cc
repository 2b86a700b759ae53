#include "services/ledger/indicators/ageing_buckets.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/projection/scan.h"
#include "common/status/domain_error.h"
#include "services/ledger/indicators/reasons.h"

namespace relance::ledger {

absl::StatusOr<AgeingBuckets> AgeingBuckets::Make(absl::Span<const int32_t> edges) {
  if (edges.empty()) return AgeingBuckets({30, 60, 90});
  bool good = edges.size() <= kBucketEdgesMax;
  int32_t before = 0;
  for (const int32_t edge : edges) {
    good = good && edge > before && edge <= kBucketEdgeDaysMax;
    before = edge;
  }
  if (!good) {
    return DomainError(
        absl::StatusCode::kInvalidArgument, kBucketEdgesInvalid,
        absl::StrCat("bucket edges are at most ", kBucketEdgesMax, " ascending numbers of days, 1 to ",
                     kBucketEdgeDaysMax),
        {{"edgesMax", absl::StrCat(kBucketEdgesMax)}, {"daysMax", absl::StrCat(kBucketEdgeDaysMax)}});
  }
  return AgeingBuckets({edges.begin(), edges.end()});
}

std::string AgeingBuckets::Label(int bucket) const {
  if (bucket == 0) return "not due";
  const int last = static_cast<int>(edges_.size());
  if (bucket > last) return absl::StrCat("> ", edges_.back());
  return absl::StrCat(bucket == 1 ? 1 : edges_[bucket - 2] + 1, "-", edges_[bucket - 1]);
}

int AgeingBuckets::BucketOf(int32_t due_day, int32_t as_of_day) const {
  const int32_t days = as_of_day - due_day;
  if (days <= 0) return 0;
  return 1 + static_cast<int>(std::lower_bound(edges_.begin(), edges_.end(), days) - edges_.begin());
}

std::vector<int32_t> AgeingBuckets::Thresholds(int32_t as_of_day) const {
  std::vector<int32_t> thresholds = {projection::kNoDay, as_of_day};
  for (const int32_t edge : edges_) thresholds.push_back(as_of_day - edge);
  return thresholds;
}

}  // namespace relance::ledger
