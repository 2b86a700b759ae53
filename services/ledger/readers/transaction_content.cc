#include "services/ledger/readers/transaction_content.h"

namespace relance::ledger {

void AddTransactionContent(const BankTransaction& t, CanonicalText* text) {
  text->Add(t.amount_minor)
      .Add(t.currency)
      .Add(t.is_credit ? "C" : "D")
      .Add(t.servicer_ref)
      .Add(t.end_to_end_id);
  text->Add(t.transaction_id).Add(t.mandate_id).Add(t.debtor_name).Add(t.debtor_account);
  text->Add(t.ultimate_debtor_name).Add(t.creditor_name).Add(t.creditor_account).Add(t.return_reason);
  text->Add(static_cast<int64_t>(t.unstructured.size()));
  for (const std::string& line : t.unstructured) text->Add(line);
  text->Add(static_cast<int64_t>(t.structured.size()));
  for (const StructuredRemittance& part : t.structured) {
    text->Add(part.reference).Add(static_cast<int64_t>(part.documents.size()));
    for (const ReferredDocument& document : part.documents) text->Add(document.number);
    text->Add(part.remitted_minor.value_or(0)).Add(part.credit_note_minor.value_or(0)).Add(part.additional);
  }
  text->Add(t.additional_info);
}

}  // namespace relance::ledger
