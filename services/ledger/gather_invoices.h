#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "relance/state/v1/tenant.pb.h"
#include "services/ledger/gathered.h"
#include "services/ledger/incoming_document.h"
#include "services/ledger/readers/invoice/invoice_record.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

// Reasons of a document that is not taken, beside those of the readers.
inline constexpr char kNotOurInvoice[] = "NOT_OUR_INVOICE";  // the seller is another company than the tenant
inline constexpr char kTestDocument[] = "TEST_DOCUMENT";     // the sender says that it is a test
inline constexpr char kBuyerMissing[] = "BUYER_MISSING";     // neither identifier nor name

// Reads one electronic invoice. `source`: kSourceUbl, kSourceCii, or kSourceFacturX for the XML in a PDF. Its
// document goes to Gathered::documents; PostingService finds its account.
//
// Rejected: a seller that is known by an identifier and is not the tenant; a buyer that is the tenant itself.
// Skipped:  a document issued after `as_of`; one that claims nothing at all (total 0).
// Errors:   INVALID_ARGUMENT / FILE_UNREADABLE with the reader's reason as cause; UNAVAILABLE /
// PDF_READER_FAILED.
absl::StatusOr<Gathered> GatherInvoice(const SpoolFile& file, const std::string& file_name,
                                       const std::string& source, const state::v1::TenantConfig& tenant,
                                       std::optional<absl::CivilDay> as_of);

// What a document tells the ledger. Amounts get the sign of what is owed; a credit note has one instalment
// without a due day.
IncomingDocument DocumentOf(const InvoiceDocument& invoice, const std::string& source);

}  // namespace relance::ledger
