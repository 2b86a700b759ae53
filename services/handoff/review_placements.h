#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/documents/document_store.h"
#include "common/store/store.h"

namespace relance::handoff {

// What the ledger's news mean for the placements of an account that are not over; nothing when nothing
// changed.
//
// Told:    payments to the creditor itself and credits since the agency was last told, per item, in one file
// "direct_payment"
//          or "credit". A payment that is taken back is told as negative. Money of agencies is never told to
//          them as direct.
// Closed:  when no placed item is open and the ledger knows all money that the agency told of: as paid, or as
// unpaid when a
//          write-off or nothing but credits settled it; a file "close" tells the agency.
//
// Depends on the view alone: decided twice, the second finds nothing to do. `view` holds items and history.
// The files are in the document store before the write is returned.
absl::StatusOr<std::optional<store::AccountWrite>> ReviewPlacements(const AccountView& view,
                                                                    const documents::DocumentStore& documents,
                                                                    absl::Time now, absl::CivilDay today);

// Whether some placement of the account is not over.
bool HasOpenPlacement(const state::v1::Case& placements);

}  // namespace relance::handoff
