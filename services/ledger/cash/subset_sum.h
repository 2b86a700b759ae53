#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace relance::ledger {

inline constexpr size_t kSubsetItemsMax = 24;  // the oldest of an account; more are not tried
inline constexpr int kSubsetSizeMax = 6;       // items of one solution

struct SubsetSum {
  // Places of the only subset of 1 to kSubsetSizeMax amounts that makes the sum, ascending; empty: there is
  // none, or there are several.
  std::vector<int> only;
  // Subsets found, at most 2: whoever wants more than one has no use for more.
  int found = 0;
  // Subsets that were looked at in effect: what a chance hit has to be weighed against.
  double tried = 0;
};

// Looks for subsets of positive `amounts` (the first kSubsetItemsMax) that make exactly `sum`. Meet in the
// middle: at most 2 x 4,096 partial sums, whatever the amounts. Pure.
SubsetSum FindSubset(absl::Span<const int64_t> amounts, int64_t sum);

}  // namespace relance::ledger
