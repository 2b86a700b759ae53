#pragma once

#include "common/account/account_view.h"
#include "relance/state/v1/plan.pb.h"

namespace relance::scenario {

// Makes the counters of every channel and state, at 0: a rate and an alert see the first event too. Call at
// start.
void RegisterPlanCounters();

// Counts what a written plan changed: relance_scenario_contacts_total{channel,state},
// relance_scenario_promises_total{state}. Call once for each plan that was applied.
void CountPlanChanges(const state::v1::Plan& before, const state::v1::Plan& after);

// relance_scenario_recovered_total{tenant,currency,stage}: what was open at the last contact of items that
// are settled now, in units of the currency; the stage is the last step that was made for the item. `view` is
// what `after` was decided from.
void CountRecovered(const AccountView& view, const state::v1::Plan& after);

// relance_scenario_decisions_total.
void CountDecision();

}  // namespace relance::scenario
