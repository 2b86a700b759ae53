#include "samples/generate/payer_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "samples/toolkit/made_up_identity.h"

namespace relance::samples {
namespace {

constexpr int kOwnStylePerMille = 850;

void WriteStructured(const std::vector<LivingPayment::Part>& parts, const Account& account,
                     StatementEntry& entry) {
  for (const LivingPayment::Part& part : parts) {
    StructuredRemittance structured;
    structured.reference = ItemReference(part.item, account);
    structured.scheme = account.company.country == "BE" ? StructuredRemittance::Scheme::kBelgian
                                                        : StructuredRemittance::Scheme::kCreditorReference;
    if (parts.size() > 1) {
      structured.document_number = ItemNumber(part.item);
      structured.remitted_minor = part.amount_minor;
    }
    entry.structured.push_back(std::move(structured));
  }
}

}  // namespace

void WritePayerText(const LivingPayment& payment, const Account& account, Random& random,
                    StatementEntry& entry) {
  std::vector<LivingPayment::Part> parts = payment.parts;
  if (payment.outcome == LivingPayment::Outcome::kDuplicate)
    parts = {{payment.mentions, payment.amount_minor}};
  const ReferenceStyle style =
      random.Chance(kOwnStylePerMille) ? account.style : static_cast<ReferenceStyle>(random.Below(4));
  switch (style) {
    case ReferenceStyle::kStructured:
      return WriteStructured(parts, account, entry);
    case ReferenceStyle::kNumbers: {
      const int64_t spelling = random.Below(3);
      entry.free_text = spelling == 0 ? "FACTURE" : spelling == 1 ? "REGLEMENT" : "N/REF";
      for (const LivingPayment::Part& part : parts) {
        const std::string number = ItemNumber(part.item);
        // "FA240000123", "FA 240000123", "240000123".
        absl::StrAppend(&entry.free_text, " ",
                        spelling == 0   ? number
                        : spelling == 1 ? absl::StrCat(number.substr(0, 2), " ", number.substr(2))
                                        : number.substr(2));
      }
      return;
    }
    case ReferenceStyle::kName:
      entry.free_text = absl::StrCat("VIREMENT ", account.company.name);
      return;
    case ReferenceStyle::kNone:
      return;
  }
}

}  // namespace relance::samples
