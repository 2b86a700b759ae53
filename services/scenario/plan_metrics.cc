#include "services/scenario/plan_metrics.h"

#include <algorithm>
#include <cmath>

#include "common/metrics/metrics.h"
#include "common/money/currency.h"
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

void CountDecision() {
  static auto& decisions = (new metrics::CounterFamily("relance_scenario_decisions_total",
                                                       "Accounts that were decided about by the worker"))
                               ->With();
  decisions.Increment();
}

}  // namespace relance::scenario
