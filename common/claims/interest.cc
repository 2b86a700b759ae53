#include "common/claims/interest.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/money/rounding.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::claims {
namespace {

// Units of Rate in 100 %.
constexpr int64_t kRateUnits = 100 * kPercentE8;

absl::Status Refused(absl::string_view reason, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status CheckTerms(const InterestTerms& terms) {
  const int multiple = terms.reference_multiple_hundredths;
  if (multiple < 0 || multiple > kReferenceMultipleHundredthsMax) {
    return Refused("INTEREST_TERMS_INVALID", "the multiple of the reference rate is out of range");
  }
  if (multiple != 0 && terms.fixed_rate.has_value()) {
    return Refused("INTEREST_TERMS_INVALID", "a contract has a multiple or a fixed rate, not both");
  }
  if (terms.fixed_rate.has_value() &&
      (terms.fixed_rate->e8 < 0 || terms.fixed_rate->e8 > kPercentMax * kPercentE8)) {
    return Refused("INTEREST_TERMS_INVALID", "the fixed rate is out of range");
  }
  if (terms.regime == "FR_CONTRACT" && multiple == 0 && !terms.fixed_rate.has_value()) {
    return Refused("INTEREST_TERMS_INVALID", "a rate of contract needs a multiple or a fixed rate");
  }
  return absl::OkStatus();
}

absl::Status CheckInput(const InterestInput& input) {
  RELANCE_RETURN_IF_ERROR(CurrencyExponent(input.principal.currency).status());
  if (input.principal.minor <= 0) return Refused("PRINCIPAL_NOT_POSITIVE", "interest runs on what is owed");
  if (input.movements.size() > kMovementsMax) {
    return DomainError(absl::StatusCode::kResourceExhausted, "TOO_MANY_MOVEMENTS",
                       absl::StrCat("at most ", kMovementsMax, " movements for one item"));
  }
  for (const Movement& movement : input.movements) {
    if (movement.minor <= 0)
      return Refused("MOVEMENT_NOT_POSITIVE", "payments and credits are positive amounts");
  }
  return CheckTerms(input.terms);
}

// The first day that bears interest on the debt as `movement` leaves it.
absl::CivilDay EffectiveDay(const Movement& movement) {
  return movement.kind == Movement::Kind::kPayment ? movement.day + 1 : movement.day;
}

// Those up to the value date, in the order in which they take effect.
std::vector<Movement> InOrder(const InterestInput& input) {
  std::vector<Movement> movements;
  std::copy_if(input.movements.begin(), input.movements.end(), std::back_inserter(movements),
               [&](const Movement& movement) { return movement.day <= input.value_date; });
  std::stable_sort(movements.begin(), movements.end(),
                   [](const Movement& a, const Movement& b) { return EffectiveDay(a) < EffectiveDay(b); });
  return movements;
}

// One item while time passes over it.
class Run {
 public:
  Run(const RateTables& tables, const InterestInput& input, Regime regime)
      : tables_(tables), terms_(input.terms), regime_(std::move(regime)), start_(input.due + 1) {
    statement_.currency = input.principal.currency;
    statement_.mode = input.mode;
    statement_.principal_minor = input.principal.minor;
    statement_.indemnity = {0, regime_.indemnity.currency};
    statement_.verified = regime_.status == Verification::kVerified;
  }

  bool open() const { return statement_.principal_minor > 0; }

  void OweIndemnity() { statement_.indemnity = regime_.indemnity; }

  // The day after the last one that certainly has the rate of `day`.
  absl::CivilDay RateChangeAfter(absl::CivilDay day) const {
    if (terms_.fixed_rate.has_value() || regime_.anchor == Anchor::kRunStart) return absl::CivilDay::max();
    return absl::CivilDay(absl::CivilMonth(HalfYearStart(day)) + 6);
  }

  // Interest of the days `from` to `to`, which have one rate and the present principal.
  absl::Status Accrue(absl::CivilDay from, absl::CivilDay to) {
    RELANCE_ASSIGN_OR_RETURN(const AppliedRate applied, RateOfDay(tables_, regime_, terms_, start_, from));
    std::vector<InterestSegment>& segments = statement_.segments;
    // A half-year that begins with the rate of the last one, or a payment that only met interest, cuts
    // nothing.
    if (segments.empty() || segments.back().rate != applied.rate ||
        segments.back().principal_minor != statement_.principal_minor) {
      segments.push_back({from, to, 0, statement_.principal_minor, applied.rate, 0, true});
    }
    InterestSegment& segment = segments.back();
    segment.to = to;
    segment.days = static_cast<int>(to - segment.from) + 1;
    segment.verified = segment.verified && applied.verified;
    statement_.verified = statement_.verified && applied.verified;
    const int64_t before = segment.amount_minor;
    // At most 10^19 x 10^9 x 10^6, far below the 10^38 of the type.
    RELANCE_ASSIGN_OR_RETURN(
        segment.amount_minor,
        DivideHalfUp(static_cast<__int128>(segment.principal_minor) * segment.rate.e8 * segment.days,
                     static_cast<__int128>(kRateUnits) * regime_.denominator));
    RELANCE_ASSIGN_OR_RETURN(statement_.accrued_minor,
                             AddMinor(statement_.accrued_minor, segment.amount_minor - before));
    RELANCE_ASSIGN_OR_RETURN(statement_.open_interest_minor,
                             AddMinor(statement_.open_interest_minor, segment.amount_minor - before));
    return absl::OkStatus();
  }

  absl::Status Apply(const Movement& movement) {
    int64_t left = movement.minor;
    const auto discharge = [&left](int64_t* debt) {
      const int64_t part = std::min(left, *debt);
      *debt -= part;
      left -= part;
    };
    const bool payment = movement.kind == Movement::Kind::kPayment;
    if (payment && statement_.mode == AllocationMode::kInterestFirst)
      discharge(&statement_.open_interest_minor);
    discharge(&statement_.principal_minor);
    if (payment) discharge(&statement_.open_interest_minor);
    RELANCE_ASSIGN_OR_RETURN(statement_.surplus_minor, AddMinor(statement_.surplus_minor, left));
    return absl::OkStatus();
  }

  InterestStatement Take() { return std::move(statement_); }

 private:
  const RateTables& tables_;
  const InterestTerms& terms_;
  const Regime regime_;
  const absl::CivilDay start_;
  InterestStatement statement_;
};

}  // namespace

absl::StatusOr<InterestStatement> ComputeInterest(const RateTables& tables, const InterestInput& input) {
  RELANCE_RETURN_IF_ERROR(CheckInput(input));
  const absl::CivilDay start = input.due + 1;
  RELANCE_ASSIGN_OR_RETURN(Regime regime, tables.RegimeOn(input.terms.regime, start));
  Run run(tables, input, std::move(regime));

  absl::CivilDay last = input.value_date;
  if (input.insolvency_opened.has_value()) last = std::min(last, *input.insolvency_opened - 1);
  const std::vector<Movement> movements = InOrder(input);
  auto next = movements.begin();
  const auto apply_until = [&](absl::CivilDay day) -> absl::Status {
    for (; next != movements.end() && EffectiveDay(*next) <= day; ++next)
      RELANCE_RETURN_IF_ERROR(run.Apply(*next));
    return absl::OkStatus();
  };

  RELANCE_RETURN_IF_ERROR(apply_until(start));
  const bool barred = input.insolvency_opened.has_value() && *input.insolvency_opened <= input.due;
  if (input.value_date >= start && run.open() && !barred) run.OweIndemnity();
  for (absl::CivilDay day = start; day <= last && run.open();) {
    absl::CivilDay end = std::min(run.RateChangeAfter(day), last + 1);
    if (next != movements.end()) end = std::min(end, EffectiveDay(*next));
    RELANCE_RETURN_IF_ERROR(run.Accrue(day, end - 1));
    RELANCE_RETURN_IF_ERROR(apply_until(end));
    day = end;
  }
  // What came when no interest ran any more.
  RELANCE_RETURN_IF_ERROR(apply_until(absl::CivilDay::max()));
  return run.Take();
}

absl::StatusOr<Money> TotalDue(const InterestStatement& statement) {
  RELANCE_ASSIGN_OR_RETURN(int64_t minor, AddMinor(statement.principal_minor, statement.open_interest_minor));
  RELANCE_ASSIGN_OR_RETURN(minor, SubtractMinor(minor, statement.surplus_minor));
  const Money without{minor, statement.currency};
  if (statement.indemnity.minor == 0) return without;
  return Add(without, statement.indemnity);
}

}  // namespace relance::claims
