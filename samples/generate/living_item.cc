#include "samples/generate/living_item.h"

#include "absl/strings/str_format.h"
#include "samples/toolkit/made_up_identity.h"

namespace relance::samples {

std::string ItemNumber(const LivingItem& item) {
  if (item.opening) return absl::StrFormat("AN%07d", item.serial);
  return absl::StrFormat("FA%02d%07d", item.issue.year() % 100, item.serial);
}

std::string CreditNoteNumber(int64_t serial, absl::CivilDay day) {
  return absl::StrFormat("AV%02d%07d", day.year() % 100, serial);
}

std::string ItemReference(const LivingItem& item, const Account& account) {
  if (account.company.country == "BE") return BelgianReference(item.serial);
  return CreditorReference(ItemNumber(item));
}

absl::string_view OutcomeName(LivingPayment::Outcome outcome) {
  switch (outcome) {
    case LivingPayment::Outcome::kReceipt:
      return "receipt";
    case LivingPayment::Outcome::kReturned:
      return "returned";
    case LivingPayment::Outcome::kPaidAgain:
      return "paid_again";
    case LivingPayment::Outcome::kDuplicate:
      return "duplicate";
  }
  return "";
}

std::string PaymentKey(const LivingPayment& payment) {
  return absl::StrFormat("BK%09d%s", payment.serial,
                         payment.outcome == LivingPayment::Outcome::kReturned ? "-R" : "");
}

}  // namespace relance::samples
