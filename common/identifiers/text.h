#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace relance::identifiers {

// Longest text that is looked at as one identifier, in bytes, separators included.
inline constexpr size_t kIdentifierTextMax = 128;

// Removes spaces (also U+00A0, U+202F), - . / + * _ : and upper-cases ASCII letters. What else stands there
// stays, and makes the identifier malformed later. A text beyond kIdentifierTextMax gives "".
std::string Normalise(absl::string_view text);

bool IsDigits(absl::string_view text);
// Digits and A to Z.
bool IsAlphanumeric(absl::string_view text);

// The number that `text` writes, mod 97, with A=10 ... Z=35 (ISO/IEC 7064 as used by ISO 13616 and ISO
// 11649). Requires: IsAlphanumeric(text).
int Mod97(absl::string_view text);

// Luhn (ISO/IEC 7812-1 annex B), check digit last. Requires: IsDigits(text).
bool PassesLuhn(absl::string_view text);

// The two ways in which an identifier is refused; `scheme` names the kind ("SIREN"). The value is not
// repeated.
absl::Status IdentifierMalformed(absl::string_view scheme, absl::string_view rule);
absl::Status IdentifierCheckFailed(absl::string_view scheme);

}  // namespace relance::identifiers
