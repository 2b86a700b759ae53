#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "relance/handoff/v1/handoff_service.pb.h"
#include "services/handoff/place_account.h"
#include "services/handoff/report_from_agency.h"

// Requests as they came, to what the domain takes. Nothing of the content goes into error texts.
namespace relance::handoff {

inline constexpr size_t kReportIdBytesMax = 128;
inline constexpr size_t kReportTextBytesMax = 200;
inline constexpr size_t kActorBytesMax = 128;

// The account of a placement of `tenant`. Errors: NOT_FOUND / PLACEMENT_NOT_FOUND, also for one of another
// tenant.
absl::StatusOr<store::AccountKey> KeyOfPlacement(absl::string_view tenant, absl::string_view placement_id);

// Errors: INVALID_ARGUMENT / REQUEST_ID_MISSING, REQUEST_ID_MALFORMED, REQUEST_INVALID; NOT_FOUND /
// ITEM_NOT_FOUND for what is no item id.
absl::StatusOr<PlaceRequest> CheckPlaceRequest(const v1::PlaceAccountRequest& request);

// Errors: INVALID_ARGUMENT / REPORT_INVALID, and those of dates and amounts; NOT_FOUND / PLACEMENT_NOT_FOUND.
absl::StatusOr<AgencyReport> CheckReport(const v1::ReportFromAgencyRequest& request);

// Errors: INVALID_ARGUMENT / REQUEST_INVALID.
absl::Status CheckReason(absl::string_view reason);
absl::StatusOr<std::string> CheckActor(absl::string_view actor);

}  // namespace relance::handoff
