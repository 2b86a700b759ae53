#include "samples/generate/habit.h"

#include <algorithm>

#include "common/time/day.h"

namespace relance::samples {
namespace {

constexpr double kDaysPerMonth = 30.4375;
constexpr int kSeasonalDelayDays = 25;

bool IsHolidaySeason(int month) { return month == 7 || month == 8 || month == 12; }

// 1 Monday .. 7 Sunday.
int WeekdayNumber(absl::CivilDay day) { return static_cast<int>(absl::GetWeekday(day)) + 1; }

}  // namespace

absl::string_view HabitName(Habit::Kind kind) {
  switch (kind) {
    case Habit::Kind::kPunctual:
      return "punctual";
    case Habit::Kind::kLate:
      return "habitual_late";
    case Habit::Kind::kPaymentRun:
      return "payment_run";
    case Habit::Kind::kMonthEnd:
      return "month_end";
    case Habit::Kind::kSeasonal:
      return "seasonal";
    case Habit::Kind::kDeteriorating:
      return "deteriorating";
    case Habit::Kind::kBad:
      return "bad";
  }
  return "";
}

Habit DrawHabit(absl::CivilDay from, Random& random) {
  Habit habit;
  const int64_t draw = random.Below(100);
  if (draw < 34) {
    habit.kind = Habit::Kind::kPunctual;
    habit.mean_days = -1;
    habit.spread_days = 2;
  } else if (draw < 60) {
    habit.kind = Habit::Kind::kLate;
    habit.mean_days = static_cast<double>(random.Between(5, 40));
    habit.spread_days = static_cast<double>(random.Between(2, 8));
    habit.promise_kept_percent = 80;
    habit.part_paid_per_mille = 40;
  } else if (draw < 75) {
    habit.kind = Habit::Kind::kPaymentRun;
    habit.mean_days = static_cast<double>(random.Between(0, 4));
    habit.spread_days = 1;
    habit.run_weekday = static_cast<int>(random.Between(1, 5));
  } else if (draw < 86) {
    habit.kind = Habit::Kind::kMonthEnd;
    habit.mean_days = 1;
    habit.spread_days = 3;
  } else if (draw < 91) {
    habit.kind = Habit::Kind::kSeasonal;
    habit.mean_days = 3;
    habit.spread_days = 3;
  } else if (draw < 95) {
    habit.kind = Habit::Kind::kDeteriorating;
    habit.mean_days = 2;
    habit.spread_days = 4;
    habit.slope_days_per_month = static_cast<double>(random.Between(4, 8));
    habit.onset = from - random.Between(-30, 90);
    habit.promise_kept_percent = 55;
    habit.answers_percent = 60;
    habit.part_paid_per_mille = 60;
  } else {
    habit.kind = Habit::Kind::kBad;
    habit.mean_days = static_cast<double>(random.Between(45, 100));
    habit.spread_days = 25;
    habit.promise_kept_percent = 35;
    habit.answers_percent = 45;
    habit.disputed_per_mille = 60;
    habit.part_paid_per_mille = 150;
    habit.never_paid_per_mille = 120;
    habit.returned_per_mille = 30;
  }
  return habit;
}

absl::CivilDay PayDay(const Habit& habit, absl::CivilDay issue, absl::CivilDay due,
                      const Calendar& banking_days, Random& random) {
  double mean = habit.mean_days;
  if (habit.kind == Habit::Kind::kDeteriorating && due > habit.onset) {
    mean += habit.slope_days_per_month * static_cast<double>(due - habit.onset) / kDaysPerMonth;
  }
  if (habit.kind == Habit::Kind::kSeasonal && IsHolidaySeason(static_cast<int>(due.month())))
    mean += kSeasonalDelayDays;
  absl::CivilDay day = due + random.NormalDays(mean, habit.spread_days);
  if (habit.kind == Habit::Kind::kBad) day = std::max(day, due + 10);
  day = std::max(day, issue + 2);
  if (habit.kind == Habit::Kind::kPaymentRun) day += (habit.run_weekday - WeekdayNumber(day) + 7) % 7;
  if (habit.kind == Habit::Kind::kMonthEnd) {
    const absl::CivilDay last = banking_days.BusinessDayOnOrBefore(EndOfMonth(day));
    day = day <= last ? last : banking_days.BusinessDayOnOrBefore(EndOfMonth(AddMonthsClamped(day, 1)));
  }
  return banking_days.BusinessDayOnOrAfter(day);
}

}  // namespace relance::samples
