#pragma once

#include <cstdint>
#include <optional>

#include "services/ledger/account_field.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {

inline constexpr int kReturnDaysMax = 430;  // SEPA: an unauthorised debit comes back within 13 months

// The payment that a return takes back: not returned yet, the same currency and amount, at most
// kReturnDaysMax days old. First by the transfer's end-to-end id, then by a reference or document number of
// what it had paid, then by being the only one. Nothing when that leaves several: then a person decides.
// Requires: the account is at hand as a whole.
std::optional<uint64_t> FindReturnedPayment(const state::v1::Item& taken_back, const PaymentFacts& facts,
                                            const LedgerAccount& account);

// Takes a payment back: what it had paid is open again from `day`, and `taken_back` (ITEM_KIND_RETURN, added
// unless an item of its id is there) is settled by the payment. The balance of the account rises by the
// amount; discounts that were granted with the payment are gone. Requires: `payment` was not returned; the
// account is at hand as a whole.
void ReturnPayment(uint64_t payment, const state::v1::Item& taken_back, int32_t day, LedgerAccount* account);

// Gives returns that were told before their payment what they take back, as FindReturnedPayment says. Returns
// how many. Requires: the account is at hand as a whole.
int MeetWaitingReturns(LedgerAccount* account);

// A return of the bank that has not found its payment.
bool IsWaitingReturn(const state::v1::Item& item);

}  // namespace relance::ledger
