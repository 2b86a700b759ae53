#include "common/money/rounding.h"

#include <limits>

#include "common/status/check.h"
#include "common/status/domain_error.h"

namespace relance {
namespace {

absl::Status Overflow() {
  return DomainError(absl::StatusCode::kOutOfRange, "AMOUNT_OVERFLOW", "the amount does not fit 64 bits");
}

absl::StatusOr<int64_t> Narrow(__int128 value) {
  if (value > std::numeric_limits<int64_t>::max() || value < std::numeric_limits<int64_t>::min()) {
    return Overflow();
  }
  return static_cast<int64_t>(value);
}

}  // namespace

absl::StatusOr<int64_t> AddMinor(int64_t a, int64_t b) { return Narrow(static_cast<__int128>(a) + b); }

absl::StatusOr<int64_t> SubtractMinor(int64_t a, int64_t b) { return Narrow(static_cast<__int128>(a) - b); }

absl::StatusOr<int64_t> MultiplyMinor(int64_t a, int64_t b) { return Narrow(static_cast<__int128>(a) * b); }

absl::StatusOr<int64_t> DivideHalfUp(__int128 numerator, __int128 denominator) {
  RELANCE_CHECK(denominator > 0);
  const __int128 quotient = numerator / denominator;
  const __int128 remainder = numerator % denominator;
  const __int128 distance = remainder < 0 ? -remainder : remainder;
  // distance >= denominator - distance is 2 x distance >= denominator without its overflow.
  if (distance == 0 || distance < denominator - distance) return Narrow(quotient);
  return Narrow(quotient + (numerator < 0 ? -1 : 1));
}

absl::StatusOr<int64_t> MultiplyDivideHalfUp(int64_t a, int64_t b, int64_t c) {
  return DivideHalfUp(static_cast<__int128>(a) * b, c);
}

int64_t PowerOfTen(int exponent) {
  RELANCE_CHECK(exponent >= 0 && exponent <= 18);
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace relance
