#pragma once

#include "absl/strings/string_view.h"

namespace relance::ledger {

// Of the beginning of a file: enough to tell it, also behind a page of comment.
inline constexpr size_t kDetectBytes = 16 * 1024;

enum class SourceFormat {
  kUnknown,
  kFec,
  kCamt053,
  kCamt054,
  kCoda,
  kCfonb120,
  kMt940,
  kUbl,
  kCii,
  kFacturX,   // a PDF: whether it holds an invoice shows when it is read
  kItems,     // our own layout of items
  kAccounts,  // our own layout of the customer file
  kTable,     // rows and columns of another layout
};

// The name as an import header writes it: "fec", "camt053", ..., "csv" for items; empty for kUnknown.
absl::string_view FormatName(SourceFormat format);

// What a file is, by its first kDetectBytes bytes (fewer when it is shorter) and, between a FEC and another
// table, by its name. Pure. It only tells what to try: the reader decides whether the file is right.
//
// In this order: %PDF-; an XML document by the namespace or name of its root; CODA, CFONB 120 and MT940 by
// their first record or fields; a header of the columns of a FEC, of our items (kind, account, amount,
// currency and no unknown column), of our customer file (account and no amount); two lines or more of equally
// many columns.
SourceFormat DetectFormat(absl::string_view head, absl::string_view file_name);

}  // namespace relance::ledger
