#include "services/scenario/plan_edits.h"

#include <algorithm>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "common/money/rounding.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/account_facts.h"
#include "services/scenario/choose_step.h"
#include "services/scenario/compose_message.h"
#include "services/scenario/decide_for_tenant.h"
#include "services/scenario/errors.h"
#include "services/scenario/judge_promises.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/words.h"

namespace relance::scenario {
namespace {

using state::v1::Contact;
using state::v1::Plan;

absl::Status PromiseInvalid(absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, kPromiseInvalid, absl::StrCat(field, ": ", message),
                     {{"field", std::string(field)}});
}

absl::Status PauseInvalid(absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, kPauseInvalid, absl::StrCat(field, ": ", message),
                     {{"field", std::string(field)}});
}

absl::Status ContactError(absl::StatusCode code, absl::string_view reason, absl::string_view key,
                          const Contact* contact) {
  std::map<std::string, std::string> metadata = {{"contactKey", std::string(key)}};
  if (contact != nullptr) metadata["state"] = std::string(ContactStateWord(contact->state()));
  return DomainError(code, reason,
                     contact == nullptr ? "the account has no such contact"
                                        : absl::StrCat("the contact is ", ContactStateWord(contact->state())),
                     std::move(metadata));
}

bool MayBePromised(const ItemFacts& item) {
  return item.hold == ItemHold::kNone || item.hold == ItemHold::kPromised || item.hold == ItemHold::kDisputed;
}

}  // namespace

absl::StatusOr<std::string> AddPromise(const AccountView& view, const TenantContext& tenant,
                                       const PromiseInput& input, Plan* plan) {
  const int32_t today = DayNumber(tenant.business_date);
  const int32_t promised_day = DayNumber(input.promised_date);
  if (promised_day < today || promised_day > today + kPromiseDaysMax) {
    return PromiseInvalid("promised_date",
                          absl::StrCat("not from the business date to ", kPromiseDaysMax, " days after it"));
  }
  if (input.amount.has_value() && input.amount->minor <= 0) return PromiseInvalid("amount", "not positive");

  const AccountFacts facts = GatherFacts(view, *plan, today, "");
  const std::string currency = input.amount.has_value() ? input.amount->currency : tenant.config.currency();
  state::v1::Promise promise;
  const std::unordered_set<uint64_t> named(input.items.begin(), input.items.end());
  for (uint64_t id : named) {
    const ItemFacts* item = facts.Find(id);
    if (item == nullptr || !MayBePromised(*item))
      return PromiseInvalid("item_ids", "no open item of that id");
    if (item->item->currency() != currency)
      return PromiseInvalid("item_ids", "an item is in another currency");
  }
  for (const ItemFacts& item : facts.items) {
    const bool wanted = named.empty()
                            ? item.overdue() && MayBePromised(item) && item.item->currency() == currency
                            : named.count(item.item->id()) > 0;
    if (wanted) promise.add_items(item.item->id());
  }
  promise.set_open_then_minor(OpenMinor(view, promise.items(), currency));
  if (promise.open_then_minor() == 0) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kNothingOwed,
                       "nothing that could be promised is owed");
  }
  // Nobody owes more than is open: who promises more, because money is under way that the books have already,
  // means all of it.
  promise.set_amount_minor(input.amount.has_value() ? std::min(input.amount->minor, promise.open_then_minor())
                                                    : promise.open_then_minor());

  const std::unordered_set<uint64_t> items(promise.items().begin(), promise.items().end());
  for (auto& old : *plan->mutable_promises()) {
    if (old.state() != state::v1::PROMISE_STATE_RUNNING) continue;
    const bool same = old.items().empty() || std::any_of(old.items().begin(), old.items().end(),
                                                         [&](uint64_t id) { return items.count(id) > 0; });
    if (!same) continue;
    old.set_state(state::v1::PROMISE_STATE_REPLACED);
    old.set_judged_day(today);
    old.set_paid_minor(
        std::max<int64_t>(0, old.open_then_minor() - OpenMinor(view, old.items(), old.currency())));
  }
  plan->set_promise_count(plan->promise_count() + 1);
  promise.set_id(absl::StrCat("p", plan->promise_count()));
  promise.set_given_day(today);
  promise.set_promised_day(promised_day);
  promise.set_currency(currency);
  promise.set_state(state::v1::PROMISE_STATE_RUNNING);
  promise.set_hold_until_day(
      HoldUntilDay(promised_day, tenant.config.promise_grace_days(), CalendarFor(tenant.config)));
  *plan->add_promises() = promise;
  return promise.id();
}

bool IsCallOutcome(absl::string_view outcome) {
  for (absl::string_view known : {"promised", "disputed", "no_answer", "refused", "message_left", "paid"}) {
    if (outcome == known) return true;
  }
  return false;
}

