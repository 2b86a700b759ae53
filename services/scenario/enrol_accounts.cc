#include "services/scenario/enrol_accounts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/account_facts.h"
#include "services/scenario/decide.h"
#include "services/scenario/decide_for_tenant.h"
#include "services/scenario/errors.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/plan_metrics.h"
#include "services/scenario/plan_write.h"
#include "services/scenario/words.h"

namespace relance::scenario {
namespace {

constexpr int kAttempts = 8;
constexpr size_t kAccountsPerBatch = 16;

state::v1::Plan WithContact(const AccountView& view, const Scenario& scenario, const TenantContext& tenant,
                            const v1::EnrolAccountsRequest& request, Channel channel,
                            const std::string& template_id) {
  const int32_t today = DayNumber(tenant.business_date);
  AccountView edited = view;
  auto* contact = edited.plan.add_contacts();
  contact->set_key(absl::StrCat("campaign/", request.campaign_id()));
  contact->set_campaign_id(request.campaign_id());
  contact->set_channel(channel);
  contact->set_decided_day(today);
  contact->set_template_id(template_id);
  contact->set_interlocutor("accounts_assistant");
  contact->set_scenario_version(scenario.version);
  contact->set_state(channel == Channel::CHANNEL_CALL ? state::v1::CONTACT_STATE_PLANNED
                                                      : state::v1::CONTACT_STATE_RESERVED);
  for (const ItemFacts& item : GatherFacts(view, view.plan, today, "").items) {
    if (item.hold != ItemHold::kNone || !item.overdue()) continue;
    auto* part = contact->add_items();
    part->set_item(item.item->id());
    part->set_open_minor(item.item->open_minor());
    part->set_currency(item.item->currency());
    part->set_number(item.item->number());
  }
  return DecideForTenant(edited, tenant, scenario).plan;
}

}  // namespace

std::string LeftReason(const AccountView& view, const Scenario& scenario, const TenantContext& tenant) {
  if (!view.exists || view.key.account == kUnidentifiedAccount) return "NOT_FOUND";
  const int32_t today = DayNumber(tenant.business_date);
  const AccountFacts facts = GatherFacts(view, view.plan, today, "");
  if (facts.hold == AccountHold::kInsolvent) return "INSOLVENT";
  if (facts.hold == AccountHold::kPaused) return "PAUSED";
  bool free = false, placed = false, disputed = false;
  for (const ItemFacts& item : facts.items) {
    if (!item.overdue()) continue;
    free = free || item.hold == ItemHold::kNone;
    placed = placed || item.hold == ItemHold::kPlaced;
    disputed = disputed || item.hold == ItemHold::kDisputed;
  }
  if (!facts.any_overdue) return "SETTLED";
  if (scenario.credits == CreditPolicy::kHold && CreditsCoverOverdue(facts)) return kReasonCreditsCover;
  if (!free) return placed ? "PLACED" : disputed ? "DISPUTED" : "PROMISED";
  const int32_t last = view.plan.last_contact_day();
  const bool recently = last != 0 && today < last + scenario.min_days_between_contacts;
  const bool under_way =
      std::any_of(view.plan.contacts().begin(), view.plan.contacts().end(),
                  [](const auto& contact) { return IsOpen(contact) && IsWritten(contact.channel()); });
  return recently || under_way ? "CONTACTED_RECENTLY" : "";
}

absl::StatusOr<v1::EnrolAccountsResponse> EnrolAccounts(const EnrolWorld& world, const TenantContext& tenant,
                                                        const v1::EnrolAccountsRequest& request,
                                                        Channel channel, const std::string& template_id,
                                                        store::Deadline deadline) {
  const std::string contact_key = absl::StrCat("campaign/", request.campaign_id());
  std::map<std::string, v1::EnrolResult> done;
  std::vector<store::AccountKey> left;
  for (const std::string& account : request.account_ids()) {
    if (done.emplace(account, v1::EnrolResult()).second) left.push_back({request.tenant_id(), account});
  }
  for (int attempt = 0; attempt < kAttempts && !left.empty(); ++attempt) {
    RELANCE_ASSIGN_OR_RETURN(auto views, ReadAccounts(*world.store, left, {.items = true}, deadline));
    std::map<int, std::vector<std::pair<store::AccountWrite, size_t>>> by_partition;
    std::vector<std::optional<state::v1::Plan>> plans(left.size());
    for (size_t i = 0; i < left.size(); ++i) {
      RELANCE_RETURN_IF_ERROR(views[i].status());
      const AccountView& view = *views[i];
      v1::EnrolResult& result = done[left[i].account];
      result.set_account_id(left[i].account);
      if (const auto* contact = FindContact(view.plan, contact_key)) {
        result.set_contact_key(contact_key);
        result.set_state(std::string(ContactStateWord(contact->state())));
        continue;
      }
      RELANCE_ASSIGN_OR_RETURN(const ScenarioPtr scenario,
                               world.scenarios->Get(tenant.config, view.plan.scenario_version(), deadline));
      result.set_left_reason(LeftReason(view, *scenario, tenant));
      if (!result.left_reason().empty()) continue;
      plans[i] = WithContact(view, *scenario, tenant, request, channel, template_id);
      by_partition[world.store->PartitionOf(left[i])].emplace_back(
          MakePlanWrite(view, *plans[i],
                        {world.now(),
                         DayNumber(tenant.business_date),
                         request.actor().empty() ? "service:campaign" : request.actor(),
                         {},
                         true}),
          i);
    }
    std::vector<store::CommitBatch> batches;
    std::vector<std::vector<size_t>> indexes;
    for (auto& [partition, writes] : by_partition) {
      for (size_t w = 0; w < writes.size(); ++w) {
        if (w % kAccountsPerBatch == 0) {
          batches.push_back({partition, std::nullopt, {}, 0});
          indexes.emplace_back();
        }
        batches.back().writes.push_back(std::move(writes[w].first));
        indexes.back().push_back(writes[w].second);
      }
    }
    std::vector<store::AccountKey> stale;
    if (!batches.empty()) {
      RELANCE_ASSIGN_OR_RETURN(auto results, world.store->Commit(batches, deadline));
      for (size_t b = 0; b < batches.size(); ++b) {
        RELANCE_RETURN_IF_ERROR(results[b].status());
        for (size_t w = 0; w < indexes[b].size(); ++w) {
          const size_t i = indexes[b][w];
          if ((*results[b])[w].outcome == store::WriteOutcome::kStale) {
            stale.push_back(left[i]);
            continue;
          }
          CountPlanChanges(views[i]->plan, *plans[i]);
          v1::EnrolResult& result = done[left[i].account];
          result.set_contact_key(contact_key);
          const auto* contact = FindContact(*plans[i], contact_key);
          result.set_state(std::string(contact == nullptr ? "" : ContactStateWord(contact->state())));
        }
      }
    }
    left = std::move(stale);
  }
  if (!left.empty()) {
    return DomainError(absl::StatusCode::kAborted, kAccountBusy, "accounts keep changing; call again",
                       {{"accounts", absl::StrCat(left.size())}});
  }
  v1::EnrolAccountsResponse response;
  for (const std::string& account : request.account_ids()) *response.add_results() = done[account];
  return response;
}

}  // namespace relance::scenario
