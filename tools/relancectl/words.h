#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace relance::ctl {

// Splits a line into words as a shell does: spaces part, '...' and "..." hold together, \ takes the next
// character as it is, # at the start of a word ends the line. Nothing is expanded. Errors: INVALID_ARGUMENT
// for an open quote.
absl::StatusOr<std::vector<std::string>> SplitWords(const std::string& line);

}  // namespace relance::ctl
