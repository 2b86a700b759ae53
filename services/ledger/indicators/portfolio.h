#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/projection/balances_at.h"
#include "common/projection/tenant_columns.h"
#include "services/ledger/indicators/ageing_buckets.h"
#include "services/ledger/indicators/dso.h"

// What a tenant's portfolio in one currency comes to on a day. Pure: columns in, figures out.
//
// Money of unknown payers (~unidentified) is nowhere in these figures but in its own row: it is no debtor's,
// and the totals are to agree with the customer accounts of the books.
namespace relance::ledger {

// One line of an aged balance. Credits are in no bucket: they are not netted against what is old.
struct AgeingSums {
  std::string key;              // account code or group; empty for the total
  std::string name;             // of the account; empty for groups
  std::vector<Amount> buckets;  // open debits by age
  std::vector<int64_t> items;   // how many
  Amount credits = 0;           // open credits and unallocated money, positive
  Amount unapplied = 0;         // of these, money
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

enum class AgeingSplit {
  kNone,
  kAccount,
  kSegment,
  kRegion,
  kSector,
  kCountry,
  kCollector,
  kCustomerType,
  kTrade,
  kParent,
  kLanguage,
};
// "", "segment", "region", ...: false for anything else. "account" is none of them.
bool ParseGroupBy(absl::string_view text, AgeingSplit* split);
// The names that ParseGroupBy knows, for messages.
inline constexpr char kGroupByNames[] =
    "segment, region, sector, country, collector, customer_type, trade, parent or language";
// Key of what has no value in a group.
inline constexpr char kNoGroup[] = "(none)";

// By account row: 1 for what is not in the group `key` of `split`. Empty without a key: all are in it.
std::vector<uint8_t> OutsideGroup(const projection::TenantColumns& tenant, AgeingSplit split,
                                  const std::optional<std::string>& key);

// The aged balance at the end of balances.day(). `accounts_max` bounds the rows by account. Accounts of
// `outside` (as OutsideGroup; empty: none) count nowhere, and with them ~unidentified.
Ageing MakeAgeing(const projection::TenantColumns& tenant, int32_t currency,
                  const projection::BalancesAt& balances, const AgeingBuckets& buckets, AgeingSplit split,
                  int accounts_max, const std::vector<uint8_t>& outside = {});

}  // namespace relance::ledger
