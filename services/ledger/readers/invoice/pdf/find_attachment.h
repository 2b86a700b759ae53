#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace relance::ledger {

inline constexpr size_t kPdfXmlBytesMax = 16 * 1024 * 1024;  // of the attachment, unpacked
inline constexpr int kPdfNamesMax = 10'000;  // attachments and nodes of the tree that are looked at

enum class PdfOutcome { kFound, kWithoutInvoice, kUnreadable, kTooExpensive, kEncrypted };

struct PdfAttachment {
  PdfOutcome outcome = PdfOutcome::kUnreadable;
  std::string xml;  // kFound
};

// The invoice XML of a PDF/A-3: an attachment named factur-x.xml, zugferd-invoice.xml (ZUGFeRD 2.0 and 1) or
// xrechnung.xml in any case of letters, from the name tree of embedded files, else from the associated files
// of the document. Others (order-x.xml, the parts of a portfolio) are none.
//
// Runs a large library on hostile bytes: a service calls it through read_pdf.h, in a process of its own.
// Memory and time are bounded only for the attachment itself. Never throws.
PdfAttachment FindInvoiceXml(absl::string_view pdf);

}  // namespace relance::ledger
