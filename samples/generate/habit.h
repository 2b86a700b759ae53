#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/time/calendar.h"
#include "samples/toolkit/random.h"

namespace relance::samples {

// How a debtor pays. The truth that a risk score should find out.
struct Habit {
  enum class Kind { kPunctual, kLate, kPaymentRun, kMonthEnd, kSeasonal, kDeteriorating, kBad };

  Kind kind = Kind::kPunctual;
  // Days from the due date to the payment, before runs, month ends and seasons move it.
  double mean_days = 0;
  double spread_days = 0;
  int run_weekday = 0;              // kPaymentRun: 1 Monday .. 5 Friday
  double slope_days_per_month = 0;  // kDeteriorating: added for each month after `onset`
  absl::CivilDay onset;
  int promise_kept_percent = 90;  // of the promises that it gives on the phone
  int answers_percent = 70;       // of the calls that it takes
  // Per mille of its invoices or payments.
  int disputed_per_mille = 20;
  int part_paid_per_mille = 25;
  int never_paid_per_mille = 1;
  int returned_per_mille = 5;
};

// A habit for one account, of the mix that samples/README.md states. `from` is the first day of the period.
Habit DrawHabit(absl::CivilDay from, Random& random);

absl::string_view HabitName(Habit::Kind kind);

// The banking day on which an invoice due on `due` is paid; after `issue`, whatever the habit.
absl::CivilDay PayDay(const Habit& habit, absl::CivilDay issue, absl::CivilDay due,
                      const Calendar& banking_days, Random& random);

}  // namespace relance::samples
