#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "services/handoff/handoff_parts.h"

namespace relance::handoff {

inline constexpr int kPlacementsPerAccountMax = 200;
inline constexpr int kEvidenceRecordsMax = 20'000;  // the newest that a case file looks at

struct PlaceRequest {
  std::string request_id;  // canonical
  store::AccountKey key;
  std::vector<uint64_t> items;  // empty: all that may go
  std::string actor;            // "service:<name>" or "user:<id>"
};

struct PlaceResult {
  std::string placement_id;
  bool replayed = false;
};

// Places items of an account with the agency that has the debtor already, else with the tenant's: one commit
// that holds the placement, the evidence with what was known, the request, and the case files (JSON and CSV)
// on their way to the agency. The commit fails when the ledger, the plan or a placement moved on since they
// were read, and everything is decided anew. Errors: those of ChooseItems; NOT_FOUND / TENANT_NOT_FOUND,
// ACCOUNT_NOT_FOUND; ALREADY_EXISTS / REQUEST_ID_REUSED; FAILED_PRECONDITION / NO_AGENCY; RESOURCE_EXHAUSTED
// / TOO_MANY_PLACEMENTS; those of EditAccount and the document store.
absl::StatusOr<PlaceResult> PlaceAccount(const HandoffParts& parts, const PlaceRequest& request,
                                         store::Deadline deadline);

}  // namespace relance::handoff
