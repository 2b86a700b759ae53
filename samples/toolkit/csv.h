#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::samples {

// One row of RFC 4180 with LF: cells in quotes only where they need them.
void AppendCsvRow(std::initializer_list<absl::string_view> cells, std::string& out);
void AppendCsvCell(absl::string_view cell, std::string& out);

// One line without its end, split back. Quoted cells may not contain line ends: these programs write none.
// Errors: INVALID_ARGUMENT / CSV_QUOTE_OPEN, CSV_QUOTE_MISPLACED.
absl::StatusOr<std::vector<std::string>> SplitCsvLine(absl::string_view line);

}  // namespace relance::samples
