#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance::samples {

// Parses the flags of the program, whose names may be written with '-' as well as with '_'; the arguments
// that are no flags, without the program's name. Ends the process on an unknown flag, as absl does.
std::vector<std::string> ParseFlags(int argc, char** argv);

// The day in `text`, or `when_empty`. Errors: those of ParseIsoDay, with the flag's name.
absl::StatusOr<absl::CivilDay> DayOfFlag(absl::string_view name, const std::string& text,
                                         absl::CivilDay when_empty);

// INVALID_ARGUMENT / FLAG_INVALID.
absl::Status FlagError(absl::string_view message);

}  // namespace relance::samples
