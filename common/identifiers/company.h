#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::identifiers {

// Identifiers of companies. Each function takes what people type (spaces, dots, lower case), and returns the
// one normal form that is stored and compared. A valid number need not exist: Sirene, the KBO and VIES know
// that.
//
// Errors: INVALID_ARGUMENT / IDENTIFIER_MALFORMED (length or characters), IDENTIFIER_CHECK_FAILED. The
// messages name
//         the scheme and never repeat the value.

// SIREN, 9 digits, Luhn (C. com. R123-221).
absl::StatusOr<std::string> ParseSiren(absl::string_view text);

// SIRET, 14 digits: a SIREN and the number of the establishment, Luhn on both. The establishments of La Poste
// (SIREN 356000000), its head office excepted, have a sum of digits that is a multiple of 5 instead.
absl::StatusOr<std::string> ParseSiret(absl::string_view text);

// French VAT number (CGI art. 286 ter): "FR", which may be left out, a key of 2 and the SIREN. Numeric keys
// are (SIREN x 100 + 12) mod 97; keys with letters (no O, no I) have a check of their own. "000" after the
// key is Monaco: no SIREN follows.
absl::StatusOr<std::string> ParseVatFrance(absl::string_view text);

// Belgian enterprise number (BCE/KBO), 10 digits beginning with 0 or 1 (old ones of 9 get a 0 in front): the
// last two are 97 - (first eight mod 97).
absl::StatusOr<std::string> ParseEnterpriseNumberBelgium(absl::string_view text);

// Belgian VAT number: "BE" + the enterprise number; "BE" may be left out.
absl::StatusOr<std::string> ParseVatBelgium(absl::string_view text);

// By its prefix, FR or BE. Errors: also INVALID_ARGUMENT / IDENTIFIER_COUNTRY_UNKNOWN.
absl::StatusOr<std::string> ParseVat(absl::string_view text);

}  // namespace relance::identifiers
