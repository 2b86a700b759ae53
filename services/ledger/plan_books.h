#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/ledger/account_field.h"

// What the books say that settles what. Pure: the plan follows from what the books told of the items and from
// nothing else, so it is the same whatever order files came in.
namespace relance::ledger {

// Item::source of what is made so that a new year's opening lines and last year's items are owed once.
inline constexpr char kSourceCarried[] = "carried";

// Evidence of allocations that the plan makes by MATCH_RULE_COUNTERPART.
inline constexpr char kCarriedForward[] =
    "CARRIED_FORWARD";                                  // an opening line that last year's items stand for
inline constexpr char kNotCarried[] = "NOT_CARRIED";    // last year's items that the opening no longer has
inline constexpr char kReversed[] = "REVERSED";         // an entry and its reversal
inline constexpr char kAdvanceUsed[] = "ADVANCE_USED";  // an advance (419) and what used it
// Evidence of the allocation between both lines of a transfer from one control account to another. Made when
// the entry comes (post_items), not by the plan.
inline constexpr char kTransferred[] = "TRANSFERRED";

struct PlannedAllocation {
  uint64_t credit = 0;
  uint64_t debit = 0;
  int64_t amount_minor = 0;
  state::v1::MatchRule rule = state::v1::MATCH_RULE_LETTERING;
  std::string evidence;
};

struct BookPlan {
  std::vector<PlannedAllocation> allocations;  // in the order in which they are to be made
  std::vector<state::v1::Item> carried;        // items of kSourceCarried that are to be there
  // Lines that other items stand for, in order of their due days: opening lines, transfers.
  std::map<uint64_t, std::vector<uint64_t>> stands_for;
  std::map<uint64_t, std::string> control_accounts;  // of items that the books moved to another
};

// Whether the books told of the item.
bool IsInBooks(const state::v1::Item& item);
// Whether the plan made the allocation.
bool IsPlanned(const state::v1::Allocation& allocation);

// The plan of an account. `openings`: the first days of the fiscal years whose opening entries are known, in
// order.
//
// Opening:    at each of these days the opening lines tell again what is open from before. Where items from
//             before are known they stand for the lines: a counterpart (kSourceCarried) settles the line, and
//             the items keep age, number and history. A line is the item of the same number and amount; what
//             is left on both sides stands for each other when the sums are equal. Otherwise the new books
//             win: in an opening by item what has no line is closed (NOT_CARRIED) and a line without an item
//             stays; in an opening by total the difference is closed, oldest first, or stays on the line.
//             So the sum of the account is that of the newest books.
// Lettering:  within one code, fiscal year and currency credits settle debits: debits oldest due first,
//             credits oldest first, for as far as they reach. A line that others stand for settles or is
//             settled through these. What is left of a code in two years belongs together when it is equal.
//             Lettered credits that are left settle unlettered opening debits, oldest due first, never one
//             that is younger than the credit.
// Reversals:  unlettered lines of the books with one number and opposite amounts settle each other.
// Transfers:  what is lettered with a line that moved to another control account stays open, on that account.
// Advances:   unlettered debits on 419 use up credits on 419, oldest first.
//
// Counterparts that others made (returns, write-offs) leave less to settle. Requires: the account is at hand
// as a whole.
BookPlan PlanBooks(const LedgerAccount& account, absl::Span<const int32_t> openings);

}  // namespace relance::ledger
