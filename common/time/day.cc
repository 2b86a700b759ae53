#include "common/time/day.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/domain_error.h"

namespace relance {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);

absl::Status Refused(absl::string_view reason, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message);
}

// Requires: eight digits, year first.
absl::StatusOr<absl::CivilDay> FromDigits(absl::string_view digits) {
  int parts[8];
  for (size_t i = 0; i < 8; ++i) {
    if (!absl::ascii_isdigit(digits[i])) return Refused("DATE_MALFORMED", "a date has digits only");
    parts[i] = digits[i] - '0';
  }
  return MakeDay(parts[0] * 1000 + parts[1] * 100 + parts[2] * 10 + parts[3], parts[4] * 10 + parts[5],
                 parts[6] * 10 + parts[7]);
}

// "AAAA?MM?JJ" without its two separators.
std::string WithoutSeparators(absl::string_view text) {
  return absl::StrCat(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2));
}

constexpr size_t kCompactLength = 8;
constexpr size_t kSeparatedLength = 10;

}  // namespace

int32_t DayNumber(absl::CivilDay day) { return static_cast<int32_t>(day - kEpoch); }

absl::CivilDay DayFromNumber(int32_t number) { return kEpoch + number; }

absl::StatusOr<absl::CivilDay> MakeDay(int64_t year, int month, int day) {
  if (year < kYearMin || year > kYearMax) {
    return Refused("DATE_OUT_OF_RANGE", absl::StrCat("the year must be from ", kYearMin, " to ", kYearMax));
  }
  const absl::CivilDay civil(year, month, day);
  if (civil.year() != year || civil.month() != month || civil.day() != day) {
    return Refused("DATE_NOT_IN_CALENDAR", "there is no such day in the calendar");
  }
  return civil;
}

absl::StatusOr<absl::CivilDay> ParseIsoDay(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text.empty()) return Refused("DATE_EMPTY", "no date");
  if (text.size() != kSeparatedLength || text[4] != '-' || text[7] != '-') {
    return Refused("DATE_MALFORMED", "a date is written YYYY-MM-DD");
  }
  return FromDigits(WithoutSeparators(text));
}

absl::StatusOr<absl::CivilDay> ParseCompactDay(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text.empty()) return Refused("DATE_EMPTY", "no date");
  if (text.size() == kCompactLength) return FromDigits(text);
  if (text.size() != kSeparatedLength || absl::string_view("-/.").find(text[4]) == absl::string_view::npos ||
      text[4] != text[7]) {
    return Refused("DATE_MALFORMED", "a date is written AAAAMMJJ");
  }
  return FromDigits(WithoutSeparators(text));
}

std::string FormatIsoDay(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

std::string FormatCompactDay(absl::CivilDay day) {
  return absl::StrFormat("%04d%02d%02d", day.year(), day.month(), day.day());
}

absl::CivilDay EndOfMonth(absl::CivilDay day) { return absl::CivilDay(absl::CivilMonth(day) + 1) - 1; }

absl::CivilDay AddMonthsClamped(absl::CivilDay day, int months) {
  const absl::CivilDay first(absl::CivilMonth(day) + months);
  return first + (std::min(day.day(), EndOfMonth(first).day()) - 1);
}

}  // namespace relance
