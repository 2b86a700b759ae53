#include "services/scenario/plan_metrics.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "common/metrics/metrics.h"
#include "common/money/currency.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/words.h"

namespace relance::scenario {
namespace {

metrics::CounterFamily& Contacts() {
  static auto& family = *new metrics::CounterFamily(
      "relance_scenario_contacts_total", "Contacts that came into this state", {"channel", "state"});
  return family;
}

metrics::CounterFamily& Promises() {
  static auto& family = *new metrics::CounterFamily("relance_scenario_promises_total",
                                                    "Promises that came into this state", {"state"});
  return family;
}

prometheus::Counter& Decisions() {
  static auto& family = *new metrics::CounterFamily("relance_scenario_decisions_total",
                                                    "Accounts that were decided about by the worker");
  return family.With();
}

}  // namespace

void RegisterPlanCounters() {
  using namespace state::v1;
  // What a contact of each channel can come into.
  const std::vector<ContactState> written = {CONTACT_STATE_RESERVED,  CONTACT_STATE_SENDING,
                                             CONTACT_STATE_SENT,      CONTACT_STATE_FAILED,
                                             CONTACT_STATE_AMBIGUOUS, CONTACT_STATE_WITHDRAWN};
  const std::vector<ContactState> spoken = {CONTACT_STATE_PLANNED, CONTACT_STATE_SENT,
                                            CONTACT_STATE_WITHDRAWN, CONTACT_STATE_EXPIRED};
  for (const auto& [channel, states] :
       {std::pair(CHANNEL_MAIL, written), std::pair(CHANNEL_LETTER, written),
        std::pair(CHANNEL_HANDOFF, written), std::pair(CHANNEL_CALL, spoken)}) {
    for (ContactState state : states) Contacts().With({ChannelWord(channel), ContactStateWord(state)});
  }
  for (PromiseState state : {PROMISE_STATE_RUNNING, PROMISE_STATE_KEPT, PROMISE_STATE_PARTIAL,
                             PROMISE_STATE_BROKEN, PROMISE_STATE_REPLACED}) {
    Promises().With({PromiseStateWord(state)});
  }
  Decisions();
}

void CountPlanChanges(const state::v1::Plan& before, const state::v1::Plan& after) {
  for (const auto& contact : after.contacts()) {
    const auto* old = FindContact(before, contact.key());
    if (old != nullptr && old->state() == contact.state()) continue;
    Contacts().With({ChannelWord(contact.channel()), ContactStateWord(contact.state())}).Increment();
  }
  for (const auto& promise : after.promises()) {
    const auto old = std::find_if(before.promises().begin(), before.promises().end(),
                                  [&](const auto& other) { return other.id() == promise.id(); });
    if (old != before.promises().end() && old->state() == promise.state()) continue;
    Promises().With({PromiseStateWord(promise.state())}).Increment();
  }
}

void CountRecovered(const AccountView& view, const state::v1::Plan& after) {
  static auto& recovered =
      *new metrics::CounterFamily("relance_scenario_recovered_total",
                                  "Settled after a contact, in units of the currency, by the last step made",
                                  {"tenant", "currency", "stage"});
  const auto names = [](uint64_t id) { return [id](const auto& entry) { return entry.item() == id; }; };
  for (const auto& position : view.plan.positions()) {
    const auto& left = after.positions();
    if (std::any_of(left.begin(), left.end(), names(position.item()))) continue;
    if (std::any_of(view.items.begin(), view.items.end(), [&](const auto& item) {
          return item.id() == position.item() && item.open_minor() > 0;
        })) {
      continue;
    }
    const state::v1::ContactItem* last = nullptr;
    for (const auto& contact : view.plan.contacts()) {
      if (contact.state() != state::v1::CONTACT_STATE_SENT) continue;
      const auto found = std::find_if(contact.items().begin(), contact.items().end(), names(position.item()));
      if (found != contact.items().end()) last = &*found;
    }
    if (last == nullptr) continue;
    const auto exponent = CurrencyExponent(last->currency());
    if (!exponent.ok()) continue;
    recovered.With({view.key.tenant, last->currency(), position.step()})
        .Increment(static_cast<double>(last->open_minor()) / std::pow(10.0, *exponent));
  }
}

void CountDecision() { Decisions().Increment(); }

}  // namespace relance::scenario
