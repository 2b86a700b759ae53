#pragma once

#include "services/ledger/account_field.h"

namespace relance::ledger {

// Settles unlettered opening lines with lettered credits that have no debit of their own. Books open a year
// with one line for all of last year's invoices of a customer; the money that pays them is lettered, with
// nothing on the other side of the letter.
//
// Order:  credits oldest first, opening lines oldest due first; a credit never settles a line that was issued
// after it. Made anew from scratch at each call, so that the order in which files came does not matter: a
// letter that later finds its debits takes its money back (ApplyLettering runs first).
//
// Returns how many allocations stand that did not before. Requires: the account is at hand as a whole.
int SettleOpening(LedgerAccount* account);

}  // namespace relance::ledger
