#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/store/store.h"
#include "services/handoff/handoff_parts.h"

namespace relance::handoff {

// Asks a placement back: RECALL_PENDING, and a file "recall" on its way to the agency. The items stay placed
// until the agency confirms. One that is asked back already stays as it is. Errors: NOT_FOUND /
// PLACEMENT_NOT_FOUND; FAILED_PRECONDITION / PLACEMENT_OVER; those of EditAccount.
absl::Status RecallPlacement(const HandoffParts& parts, const store::AccountKey& key,
                             const std::string& placement_id, const std::string& reason,
                             const std::string& actor, store::Deadline deadline);

}  // namespace relance::handoff
