#pragma once

#include <cstdint>

#include "absl/status/statusor.h"

namespace relance {

// Checked arithmetic on minor units. Nothing here wraps around, and no binary float is involved.
//
// Errors: OUT_OF_RANGE / AMOUNT_OVERFLOW when the exact result does not fit an int64.
absl::StatusOr<int64_t> AddMinor(int64_t a, int64_t b);
absl::StatusOr<int64_t> SubtractMinor(int64_t a, int64_t b);
absl::StatusOr<int64_t> MultiplyMinor(int64_t a, int64_t b);

// numerator / denominator rounded half up: 0.5 goes away from zero on both sides, so that a credit note
// mirrors its invoice exactly (2.5 -> 3, -2.5 -> -3).
//
// Requires: denominator > 0.
// Errors:   OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<int64_t> DivideHalfUp(__int128 numerator, __int128 denominator);

// a x b / c, exact until the one rounding of DivideHalfUp.
//
// Requires: c > 0.
// Errors:   OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<int64_t> MultiplyDivideHalfUp(int64_t a, int64_t b, int64_t c);

// 10^exponent. Requires: 0 <= exponent <= 18.
int64_t PowerOfTen(int exponent);

}  // namespace relance
