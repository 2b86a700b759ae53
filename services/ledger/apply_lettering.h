#pragma once

#include <set>
#include <string>

#include "services/ledger/account_field.h"

namespace relance::ledger {

// Allocates what the books have lettered: within each group (items of this account that carry the code in the
// same currency) credits settle debits, debits oldest due first, credits oldest first. A group whose lines do
// not all lie here settles what is there.
//
// The books win: lettering allocations of these codes are made anew from scratch, so the result does not
// depend on the order in which lines came; allocations found by other rules that stand in their way are taken
// away, and what is then left of a credit goes back to where it lay before, as far as there is room.
// Counterparts (returns, write-offs) and undone allocations stay.
//
// Returns how many lettering allocations stand for `codes` that did not before.
// Requires: the account is at hand as a whole. An empty code is no group.
int ApplyLettering(const std::set<std::string>& codes, LedgerAccount* account);

}  // namespace relance::ledger
