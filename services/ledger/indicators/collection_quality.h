#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/ledger/indicators/dso.h"

// How well money comes in. Pure. Ratios are fractions of 1, not rounded; nothing where a denominator is 0.
namespace relance::ledger {

// Collection effectiveness index over `months` months:
// (opening + sales / months - closing) / (opening + sales / months - closing not due).
std::optional<double> CollectionEffectiveness(Amount opening, Amount sales, int months, Amount closing,
                                              Amount closing_not_due);

// What rolled from one age into the next: the balance of bucket n + 1 now over that of bucket n one period
// before.
std::optional<double> RollRate(Amount bucket_before, Amount next_bucket_now);

struct PaidInvoice {
  Amount amount = 0;
  int days_late = 0;  // negative: early
};
// Sum of amount x days late over sum of amount; days early count 0, or as they are when `is_signed`.
std::optional<double> WeightedDaysLate(absl::Span<const PaidInvoice> invoices, bool is_signed);

// A promise whose day (with grace) has passed. One that still runs is left out by the caller.
struct JudgedPromise {
  Amount promised = 0;
  Amount paid = 0;
};
struct PromiseRatios {
  int kept = 0, partial = 0, broken = 0;
  std::optional<double> by_count;   // kept over all
  std::optional<double> by_amount;  // sum of min(paid, promised) over sum of promised
};
PromiseRatios JudgePromiseRatios(absl::Span<const JudgedPromise> promises);

// What an agency brought, of one batch of placements. The fee is on what was collected.
struct PlacementYield {
  std::optional<double> liquidation;  // recovered over placed
  std::optional<double> net_back;     // the same after the fee
  int64_t fee_minor = 0;              // rounded half up
  int64_t net_minor = 0;
};
// `fee_bps`: basis points. Errors: OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<PlacementYield> YieldOf(int64_t placed_minor, int64_t recovered_minor, int fee_bps);

}  // namespace relance::ledger
