#include "services/ledger/readers/bank/mt940_line.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/identifiers/text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/readers/bank/bank_values.h"
#include "services/ledger/readers/bank/column_line.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

constexpr int kHalfYearDays = 183;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

absl::Status Malformed(absl::string_view field, absl::string_view reason, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message, {{"field", std::string(field)}});
}

absl::Status InField(absl::string_view field, const absl::Status& status) {
  return AddContext(status, absl::StrCat("in the ", field), "field", field);
}

struct ReadDay {
  absl::CivilDay day;
  bool is_month_end = false;
};

absl::StatusOr<ReadDay> DayOf(absl::string_view yy, absl::string_view mm, absl::string_view dd) {
  const absl::StatusOr<absl::CivilDay> day = DayFromParts(yy, mm, dd);
  if (day.ok()) return ReadDay{*day, false};
  if (mm != "02" || (dd != "29" && dd != "30")) return day.status();
  RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay first, DayFromParts(yy, mm, "01"));
  return ReadDay{EndOfMonth(first), true};
}

// The amount in front of `*text`: digits, a comma, digits.
absl::string_view TakeAmount(absl::string_view* text) {
  size_t end = 0;
  while (end < text->size() && (IsDigit((*text)[end]) || (*text)[end] == ',')) ++end;
  const absl::string_view amount = text->substr(0, end);
  text->remove_prefix(end);
  return amount;
}

bool TakeDigits(absl::string_view* text, size_t count, absl::string_view* digits) {
  if (text->size() < count || !identifiers::IsDigits(text->substr(0, count))) return false;
  *digits = text->substr(0, count);
  text->remove_prefix(count);
  return true;
}

std::string Reference(absl::string_view text) {
  std::string ref = Squeeze(text);
  return ref == "NONREF" || ref == "NOREF" || ref == "NOTPROVIDED" ? "" : ref;
}

absl::Status TakeDays(absl::string_view* text, Mt940Line* line) {
  absl::string_view digits;
  if (!TakeDigits(text, 6, &digits))
    return Malformed("value date", "DATE_MALFORMED", "not a day of six digits");
  const absl::string_view yy = digits.substr(0, 2);
  auto value = DayOf(yy, digits.substr(2, 2), digits.substr(4, 2));
  if (!value.ok()) return InField("value date", value.status());
  line->value_day = value->day;
  line->day_read_as_month_end = value->is_month_end;
  if (TakeDigits(text, 4, &digits)) {
    const absl::string_view mm = digits.substr(0, 2), dd = digits.substr(2, 2);
    // In the year of the value day, unless the one before or after is nearer.
    absl::Status error;
    for (const int64_t shift : {0, -1, 1}) {
      const std::string year = absl::StrCat(absl::Dec((value->day.year() + shift) % 100, absl::kZeroPad2));
      const auto entry = DayOf(year, mm, dd);
      if (!entry.ok()) {
        if (error.ok()) error = InField("entry date", entry.status());
      } else if (std::abs(entry->day - value->day) <= kHalfYearDays) {
        line->entry_day = entry->day;
        line->day_read_as_month_end |= entry->is_month_end;
        break;
      }
    }
    if (!line->entry_day) return error;  // 29 February where only a common year is near
  }
  while (absl::ConsumePrefix(text, " ")) {
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseMt940Line(absl::string_view text, absl::string_view currency, Mt940Line* line) {
  *line = {};
  const size_t line_end = text.find('\n');
  if (line_end != absl::string_view::npos) line->supplement = Squeeze(text.substr(line_end + 1));
  absl::string_view rest = text.substr(0, line_end);
  RELANCE_RETURN_IF_ERROR(TakeDays(&rest, line));

  if (absl::StartsWith(rest, "RC") || absl::StartsWith(rest, "RD")) {
    line->is_reversal = true;
    rest.remove_prefix(1);
  } else if (absl::StartsWith(rest, "EC") || absl::StartsWith(rest, "ED")) {
    line->is_expected = true;
    rest.remove_prefix(1);
  }
  if (rest.empty() || (rest[0] != 'C' && rest[0] != 'D'))
    return Malformed("side", kFieldInvalid, "neither C nor D");
  line->is_credit = (rest[0] == 'C') != line->is_reversal;
  rest.remove_prefix(1);
  // The third letter of the currency may stand here.
  if (rest.size() > 1 && absl::ascii_isalpha(static_cast<unsigned char>(rest[0]))) rest.remove_prefix(1);
  auto minor = ParseCommaAmount(TakeAmount(&rest), currency);
  if (!minor.ok()) return InField("amount", minor.status());
  line->minor = *minor;

  absl::ConsumePrefix(&rest, " ");
  if (rest.size() >= 4 && (rest[0] == 'N' || rest[0] == 'F' || rest[0] == 'S')) {
    line->type = Squeeze(rest.substr(0, 4));
    rest.remove_prefix(4);
  }
  const size_t slashes = rest.find("//");
  line->customer_ref = Reference(rest.substr(0, slashes));
  if (slashes != absl::string_view::npos) line->bank_ref = Reference(rest.substr(slashes + 2));
  return absl::OkStatus();
}

absl::Status ParseMt940Balance(absl::string_view text, absl::string_view currency, Mt940Balance* balance) {
  *balance = {};
  absl::string_view rest = text.substr(0, text.find('\n'));
  if (rest.empty() || (rest[0] != 'C' && rest[0] != 'D'))
    return Malformed("side", kFieldInvalid, "neither C nor D");
  const bool is_debit = rest[0] == 'D';
  rest.remove_prefix(1);
  absl::string_view digits;
  if (!TakeDigits(&rest, 6, &digits)) return Malformed("date", "DATE_MALFORMED", "not a day of six digits");
  auto day = DayOf(digits.substr(0, 2), digits.substr(2, 2), digits.substr(4, 2));
  if (!day.ok()) return InField("date", day.status());
  balance->day = day->day;
  balance->currency = std::string(currency);
  if (rest.size() > 3 && absl::ascii_isupper(static_cast<unsigned char>(rest[0]))) {
    balance->currency = std::string(rest.substr(0, 3));
    rest.remove_prefix(3);
  }
  auto minor = ParseCommaAmount(TakeAmount(&rest), balance->currency);
  if (!minor.ok()) return InField("amount", minor.status());
  balance->minor = is_debit ? -*minor : *minor;
  return absl::OkStatus();
}

}  // namespace relance::ledger
