#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "common/projection/tenant_columns.h"
#include "services/ledger/indicators/ageing_buckets.h"
#include "services/ledger/indicators/dso.h"

// All figures of a portfolio at the ends of several days, in one pass over its items. Pure: columns in,
// figures out. docs/indicators.md says what each of them is.
namespace relance::ledger {

inline constexpr int kSeriesDaysMax = 700;

// What moved the receivables, summed over days. Positive as their names say.
struct Flows {
  Amount opening_entries = 0;
  Amount billed = 0;  // invoices and debit notes
  Amount cash = 0;    // payments minus those that the bank took back
  Amount credit_notes = 0;
  Amount write_offs = 0;
  Amount deductions = 0;
  Amount adjustments = 0;  // what a source says to be settled without saying by what; negative: less is owed

  // What the receivables must be after it.
  Amount Close(Amount opening) const;
  Flows Since(const Flows& before) const;
  void Add(const Flows& other);
};

// What rolled out of one age within a month.
struct Rolled {
  Amount before = 0;      // debits of this age a month before
  Amount next_now = 0;    // debits of the next age now
  Amount same_older = 0;  // what is open now of those debits, where it is older than that age

  std::optional<double> balance_rate() const;
  std::optional<double> cohort_rate() const;
};

// The figures at the end of one day.
struct FiguresAt {
  int32_t day = 0;
  Amount debits = 0;
  Amount credits = 0;           // positive
  Amount unapplied = 0;         // of the credits, money; positive
  Amount disputed = 0;          // of the debits
  Amount no_due_date = 0;       // of the debits
  std::vector<Amount> buckets;  // debits by age
  std::vector<int64_t> bucket_items;
  int64_t open_items = 0;  // debits and credits
  int64_t no_due_items = 0;
  Flows ever;                 // from the first item to this day
  Amount collected_ever = 0;  // payments, whatever became of them

  // Of the `period_days` days that end with this one.
  Amount sales = 0;
  Amount collected = 0;
  Amount settled_amount = 0, settled_late = 0, settled_signed = 0;  // of invoices settled: x days late
  Amount terms_amount = 0, terms_days = 0;   // of invoices issued: x days from issue to due date
  Amount lag_amount = 0, lag_half_days = 0;  // likewise: x twice the days behind the middle of the month

  // Newest first; the month of the day counts up to the day. At most kMonthsMax.
  std::vector<MonthOfSales> months;
  std::vector<std::string> month_names;    // "2025-03"
  std::vector<OpenOfMonth> open_by_month;  // months in which something that is open was issued
  double true_dso = 0;                     // 0 without sales

  // By account: overdue amounts, the largest first.
  std::vector<Amount> overdue_by_account;

  std::vector<Rolled> rolled;           // out of each age but the oldest, in the month before
  std::optional<double> effectiveness;  // of the three months before; nothing when nothing was to collect

  Amount receivables() const { return debits - credits; }
  Amount overdue() const;
  Amount not_due() const { return debits - overdue(); }
  std::optional<double> overdue_share() const;
  std::optional<double> disputed_share() const;
  std::optional<double> weighted_days_late() const;
  std::optional<double> signed_days_late() const;
  std::optional<double> mean_terms_days() const;
  std::optional<double> invoice_lag_days() const;
  int overdue_accounts() const { return static_cast<int>(overdue_by_account.size()); }
  int pareto_accounts() const;
  std::optional<double> top_fifth_share() const;
};

struct SeriesOptions {
  AgeingBuckets buckets;
  int period_days = 90;
  // By account row: not 0 is left out. ~unidentified always is.
  std::vector<uint8_t> left_out;
};

// The figures at each of `days`. A past day shows what was open then: what was issued, allocated or disputed
// later is absent, what was undone later stands.
//
// Requires: days ascend strictly, at most kSeriesDaysMax.
// Cost:     O(items x days that each was open + allocations).
std::vector<FiguresAt> MakeSeries(const projection::TenantColumns& tenant, int32_t currency,
                                  absl::Span<const int32_t> days, const SeriesOptions& options);

// `months` months before a day: the same day number or the last of its month; from a month end to a month
// end.
int32_t MonthsBefore(int32_t day, int months);
// The month ends from the first item of the currency (not before `from`) to `to`, and `to` itself. Only the
// newest kSeriesDaysMax / 2 of them.
std::vector<int32_t> MonthEnds(const projection::CurrencyColumns& columns, int32_t from, int32_t to);

// Open money of unknown payers at the end of a day, positive.
Amount UnidentifiedAt(const projection::TenantColumns& tenant, int32_t currency, int32_t day);

// A method of DSO with its result, in the order in which they are answered.
struct DsoFigure {
  const char* method;
  std::optional<double> days;
};
std::vector<DsoFigure> DsoFigures(const FiguresAt& figures, int period_days);

}  // namespace relance::ledger
