#include "services/ledger/cash/subset_sum.h"

#include <algorithm>

namespace relance::ledger {
namespace {

struct Part {
  int64_t sum;
  uint32_t members;  // bits
  int size;
};

// All subsets of `amounts` with a sum of at most `limit`, by sum.
std::vector<Part> PartsOf(absl::Span<const int64_t> amounts, int shift, int64_t limit) {
  std::vector<Part> parts = {{0, 0, 0}};
  for (size_t i = 0; i < amounts.size(); ++i) {
    const size_t known = parts.size();
    for (size_t k = 0; k < known; ++k) {
      if (parts[k].size == kSubsetSizeMax || parts[k].sum > limit - amounts[i]) continue;
      parts.push_back({parts[k].sum + amounts[i], parts[k].members | 1u << (i + shift), parts[k].size + 1});
    }
  }
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.sum < b.sum; });
  return parts;
}

double SubsetsOf(size_t items) {
  double subsets = 0;
  double choose = 1;
  for (int k = 1; k <= kSubsetSizeMax && k <= static_cast<int>(items); ++k) {
    choose = choose * static_cast<double>(items - k + 1) / k;
    subsets += choose;
  }
  return subsets;
}

}  // namespace

SubsetSum FindSubset(absl::Span<const int64_t> amounts, int64_t sum) {
  SubsetSum result;
  amounts = amounts.subspan(0, kSubsetItemsMax);
  if (amounts.empty() || sum <= 0) return result;
  result.tried = SubsetsOf(amounts.size());
  const size_t half = amounts.size() / 2;
  const std::vector<Part> low = PartsOf(amounts.subspan(0, half), 0, sum);
  const std::vector<Part> high = PartsOf(amounts.subspan(half), static_cast<int>(half), sum);
  uint32_t members = 0;
  for (const Part& part : low) {
    const auto from = std::lower_bound(high.begin(), high.end(), sum - part.sum,
                                       [](const Part& a, int64_t wanted) { return a.sum < wanted; });
    for (auto it = from; it != high.end() && it->sum == sum - part.sum; ++it) {
      if (part.size + it->size > kSubsetSizeMax) continue;
      members = part.members | it->members;
      if (++result.found == 2) return result;
    }
  }
  if (result.found == 1) {
    for (int i = 0; i < static_cast<int>(amounts.size()); ++i) {
      if ((members >> i & 1) != 0) result.only.push_back(i);
    }
  }
  return result;
}

}  // namespace relance::ledger
