#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

// The ageing scan over two columns: the hot loop of every portfolio question.
namespace relance::projection {

// Stands in a day column where there is no day.
inline constexpr int32_t kNoDay = INT32_MAX;

// Largest amount for which the fast kernel is exact: a block of kBlockRows of them fits 64 bits. About 11
// million million units of a currency with cents.
inline constexpr int64_t kFastAmountMax = int64_t{1} << 50;
inline constexpr int kBlockRows = 4096;
inline constexpr int kThresholdsMax = 64;

struct ScanResult {
  std::vector<__int128> debit_minor;  // by threshold: sum of positive amounts that are due before it
  std::vector<int64_t> debit_items;   // by threshold: how many these are
  __int128 all_debit_minor = 0;       // sum of positive amounts, due or not
  __int128 all_credit_minor = 0;      // sum of negative amounts, as a negative number
  int64_t all_debit_items = 0;
  int64_t all_credit_items = 0;
};

// For each threshold t: the positive amounts with due_day < t. A due day of kNoDay is before no threshold.
// Rows with amount 0 count nowhere. Both columns have the same length; at most kThresholdsMax thresholds, in
// any order.
//
// Exact for amounts of at most kFastAmountMax either way. The kernel (AVX-512, AVX2, plain) is chosen by what
// the processor has.
ScanResult ScanDue(absl::Span<const int32_t> due_day, absl::Span<const int64_t> open_minor,
                   absl::Span<const int32_t> thresholds);

// The same, row by row and exact for any amount. The reference for the kernels, and the way for larger
// amounts.
ScanResult ScanDueSlowly(absl::Span<const int32_t> due_day, absl::Span<const int64_t> open_minor,
                         absl::Span<const int32_t> thresholds);

// One of the kernels by name, for tests and measurements: "plain", "avx2", "avx512". False when this
// processor lacks it.
bool ScanDueWith(const char* kernel, absl::Span<const int32_t> due_day, absl::Span<const int64_t> open_minor,
                 absl::Span<const int32_t> thresholds, ScanResult* result);

}  // namespace relance::projection
