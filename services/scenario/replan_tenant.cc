#include "services/scenario/replan_tenant.h"

#include <algorithm>

#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/decide_for_tenant.h"
#include "services/scenario/plan_metrics.h"
#include "services/scenario/plan_write.h"

namespace relance::scenario {
namespace {

constexpr size_t kAccountsPerRead = 512;
constexpr size_t kAccountsPerBatch = 16;

}  // namespace

absl::StatusOr<int64_t> ReplanTenant(store::Store* store, const TenantContext& tenant,
                                     const ScenarioPtr& scenario, absl::Time now, store::Deadline deadline) {
  int64_t changed = 0;
  for (int partition = 0; partition < store->partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(const auto keys, store->ListAccounts(tenant.config.id(), partition, deadline));
    for (size_t begin = 0; begin < keys.size(); begin += kAccountsPerRead) {
      const size_t end = std::min(begin + kAccountsPerRead, keys.size());
      RELANCE_ASSIGN_OR_RETURN(
          auto views, ReadAccounts(*store, {keys.data() + begin, end - begin}, {.items = true}, deadline));
      std::vector<store::CommitBatch> batches;
      std::vector<std::pair<state::v1::Plan, state::v1::Plan>> plans;
      for (const auto& view : views) {
        if (!view.ok() || !view->exists || view->key.account == kUnidentifiedAccount) continue;
        Decision decision = DecideForTenant(*view, tenant, *scenario);
        if (decision.plan.SerializeAsString() == view->plan.SerializeAsString()) continue;
        if (batches.empty() || batches.back().writes.size() >= kAccountsPerBatch) {
          batches.push_back({partition, std::nullopt, {}, 0});
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
  }
  return changed;
}

}  // namespace relance::scenario
