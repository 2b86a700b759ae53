#include "services/scenario/replan_tenant.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/decide_for_tenant.h"
#include "services/scenario/errors.h"
#include "services/scenario/plan_metrics.h"
#include "services/scenario/plan_write.h"

namespace relance::scenario {
namespace {

constexpr size_t kAccountsPerRead = 512;
constexpr size_t kAccountsPerBatch = 16;

// Accounts that have a plan, of another scenario or version. One without a plan is news to the worker
// already.
bool IsElsewhere(const absl::StatusOr<AccountView>& view, const Scenario& scenario) {
  return view.ok() && view->exists && view->key.account != kUnidentifiedAccount &&
         view->versions[store::kPlanOwner] != 0 &&
         (view->plan.scenario_id() != scenario.id || view->plan.scenario_version() != scenario.version);
}

}  // namespace

absl::StatusOr<int64_t> ReplanPartition(store::Store* store, const TenantContext& tenant,
                                        const ScenarioPtr& scenario, int partition,
                                        const std::optional<store::Lease>& lease, absl::Time now,
                                        store::Deadline deadline) {
  int64_t changed = 0;
  RELANCE_ASSIGN_OR_RETURN(const auto all, store->ListAccounts(tenant.config.id(), partition, deadline));
  for (size_t begin = 0; begin < all.size(); begin += kAccountsPerRead) {
    const size_t count = std::min(kAccountsPerRead, all.size() - begin);
    // Plans first, which are small: mostly nothing is to be done.
    RELANCE_ASSIGN_OR_RETURN(const auto plans_only,
                             ReadAccounts(*store, {all.data() + begin, count}, {.items = false}, deadline));
    std::vector<store::AccountKey> keys;
    for (const auto& view : plans_only) {
      if (IsElsewhere(view, *scenario)) keys.push_back(view->key);
    }
    if (keys.empty()) continue;
    RELANCE_ASSIGN_OR_RETURN(auto views, ReadAccounts(*store, keys, {.items = true}, deadline));
    std::vector<store::CommitBatch> batches;
    std::vector<std::pair<state::v1::Plan, state::v1::Plan>> plans;
    for (const auto& view : views) {
      if (!IsElsewhere(view, *scenario)) continue;
      Decision decision = DecideForTenant(*view, tenant, *scenario);
      if (batches.empty() || batches.back().writes.size() >= kAccountsPerBatch) {
        batches.push_back({partition, lease, {}, 0});
      }
      batches.back().writes.push_back(MakePlanWrite(
          *view, decision.plan, {now, DayNumber(tenant.business_date), "service:scenario", {}, true}));
      plans.emplace_back(view->plan, std::move(decision.plan));
    }
    if (batches.empty()) continue;
    RELANCE_ASSIGN_OR_RETURN(const auto results, store->Commit(batches, deadline));
    size_t next = 0;
    for (size_t b = 0; b < batches.size(); ++b) {
      RELANCE_RETURN_IF_ERROR(results[b].status());
      for (const store::WriteResult& result : *results[b]) {
        const auto& [before, after] = plans[next++];
        if (result.outcome != store::WriteOutcome::kApplied) continue;
        CountPlanChanges(before, after);
        ++changed;
      }
    }
  }
  return changed;
}

absl::StatusOr<int64_t> ReplanTenant(store::Store* store, const TenantContext& tenant,
                                     const ScenarioPtr& scenario, absl::Time now, store::Deadline deadline) {
  int64_t changed = 0;
  for (int partition = 0; partition < store->partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(const int64_t there, ReplanPartition(store, tenant, scenario, partition,
                                                                  std::nullopt, now, deadline));
    changed += there;
  }
  return changed;
}

absl::Status ScenarioInForce::Ensure(const store::Lease& lease, const std::vector<TenantPtr>& tenants,
                                     absl::Time now, store::Deadline deadline) {
  for (const TenantPtr& tenant : tenants) {
    const auto scenario = scenarios_->Get(tenant->config, 0, deadline);
    if (ReasonOf(scenario.status()) == kScenarioNotFound) {
      log::Error("the tenant names a scenario that does not exist", {{"tenant", tenant->config.id()}});
      continue;
    }
    if (!scenario.ok()) return scenario.status();
    std::string& seen = seen_[{lease.partition, tenant->config.id()}];
    std::string wanted = absl::StrCat(lease.token, "/", (*scenario)->id, "/", (*scenario)->version);
    if (seen == wanted) continue;
    RELANCE_RETURN_IF_ERROR(
        ReplanPartition(store_, *tenant, *scenario, lease.partition, lease, now, deadline).status());
    seen = std::move(wanted);
  }
  return absl::OkStatus();
}

}  // namespace relance::scenario
