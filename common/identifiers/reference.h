#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::identifiers {

// Structured references of a payment: they let money find its invoice without a person.
//
// Errors: INVALID_ARGUMENT / IDENTIFIER_MALFORMED, IDENTIFIER_CHECK_FAILED.

// Creditor reference ISO 11649: RF, two check digits, 1 to 21 letters and digits. Returned without spaces.
absl::StatusOr<std::string> ParseRf(absl::string_view text);

// The RF reference of `reference`, which is normalised first: "INV-2026-000123" gives "RF98INV2026000123".
absl::StatusOr<std::string> MakeRf(absl::string_view reference);

// Belgian structured communication (OGM-VCS, Febelfin): 12 digits, the last two are the first ten mod 97, 97
// for 0. Returned as 12 digits.
absl::StatusOr<std::string> ParseOgm(absl::string_view text);

// The 12 digits for 1 to 10 digits, zeros put in front.
absl::StatusOr<std::string> MakeOgm(absl::string_view digits);

// "+++010/8068/17183+++". Requires: the result of ParseOgm or MakeOgm.
std::string FormatOgm(absl::string_view ogm);

}  // namespace relance::identifiers
