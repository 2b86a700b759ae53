#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/table/table_fields.h"

namespace relance::ledger {

// How well the folded name of a column says that it is `field`: 100 for the very words of one of the four
// languages, less for names that contain them, 0 for none.
int NameScore(absl::string_view folded_name, TableField field, TableKind kind);

// Whether a folded name is of something that no field is: a price, a quantity, a tax, a running balance.
bool IsOtherAmount(absl::string_view folded_name);

// Whether the words of `phrase` stand in `name` one behind the other.
bool ContainsWords(absl::string_view name, absl::string_view phrase);

}  // namespace relance::ledger
