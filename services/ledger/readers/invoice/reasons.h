#pragma once

// What readers of electronic invoices give beside readers/reasons.h.
namespace relance::ledger {

// The file is refused: INVALID_ARGUMENT with metadata file, line and field.
inline constexpr char kNotAnInvoice[] = "NOT_AN_INVOICE";  // another document: an order, a statement
inline constexpr char kPdfWithoutInvoice[] = "PDF_WITHOUT_INVOICE";
inline constexpr char kPdfUnreadable[] = "PDF_UNREADABLE";
inline constexpr char kPdfTooExpensive[] = "PDF_TOO_EXPENSIVE";  // time, memory or the XML's size
inline constexpr char kPdfEncrypted[] = "PDF_ENCRYPTED";

// UNAVAILABLE: relance-pdf-xml is not beside the service, or cannot be started.
inline constexpr char kPdfReaderFailed[] = "PDF_READER_FAILED";

// The document is rejected.
inline constexpr char kDocumentTypeUnsupported[] = "DOCUMENT_TYPE_UNSUPPORTED";
inline constexpr char kTooManyParts[] = "TOO_MANY_PARTS";  // terms, references, identifiers

// Notices.
inline constexpr char kTermsMissing[] = "TERMS_MISSING";      // payable, neither BT-9 nor BT-20 (BR-CO-25)
inline constexpr char kDueDayUnclear[] = "DUE_DAY_UNCLEAR";   // several due days without amounts that add up
inline constexpr char kTotalsMismatch[] = "TOTALS_MISMATCH";  // BR-CO-16
inline constexpr char kDiscountUnclear[] = "DISCOUNT_UNCLEAR";

}  // namespace relance::ledger
