#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

// Expected credit loss by a provision matrix (IFRS 9, simplified approach). Pure and exact: rates are
// billionths, amounts minor units.
namespace relance::ledger {

using RateBillionths = int64_t;  // 1'000'000'000 is 100 %
inline constexpr RateBillionths kWholeRate = 1'000'000'000;

// Loss rate of each age from how balances flow: flows[i] is what rolls from age i to age i + 1, `final_loss`
// what is lost of the oldest. The rate of an age is the product of the flows that remain to it. One rate more
// than flows. Rounded half up to a billionth. Requires: rates in [0, kWholeRate].
std::vector<RateBillionths> LossRatesFromFlows(absl::Span<const RateBillionths> flows,
                                               RateBillionths final_loss);

struct ExpectedLoss {
  std::vector<int64_t> by_age_minor;  // each rounded half up
  int64_t total_minor = 0;
};
// Gross amount x rate, age by age. Requires: as many rates as amounts.
// Errors: OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<ExpectedLoss> ExpectedCreditLoss(absl::Span<const int64_t> gross_minor,
                                                absl::Span<const RateBillionths> rates);

}  // namespace relance::ledger
