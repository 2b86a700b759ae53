#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace relance::ledger {

// A text as names of columns and words of cells are compared: lower case, without accents, every run of other
// characters than letters and digits one space, none at the ends. "N° Facture" and "n_facture" are "n
// facture"; "Échéance" is "echeance", "Größe" is "grosse". Letters beyond Latin stay as they are.
std::string FoldText(absl::string_view text);

}  // namespace relance::ledger
