#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::claims {

// A yearly rate, exact: 13.15 % is 13'150'000 hundred-millionths. Percentages have at most 4 decimals in the
// tables and 2 more may come from a multiple of the legal rate; nothing is rounded on the way.
struct Rate {
  int64_t e8 = 0;

  friend bool operator==(const Rate&, const Rate&) = default;
  friend auto operator<=>(const Rate&, const Rate&) = default;
};

// 1 % and 0.5 % in the units of Rate.
inline constexpr int64_t kPercentE8 = 1'000'000;
inline constexpr int64_t kHalfPointE8 = 500'000;
inline constexpr int kPercentDecimalsMax = 4;
// A rate above this is a typing error.
inline constexpr int kPercentMax = 1000;

// Reads a percentage with a decimal point, "13.15".
// Errors: INVALID_ARGUMENT / RATE_OUT_OF_RANGE (negative or above kPercentMax) and those of
// ParseDecimalMinor.
absl::StatusOr<Rate> ParsePercent(absl::string_view text);

// "13.15", at least two decimals.
std::string FormatPercent(Rate rate);

// The next half point; an exact one stays.
Rate RoundUpToHalfPoint(Rate rate);

}  // namespace relance::claims
