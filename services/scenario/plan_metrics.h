#pragma once

#include "relance/state/v1/plan.pb.h"

namespace relance::scenario {

// Counts what a written plan changed: relance_scenario_contacts_total{channel,state},
// relance_scenario_promises_total{state}. Call once for each plan that was applied.
void CountPlanChanges(const state::v1::Plan& before, const state::v1::Plan& after);

// relance_scenario_decisions_total.
void CountDecision();

}  // namespace relance::scenario
