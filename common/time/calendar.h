#pragma once

#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/time/holidays.h"

namespace relance {

// Which days a tenant works: weekends, public holidays, and the closing days of its own. A value; immutable.
class Calendar {
 public:
  // `closed` are days off beside the holidays (a bridge day, the closure in August).
  explicit Calendar(HolidaySet holidays, std::vector<absl::CivilDay> closed = {});

  // By name, in any case: "FR", "FR-AM" (Alsace-Moselle), "FR-AM-GF" (with Good Friday), "BE", "TARGET",
  // "NONE" (weekends only). Errors: INVALID_ARGUMENT / CALENDAR_UNKNOWN.
  static absl::StatusOr<Calendar> ForName(absl::string_view name);

  // A public holiday or a closing day; a plain Sunday is neither.
  bool IsHoliday(absl::CivilDay day) const;

  // "Jour ouvré": Monday to Friday, no holiday. Days of a firm, a bank, a court.
  bool IsBusinessDay(absl::CivilDay day) const;

  // "Jour ouvrable": every day but Sunday and holidays.
  bool IsWorkableDay(absl::CivilDay day) const;

  // `day` itself when it is a business day, else the next (the previous) one.
  absl::CivilDay BusinessDayOnOrAfter(absl::CivilDay day) const;
  absl::CivilDay BusinessDayOnOrBefore(absl::CivilDay day) const;

  // The count-th business (workable) day after `day`, which does not count itself; before it when negative;
  // `day` when zero, whatever day that is. Requires: -kCountMax <= count <= kCountMax.
  absl::CivilDay AddBusinessDays(absl::CivilDay day, int count) const;
  absl::CivilDay AddWorkableDays(absl::CivilDay day, int count) const;
  static constexpr int kCountMax = 10'000;

 private:
  HolidaySet holidays_;
  std::set<absl::CivilDay> closed_;
};

// A delay of French civil procedure: time limits to oppose, to serve, to appeal.
//
// Sources: CPC art. 640 (the day of the event starts it), 641 (days: that day does not count; months: same
// day
//          number, else the last day of the month), 642 (ending on a Saturday, Sunday or holiday it runs to
//          the next working day). Jours francs: neither the first nor the last day counts. Not for limitation
//          periods and not for interest: these are not extended.
struct ProceduralDelay {
  enum class Unit { kDays, kClearDays, kMonths };

  int count = 0;
  Unit unit = Unit::kDays;
};

// The last day on which the act can be done. Requires: 0 <= count <= Calendar::kCountMax.
absl::CivilDay ProceduralDeadline(const Calendar& calendar, absl::CivilDay event, ProceduralDelay delay);

}  // namespace relance
