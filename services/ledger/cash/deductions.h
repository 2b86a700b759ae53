#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "services/ledger/account_field.h"

// Deductions: what is granted and not to be paid. Each is a credit of its own, allocated to one debit; one
// that loses its debit is gone, it never becomes money of the debtor.
namespace relance::ledger {

inline constexpr char kEarlyPaymentDiscount[] = "EARLY_PAYMENT_DISCOUNT";
inline constexpr char kEarlyPaymentDiscountLate[] = "EARLY_PAYMENT_DISCOUNT_LATE";
inline constexpr char kShortPayment[] = "SHORT_PAYMENT";

// The discount that came with `payment` on `debit`: its id follows from both.
uint64_t DiscountId(uint64_t payment, uint64_t debit);

// Adds a deduction of `minor` on `debit` and allocates it by `rule`; nothing when an item of `id` is there.
void AddDeduction(uint64_t id, uint64_t debit, int64_t minor, int32_t day, absl::string_view reason,
                  state::v1::MatchRule rule, absl::string_view source, LedgerAccount* account);

// Takes away the discounts that came with `payment`, on all of its debits or on one (`debit` not 0).
// Requires: the account is at hand as a whole.
void RemoveDiscounts(uint64_t payment, uint64_t debit, LedgerAccount* account);

// Makes deductions as small as what they are allocated to, and takes away those that are allocated to
// nothing: the books have lettered their debit otherwise. Requires: as above.
void TidyDeductions(LedgerAccount* account);

}  // namespace relance::ledger
