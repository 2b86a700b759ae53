#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal_text.h"

namespace relance::ledger {

// An amount of a table in minor units of `currency`: ParseDecimalMinor, and around the number the sign or the
// code of the currency ("1 234,56 €", "EUR 5.00") and, where `parentheses` says so, "(5.00)" for -5.00.
// Errors: as ParseMoney, AMOUNT_OVERFLOW also above kAmountMinorMax.
absl::StatusOr<int64_t> ReadTableAmount(absl::string_view text, absl::string_view currency,
                                        const DecimalStyle& style, bool parentheses);

}  // namespace relance::ledger
