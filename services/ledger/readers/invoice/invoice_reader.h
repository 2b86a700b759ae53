#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/invoice/invoice_record.h"

namespace relance::ledger {

enum class InvoiceSyntax { kUbl, kCii, kAny };

// Reads one electronic invoice or credit note, pushed in chunks of any size. Pure: no I/O, no clock.
//
// Reads:   UBL 2.1 Invoice and CreditNote (Peppol BIS 3, UBL.BE, XRechnung, the French CTC profiles), bare or
// in a
//          StandardBusinessDocument; UN/CEFACT CII D16B (all profiles of Factur-X and ZUGFeRD 2); ZUGFeRD 1.
//          Only what a claim needs; lines, taxes and attachments pass unseen and unkept.
// Makes:   one InvoiceDocument, handed over by Finish when all of the file is well-formed. MakeInvoice says
// how. Rejects: the document, with the first field at fault. `raw` is empty: the file is the document.
// Errors:  INVALID_ARGUMENT: those of XmlPushParser; NOT_AN_INVOICE for another document, or the other
// syntax. Bounds:  the parser's; kInvoicePartsMax of each repeated group.
class InvoiceReader {
 public:
  // `file` is for error texts; `sink` is not owned.
  InvoiceReader(std::string file, InvoiceSyntax syntax, InvoiceSink* sink);
  ~InvoiceReader();
  InvoiceReader(const InvoiceReader&) = delete;
  InvoiceReader& operator=(const InvoiceReader&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  const ReadSummary& summary() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace relance::ledger
