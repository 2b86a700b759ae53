#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/currency.h"
#include "common/money/rounding.h"

namespace relance {

// An amount: minor units of one ISO 4217 currency (cents for EUR). A plain value; negative is a credit.
// The default value has no currency and is good for nothing but to be assigned.
struct Money {
  int64_t minor = 0;
  std::string currency;

  friend bool operator==(const Money&, const Money&) = default;
  // For failed tests: "123456 minor EUR".
  friend void PrintTo(const Money& amount, std::ostream* out) {
    *out << amount.minor << " minor " << amount.currency;
  }
};

// Errors: INVALID_ARGUMENT / CURRENCY_UNKNOWN.
absl::StatusOr<Money> MakeMoney(int64_t minor, absl::string_view currency);

// Sum, difference, opposite, order. Two currencies never meet in one of these.
//
// Errors: INVALID_ARGUMENT / CURRENCY_MISMATCH, OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<Money> Add(const Money& a, const Money& b);
absl::StatusOr<Money> Subtract(const Money& a, const Money& b);
absl::StatusOr<Money> Negate(const Money& a);
// Negative, zero or positive as a is less than, equal to or greater than b.
absl::StatusOr<int> Compare(const Money& a, const Money& b);

// amount x numerator / denominator, rounded half up to the minor unit. Requires: denominator > 0.
// Errors: OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<Money> Scale(const Money& amount, int64_t numerator, int64_t denominator);

// The layout of relance.type.v1.Money: whole units and billionths of one unit, of the same sign.
struct UnitsNanos {
  int64_t units = 0;
  int32_t nanos = 0;

  friend bool operator==(const UnitsNanos&, const UnitsNanos&) = default;
};

// Errors: INVALID_ARGUMENT / CURRENCY_UNKNOWN.
absl::StatusOr<UnitsNanos> ToUnitsNanos(const Money& amount);

// Refuses what is not an exact number of minor units: nothing is rounded at the edge.
//
// Errors, first match wins: INVALID_ARGUMENT / CURRENCY_UNKNOWN, AMOUNT_MALFORMED (nanos beyond
// +-999'999'999, or of the other sign than units), AMOUNT_TOO_PRECISE; OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<Money> FromUnitsNanos(absl::string_view currency, int64_t units, int32_t nanos);

}  // namespace relance