absl::StatusOr<std::string> EndCall(const AccountView& view, const Scenario& scenario,
                                    const TenantContext& tenant, absl::string_view key,
                                    absl::string_view outcome, absl::string_view by_hand_id, Plan* plan) {
  const int32_t today = DayNumber(tenant.business_date);
  Contact* call = nullptr;
  if (!key.empty()) {
    call = FindContact(plan, key);
    if (call == nullptr || call->channel() != Channel::CHANNEL_CALL) {
      return ContactError(absl::StatusCode::kNotFound, kContactNotFound, key, nullptr);
    }
    if (call->state() != state::v1::CONTACT_STATE_PLANNED) {
      return ContactError(absl::StatusCode::kFailedPrecondition, kContactOver, key, call);
    }
  } else {
    for (Contact& contact : *plan->mutable_contacts()) {
      if (contact.state() != state::v1::CONTACT_STATE_PLANNED) continue;
      call = &contact;
      break;
    }
  }
  if (call == nullptr) {
    const AccountFacts facts = GatherFacts(view, *plan, today, tenant.config.country());
    call = plan->add_contacts();
    call->set_key(absl::StrCat("call/", by_hand_id));
    call->set_cycle(plan->cycle());
    call->set_channel(Channel::CHANNEL_CALL);
    call->set_decided_day(today);
    call->set_scenario_version(scenario.version);
    call->set_interlocutor("accounts_assistant");
    for (const ItemFacts& item : facts.items) {
      if (item.hold != ItemHold::kNone || !item.overdue()) continue;
      auto* part = call->add_items();
      part->set_item(item.item->id());
      part->set_open_minor(item.item->open_minor());
      part->set_currency(item.item->currency());
      part->set_number(item.item->number());
      const NextStep next = ChooseNextStep(item, facts, view.sum.attributes(), scenario, today);
      if (next.index < 0 || scenario.steps[next.index].channel != Channel::CHANNEL_CALL) continue;
      part->set_step(scenario.steps[next.index].id);
      call->set_step(part->step());
    }
  }
  const std::string made = call->key();
  call->set_outcome(std::string(outcome));
  MarkMade(scenario, today, outcome != "no_answer", call, plan);
  return made;
}

absl::Status AddPause(const TenantContext& tenant, absl::CivilDay until, absl::string_view reason,
                      absl::string_view actor, Plan* plan) {
  const int64_t days = until - tenant.business_date;
  if (days < 0 || days > kPauseDaysMax) {
    return PauseInvalid("until_date",
                        absl::StrCat("not from the business date to ", kPauseDaysMax, " days after it"));
  }
  if (reason.empty() || reason.size() > kReasonBytesMax) {
    return PauseInvalid("reason", absl::StrCat("1 to ", kReasonBytesMax, " bytes are needed"));
  }
  auto* pause = plan->add_pauses();
  pause->set_from_day(DayNumber(tenant.business_date));
  pause->set_until_day(DayNumber(until));
  pause->set_reason(std::string(reason));
  pause->set_actor(std::string(actor));
  return absl::OkStatus();
}

absl::Status ResolveContact(const Scenario& scenario, const TenantContext& tenant, absl::string_view key,
                            bool sent, Plan* plan) {
  const int32_t today = DayNumber(tenant.business_date);
  Contact* contact = FindContact(plan, key);
  if (contact == nullptr) return ContactError(absl::StatusCode::kNotFound, kContactNotFound, key, nullptr);
  if (contact->state() != state::v1::CONTACT_STATE_AMBIGUOUS &&
      contact->state() != state::v1::CONTACT_STATE_FAILED) {
    return ContactError(absl::StatusCode::kFailedPrecondition, kContactNotAmbiguous, key, contact);
  }
  if (sent) {
    if (contact->deadline_day() == 0 && IsWritten(contact->channel())) {
      contact->set_deadline_day(DeadlineDay(*contact, scenario, today));
    }
    contact->clear_outcome();
    MarkMade(scenario, today, true, contact, plan);
  } else {
    contact->set_state(state::v1::CONTACT_STATE_RESERVED);
    contact->clear_outcome();
    contact->clear_documents();
    contact->clear_deadline_day();
  }
  return absl::OkStatus();
}

std::optional<uint64_t> OldestOverdue(const AccountView& view, const TenantContext& tenant) {
  const AccountFacts facts = GatherFacts(view, view.plan, DayNumber(tenant.business_date), "");
  for (const ItemFacts& item : facts.items) {
    if (item.hold == ItemHold::kNone && item.overdue()) return item.item->id();
  }
  return std::nullopt;
}

}  // namespace relance::scenario
