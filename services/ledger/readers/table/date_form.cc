#include "services/ledger/readers/table/date_form.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/table/reasons.h"
#include "services/ledger/readers/table/text_fold.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

absl::Status Malformed() {
  return DomainError(absl::StatusCode::kInvalidArgument, "DATE_MALFORMED",
                     "the date is not written as the mapping says");
}

// A time of day behind the date: "T10:15:00Z", " 10:15", " 10:15:00 AM".
bool IsTimeOfDay(absl::string_view rest) {
  if (rest.empty()) return true;
  if (rest[0] != 'T' && rest[0] != ' ') return false;
  rest = absl::StripAsciiWhitespace(rest.substr(1));
  if (rest.size() < 4 || !IsDigit(rest[0]) || !absl::StrContains(rest, ':')) return false;
  return std::all_of(rest.begin(), rest.end(), [](char c) {
    return IsDigit(c) || absl::StrContains(":.+-Z AMPamph", absl::string_view(&c, 1));
  });
}

// Takes at least `least` and at most `most` digits off the front; -1 when there are fewer.
int TakeNumber(absl::string_view* text, size_t least, size_t most) {
  size_t n = 0;
  int value = 0;
  while (n < most && n < text->size() && IsDigit((*text)[n])) value = value * 10 + ((*text)[n++] - '0');
  if (n < least) return -1;
  text->remove_prefix(n);
  return value;
}

}  // namespace

int MonthOfName(absl::string_view folded) {
  static const auto& months = *new std::map<std::string, int>{
      {"jan", 1},       {"janv", 1},      {"january", 1},   {"janvier", 1},   {"januari", 1},
      {"januar", 1},    {"feb", 2},       {"fev", 2},       {"fevr", 2},      {"february", 2},
      {"fevrier", 2},   {"februari", 2},  {"februar", 2},   {"mar", 3},       {"mars", 3},
      {"march", 3},     {"mrt", 3},       {"maart", 3},     {"marz", 3},      {"maerz", 3},
      {"mrz", 3},       {"apr", 4},       {"avr", 4},       {"april", 4},     {"avril", 4},
      {"may", 5},       {"mai", 5},       {"mei", 5},       {"jun", 6},       {"juin", 6},
      {"june", 6},      {"juni", 6},      {"jul", 7},       {"juil", 7},      {"juill", 7},
      {"july", 7},      {"juillet", 7},   {"juli", 7},      {"aug", 8},       {"aou", 8},
      {"aout", 8},      {"august", 8},    {"augustus", 8},  {"sep", 9},       {"sept", 9},
      {"september", 9}, {"septembre", 9}, {"oct", 10},      {"okt", 10},      {"october", 10},
      {"octobre", 10},  {"oktober", 10},  {"nov", 11},      {"november", 11}, {"novembre", 11},
      {"dec", 12},      {"dez", 12},      {"december", 12}, {"decembre", 12}, {"dezember", 12},
  };
  const auto it = months.find(std::string(folded));
  return it == months.end() ? 0 : it->second;
}

absl::StatusOr<DateForm> DateForm::Parse(absl::string_view text) {
  DateForm form;
  form.text_ = std::string(text);
  int days = 0, months = 0, years = 0;
  const auto invalid = [] {
    return DomainError(absl::StatusCode::kInvalidArgument, kDateFormInvalid,
                       "not a form of dates such as dd/mm/yyyy: day, month and year once each");
  };
  if (text.size() > 32) return invalid();
  while (!text.empty()) {
    const char c = text[0];
    const size_t n = std::min(text.find_first_not_of(c), text.size());
    Token token;
    if (c == 'd' && n <= 2) {
      token = {Part::kDay, n == 2, 0};
      ++days;
    } else if (c == 'm' && n <= 3) {
      token = {n == 3 ? Part::kMonthName : Part::kMonth, n == 2, 0};
      ++months;
    } else if (c == 'y' && (n == 4 || n == 2)) {
      token = {n == 4 ? Part::kYear : Part::kShortYear, n == 2, 0};
      ++years;
    } else if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && n == 1) {
      token = {Part::kLiteral, false, c};
    } else {
      return invalid();
    }
    form.tokens_.push_back(token);
    text.remove_prefix(n);
  }
  if (days != 1 || months != 1 || years != 1) return invalid();
  return form;
}

absl::StatusOr<absl::CivilDay> DateForm::Read(absl::string_view text) const {
  text = TrimBlank(text);
  int day = 0, month = 0, year = 0;
  for (const Token& token : tokens_) {
    switch (token.part) {
      case Part::kDay:
        day = TakeNumber(&text, token.two_digits ? 2 : 1, 2);
        break;
      case Part::kMonth:
        month = TakeNumber(&text, token.two_digits ? 2 : 1, 2);
        break;
      case Part::kYear:
        year = TakeNumber(&text, 4, 4);
        break;
      case Part::kShortYear:
        year = TakeNumber(&text, 2, 2);
        if (year >= 0) year += year >= 80 ? 1900 : 2000;
        break;
      case Part::kMonthName: {
        size_t n = 0;
        while (n < text.size() && (absl::ascii_isalpha(static_cast<unsigned char>(text[n])) ||
                                   static_cast<unsigned char>(text[n]) >= 0x80)) {
          ++n;
        }
        month = MonthOfName(FoldText(text.substr(0, n)));
        if (month == 0) return Malformed();
        text.remove_prefix(n);
        absl::ConsumePrefix(&text, ".");
        break;
      }
      case Part::kLiteral:
        if (text.empty() || text[0] != token.literal) return Malformed();
        text.remove_prefix(1);
        break;
    }
    if (day < 0 || month < 0 || year < 0) return Malformed();
  }
  if (!IsTimeOfDay(text)) return Malformed();
  return MakeDay(year, month, day);
}

}  // namespace relance::ledger
