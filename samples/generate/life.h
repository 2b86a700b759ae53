#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/time/calendar.h"
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
  int64_t serial = 0;      // of the bank, over all accounts; that of the first payment for a kReturned
  absl::CivilDay day;
  int64_t amount_minor = 0;
  std::vector<Part> parts;  // what it really settles; empty for a kDuplicate
  LivingItem mentions;      // the invoice that a kDuplicate pays again
  int64_t unapplied_minor = 0;  // amount minus parts
};

// What happens, in order of day and, within a day, of the causes: opening items and invoices, credit notes, disputes,
// payments, returns. The callee sees the account's totals already changed.
class LifeSink {
 public:
  virtual ~LifeSink() = default;
  virtual void OnItem(const LivingItem& item, const Account& account) = 0;
  virtual void OnCreditNote(const LivingItem& item, int64_t serial, int64_t amount_minor, absl::CivilDay day,
                            const Account& account) = 0;
  virtual void OnDispute(const LivingItem& item, bool opened, absl::string_view detail, absl::CivilDay day,
                         const Account& account) = 0;
  virtual void OnPayment(const LivingPayment& payment, const Account& account) = 0;
  virtual void OnInsolvency(absl::CivilDay day, const Account& account) = 0;
  // A banking day is over; everything of it was told.
  virtual absl::Status OnDayEnd(absl::CivilDay day) = 0;
};

// Lives the portfolio day by day, from the start of its history to the end of its months, and tells `sink`.
//
// Only banking days have events. Memory: the accounts and what is open at any one time, not what was ever told.
// Errors: those of the sink, which end it.
absl::Status Live(const PortfolioOptions& options, std::vector<Account>& accounts, LifeSink& sink);

}  // namespace relance::samples
