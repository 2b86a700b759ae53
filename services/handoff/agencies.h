#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/store/store.h"
#include "relance/state/v1/case.pb.h"

// The agencies of a tenant: documents "agency/<id>".
namespace relance::handoff {

inline constexpr size_t kAgencyIdLengthMax = 64;
inline constexpr size_t kAgencyTextBytesMax = 200;
inline constexpr int kRemittanceDaysDefault = 30;  // CPCE R124-6: within a month
inline constexpr int kRemittanceDaysMax = 366;

// Checks an agency and fills in what may be left out.
// Errors: INVALID_ARGUMENT / AGENCY_INVALID: the field in the metadata.
absl::StatusOr<state::v1::Agency> CheckAgency(state::v1::Agency agency);

// Stores a checked agency; the last one wins. Errors: ABORTED / DOCUMENT_CHANGED when others keep writing it.
absl::Status PutAgency(store::Store& store, const std::string& tenant, const state::v1::Agency& agency,
                       store::Deadline deadline);

// Errors: FAILED_PRECONDITION / NO_AGENCY when it is not registered or `id` is empty.
absl::StatusOr<state::v1::Agency> GetAgency(store::Store& store, const std::string& tenant,
                                            const std::string& id, store::Deadline deadline);

// At most `limit` agencies with an id after `after`, by id.
absl::StatusOr<std::vector<state::v1::Agency>> ListAgencies(store::Store& store, const std::string& tenant,
                                                            absl::string_view after, int limit,
                                                            store::Deadline deadline);

}  // namespace relance::handoff
