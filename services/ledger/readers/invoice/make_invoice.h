#pragma once

#include <string>
#include <vector>

#include "services/ledger/readers/invoice/invoice_fields.h"
#include "services/ledger/readers/invoice/invoice_record.h"

namespace relance::ledger {

inline constexpr size_t kInvoiceNumberBytesMax = 128;
inline constexpr size_t kInvoiceTextBytesMax = 512;  // of a name or an address line; longer ones are cut

struct InvoiceProblem {
  int64_t line = 0;
  std::string field;
  std::string reason;  // empty: none
  std::string message;
};

struct MadeInvoice {
  InvoiceDocument document;  // when there is no problem
  InvoiceProblem problem;
  std::vector<Notice> notices;
};

// Makes a document of what an XML file said. Pure.
//
// Amounts: exact; more decimals than the currency has must be zeros. Their currency, where they name one, is
// the
//          document's. `payable` is what counts: where total, prepaid and rounding do not lead to it, the
//          total is taken to be the payable amount (notice TOTALS_MISMATCH). A total above the payable amount
//          of a document that has no prepaid amount (the MINIMUM profile) is taken as prepaid.
// Due:     instalments are payment terms with a day and an amount or a percentage that add up to the payable
//          amount, or to the total (then what is prepaid comes off the earliest); equal days are one. Else
//          the one due day: UBL DueDate, the terms', the payment means'; of several the last (notice
//          DUE_DAY_UNCLEAR).
// Rejects, first match wins: FIELD_MISSING, FIELD_TOO_LONG (number); DATE_*; FIELD_MISSING,
//          DOCUMENT_TYPE_UNSUPPORTED (type); CURRENCY_UNKNOWN; FIELD_MISSING, FIELD_INVALID, AMOUNT_*
//          (amounts).
MadeInvoice MakeInvoice(const RawInvoice& raw);

}  // namespace relance::ledger
