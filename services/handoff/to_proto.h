#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/account/account_view.h"
#include "relance/handoff/v1/handoff_service.pb.h"
#include "services/handoff/remittance.h"

namespace relance::handoff {

// A placement of `view` (with items and history) as the RPCs answer it; `days` of the tenant's agencies.
// Errors: NOT_FOUND / PLACEMENT_NOT_FOUND.
absl::StatusOr<v1::Placement> PlacementToProto(const AccountView& view, absl::string_view placement_id,
                                               const RemittanceDays& days);

v1::Agency AgencyToProto(const state::v1::Agency& agency);

}  // namespace relance::handoff
