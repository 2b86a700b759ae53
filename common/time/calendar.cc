#include "common/time/calendar.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"

namespace relance {
namespace {

constexpr std::pair<absl::string_view, HolidaySet> kNames[] = {
    {"FR", HolidaySet::kFrance},
    {"FR-AM", HolidaySet::kAlsaceMoselle},
    {"FR-AM-GF", HolidaySet::kAlsaceMoselleGoodFriday},
    {"BE", HolidaySet::kBelgium},
    {"TARGET", HolidaySet::kTarget},
    {"NONE", HolidaySet::kNone},
};

// The count-th day after `day` (before it when negative) for which `counts` holds.
template <typename Counts>
absl::CivilDay AddCounted(absl::CivilDay day, int count, const Counts& counts) {
  RELANCE_CHECK(count >= -Calendar::kCountMax && count <= Calendar::kCountMax);
  const int step = count < 0 ? -1 : 1;
  for (int left = count * step; left > 0;) {
    day += step;
    if (counts(day)) --left;
  }
  return day;
}

}  // namespace

Calendar::Calendar(HolidaySet holidays, std::vector<absl::CivilDay> closed)
    : holidays_(holidays), closed_(closed.begin(), closed.end()) {}

absl::StatusOr<Calendar> Calendar::ForName(absl::string_view name) {
  for (const auto& [known, holidays] : kNames) {
    if (absl::EqualsIgnoreCase(name, known)) return Calendar(holidays);
  }
  return DomainError(
      absl::StatusCode::kInvalidArgument, "CALENDAR_UNKNOWN",
      absl::StrCat("no calendar '", name, "'; there are FR, FR-AM, FR-AM-GF, BE, TARGET, NONE"),
      {{"calendar", std::string(name)}});
}

bool Calendar::IsHoliday(absl::CivilDay day) const {
  return relance::IsHoliday(holidays_, day) || closed_.count(day) > 0;
}

bool Calendar::IsBusinessDay(absl::CivilDay day) const {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday && !IsHoliday(day);
}

bool Calendar::IsWorkableDay(absl::CivilDay day) const {
  return absl::GetWeekday(day) != absl::Weekday::sunday && !IsHoliday(day);
}

absl::CivilDay Calendar::BusinessDayOnOrAfter(absl::CivilDay day) const {
  return AddBusinessDays(day - 1, 1);
}

absl::CivilDay Calendar::BusinessDayOnOrBefore(absl::CivilDay day) const {
  return AddBusinessDays(day + 1, -1);
}

absl::CivilDay Calendar::AddBusinessDays(absl::CivilDay day, int count) const {
  return AddCounted(day, count, [this](absl::CivilDay candidate) { return IsBusinessDay(candidate); });
}

absl::CivilDay Calendar::AddWorkableDays(absl::CivilDay day, int count) const {
  return AddCounted(day, count, [this](absl::CivilDay candidate) { return IsWorkableDay(candidate); });
}

absl::CivilDay ProceduralDeadline(const Calendar& calendar, absl::CivilDay event, ProceduralDelay delay) {
  RELANCE_CHECK(delay.count >= 0 && delay.count <= Calendar::kCountMax);
  absl::CivilDay last = event;
  switch (delay.unit) {
    case ProceduralDelay::Unit::kDays:
      last = event + delay.count;
      break;
    case ProceduralDelay::Unit::kClearDays:
      last = event + delay.count + 1;
      break;
    case ProceduralDelay::Unit::kMonths:
      last = AddMonthsClamped(event, delay.count);
      break;
  }
  return calendar.BusinessDayOnOrAfter(last);
}

}  // namespace relance
