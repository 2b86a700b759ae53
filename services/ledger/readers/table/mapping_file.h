#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/table/mapping.h"

namespace relance::ledger {

inline constexpr size_t kMappingBytesMax = 64 * 1024;

// Reads a mapping (YAML, see docs/formats/tables.md). `file` is for error texts.
// Errors: INVALID_ARGUMENT / MAPPING_INVALID; every problem with its line and key in the message, the first
// in
//         the metadata ("line", "key").
absl::StatusOr<Mapping> ParseMapping(absl::string_view yaml, absl::string_view file);

}  // namespace relance::ledger
