#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/store/store.h"

namespace relance::handoff {

// "<tenant>-<account>-<n>", such as "verger-RJKO00-1": unique in the installation, and good in file names and
// URLs. In the account code, bytes other than ASCII letters and digits are written as "_" and two hexadecimal
// digits. So the last two dashes separate, and the id leads back to the account without a look-up. Requires:
// n > 0.
std::string PlacementId(const store::AccountKey& key, int n);

// The account of a placement id; nullopt for what PlacementId does not make.
std::optional<store::AccountKey> AccountOfPlacement(absl::string_view placement_id);

}  // namespace relance::handoff
