#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace relance::samples {

// Identifiers that pass every check and belong to nobody.

// "FR", bank 99999, branch 99999, eleven digits of `key`, the RIB key and the ISO check digits. No French
// bank has the code 99999, so no transfer can reach anyone.
std::string MadeUpFrenchIban(uint64_t key);
// "BE", bank 999, seven digits of `key`, the national check digits and the ISO ones.
std::string MadeUpBelgianIban(uint64_t key);

// Nine digits that start with 0 and pass Luhn: a SIREN in form, in a range that INSEE does not give out.
// Distinct for distinct `index`. Requires: 0 <= index < kMadeUpCompaniesMax.
std::string MadeUpSiren(int64_t index);
inline constexpr int64_t kMadeUpCompaniesMax = 10'000'000;
// "FR" + key + SIREN.
std::string FrenchVatNumber(absl::string_view siren);

// Ten digits that start with 1 9 and end with the right check digits: a Belgian enterprise number in form, in
// a range not reached yet. Distinct for index < 1'000'000, which is all that a portfolio's Belgian part may
// have.
std::string MadeUpBelgianNumber(int64_t index);
inline constexpr int64_t kMadeUpBelgianCompaniesMax = 1'000'000;

// The creditor reference (ISO 11649) of an invoice: "RF" + check digits + the number upper-cased, without
// what is not a letter or a digit, cut to its last 21 characters. "FA  220245" is RF37FA220245. Empty for a
// number without any.
std::string CreditorReference(absl::string_view invoice_number);

// The Belgian structured communication (OGM-VCS), twelve digits without marks. Requires: 0 <= serial < 10^10.
std::string BelgianReference(int64_t serial);

}  // namespace relance::samples
