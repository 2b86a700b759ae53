#include "services/ledger/readers/camt_values.h"

#include "absl/strings/str_cat.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

void AppendEscaped(absl::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out->append("&amp;");
        break;
      case '<':
        out->append("&lt;");
        break;
      case '>':
        out->append("&gt;");
        break;
      case '"':
        out->append("&quot;");
        break;
      default:
        out->push_back(c);
    }
  }
}

}  // namespace

std::string CleanCamtText(absl::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return std::string(TrimBlank(clean));
}

absl::StatusOr<absl::CivilDay> ParseCamtDay(absl::string_view text) {
  const absl::string_view rest = text.size() > 10 ? text.substr(10) : "";
  const bool known_rest =
      rest.empty() || rest[0] == 'T' || rest[0] == 'Z' || rest[0] == '+' || rest[0] == '-';
  return ParseIsoDay(known_rest ? text.substr(0, 10) : text);
}

absl::StatusOr<CamtAmount> ParseCamtAmount(absl::string_view text, const std::string& currency) {
  const auto refuse = [](absl::StatusCode code, absl::string_view reason, absl::string_view message) {
    return DomainError(code, reason, message);
  };
  if (currency.empty()) {
    return refuse(absl::StatusCode::kInvalidArgument, kFieldMissing, "the amount has no currency (Ccy)");
  }
  RELANCE_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency));
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor,
                           ParseDecimalMinor(text, exponent, {DecimalStyle::Mark::kPoint}));
  if (minor < 0)
    return refuse(absl::StatusCode::kInvalidArgument, kAmountNegative, "the sign is in CdtDbtInd");
  if (minor > kAmountMinorMax) {
    return refuse(absl::StatusCode::kOutOfRange, kAmountOverflow, "the amount is too large to be one");
  }
  return CamtAmount{minor, currency};
}

void RawEntry::Start(absl::string_view name, const std::vector<XmlAttribute>& attributes) {
  if (truncated()) return;
  absl::StrAppend(&text_, "<", name);
  for (const XmlAttribute& attribute : attributes) {
    absl::StrAppend(&text_, " ", attribute.name, "=\"");
    AppendEscaped(attribute.value, &text_);
    text_.push_back('"');
  }
  text_.push_back('>');
}

void RawEntry::End(absl::string_view name, absl::string_view text) {
  if (truncated()) return;
  AppendEscaped(CleanCamtText(text), &text_);
  absl::StrAppend(&text_, "</", name, ">");
}

}  // namespace relance::ledger
