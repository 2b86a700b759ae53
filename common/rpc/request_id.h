#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::rpc {

// The request_id of a write (AIP-155) in its one stored form: a UUID as 36 lower-case characters, 8-4-4-4-12.
// Upper-case digits are accepted, so that one id in two spellings is one id. The nil UUID is refused.
// Errors: INVALID_ARGUMENT / REQUEST_ID_MISSING, REQUEST_ID_MALFORMED.
absl::StatusOr<std::string> CanonicalRequestId(absl::string_view request_id);

// The request_id of a write that our own code sends: the same for the same parts, so that a process that
// starts again after a crash repeats the call instead of making a second one. Parts such as {"scenario",
// tenant, account, cycle, step}. UUID version 8, from SHA-256; {"a", "bc"} and {"ab", "c"} differ.
std::string DeriveRequestId(const std::vector<std::string>& parts);

}  // namespace relance::rpc
