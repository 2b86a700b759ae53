#include "services/ledger/indicators/collection_quality.h"

#include <algorithm>

#include "common/money/rounding.h"
#include "common/status/status_macros.h"

namespace relance::ledger {
namespace {

std::optional<double> Fraction(double numerator, double denominator) {
  if (denominator == 0) return std::nullopt;
  return numerator / denominator;
}

}  // namespace

std::optional<double> CollectionEffectiveness(Amount opening, Amount sales, int months, Amount closing,
                                              Amount closing_not_due) {
  if (months <= 0) return std::nullopt;
  // Everything times `months`, so that the denominator is 0 exactly when it is.
  const Amount to_collect = opening * months + sales;
  const Amount denominator = to_collect - closing_not_due * months;
  if (denominator == 0) return std::nullopt;
  return static_cast<double>(to_collect - closing * months) / static_cast<double>(denominator);
}

std::optional<double> RollRate(Amount bucket_before, Amount next_bucket_now) {
  return Fraction(static_cast<double>(next_bucket_now), static_cast<double>(bucket_before));
}

std::optional<double> WeightedDaysLate(absl::Span<const PaidInvoice> invoices, bool is_signed) {
  Amount weighted = 0;
  Amount sum = 0;
  for (const PaidInvoice& invoice : invoices) {
    weighted += invoice.amount * (is_signed ? invoice.days_late : std::max(invoice.days_late, 0));
    sum += invoice.amount;
  }
  return Fraction(static_cast<double>(weighted), static_cast<double>(sum));
}

PromiseRatios JudgePromiseRatios(absl::Span<const JudgedPromise> promises) {
  PromiseRatios ratios;
  Amount paid = 0;
  Amount promised = 0;
  for (const JudgedPromise& promise : promises) {
    ++(promise.paid >= promise.promised ? ratios.kept : promise.paid > 0 ? ratios.partial : ratios.broken);
    paid += std::min(promise.paid, promise.promised);
    promised += promise.promised;
  }
  ratios.by_count = Fraction(ratios.kept, ratios.kept + ratios.partial + ratios.broken);
  ratios.by_amount = Fraction(static_cast<double>(paid), static_cast<double>(promised));
  return ratios;
}

absl::StatusOr<PlacementYield> YieldOf(int64_t placed_minor, int64_t recovered_minor, int fee_bps) {
  PlacementYield yield;
  RELANCE_ASSIGN_OR_RETURN(yield.fee_minor, MultiplyDivideHalfUp(recovered_minor, fee_bps, 10'000));
  RELANCE_ASSIGN_OR_RETURN(yield.net_minor, SubtractMinor(recovered_minor, yield.fee_minor));
  yield.liquidation = Fraction(static_cast<double>(recovered_minor), static_cast<double>(placed_minor));
  yield.net_back = Fraction(static_cast<double>(recovered_minor) * (10'000 - fee_bps),
                            static_cast<double>(placed_minor) * 10'000);
  return yield;
}

}  // namespace relance::ledger
