#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "samples/generate/portfolio.h"

namespace relance::samples {

// One invoice, or the lump of older invoices that the first day of history opens with.
struct LivingItem {
  int32_t account = -1;
  bool opening = false;
  int64_t serial = 0;  // of the creditor, over all accounts
  absl::CivilDay issue;
  absl::CivilDay due;
  int64_t amount_minor = 0;
  int64_t open_minor = 0;
};

// "FA240000123", "AN0000123".
std::string ItemNumber(const LivingItem& item);
// "AV240000124".
std::string CreditNoteNumber(int64_t serial, absl::CivilDay day);
// The creditor's reference that is printed on it: RF..., or twelve digits for Belgian debtors.
std::string ItemReference(const LivingItem& item, const Account& account);

// What one payment, or the return of one, is made of.
struct LivingPayment {
  enum class Outcome { kReceipt, kReturned, kPaidAgain, kDuplicate };
  struct Part {
    LivingItem item;  // as it was before the payment
    int64_t amount_minor = 0;
  };

  Outcome outcome = Outcome::kReceipt;
  int32_t account = -1;
  int64_t serial = 0;  // of the bank, over all accounts; that of the first payment for a kReturned
  absl::CivilDay day;
  int64_t amount_minor = 0;
  std::vector<Part> parts;      // what it really settles; empty for a kDuplicate
  LivingItem mentions;          // the invoice that a kDuplicate pays again
  int64_t unapplied_minor = 0;  // amount minus parts
};

// "receipt", "returned", "paid_again", "duplicate".
absl::string_view OutcomeName(LivingPayment::Outcome outcome);

// The bank's reference of a payment: "BK000000042", with "-R" when it comes back.
std::string PaymentKey(const LivingPayment& payment);

}  // namespace relance::samples
