#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/scenario/scenario_directory.h"

namespace relance::scenario {

// Decides anew about every account of a tenant whose plan is not under `scenario`, after it changed (FC-71),
// and returns how many plans changed. Decided as news: steps that are due now are chosen in the next day's
// run. An account that moves on meanwhile is left to the worker, which has the news anyway. Safe to repeat.
absl::StatusOr<int64_t> ReplanTenant(store::Store* store, const TenantContext& tenant,
                                     const ScenarioPtr& scenario, absl::Time now, store::Deadline deadline);

// The same for one partition; with `lease`, only while it is held. Errors: those of the store (LEASE_LOST).
absl::StatusOr<int64_t> ReplanPartition(store::Store* store, const TenantContext& tenant,
                                        const ScenarioPtr& scenario, int partition,
                                        const std::optional<store::Lease>& lease, absl::Time now,
                                        store::Deadline deadline);

// Sees to it that the accounts of a worker's partitions are planned under the scenario that their tenant
// names now: after UpdateTenant, and after an ApplyScenario that died on its way. Reads the plans of a
// partition when it looks at it first, and then only when the scenario has changed. For the worker's thread
// alone.
class ScenarioInForce {
 public:
  ScenarioInForce(store::Store* store, ScenarioDirectory* scenarios) : store_(store), scenarios_(scenarios) {}

  // A tenant whose scenario does not exist is left alone: its accounts say so when they are worked.
  absl::Status Ensure(const store::Lease& lease, const std::vector<TenantPtr>& tenants, absl::Time now,
                      store::Deadline deadline);

 private:
  store::Store* const store_;
  ScenarioDirectory* const scenarios_;
  // By partition and tenant, under which lease and scenario it was looked at.
  std::map<std::pair<int, std::string>, std::string> seen_;
};

}  // namespace relance::scenario
