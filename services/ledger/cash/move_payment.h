#pragma once

#include <cstdint>

#include "services/ledger/account_field.h"

// Moving money to the account where it belongs, in two commits: first it is added there, then it is settled
// where it lay. Both are safe to repeat; after a crash between them the money is on both until one of them is
// done again (the same call, or the next import for money of unknown payers).
namespace relance::ledger {

inline constexpr char kMovedEvidence[] = "MOVED";

// The payment as it enters another account: open as a whole, its words and identity with it.
state::v1::Item ForAnotherAccount(const state::v1::Item& payment);

// Adds it, or opens it again where it had been moved away from. Nothing when it is there. Requires: the
// account is at hand as a whole.
void TakeIn(const state::v1::Item& payment, LedgerAccount* account);

// Settles a payment by a counterpart, since it is money of another account now: a return, but that nobody
// took it back; on ~unidentified a debit note; a return of the bank by a credit note. Nothing when it is not
// open as a whole. Requires: as above.
void GiveAway(uint64_t payment, int32_t day, LedgerAccount* account);

// The counterpart's id: with it only their chunks have to be at hand for GiveAway.
uint64_t CounterpartOf(uint64_t payment);

// Whether GiveAway has settled it.
bool IsGivenAway(const state::v1::Item& payment);

}  // namespace relance::ledger
