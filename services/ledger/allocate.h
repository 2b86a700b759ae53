#pragma once

#include <cstdint>
#include <functional>

#include "absl/strings/string_view.h"
#include "services/ledger/account_field.h"

// Settling debits by credits of the same account, and taking it back. The only place that changes open
// amounts.
//
// Invariants, whatever the calls: the open amount of a debit is its amount minus the standing allocations to
// it; that of a credit its (negative) amount plus its standing allocations; neither crosses zero; currencies
// never mix.
namespace relance::ledger {

struct AllocationReason {
  state::v1::MatchRule rule = state::v1::MATCH_RULE_UNSPECIFIED;
  std::string evidence;  // a reference, a number, a lettering code; no names
};

// Settles up to `minor_max` of debit `debit` by credit `credit`, both at hand. Never more than is open on
// either side. The allocation's day is the latest of `day` and the issue days of both: money settles nothing
// that is not there yet. Returns what was allocated: 0 when nothing is open, the currencies differ, or it is
// not a credit and a debit.
int64_t Allocate(LedgerAccount* account, uint64_t credit, uint64_t debit, int64_t minor_max, int32_t day,
                 const AllocationReason& reason);

// Which allocations of a credit are meant.
using AllocationFilter = std::function<bool(const state::v1::Allocation&)>;

// Takes standing allocations of `credit` away as if they had never been (the books say otherwise). Returns
// the sum. Requires: the account is at hand as a whole.
int64_t RemoveAllocations(LedgerAccount* account, uint64_t credit, const AllocationFilter& filter);

// Undoes standing allocations of `credit` from `undone_day` on; the record of them stays. Returns the sum.
// Requires: the account is at hand as a whole.
int64_t UndoAllocations(LedgerAccount* account, uint64_t credit, int32_t undone_day,
                        const AllocationFilter& filter);

// Changes the amount of an item that is at hand, keeping its sign. What is allocated beyond a smaller amount
// is taken away, newest allocation first. Requires: the account is at hand as a whole when something is
// allocated.
void ChangeAmount(LedgerAccount* account, uint64_t id, int64_t amount_minor);

// The sum of the standing allocations to a debit by credits at hand.
int64_t AllocatedTo(const LedgerAccount& account, uint64_t debit);

}  // namespace relance::ledger
