#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/time/payment_terms.h"
#include "samples/generate/company.h"
#include "samples/generate/habit.h"

namespace relance::samples {

struct PortfolioOptions {
  int accounts = 0;
  uint64_t seed = 1;
  absl::CivilDay from;                      // first day that is told day by day
  int months = 5;                           // how many months are told
  int history_months = 13;                  // what opening.csv tells before `from`
  double invoices_per_account_month = 1.2;  // mean over the portfolio
  std::string tenant = "demo";
};

// How an account refers to what it pays, most of the time.
enum class ReferenceStyle { kStructured, kNumbers, kName, kNone };
absl::string_view ReferenceStyleName(ReferenceStyle style);

// One debtor and its truth.
struct Account {
  Company company;
  Habit habit;
  PaymentTerms terms;
  ReferenceStyle style = ReferenceStyle::kNumbers;
  double invoices_per_day = 0;
  double amount_median_minor = 0;
  absl::CivilDay insolvent_on;  // kNeverInsolvent: not in this portfolio's time
  Random random{0, 0};          // of its events, in the order in which they happen

  // Totals of all that was told, history included.
  int64_t invoiced_minor = 0;
  int64_t credited_minor = 0;
  int64_t paid_minor = 0;       // money allocated to items, returns taken off
  int64_t unapplied_minor = 0;  // money above what was owed
};
inline constexpr absl::CivilDay kNeverInsolvent(2199, 12, 31);

// All accounts, sizes after Zipf: rank r has weight r^-0.8, which goes partly into the number of invoices and
// partly into their amounts. Equal options give equal accounts, and account i has the same habit whatever
// their number.
std::vector<Account> MakeUpAccounts(const PortfolioOptions& options);

// "MADE-UP DATA, seed 7".
std::string MadeUpLabel(uint64_t seed);

}  // namespace relance::samples
