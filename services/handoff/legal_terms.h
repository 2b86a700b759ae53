#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/claims/interest.h"
#include "services/handoff/case_file.h"

namespace relance::handoff {

// What the law gives a creditor against a kind of debtor.
struct LegalTerms {
  std::vector<CaseBasis> basis;
  std::optional<claims::InterestTerms> interest;  // absent: none without a notice of its own
  int limitation_months = 0;                      // 0: not known
  std::string limitation_basis;
};

// Terms by the creditor's country (ISO 3166 alpha-2) and the debtor's type (company, public, consumer). A
// contractual yearly rate in basis points replaces that of the law between companies; 0: there is none.
//
// Sources: France C. com. L441-10, D441-5, L110-4; Code de la commande publique R2192-31, D2192-35; C. conso.
// L218-2. Belgium law of 2 August 2002, art. 5 and 6; old C. civ. art. 2262bis. Elsewhere Directive
// 2011/7/EU, and no limitation.
LegalTerms LegalTermsFor(absl::string_view country, absl::string_view debtor_type, int contract_rate_bps);

// The day on which the claim is time-barred when nothing interrupts it: the same day number, else the last of
// the month.
std::optional<absl::CivilDay> LimitationDay(const LegalTerms& terms, absl::CivilDay due);

}  // namespace relance::handoff
