#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace relance::ledger {

// The status of a file that is refused as a whole: INVALID_ARGUMENT with metadata file, line and field (the
// last only when not empty) and a message that names all three.
absl::Status RefuseFile(absl::string_view file, int64_t line, absl::string_view field,
                        absl::string_view reason, absl::string_view message,
                        absl::StatusCode code = absl::StatusCode::kInvalidArgument);

}  // namespace relance::ledger
