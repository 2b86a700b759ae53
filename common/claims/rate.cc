#include "common/claims/rate.h"

#include "common/money/decimal_text.h"
#include "common/money/rounding.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::claims {
namespace {

// Decimals of a percentage that Rate can hold, and that are always printed.
constexpr int kDecimals = 6;
constexpr size_t kShownAtLeast = 2;

}  // namespace

absl::StatusOr<Rate> ParsePercent(absl::string_view text) {
  RELANCE_ASSIGN_OR_RETURN(const int64_t percent,
                           ParseDecimalMinor(text, kPercentDecimalsMax, {DecimalStyle::Mark::kPoint, 0}));
  if (percent < 0 || percent > kPercentMax * PowerOfTen(kPercentDecimalsMax)) {
    return DomainError(absl::StatusCode::kInvalidArgument, "RATE_OUT_OF_RANGE",
                       "not a yearly rate in percent");
  }
  return Rate{percent * PowerOfTen(kDecimals - kPercentDecimalsMax)};
}

std::string FormatPercent(Rate rate) {
  std::string text = FormatDecimal(rate.e8, kDecimals, '.');
  const size_t shortest = text.size() - (kDecimals - kShownAtLeast);
  while (text.size() > shortest && text.back() == '0') text.pop_back();
  return text;
}

Rate RoundUpToHalfPoint(Rate rate) {
  const int64_t over = rate.e8 % kHalfPointE8;
  return over == 0 ? rate : Rate{rate.e8 - over + kHalfPointE8};
}

}  // namespace relance::claims
