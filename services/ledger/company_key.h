#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace relance::ledger {

// The names of one company among all, from the identifiers that documents and attributes carry; the surest
// first, each once. A SIREN, a SIRET and a French VAT number of one company give the same.
//
//   "FR:732829320"     SIREN: scheme 0002, 0009 (SIRET), 0225; a VAT number FR; 9 or 14 digits of a French
//   company "BE:0428759497"    enterprise number: scheme 0208, 9956; a VAT number BE; 9 or 10 digits of a
//   Belgian company "DE:123456789"     a VAT number of another country, without its prefix "0088:4000001..."
//   another identifier with the code of its scheme
//
// Form only: check digits are the quality report's. An identifier without scheme of another country gives
// none.
std::vector<std::string> CompanyKeys(absl::string_view legal_id, absl::string_view scheme,
                                     absl::string_view vat_id, absl::string_view country);

// Whether a code is one that an electronic invoice gave an account for want of another: a company key, or
// "NAME:" and a name. Such an account gives way to one of the books.
bool IsMadeCode(absl::string_view code);

// Whether two companies have a key of one kind (before the colon) in common, or differ in all that they can
// be compared by.
enum class SameCompany { kYes, kNo, kUnknown };
SameCompany Compare(const std::vector<std::string>& a, const std::vector<std::string>& b);

}  // namespace relance::ledger
