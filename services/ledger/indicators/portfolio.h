#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/projection/balances_at.h"
#include "common/projection/tenant_columns.h"
#include "services/ledger/indicators/ageing_buckets.h"
#include "services/ledger/indicators/dso.h"

// What a tenant's portfolio in one currency comes to on a day. Pure: columns in, figures out.
//
// Money of unknown payers (~unidentified) is nowhere in these figures but in `unidentified` and in its own
// row: it is no debtor's, and the totals are to agree with the customer accounts of the books.
namespace relance::ledger {

// One line of an aged balance. Credits are in no bucket: they are not netted against what is old.
struct AgeingSums {
  std::string key;              // account code or group; empty for the total
  std::string name;             // of the account; empty for groups
  std::vector<Amount> buckets;  // open debits by age
  std::vector<int64_t> items;   // how many
  Amount credits = 0;           // open credits and unallocated money, positive
  Amount no_due_date = 0;       // open debits without one
  Amount disputed = 0;          // of the debits

  Amount debits() const;
  Amount overdue() const;
  Amount total() const { return debits() - credits; }
};

struct Ageing {
  AgeingSums total;
  std::vector<AgeingSums>
      rows;  // largest overdue first, then by key; ~unidentified last, whenever it has something
};

enum class AgeingSplit { kNone, kAccount, kSegment, kRegion, kSector, kCountry, kCollector, kCustomerType };
// "", "segment", "region", ...: false for anything else. "account" is none of them.
bool ParseGroupBy(absl::string_view text, AgeingSplit* split);
// Key of what has no value in a group.
inline constexpr char kNoGroup[] = "(none)";

// The aged balance at the end of balances.day(). `accounts_max` bounds the rows by account.
Ageing MakeAgeing(const projection::TenantColumns& tenant, int32_t currency,
                  const projection::BalancesAt& balances, const AgeingBuckets& buckets, AgeingSplit split,
                  int accounts_max);

struct Kpis {
  Amount receivables = 0;  // open debits minus credits
  Amount overdue = 0;
  Amount debits = 0;
  Amount not_due = 0;  // of the debits; those without a due date are never due
  Amount disputed = 0;
  Amount sales = 0;           // invoices and debit notes minus credit notes, issued in the period
  Amount collected = 0;       // payments of the period minus those that the bank took back in it
  Amount collected_ever = 0;  // payments, whenever; for a counter
  Amount unidentified = 0;    // open money of unknown payers, positive
  int64_t open_items = 0;
  int pareto_accounts = 0;  // the fewest accounts that hold 80 % of what is overdue
  int overdue_accounts = 0;
  double weighted_days_late = 0;  // of invoices settled in the period and not written off; 0 without one
  std::vector<MonthOfSales>
      months;  // newest first; the month of the day counts up to the day. At most kMonthsMax
  std::vector<std::string> month_names;  // "2025-03"
};
inline constexpr int kMonthsMax = 120;

// The period is the `period_days` days that end with balances.day().
Kpis MakeKpis(const projection::TenantColumns& tenant, int32_t currency,
              const projection::BalancesAt& balances, int period_days);

}  // namespace relance::ledger
