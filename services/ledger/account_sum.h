#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "relance/state/v1/ledger.pb.h"

// Keeps the totals of an account in step with its items, one item at a time.
namespace relance::ledger {

inline constexpr int kRecentDaysLateMax = 12;

// A hash of bytes that is the same in every process and for ever: content hashes are stored.
uint64_t StableHash(absl::string_view bytes);

inline bool IsOpen(const state::v1::Item& item) { return item.open_minor() != 0; }
inline bool IsDebit(const state::v1::Item& item) { return item.amount_minor() > 0; }

// Whether the settlement of `item` says how the debtor pays, and by how many days it was late (negative:
// early).
bool CountsAsPaid(const state::v1::Item& item);
int DaysLate(const state::v1::Item& item);

// Adds (`sign` +1) or takes away (-1) what one item contributes to `sum`: counts, balances, content hash,
// payment statistics. Not oldest_due_day, which cannot be taken away: see LedgerAccount. `bytes`: the item
// serialized.
//
// `recent_days_late` is kept by value: taking away removes the newest equal entry, so that reopening what was
// just settled leaves no trace.
void Contribute(const state::v1::Item& item, absl::string_view bytes, int sign, state::v1::LedgerSum* sum);

// The balance of a currency, made when it is not there; balances stay in order of the code.
state::v1::Balance* BalanceOf(absl::string_view currency, state::v1::LedgerSum* sum);

// Drops balances without open items.
void DropEmptyBalances(state::v1::LedgerSum* sum);

}  // namespace relance::ledger
