#include "services/scenario/plan_metrics.h"

#include <algorithm>

#include "common/metrics/metrics.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/words.h"

namespace relance::scenario {

void CountPlanChanges(const state::v1::Plan& before, const state::v1::Plan& after) {
  static auto& contacts = *new metrics::CounterFamily(
      "relance_scenario_contacts_total", "Contacts that came into this state", {"channel", "state"});
  static auto& promises = *new metrics::CounterFamily("relance_scenario_promises_total",
                                                      "Promises that came into this state", {"state"});
  for (const auto& contact : after.contacts()) {
    const auto* old = FindContact(before, contact.key());
    if (old != nullptr && old->state() == contact.state()) continue;
    contacts.With({ChannelWord(contact.channel()), ContactStateWord(contact.state())}).Increment();
  }
  for (const auto& promise : after.promises()) {
    const auto old = std::find_if(before.promises().begin(), before.promises().end(),
                                  [&](const auto& other) { return other.id() == promise.id(); });
    if (old != before.promises().end() && old->state() == promise.state()) continue;
    promises.With({PromiseStateWord(promise.state())}).Increment();
  }
}

void CountDecision() {
  static auto& decisions = (new metrics::CounterFamily("relance_scenario_decisions_total",
                                                       "Accounts that were decided about by the worker"))
                               ->With();
  decisions.Increment();
}

}  // namespace relance::scenario
