#pragma once

#include <string>

#include "relance/state/v1/plan.pb.h"

namespace relance::campaign {

// "planned", "reserved", "sending", ... as the scenario service answers it.
std::string ContactStateName(state::v1::ContactState state);

}  // namespace relance::campaign
