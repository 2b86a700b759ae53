#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/account/account_view.h"
#include "services/scenario/scenario.h"

// What is true of an account on a day: the facts that a decision weighs. No rule of when to contact is here.
namespace relance::scenario {

// Why an item is not asked for. The first that holds.
enum class ItemHold {
  kNone,
  kNoDueDay,  // a data error: it can never be late
  kPlaced,    // with an agency
  kDisputed,  // contested, even in part
  kPromised,  // a promise for it runs
};

struct ItemFacts {
  const state::v1::Item* item = nullptr;
  ItemHold hold = ItemHold::kNone;
  int32_t days_past_due = 0;                          // positive from the day after the due day on
  const state::v1::ItemPosition* position = nullptr;  // the last step made for it; null: none
  bool overdue() const { return days_past_due > 0; }
};

// Why nothing leaves for the account whatever its items are. The first that holds.
enum class AccountHold { kNone, kUnidentified, kInsolvent, kPaused };

struct AccountFacts {
  AccountHold hold = AccountHold::kNone;
  std::vector<ItemFacts> items;                  // debits that are open, by due day
  std::unordered_map<uint64_t, size_t> by_id;    // into items
  std::map<std::string, int64_t> overdue_minor;  // a currency: late and not held
  std::map<std::string, int64_t> credit_minor;   // a currency: open credits, positive
  bool any_overdue = false;                      // late, held or not
  std::string country;                           // of the debtor, else `default_country`

  const ItemFacts* Find(uint64_t item) const;
};

// Facts of `view` with the plan `plan` on `today`. The result points into `view` and `plan`.
// `default_country` is that of debtors of whom none is known.
AccountFacts GatherFacts(const AccountView& view, const state::v1::Plan& plan, int32_t today,
                         absl::string_view default_country);

// Whether a placement still is with the agency.
bool IsWithAgency(const state::v1::Placement& placement);

// Open credits that no allocation uses cover all that is late, in each currency in which something is late.
bool CreditsCoverOverdue(const AccountFacts& facts);

// What is late is below the scenario's minimum, and nothing is late in another currency.
bool IsBelowMinimum(const AccountFacts& facts, const Scenario& scenario);

// Whether `item` of the account passes `conditions`.
bool Matches(const Conditions& conditions, const state::v1::Item& item,
             const state::v1::Attributes& attributes, const AccountFacts& facts, const Scenario& scenario);

}  // namespace relance::scenario
