#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/account/account_view.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/account_field.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {

// Electronic invoices of a buyer that no account is known for make one (IsMadeCode). When the books bring the
// account that this buyer really has, everything goes there.

// Evidence of the counterpart of what went to another account.
inline constexpr char kJoinedEvidence[] = "MOVED";

// Document "made_accounts" of a tenant: there were such accounts.
inline constexpr char kMadeAccountsDocument[] = "made_accounts";

// Whether `made` is the account of the same debtor as `real`: `real` is known as that company; or it has a
// document of `made`, by number, side and amount. Never when both are known as different companies.
bool IsSameDebtor(const AccountView& made, const AccountView& real);

// What `made` has that is to go: its documents as they were told, and its money to be matched anew.
IncomingAccount ContentOf(const AccountView& made);

// Settles in `made` what ContentOf told, by counterparts; its documents are no longer found there. Nothing is
// deleted but stand-ins for what was prepaid. Requires: the account is at hand as a whole.
void GiveAwayContent(int32_t day, LedgerAccount* made);

}  // namespace relance::ledger
