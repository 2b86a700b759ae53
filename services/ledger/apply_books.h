#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "services/ledger/account_field.h"

namespace relance::ledger {

// Makes the allocations of an account those that the books say (PlanBooks), and leaves alone what is so
// already.
//
// The books win: allocations found by other rules that stand in their way are taken away, and what is then
// left of a credit goes back to where it lay before, as far as there is room. What lay on an opening line
// that older items now stand for goes to these, a dispute too. Counterparts (returns, write-offs) and undone
// allocations stay.
//
// Returns how many allocations by lettering stand that did not before. Requires: the account is at hand as a
// whole.
int ApplyBooks(absl::Span<const int32_t> openings, LedgerAccount* account);

}  // namespace relance::ledger
