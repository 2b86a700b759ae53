#include "services/ledger/readers/table/amount_text.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/money/currency.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_record.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {

absl::StatusOr<int64_t> ReadTableAmount(absl::string_view text, absl::string_view currency,
                                        const DecimalStyle& style, bool parentheses) {
  RELANCE_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency));
  text = TrimBlank(text);
  bool negative = false;
  if (parentheses && absl::ConsumePrefix(&text, "(")) {
    if (!absl::ConsumeSuffix(&text, ")") || absl::StrContains(text, '-')) {
      return DomainError(absl::StatusCode::kInvalidArgument, "AMOUNT_MALFORMED",
                         "a parenthesis that is not closed, or one around a sign");
    }
    negative = true;
    text = TrimBlank(text);
  }
  for (const absl::string_view mark : {currency, CurrencySymbol(currency)}) {
    if (mark.empty()) continue;
    if (absl::ConsumePrefix(&text, mark) || absl::ConsumeSuffix(&text, mark)) break;
  }
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor, ParseDecimalMinor(TrimBlank(text), exponent, style));
  if (minor > kAmountMinorMax || minor < -kAmountMinorMax) {
    return DomainError(absl::StatusCode::kInvalidArgument, kAmountOverflow,
                       "the amount is too large to be one");
  }
  return negative ? -minor : minor;
}

}  // namespace relance::ledger
