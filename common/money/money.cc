#include "common/money/money.h"

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance {
namespace {

constexpr int kNanosExponent = 9;
constexpr int32_t kNanosMax = 999'999'999;

absl::Status SameCurrency(const Money& a, const Money& b) {
  if (a.currency == b.currency) return absl::OkStatus();
  return DomainError(absl::StatusCode::kInvalidArgument, "CURRENCY_MISMATCH",
                     absl::StrCat("amounts in '", a.currency, "' and '", b.currency, "' cannot be combined"),
                     {{"currency", a.currency}, {"otherCurrency", b.currency}});
}

}  // namespace

absl::StatusOr<Money> MakeMoney(int64_t minor, absl::string_view currency) {
  RELANCE_RETURN_IF_ERROR(CurrencyExponent(currency).status());
  return Money{minor, std::string(currency)};
}

absl::StatusOr<Money> Add(const Money& a, const Money& b) {
  RELANCE_RETURN_IF_ERROR(SameCurrency(a, b));
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor, AddMinor(a.minor, b.minor));
  return Money{minor, a.currency};
}

absl::StatusOr<Money> Subtract(const Money& a, const Money& b) {
  RELANCE_RETURN_IF_ERROR(SameCurrency(a, b));
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor, SubtractMinor(a.minor, b.minor));
  return Money{minor, a.currency};
}

absl::StatusOr<Money> Negate(const Money& a) {
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor, SubtractMinor(0, a.minor));
  return Money{minor, a.currency};
}

absl::StatusOr<int> Compare(const Money& a, const Money& b) {
  RELANCE_RETURN_IF_ERROR(SameCurrency(a, b));
  return a.minor < b.minor ? -1 : (a.minor > b.minor ? 1 : 0);
}

absl::StatusOr<Money> Scale(const Money& amount, int64_t numerator, int64_t denominator) {
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor, MultiplyDivideHalfUp(amount.minor, numerator, denominator));
  return Money{minor, amount.currency};
}

absl::StatusOr<UnitsNanos> ToUnitsNanos(const Money& amount) {
  RELANCE_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(amount.currency));
  const int64_t scale = PowerOfTen(exponent);
  return UnitsNanos{amount.minor / scale,
                    static_cast<int32_t>(amount.minor % scale * PowerOfTen(kNanosExponent - exponent))};
}

absl::StatusOr<Money> FromUnitsNanos(absl::string_view currency, int64_t units, int32_t nanos) {
  RELANCE_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency));
  if (nanos > kNanosMax || nanos < -kNanosMax || (units > 0 && nanos < 0) || (units < 0 && nanos > 0)) {
    return DomainError(absl::StatusCode::kInvalidArgument, "AMOUNT_MALFORMED",
                       "nanos must be within one unit and of the sign of units");
  }
  const int32_t nanos_per_minor = static_cast<int32_t>(PowerOfTen(kNanosExponent - exponent));
  if (nanos % nanos_per_minor != 0) {
    return DomainError(absl::StatusCode::kInvalidArgument, "AMOUNT_TOO_PRECISE",
                       absl::StrCat(currency, " has ", exponent, " decimals, the amount has more"),
                       {{"currency", std::string(currency)}, {"decimals", absl::StrCat(exponent)}});
  }
  RELANCE_ASSIGN_OR_RETURN(const int64_t whole, MultiplyMinor(units, PowerOfTen(exponent)));
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor, AddMinor(whole, nanos / nanos_per_minor));
  return Money{minor, std::string(currency)};
}

}  // namespace relance
