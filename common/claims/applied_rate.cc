#include "common/claims/interest.h"

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::claims {
namespace {

constexpr char kFloorReference[] = "FR_LEGAL_PRO";
constexpr int kFloorMultiple = 3;
// "1 x" in hundredths.
constexpr int kOnce = 100;

bool IsOfContract(const InterestTerms& terms) {
  return terms.fixed_rate.has_value() || terms.reference_multiple_hundredths != 0;
}

}  // namespace

absl::StatusOr<AppliedRate> RateOfDay(const RateTables& tables, const Regime& regime,
                                      const InterestTerms& terms, absl::CivilDay run_start,
                                      absl::CivilDay day) {
  if (terms.fixed_rate.has_value()) return AppliedRate{*terms.fixed_rate, true};
  const absl::CivilDay anchor = HalfYearStart(regime.anchor == Anchor::kRunStart ? run_start : day);
  RELANCE_ASSIGN_OR_RETURN(const RatePeriod reference, tables.RateOn(regime.reference, anchor));
  const bool verified = reference.status == Verification::kVerified;
  if (terms.reference_multiple_hundredths != 0) {
    // Exact: a table rate is a multiple of 100 units of Rate.
    return AppliedRate{Rate{reference.rate.e8 / kOnce * terms.reference_multiple_hundredths}, verified};
  }
  const Rate sum{reference.rate.e8 + regime.margin.e8};
  return AppliedRate{regime.rounding == RateRounding::kUpToHalfPoint ? RoundUpToHalfPoint(sum) : sum,
                     verified};
}

absl::StatusOr<std::vector<FloorBreach>> FindFloorBreachesFrance(const RateTables& tables,
                                                                 const InterestTerms& terms,
                                                                 absl::CivilDay from, absl::CivilDay to) {
  std::vector<FloorBreach> breaches;
  if (!IsOfContract(terms)) return breaches;
  for (absl::CivilDay half_year = HalfYearStart(from); half_year <= to;
       half_year = absl::CivilDay(absl::CivilMonth(half_year) + 6)) {
    RELANCE_ASSIGN_OR_RETURN(const RatePeriod legal, tables.RateOn(kFloorReference, half_year));
    RELANCE_ASSIGN_OR_RETURN(const Regime regime, tables.RegimeOn(terms.regime, half_year));
    RELANCE_ASSIGN_OR_RETURN(const AppliedRate applied, RateOfDay(tables, regime, terms, from, half_year));
    const Rate floor{legal.rate.e8 * kFloorMultiple};
    if (applied.rate < floor) breaches.push_back({half_year, applied.rate, floor});
  }
  return breaches;
}

}  // namespace relance::claims
