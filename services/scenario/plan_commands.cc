#include "services/scenario/plan_commands.h"

#include <optional>
#include <utility>

#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/decide_for_tenant.h"
#include "services/scenario/errors.h"
#include "services/scenario/plan_metrics.h"
#include "services/scenario/plan_write.h"

namespace relance::scenario {
namespace {

constexpr int kAttempts = 8;

absl::Status Reused(const std::string& request_id) {
  return DomainError(absl::StatusCode::kAlreadyExists, kRequestIdReused,
                     "request_id was used with another payload", {{"requestId", request_id}});
}

}  // namespace

PlanCommands::PlanCommands(store::Store* store, TenantDirectory* tenants, ScenarioDirectory* scenarios,
                           std::function<absl::Time()> now, std::function<void()> nudge)
    : store_(store),
      tenants_(tenants),
      scenarios_(scenarios),
      now_(std::move(now)),
      nudge_(std::move(nudge)) {}

absl::StatusOr<std::optional<std::string>> PlanCommands::FindAnswer(const PlanCommand& command,
                                                                    store::Deadline deadline) {
  if (command.request_id.empty()) return std::nullopt;
  RELANCE_ASSIGN_OR_RETURN(auto kept, store_->FindRequest(command.account, command.request_id, deadline));
  if (!kept.has_value()) return std::nullopt;
  if (kept->first != command.payload_hash) return Reused(command.request_id);
  return std::move(kept->second);
}

absl::StatusOr<PlanCommands::Result> PlanCommands::Run(const PlanCommand& command, Edit edit, Answer answer,
                                                       store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(auto kept, FindAnswer(command, deadline));
  if (kept.has_value()) return Result{*std::move(kept), true};
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(command.account.tenant, deadline));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    RELANCE_ASSIGN_OR_RETURN(const AccountView view,
                             ReadAccount(*store_, command.account, {.items = true}, deadline));
    RELANCE_ASSIGN_OR_RETURN(const ScenarioPtr scenario,
                             scenarios_->Get(tenant->config, view.plan.scenario_version(), deadline));
    const CommandScope scope{view, *tenant, *scenario};
    AccountView edited = view;
    RELANCE_RETURN_IF_ERROR(edit(scope, &edited.plan));
    const Decision decision = DecideForTenant(edited, *tenant, *scenario);
    store::AccountWrite write =
        MakePlanWrite(view, decision.plan,
                      {now_(), DayNumber(tenant->business_date), command.actor, command.details, true});
    RELANCE_ASSIGN_OR_RETURN(std::string made, answer(scope, decision.plan));
    write.request_id = command.request_id;
    write.request_payload_hash = command.payload_hash;
    write.request_response = made;
    const store::CommitBatch batch{store_->PartitionOf(command.account), std::nullopt, {std::move(write)}, 0};
    RELANCE_ASSIGN_OR_RETURN(auto results, store_->Commit({&batch, 1}, deadline));
    RELANCE_RETURN_IF_ERROR(results[0].status());
    switch ((*results[0])[0].outcome) {
      case store::WriteOutcome::kApplied:
        CountPlanChanges(view.plan, decision.plan);
        if (nudge_) nudge_();
        return Result{std::move(made), false};
      case store::WriteOutcome::kReplayed:
        return Result{(*results[0])[0].response, true};
      case store::WriteOutcome::kReused:
        return Reused(command.request_id);
      case store::WriteOutcome::kStale:
        break;
    }
  }
  return DomainError(absl::StatusCode::kAborted, kAccountBusy, "the account keeps changing",
                     {{"tenant", command.account.tenant}, {"account", command.account.account}});
}

}  // namespace relance::scenario
