#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/scenario/v1/scenario_service.pb.h"
#include "services/scenario/scenario_directory.h"

namespace relance::scenario {

inline constexpr int kEnrolAccountsMax = 1000;

// Why a campaign must not approach an account now; empty: it may. The first that holds of NOT_FOUND,
// INSOLVENT, PAUSED, SETTLED (nothing overdue), PLACED, DISPUTED, PROMISED (all that is overdue is),
// CONTACTED_RECENTLY (the spacing of the scenario, or a message under way).
std::string LeftReason(const AccountView& view, const Scenario& scenario, const TenantContext& tenant);

// What enrolment works with. All of it outlives the call.
struct EnrolWorld {
  store::Store* store = nullptr;
  ScenarioDirectory* scenarios = nullptr;
  std::function<absl::Time()> now;
};

// Makes the contact "campaign/<id>" with each account that may be approached. An account that has it is
// answered with its state: the same call again does nothing. `template_id` is a text that exists. Errors:
// those of the store; ABORTED / ACCOUNT_BUSY when accounts kept changing: what was made stays, call again.
absl::StatusOr<v1::EnrolAccountsResponse> EnrolAccounts(const EnrolWorld& world, const TenantContext& tenant,
                                                        const v1::EnrolAccountsRequest& request,
                                                        Channel channel, const std::string& template_id,
                                                        store::Deadline deadline);

}  // namespace relance::scenario
