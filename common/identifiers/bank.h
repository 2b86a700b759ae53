#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::identifiers {

// IBAN in its electronic form, upper-case without spaces.
//
// Checked: country, length and structure (ISO 13616, registry of SWIFT), mod 97; the national key of Belgium,
// and of France and Monaco (clé RIB), whose errors mod 97 can miss. Errors:  INVALID_ARGUMENT /
// IDENTIFIER_MALFORMED, IDENTIFIER_COUNTRY_UNKNOWN, IDENTIFIER_CHECK_FAILED (scheme "IBAN",
//          or "BE account" and "RIB" for the national key).
absl::StatusOr<std::string> ParseIban(absl::string_view text);

// In groups of four, for people. Requires: the result of ParseIban.
std::string FormatIban(absl::string_view iban);

// BIC (ISO 9362): 4 letters, a country, 2 characters, and 3 of a branch or none.
// Errors: INVALID_ARGUMENT / IDENTIFIER_MALFORMED, IDENTIFIER_COUNTRY_UNKNOWN.
absl::StatusOr<std::string> ParseBic(absl::string_view text);

}  // namespace relance::identifiers
