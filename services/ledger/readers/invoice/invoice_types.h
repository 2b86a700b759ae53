#pragma once

#include "absl/strings/string_view.h"

namespace relance::ledger {

enum class InvoiceTypeClass { kUnsupported, kInvoice, kCredit };

// What a document type of UNTDID 1001 is, as EN 16931 allows it. Unsupported: what claims nothing (pro forma,
// invoicing data sheets) and codes that are no invoice.
InvoiceTypeClass ClassOfInvoiceType(absl::string_view code);

}  // namespace relance::ledger
