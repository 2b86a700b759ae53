#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/scenario/scenario_directory.h"

namespace relance::scenario {

// Decides anew about every account of a tenant, after its scenario changed (FC-71), and returns how many
// plans changed. An account that moves on meanwhile is left to the worker, which has the news anyway. Safe to
// repeat.
absl::StatusOr<int64_t> ReplanTenant(store::Store* store, const TenantContext& tenant,
                                     const ScenarioPtr& scenario, absl::Time now, store::Deadline deadline);

}  // namespace relance::scenario
