#pragma once

#include "absl/strings/string_view.h"

namespace relance::identifiers {

// Whether `code` is a country of ISO 3166-1 (two upper-case letters), or XK, which banks use for Kosovo.
bool IsCountryCode(absl::string_view code);

}  // namespace relance::identifiers
