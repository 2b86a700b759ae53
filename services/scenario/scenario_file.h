#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/scenario/scenario.h"

namespace relance::scenario {

inline constexpr size_t kScenarioBytesMax = 256 * 1024;

// Reads a scenario from its YAML text. docs/scenarios.md has the words; what is not one of them is refused.
//
// Rules:  1 to kStepsMax steps in order of offset, unique ids; the last one and only the last one is a
// handoff;
//         at most kWrittenRemindersMax written steps after the due date, the last of which announces costs,
//         grants days, has neither conditions nor a window, and comes before the handoff.
// Errors: INVALID_ARGUMENT / SCENARIO_INVALID. Metadata: line, column (from 1) and key of the first problem;
// the message
//         lists all, "line:column: key: reason".
absl::StatusOr<Scenario> ParseScenario(absl::string_view yaml);

}  // namespace relance::scenario
