#include "services/handoff/legal_terms.h"

#include "common/time/day.h"

namespace relance::handoff {
namespace {

LegalTerms France(absl::string_view debtor_type) {
  LegalTerms terms;
  if (debtor_type == "consumer") {
    terms.basis = {{"principal", "C. civ. 1103"}, {"recovery", "CPCE L111-8, R124-3"}};
    terms.limitation_months = 24;
    terms.limitation_basis = "C. conso. L218-2";
    return terms;
  }
  terms.interest.emplace();
  terms.limitation_months = 60;
  terms.limitation_basis = "C. com. L110-4";
  if (debtor_type == "public") {
    terms.interest->regime = "FR_PUBLIC";
    terms.basis = {{"principal", "C. civ. 1103"},
                   {"interest", "Code de la commande publique R2192-31"},
                   {"indemnity", "Code de la commande publique D2192-35"},
                   {"recovery", "CPCE L111-8, R124-3"}};
    // Claims on the State lapse four years after the year in which they arose (law 68-1250): the shorter one
    // is watched.
    terms.limitation_months = 48;
    terms.limitation_basis = "law 68-1250 of 31 December 1968";
    return terms;
  }
  terms.interest->regime = "FR";
  terms.basis = {{"principal", "C. civ. 1103"},
                 {"interest", "C. com. L441-10 II"},
                 {"indemnity", "C. com. L441-10 II, D441-5"},
                 {"recovery", "CPCE L111-8, R124-3"}};
  return terms;
}

LegalTerms Belgium(absl::string_view debtor_type) {
  LegalTerms terms;
  terms.limitation_months = 120;
  terms.limitation_basis = "old C. civ. (BE) 2262bis";
  if (debtor_type == "consumer") {
    terms.basis = {{"principal", "C. civ. (BE) 5.69"}, {"recovery", "CDE book XIX"}};
    return terms;
  }
  terms.interest.emplace();
  terms.interest->regime = "BE";
  terms.basis = {{"principal", "C. civ. (BE) 5.69"},
                 {"interest", "law of 2 August 2002, art. 5"},
                 {"indemnity", "law of 2 August 2002, art. 6"}};
  return terms;
}

LegalTerms Europe(absl::string_view debtor_type) {
  LegalTerms terms;
  if (debtor_type == "consumer") return terms;
  terms.interest.emplace();
  terms.interest->regime = "EU";
  terms.basis = {{"interest", "Directive 2011/7/EU art. 3"}, {"indemnity", "Directive 2011/7/EU art. 6"}};
  return terms;
}

}  // namespace

LegalTerms LegalTermsFor(absl::string_view country, absl::string_view debtor_type, int contract_rate_bps) {
  LegalTerms terms = country == "FR"   ? France(debtor_type)
                     : country == "BE" ? Belgium(debtor_type)
                                       : Europe(debtor_type);
  if (contract_rate_bps > 0 && debtor_type == "company" && terms.interest.has_value()) {
    if (country == "FR") terms.interest->regime = "FR_CONTRACT";
    terms.interest->fixed_rate = claims::Rate{contract_rate_bps * (claims::kPercentE8 / 100)};
  }
  return terms;
}

std::optional<absl::CivilDay> LimitationDay(const LegalTerms& terms, absl::CivilDay due) {
  if (terms.limitation_months == 0) return std::nullopt;
  return AddMonthsClamped(due, terms.limitation_months);
}

}  // namespace relance::handoff
