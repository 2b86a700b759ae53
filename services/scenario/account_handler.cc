#include "services/scenario/account_handler.h"

#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/decide_for_tenant.h"
#include "services/scenario/plan_metrics.h"
#include "services/scenario/plan_write.h"

namespace relance::scenario {

absl::StatusOr<std::optional<store::AccountWrite>> ScenarioHandler::Process(const AccountView& view,
                                                                            const TenantContext& tenant) {
  if (view.key.account == kUnidentifiedAccount) return std::nullopt;
  const bool same_scenario = view.plan.scenario_id() == ScenarioDirectory::IdFor(tenant.config);
  RELANCE_ASSIGN_OR_RETURN(
      const ScenarioPtr scenario,
      world_.scenarios->Get(tenant.config, same_scenario ? view.plan.scenario_version() : 0,
                            store::After(world_.call_timeout)));
  const Decision decision = DecideForTenant(view, tenant, *scenario);
  CountDecision();
  if (decision.plan.SerializeAsString() == view.plan.SerializeAsString()) return std::nullopt;
  CountPlanChanges(view.plan, decision.plan);
  CountRecovered(view, decision.plan);
  return MakePlanWrite(view, decision.plan,
                       {world_.now(), DayNumber(tenant.business_date), "service:scenario", {}, true});
}

absl::StatusOr<worker::OutboxResult> ScenarioHandler::DeliverOutbox(const store::Lease& lease,
                                                                    const std::vector<TenantPtr>& tenants) {
  RELANCE_RETURN_IF_ERROR(in_force_.Ensure(lease, tenants, world_.now(), store::After(world_.call_timeout)));
  return sender_.Deliver(lease, tenants);
}

}  // namespace relance::scenario
