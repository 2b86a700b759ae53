#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance {

// The number of decimals of the minor unit of an ISO 4217 currency: 2 for EUR, 0 for JPY, 3 for TND.
//
// Source:  ISO 4217 list one (active currencies and funds that have a minor unit), as amended to the entry of
//          Bulgaria into the euro area on 2026-01-01. Metals, SDR, test and "no currency" codes are not in
//          it.
// Format:  exactly three upper-case letters; "eur" is not a code.
// Errors:  INVALID_ARGUMENT / CURRENCY_UNKNOWN.
absl::StatusOr<int> CurrencyExponent(absl::string_view code);

bool IsKnownCurrency(absl::string_view code);

// The sign that people read, in UTF-8 ("€", "£"); the code itself where the sign is shared by several
// countries.
absl::string_view CurrencySymbol(absl::string_view code);

}  // namespace relance
