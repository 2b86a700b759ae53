#pragma once

#include <string>
#include <vector>

namespace relance::scenario {

// YAML texts of the scenarios that come with the program. Generated from services/scenario/scenarios.
const std::vector<std::string>& ShippedScenarioTexts();

}  // namespace relance::scenario
