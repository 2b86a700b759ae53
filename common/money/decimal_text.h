#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/money.h"

namespace relance {

// How a source writes its decimals.
struct DecimalStyle {
  enum class Mark { kComma, kPoint, kEither };

  // The decimal mark. kEither takes the one comma or point that stands there as the decimal mark, never as a
  // separator of thousands: "1.234" is then 1.234, and "1,234.56" is refused.
  Mark mark = Mark::kEither;
  // The separator of thousands that may stand before the mark (' ', '.', ',' or '\''); 0 means none is
  // allowed. Where it is used, groups are whole: "12 345" yes, "1 23" no.
  char thousands = 0;
};

// Longest decimal text that is looked at, in bytes.
inline constexpr size_t kDecimalTextLengthMax = 64;

// Reads a decimal number into minor units of 10^-exponent. Strict: what has two readings has none.
//
// Format:  optional sign first or last (+, -, U+2212), digits, optional decimal mark and digits. Spaces
// around are
//          ignored, no-break spaces (U+00A0, U+202F) and thin spaces (U+2009) everywhere. ",5" is 0.5; "5,"
//          is refused.
// Decimals beyond `exponent` are accepted only when they are zeros; nothing is rounded.
// Errors:  INVALID_ARGUMENT / AMOUNT_EMPTY, AMOUNT_MALFORMED, AMOUNT_TOO_PRECISE; OUT_OF_RANGE /
// AMOUNT_OVERFLOW.
//          No error repeats the text: the caller knows file, line and field.
absl::StatusOr<int64_t> ParseDecimalMinor(absl::string_view text, int exponent, DecimalStyle style = {});

// The same for an amount in `currency`. Errors: also INVALID_ARGUMENT / CURRENCY_UNKNOWN.
absl::StatusOr<Money> ParseMoney(absl::string_view text, absl::string_view currency, DecimalStyle style = {});

// `minor` with all its decimals and no separator of thousands: FormatDecimal(-5, 2, '.') is "-0.05".
std::string FormatDecimal(int64_t minor, int exponent, char mark);

// For files and logs of programs: "-1234.56 EUR". An unknown currency is printed with no decimals.
std::string FormatPlain(const Money& amount);

// For people who read French: "1 234,56 €", thousands apart by U+202F, the sign of the currency after U+00A0.
std::string FormatFrench(const Money& amount);

}  // namespace relance
