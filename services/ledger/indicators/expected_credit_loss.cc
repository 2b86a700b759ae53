#include "services/ledger/indicators/expected_credit_loss.h"

#include "common/money/rounding.h"
#include "common/status/check.h"
#include "common/status/status_macros.h"

namespace relance::ledger {

std::vector<RateBillionths> LossRatesFromFlows(absl::Span<const RateBillionths> flows,
                                               RateBillionths final_loss) {
  std::vector<RateBillionths> rates(flows.size() + 1);
  // Carried with 18 more digits than the result, so that rounding once a step does not add up.
  constexpr __int128 kMore = 1'000'000'000'000'000'000;
  __int128 product = static_cast<__int128>(final_loss) * kMore;
  rates.back() = final_loss;
  for (size_t i = flows.size(); i-- > 0;) {
    RELANCE_CHECK(flows[i] >= 0 && flows[i] <= kWholeRate);
    product = product / kWholeRate * flows[i] + product % kWholeRate * flows[i] / kWholeRate;
    rates[i] = static_cast<RateBillionths>((product + kMore / 2) / kMore);
  }
  return rates;
}

absl::StatusOr<ExpectedLoss> ExpectedCreditLoss(absl::Span<const int64_t> gross_minor,
                                                absl::Span<const RateBillionths> rates) {
  RELANCE_CHECK(gross_minor.size() == rates.size());
  ExpectedLoss loss;
  for (size_t i = 0; i < rates.size(); ++i) {
    RELANCE_ASSIGN_OR_RETURN(const int64_t part, MultiplyDivideHalfUp(gross_minor[i], rates[i], kWholeRate));
    loss.by_age_minor.push_back(part);
    RELANCE_ASSIGN_OR_RETURN(loss.total_minor, AddMinor(loss.total_minor, part));
  }
  return loss;
}

}  // namespace relance::ledger
