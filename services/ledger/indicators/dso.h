#pragma once

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

// Days sales outstanding, by method. Pure. Amounts are minor units of one currency, taxes included on both
// sides; a result is in days, not rounded.
namespace relance::ledger {

using Amount = __int128;  // sums of minor units: exact, whatever the portfolio

// Months of sales that the methods look back on.
inline constexpr int kMonthsMax = 120;

// Sales of one month. A month that has not ended counts the days that have passed.
struct MonthOfSales {
  Amount sales = 0;
  int days = 0;
};

// receivables / sales x days. Nothing without sales.
std::optional<double> SimpleDso(Amount receivables, Amount sales, int days);

enum class MonthLength { kCalendar, kThirtyDays };

struct CountBackDso {
  double days = 0;
  int months_absorbed = 0;  // wholly
  Amount remainder = 0;     // what the last month absorbed in part
  Amount unabsorbed = 0;    // not 0: the history is too short, and `days` says no more than that
};

// "Épuisement": takes months from the receivables, newest first. A month that is absorbed adds its days, the
// last one a part of them; a month without sales (or with more credit notes than sales) absorbs nothing and
// adds its days. When the history ends first, nothing is extrapolated. 0 without receivables.
CountBackDso CountBack(Amount receivables, absl::Span<const MonthOfSales> newest_first, MonthLength length);

// What is open of the invoices of one month.
struct OpenOfMonth {
  Amount open = 0;
  MonthOfSales month;
};
// Sum over months of open / sales x days; months without sales add nothing.
double SalesWeightedDso(absl::Span<const OpenOfMonth> months);

// An open invoice and the sales of the month it was issued in.
struct OpenInvoice {
  Amount amount = 0;
  int days_since_issue = 0;
  Amount sales_of_month = 0;
};
// Sum over invoices of days since issue x amount / sales of its month.
double TrueDso(absl::Span<const OpenInvoice> invoices);

// not due / sales x days: what the terms alone would give. Nothing without sales.
std::optional<double> BestPossibleDso(Amount not_due, Amount sales, int days);
// DSO - best possible DSO.
std::optional<double> AverageDaysDelinquent(Amount receivables, Amount not_due, Amount sales, int days);

// The simple DSO over the newest `months` months; nothing with fewer months or without sales.
std::optional<double> RollingDso(Amount receivables, absl::Span<const MonthOfSales> newest_first, int months);

// What the receivables must be: opening + billed - cash - credit notes - write-offs + adjustments.
Amount RollForward(Amount opening, Amount billed, Amount cash, Amount credit_notes, Amount write_offs,
                   Amount adjustments);

}  // namespace relance::ledger
