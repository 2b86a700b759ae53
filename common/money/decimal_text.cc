#include "common/money/decimal_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance {
namespace {

constexpr absl::string_view kNarrowNoBreakSpace = "\u202F";
constexpr absl::string_view kNoBreakSpace = "\u00A0";
constexpr absl::string_view kThinSpace = "\u2009";
constexpr absl::string_view kMinusSign = "\u2212";
constexpr size_t kGroupDigits = 3;

absl::Status Refused(absl::string_view reason, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status Malformed(absl::string_view message) { return Refused("AMOUNT_MALFORMED", message); }

// Drops no-break spaces, makes the minus sign ASCII and trims.
std::string Plain(absl::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (absl::ConsumePrefix(&text, kNarrowNoBreakSpace) || absl::ConsumePrefix(&text, kNoBreakSpace) ||
        absl::ConsumePrefix(&text, kThinSpace)) {
      continue;
    }
    if (absl::ConsumePrefix(&text, kMinusSign)) {
      out.push_back('-');
      continue;
    }
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  return std::string(absl::StripAsciiWhitespace(out));
}

bool IsSign(char c) { return c == '+' || c == '-'; }

// Removes the one sign that may stand first or last; true in `negative` for a minus.
absl::Status TakeSign(absl::string_view* text, bool* negative) {
  const bool first = !text->empty() && IsSign(text->front());
  const bool last = text->size() > 1 && IsSign(text->back());
  if (first && last) return Malformed("a sign both before and after the number");
  *negative = (first && text->front() == '-') || (last && text->back() == '-');
  if (first) text->remove_prefix(1);
  if (last) text->remove_suffix(1);
  *text = absl::StripAsciiWhitespace(*text);
  return absl::OkStatus();
}

bool AllDigits(absl::string_view text) { return std::all_of(text.begin(), text.end(), absl::ascii_isdigit); }

bool IsMark(char c, DecimalStyle::Mark mark) {
  return (c == ',' && mark != DecimalStyle::Mark::kPoint) || (c == '.' && mark != DecimalStyle::Mark::kComma);
}

// The digits before the mark, without their separators.
absl::StatusOr<std::string> WholeDigits(absl::string_view text, char thousands) {
  if (thousands == 0 || text.find(thousands) == absl::string_view::npos) {
    if (!AllDigits(text)) return Malformed("something other than digits before the decimal mark");
    return std::string(text);
  }
  std::string digits;
  for (absl::string_view group : absl::StrSplit(text, thousands)) {
    const bool whole =
        digits.empty() ? !group.empty() && group.size() <= kGroupDigits : group.size() == kGroupDigits;
    if (!whole || !AllDigits(group)) return Malformed("groups of thousands that are not three digits");
    absl::StrAppend(&digits, group);
  }
  return digits;
}

std::string GroupThousands(absl::string_view digits, absl::string_view separator) {
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % kGroupDigits == 0) absl::StrAppend(&out, separator);
    out.push_back(digits[i]);
  }
  return out;
}

int ExponentOrZero(absl::string_view currency) {
  const absl::StatusOr<int> exponent = CurrencyExponent(currency);
  return exponent.ok() ? *exponent : 0;
}

}  // namespace

absl::StatusOr<int64_t> ParseDecimalMinor(absl::string_view text, int exponent, DecimalStyle style) {
  if (text.size() > kDecimalTextLengthMax) return Malformed("longer than any amount");
  const std::string plain = Plain(text);
  if (plain.empty()) return Refused("AMOUNT_EMPTY", "no amount");
  absl::string_view rest = plain;
  bool negative = false;
  RELANCE_RETURN_IF_ERROR(TakeSign(&rest, &negative));

  // With '.' or ',' as separator of thousands the same character is no decimal mark.
  const auto mark = std::find_if(rest.begin(), rest.end(),
                                 [&](char c) { return c != style.thousands && IsMark(c, style.mark); });
  const absl::string_view before = rest.substr(0, mark - rest.begin());
  const bool has_mark = mark != rest.end();
  absl::string_view after = has_mark ? rest.substr(before.size() + 1) : "";
  if (!AllDigits(after)) return Malformed("something other than digits after the decimal mark");
  if (has_mark && after.empty()) return Malformed("no digit after the decimal mark");
  RELANCE_ASSIGN_OR_RETURN(std::string digits, WholeDigits(before, style.thousands));
  if (digits.empty() && after.empty()) return Malformed("no digit");

  const size_t kept = std::min(after.size(), static_cast<size_t>(exponent));
  if (after.substr(kept).find_first_not_of('0') != absl::string_view::npos) {
    return Refused("AMOUNT_TOO_PRECISE", absl::StrCat("more than ", exponent, " decimals"));
  }
  absl::StrAppend(&digits, after.substr(0, kept), std::string(exponent - kept, '0'));
  int64_t minor = 0;
  for (const char digit : digits) {
    RELANCE_ASSIGN_OR_RETURN(minor, MultiplyMinor(minor, 10));
    // Built on the negative side, so that the least int64 can be read.
    RELANCE_ASSIGN_OR_RETURN(minor, SubtractMinor(minor, digit - '0'));
  }
  if (negative) return minor;
  return SubtractMinor(0, minor);
}

absl::StatusOr<Money> ParseMoney(absl::string_view text, absl::string_view currency, DecimalStyle style) {
  RELANCE_ASSIGN_OR_RETURN(const int exponent, CurrencyExponent(currency));
  RELANCE_ASSIGN_OR_RETURN(const int64_t minor, ParseDecimalMinor(text, exponent, style));
  return Money{minor, std::string(currency)};
}

std::string FormatDecimal(int64_t minor, int exponent, char mark) {
  // Unsigned, because the least int64 has no opposite.
  const uint64_t magnitude = minor < 0 ? 0 - static_cast<uint64_t>(minor) : static_cast<uint64_t>(minor);
  std::string digits = absl::StrCat(magnitude);
  const size_t decimals = static_cast<size_t>(exponent);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  if (decimals > 0) digits.insert(digits.size() - decimals, 1, mark);
  return absl::StrCat(minor < 0 ? "-" : "", digits);
}

std::string FormatPlain(const Money& amount) {
  return absl::StrCat(FormatDecimal(amount.minor, ExponentOrZero(amount.currency), '.'), " ",
                      amount.currency);
}

std::string FormatFrench(const Money& amount) {
  const std::string text = FormatDecimal(amount.minor, ExponentOrZero(amount.currency), ',');
  absl::string_view digits = text;
  const bool negative = absl::ConsumePrefix(&digits, "-");
  const size_t whole = std::min(digits.find(','), digits.size());
  return absl::StrCat(negative ? "-" : "", GroupThousands(digits.substr(0, whole), kNarrowNoBreakSpace),
                      digits.substr(whole), kNoBreakSpace, CurrencySymbol(amount.currency));
}

}  // namespace relance
