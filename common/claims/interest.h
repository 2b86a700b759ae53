#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/claims/rate_tables.h"
#include "common/money/money.h"

namespace relance::claims {

// Which rate an item bears.
struct InterestTerms {
  // A row of data/regimes.csv: "FR", "FR_PUBLIC", "BE", "EU", "FR_CONTRACT", or one that the caller added.
  std::string regime = "FR";
  // For a contract, at most one of both; they replace reference + margin of the regime (C. com. L441-10 II
  // lets a contract set the rate). A multiple of the reference rate in hundredths (300 is "3 x the legal
  // rate"), 0 for none; or a fixed rate.
  int reference_multiple_hundredths = 0;
  std::optional<Rate> fixed_rate;
};
inline constexpr int kReferenceMultipleHundredthsMax = 10'000;

// What lowers the debt. A payment counts from the day after it: the day of payment still bears interest. A
// credit note counts from its own day, and reduces the principal only.
struct Movement {
  enum class Kind { kPayment, kCredit };

  absl::CivilDay day;
  // In minor units of the item, positive.
  int64_t minor = 0;
  Kind kind = Kind::kPayment;
};

// What a part payment discharges first. C. civ. 1343-1 says interest unless agreed otherwise; trade often
// credits the principal. The mode used belongs into what is kept of the statement.
enum class AllocationMode { kInterestFirst, kPrincipalFirst };

struct InterestInput {
  // Incl. VAT (Directive 2011/7/EU art. 2(8), CJEU C-585/20), positive.
  Money principal;
  absl::CivilDay due;
  // The last day that bears interest: the day of payment, or of the statement. Later movements are left out.
  absl::CivilDay value_date;
  InterestTerms terms;
  AllocationMode mode = AllocationMode::kInterestFirst;
  // In any order; at most kMovementsMax.
  std::vector<Movement> movements;
  // Opening judgment of an insolvency: interest stops before that day (C. com. L622-28), and no flat
  // indemnity is due when it came on or before the due date (L441-10 II).
  std::optional<absl::CivilDay> insolvency_opened;
};
inline constexpr size_t kMovementsMax = 10'000;

// A maximal run of days with one principal and one rate: one line that the debtor can recompute.
struct InterestSegment {
  absl::CivilDay from;
  absl::CivilDay to;
  int days = 0;
  int64_t principal_minor = 0;
  Rate rate;
  // principal x rate x days / denominator, rounded half up.
  int64_t amount_minor = 0;
  // Whether all of its rates are Verification::kVerified.
  bool verified = true;
};

// A statement for one item. All amounts but `indemnity` are in minor units of `currency`.
struct InterestStatement {
  std::string currency;
  AllocationMode mode = AllocationMode::kInterestFirst;
  std::vector<InterestSegment> segments;
  // The sum of the segments; the part of it that is not paid.
  int64_t accrued_minor = 0;
  int64_t open_interest_minor = 0;
  // Principal that is left on value_date.
  int64_t principal_minor = 0;
  // What was paid or credited beyond all of it.
  int64_t surplus_minor = 0;
  // Flat, not interest and never discharged by the movements (D441-5: 40 EUR, due with the first late day).
  // Zero minor units when the item was not late.
  Money indemnity;
  // Whether every rate and the regime were checked against public sources.
  bool verified = true;
};

// Late-payment interest on one item. Pure: no I/O, no clock.
//
// Run:     day after the due date .. value_date, both inclusive (C. com. L441-10 II: "le jour suivant").
// Rate:    by half-year or frozen, as the regime says; simple interest, never compounded; a year of 365 days,
// also in
//          leap years. The regime is the one in force on the first day of the run.
// Exact:   integers only; each segment is rounded once, half up, and the rounded amounts are summed.
// Bounds:  O(half-years + movements), the latter at most kMovementsMax.
// Errors, first match wins: INVALID_ARGUMENT / CURRENCY_UNKNOWN, PRINCIPAL_NOT_POSITIVE; RESOURCE_EXHAUSTED /
//          TOO_MANY_MOVEMENTS; INVALID_ARGUMENT / MOVEMENT_NOT_POSITIVE, INTEREST_TERMS_INVALID,
//          REGIME_UNKNOWN; FAILED_PRECONDITION / REGIME_MISSING, RATE_MISSING (names the rate and the
//          period); OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::StatusOr<InterestStatement> ComputeInterest(const RateTables& tables, const InterestInput& input);

// Principal + open interest + flat indemnity - surplus.
// Errors: INVALID_ARGUMENT / CURRENCY_MISMATCH when the indemnity is due in another currency than the item.
absl::StatusOr<Money> TotalDue(const InterestStatement& statement);

// The rate of one day of a run that began on `run_start`, and whether it is verified.
struct AppliedRate {
  Rate rate;
  bool verified = true;
};
absl::StatusOr<AppliedRate> RateOfDay(const RateTables& tables, const Regime& regime,
                                      const InterestTerms& terms, absl::CivilDay run_start,
                                      absl::CivilDay day);

// A half-year in which a rate of contract lies below the floor of C. com. L441-10 II, 3 x the legal rate. It
// is a warning: the rate is never raised silently. The default rate is not compared with the floor.
struct FloorBreach {
  absl::CivilDay half_year;
  Rate contract;
  Rate floor;
};
// The breaches in the half-years from `from` to `to`; empty for terms without a rate of their own.
// Errors: INVALID_ARGUMENT / REGIME_UNKNOWN; FAILED_PRECONDITION / REGIME_MISSING, RATE_MISSING.
absl::StatusOr<std::vector<FloorBreach>> FindFloorBreachesFrance(const RateTables& tables,
                                                                 const InterestTerms& terms,
                                                                 absl::CivilDay from, absl::CivilDay to);

}  // namespace relance::claims
