#include "services/ledger/readers/bank/coda_communication.h"

#include "common/money/currency.h"
#include "services/ledger/readers/bank/bank_values.h"
#include "services/ledger/readers/bank/column_line.h"

namespace relance::ledger {
namespace {

// Columns of the body, from 0.
void ReadOriginalAmount(const std::string& body, BankTransaction* t) {
  const std::string currency = Squeeze(Characters(body, 42, 3));
  const auto original = ParseImpliedDecimals(Characters(body, 15, 15), 3, currency);
  if (original.ok() && *original > 0 && (currency != t->currency || *original != t->amount_minor)) {
    t->original_minor = *original;
    t->original_currency = currency;
  }
  const std::string reference = Squeeze(Characters(body, 45, 12));
  if (reference.size() == 12 && !IsZero(reference)) AddReference(reference, t);
}

void ReadDirectDebit(const std::string& body, BankTransaction* t) {
  t->mandate_id = Squeeze(Characters(body, 44, 35));
  const std::string communication = Squeeze(Characters(body, 79, 62));
  if (!communication.empty()) t->unstructured.push_back(communication);
  const std::string why_unpaid = Characters(body, 8, 1);
  const std::string r_transaction = Characters(body, 141, 1);
  const std::string reason = Squeeze(Characters(body, 142, 4));
  const absl::string_view name = r_transaction.empty() ? "" : CodaReturnName(r_transaction[0]);
  if (name.empty() && (why_unpaid.empty() || IsZero(why_unpaid))) return;
  t->is_reversal = true;
  if (!reason.empty() && !IsZero(reason)) {
    t->return_reason = reason;
  } else {
    t->return_reason = name.empty() ? "UNPAID" : std::string(name);
  }
}

}  // namespace

absl::string_view CodaReturnName(char digit) {
  switch (digit) {
    case '1':
      return "REJECT";
    case '2':
      return "RETURN";
    case '3':
      return "REFUND";
    case '4':
      return "REVERSAL";
    case '5':
      return "CANCELLATION";
    default:
      return "";
  }
}

void ReadCodaCommunication(absl::string_view form, const std::string& body, BankTransaction* t) {
  if (form == "100" || form == "101" || form == "102") {
    std::string reference = Squeeze(Characters(body, 0, 50));
    if (!IsZero(reference)) AddReference(reference, t);
  } else if (form == "103") {
    const std::string number = Squeeze(Characters(body, 0, 12));
    if (!IsZero(number)) t->unstructured.push_back(number);
  } else if (form == "105") {
    ReadOriginalAmount(body, t);
  } else if (form == "127") {
    ReadDirectDebit(body, t);
  } else {
    t->additional_info = Squeeze(body);
  }
}

}  // namespace relance::ledger
