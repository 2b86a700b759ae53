#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace relance::ledger {

struct PdfOptions {
  // The program that unpacks; empty: relance-pdf-xml beside the program that runs now.
  std::string program;
  // Of the whole reading. The program has limits of its own: pdf/pdf_exit.h.
  absl::Duration time_max = absl::Seconds(20);
};

// The invoice XML in a PDF, taken out by a process of its own that is always gone, whatever the PDF does to
// it. Safe in a process with threads.
//
// Errors: INVALID_ARGUMENT with metadata file / PDF_WITHOUT_INVOICE, PDF_UNREADABLE, PDF_TOO_EXPENSIVE (time,
//         memory, a PDF beyond kPdfBytesMax, an XML beyond kPdfXmlBytesMax), PDF_ENCRYPTED; UNAVAILABLE /
//         PDF_READER_FAILED when the program cannot be started.
absl::StatusOr<std::string> ReadPdfInvoice(absl::string_view pdf, absl::string_view file,
                                           const PdfOptions& options = {});

// Whether a file begins as a PDF does.
bool LooksLikePdf(absl::string_view first_bytes);

}  // namespace relance::ledger
