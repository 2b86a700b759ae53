#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "services/ledger/account_field.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {

inline constexpr int kConfirmDaysMax = 10;  // between the bank's booking day and the books'

// Whether the account is as these very rows left it (rows_hash). Then their items are not needed.
bool IsTold(const LedgerAccount& account, const IncomingAccount& incoming);

// The fields that must be read before PostItems can work on `account`: only the chunks of the named items
// when invoices and notes come without lettering; everything when money, lettering or a smaller amount is
// involved. Ask again after reading until it is empty.
std::vector<std::string> FieldsForPosting(const LedgerAccount& account, const IncomingAccount& incoming);

// Merges what a source tells into an account. Pure: no I/O, no clock.
//
// Identity:   by id or alias. New items are added, changed ones take the new content (kind, number, days,
// amount,
//             reference, lettering), others are left alone; nothing is ever deleted, so the same again
//             changes nothing.
// Confirming: money that the books tell and the bank had told before (or the reverse) is one item: same kind
// and
//             amount, unconfirmed, at most kConfirmDaysMax days apart, the closest wins. The later line
//             becomes an alias. Several lines of one entry of the books that make one payment of the bank
//             confirm it together.
// Lettering:  what the books say that settles what is allocated by ApplyBooks; a code that the books took
// away
//             is taken away, unless the line is lettered later than the as-of date.
// Returns:    ReturnPayment when its payment is found; else the return stands as an open debit.
// Matching:   new money with to_match goes through MatchPayment, in order of day then id.
// Documents:  electronic invoices complete what the books have, or the reverse (complete_item.h).
// Known rows: rows with the hash of those that the account was last told (RowsHash) are unchanged, unseen.
// Attributes: told values replace the old ones, but for those that a person set.
PostResult PostItems(const IncomingAccount& incoming, LedgerAccount* account);

// Settles what a whole picture of the open items no longer has: items of `sources` that are open, are no
// payments, and are not in `seen`. A counterpart of source "snapshot" closes each with reason SNAPSHOT_ABSENT
// on `day`; an item that comes back in a later picture is open again. Returns how many. Requires: all open
// items at hand.
int SettleAbsent(const std::vector<std::string>& sources, const absl::flat_hash_set<uint64_t>& seen,
                 int32_t day, LedgerAccount* account);

}  // namespace relance::ledger
