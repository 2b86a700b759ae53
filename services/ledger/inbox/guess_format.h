#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/table/mapping.h"

namespace relance::ledger {

// The import format of a file by its first bytes (some KiB) and its name, as ImportHeader.format names it; ""
// when it is none that is known. `own`: mappings that make a table of a file.
std::string GuessFormat(absl::string_view head, absl::string_view file_name, const std::vector<Mapping>& own);

}  // namespace relance::ledger
