#include "common/claims/interest.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "gtest/gtest.h"

namespace relance::claims {
namespace {

constexpr auto kPayment = Movement::Kind::kPayment;
constexpr auto kCredit = Movement::Kind::kCredit;
constexpr auto kPrincipalFirst = AllocationMode::kPrincipalFirst;
constexpr auto kInterestFirst = AllocationMode::kInterestFirst;

absl::CivilDay Day(absl::string_view text) { return ParseIsoDay(text).value(); }

InterestInput Input(int64_t minor, absl::string_view due, absl::string_view value_date,
                    absl::string_view regime = "FR") {
  InterestInput input;
  input.principal = {minor, "EUR"};
  input.due = Day(due);
  input.value_date = Day(value_date);
  input.terms.regime = std::string(regime);
  return input;
}

InterestStatement Compute(const InterestInput& input) {
  absl::StatusOr<InterestStatement> statement = ComputeInterest(RateTables::BuiltIn(), input);
  EXPECT_TRUE(statement.ok()) << statement.status();
  return statement.ok() ? *std::move(statement) : InterestStatement{};
}

// "31d 12000.00 14.25 145.23; ..."
std::string Lines(const InterestStatement& statement) {
  return absl::StrJoin(statement.segments, "; ", [](std::string* out, const InterestSegment& segment) {
    absl::StrAppend(out, segment.days, "d ", FormatDecimal(segment.principal_minor, 2, '.'), " ",
                    FormatPercent(segment.rate), " ", FormatDecimal(segment.amount_minor, 2, '.'));
  });
}

TEST(InterestTest, I1_FrenchDefault) {
  const InterestStatement statement = Compute(Input(1'000'000, "2025-01-31", "2025-04-15"));
  EXPECT_EQ(Lines(statement), "74d 10000.00 13.15 266.60");
  EXPECT_EQ(statement.accrued_minor, 26660);
  EXPECT_EQ(statement.segments[0].from, Day("2025-02-01"));
  EXPECT_EQ(statement.segments[0].to, Day("2025-04-15"));
  EXPECT_EQ(statement.indemnity, (Money{4000, "EUR"}));
  EXPECT_TRUE(statement.verified);
}

TEST(InterestTest, I2A_PartPaymentOnPrincipal) {
  InterestInput input = Input(1'200'000, "2024-11-30", "2025-08-20");
  input.mode = kPrincipalFirst;
  input.movements = {{Day("2025-02-15"), 500'000, kPayment}};
  const InterestStatement statement = Compute(input);
  EXPECT_EQ(Lines(statement),
            "31d 12000.00 14.25 145.23; 46d 12000.00 13.15 198.87; 135d 7000.00 13.15 340.46; 51d 7000.00 "
            "12.15 118.84");
  EXPECT_EQ(statement.segments[2].from, Day("2025-02-16"));
  EXPECT_EQ(statement.segments[2].to, Day("2025-06-30"));
  EXPECT_EQ(statement.accrued_minor, 80340);
  EXPECT_EQ(statement.open_interest_minor, 80340);
  EXPECT_EQ(statement.principal_minor, 700'000);
  EXPECT_EQ(TotalDue(statement).value(), (Money{784'340, "EUR"}));
}

TEST(InterestTest, I2B_InterestFirst) {
  InterestInput input = Input(1'200'000, "2024-11-30", "2025-08-20");
  input.mode = kInterestFirst;
  input.movements = {{Day("2025-02-15"), 500'000, kPayment}};
  const InterestStatement statement = Compute(input);
  EXPECT_EQ(Lines(statement),
            "31d 12000.00 14.25 145.23; 46d 12000.00 13.15 198.87; 135d 7344.10 13.15 357.19; 51d 7344.10 "
            "12.15 124.68");
  EXPECT_EQ(statement.accrued_minor, 82597);
  EXPECT_EQ(statement.open_interest_minor, 48187);
  EXPECT_EQ(statement.principal_minor, 734'410);
  EXPECT_EQ(TotalDue(statement).value(), (Money{786'597, "EUR"}));
}

TEST(InterestTest, I3_ThreeTimesTheLegalRate) {
  InterestInput input = Input(450'000, "2023-11-15", "2024-03-10", "FR_CONTRACT");
  input.terms.reference_multiple_hundredths = 300;
  const InterestStatement statement = Compute(input);
  EXPECT_EQ(Lines(statement), "46d 4500.00 12.66 71.80; 70d 4500.00 15.21 131.26");
  EXPECT_EQ(statement.accrued_minor, 20306);
  const InterestStatement by_default = Compute(Input(450'000, "2023-11-15", "2024-03-10"));
  EXPECT_EQ(Lines(by_default), "46d 4500.00 14.00 79.40; 70d 4500.00 14.50 125.14");
  EXPECT_EQ(by_default.accrued_minor, 20454);
}

TEST(InterestTest, I4_Belgium) {
  InterestInput input = Input(800'000, "2024-12-15", "2025-09-30", "BE");
  input.mode = kPrincipalFirst;
  input.movements = {{Day("2025-09-30"), 500'000, kPayment}, {Day("2025-01-31"), 300'000, kPayment}};
  InterestStatement statement = Compute(input);
  EXPECT_EQ(Lines(statement),
            "16d 8000.00 12.50 43.84; 31d 8000.00 11.50 78.14; 150d 5000.00 11.50 236.30; 92d 5000.00 10.50 "
            "132.33");
  EXPECT_EQ(statement.accrued_minor, 49061);
  EXPECT_EQ(statement.principal_minor, 0);

  input.mode = kInterestFirst;
  input.movements = {{Day("2025-01-31"), 300'000, kPayment}};
  statement = Compute(input);
  EXPECT_EQ(Lines(statement),
            "16d 8000.00 12.50 43.84; 31d 8000.00 11.50 78.14; 150d 5121.98 11.50 242.07; 92d 5121.98 10.50 "
            "135.56");
  EXPECT_EQ(statement.accrued_minor, 49961);
  EXPECT_EQ(statement.open_interest_minor, 37763);
  EXPECT_EQ(statement.principal_minor, 512'198);
}

TEST(InterestTest, I5_FrenchPublicDebtorHasOneRate) {
  const InterestStatement statement = Compute(Input(800'000, "2024-12-15", "2025-09-30", "FR_PUBLIC"));
  EXPECT_EQ(Lines(statement), "289d 8000.00 12.25 775.95");
}

TEST(InterestTest, I6_PaidOnTheDueDate) {
  const InterestStatement statement = Compute(Input(100'000, "2025-03-31", "2025-03-31"));
  EXPECT_TRUE(statement.segments.empty());
  EXPECT_EQ(statement.accrued_minor, 0);
  EXPECT_EQ(statement.indemnity.minor, 0);
  EXPECT_EQ(TotalDue(statement).value(), (Money{100'000, "EUR"}));
  EXPECT_EQ(Compute(Input(100'000, "2025-03-31", "2025-03-01")).indemnity.minor, 0);
  EXPECT_EQ(Compute(Input(100'000, "2025-03-31", "2025-04-01")).indemnity.minor, 4000);
}

TEST(InterestTest, I7_FirstDayOfAHalfYear) {
  EXPECT_EQ(Lines(Compute(Input(10'000'000, "2024-12-31", "2025-01-01"))), "1d 100000.00 13.15 36.03");
}

TEST(InterestTest, I8_LeapYear) {
  const InterestStatement statement = Compute(Input(3'650'000, "2023-12-31", "2024-12-31"));
  EXPECT_EQ(Lines(statement), "182d 36500.00 14.50 2639.00; 184d 36500.00 14.25 2622.00");
  EXPECT_EQ(statement.accrued_minor, 526'100);
}

// FC-38: balance x rate x days, the base rate changes in mid-period, only from the day after the due date.
TEST(InterestTest, FC38_EqualRatesMakeOneSegment) {
  EXPECT_EQ(Lines(Compute(Input(100'000, "2025-10-31", "2026-02-28"))), "120d 1000.00 12.15 39.95");
}

TEST(InterestTest, PaymentThatOnlyMeetsInterestCutsNothing) {
  InterestInput input = Input(1'000'000, "2025-01-31", "2025-04-15");
  input.movements = {{Day("2025-03-01"), 1'000, kPayment}};
  const InterestStatement statement = Compute(input);
  EXPECT_EQ(Lines(statement), "74d 10000.00 13.15 266.60");
  EXPECT_EQ(statement.open_interest_minor, 25660);
  EXPECT_EQ(statement.principal_minor, 1'000'000);
}

TEST(InterestTest, CreditNoteReducesPrincipalFromItsOwnDay) {
  InterestInput input = Input(1'000'000, "2025-01-31", "2025-02-20");
  input.movements = {{Day("2025-02-11"), 400'000, kCredit}};
  EXPECT_EQ(Lines(Compute(input)), "10d 10000.00 13.15 36.03; 10d 6000.00 13.15 21.62");
  input.movements = {{Day("2025-02-10"), 400'000, kPayment}};
  input.mode = kPrincipalFirst;
  EXPECT_EQ(Lines(Compute(input)), "10d 10000.00 13.15 36.03; 10d 6000.00 13.15 21.62");
}

TEST(InterestTest, PaidInFullInTimeOwesNothing) {
  InterestInput input = Input(100'000, "2025-01-31", "2025-06-30");
  input.movements = {{Day("2025-01-15"), 60'000, kCredit}, {Day("2025-01-31"), 40'000, kPayment}};
  const InterestStatement statement = Compute(input);
  EXPECT_TRUE(statement.segments.empty());
  EXPECT_EQ(statement.indemnity.minor, 0);
  EXPECT_EQ(TotalDue(statement).value().minor, 0);
}

TEST(InterestTest, SurplusIsKept) {
  InterestInput input = Input(100'000, "2025-01-31", "2025-06-30");
  input.movements = {{Day("2025-02-10"), 150'000, kPayment}, {Day("2025-03-10"), 7, kCredit}};
  for (const AllocationMode mode : {kPrincipalFirst, kInterestFirst}) {
    input.mode = mode;
    const InterestStatement statement = Compute(input);
    EXPECT_EQ(Lines(statement), "10d 1000.00 13.15 3.60");
    EXPECT_EQ(statement.principal_minor, 0);
    EXPECT_EQ(statement.open_interest_minor, 0);
    EXPECT_EQ(statement.surplus_minor, 150'000 - 100'000 - 360 + 7);
  }
}

TEST(InterestTest, MovementsAfterTheValueDateAreLeftOut) {
  InterestInput input = Input(100'000, "2025-01-31", "2025-02-10");
  input.movements = {{Day("2025-02-11"), 100'000, kPayment}, {Day("2025-02-11"), 1, kCredit}};
  EXPECT_EQ(Compute(input).principal_minor, 100'000);
}

TEST(InterestTest, InsolvencyStopsInterest) {
  InterestInput input = Input(1'000'000, "2025-01-31", "2025-06-30");
  input.insolvency_opened = Day("2025-02-11");
  EXPECT_EQ(Lines(Compute(input)), "10d 10000.00 13.15 36.03");
  EXPECT_EQ(Compute(input).indemnity.minor, 4000);
  input.insolvency_opened = input.due;
  EXPECT_TRUE(Compute(input).segments.empty());
  EXPECT_EQ(Compute(input).indemnity.minor, 0);
}

TEST(InterestTest, FixedRateOfContractAndItsFloor) {
  InterestInput input = Input(1'000'000, "2023-12-31", "2025-06-30", "FR_CONTRACT");
  input.terms.fixed_rate = ParsePercent("12").value();
  EXPECT_EQ(Lines(Compute(input)), "547d 10000.00 12.00 1798.36");
  const auto breaches =
      FindFloorBreachesFrance(RateTables::BuiltIn(), input.terms, input.due + 1, input.value_date).value();
  ASSERT_EQ(breaches.size(), 2u);
  EXPECT_EQ(breaches[0].half_year, Day("2024-01-01"));
  EXPECT_EQ(FormatPercent(breaches[0].floor), "15.21");
  EXPECT_EQ(FormatPercent(breaches[1].floor), "14.76");
  InterestTerms by_law;
  EXPECT_TRUE(FindFloorBreachesFrance(RateTables::BuiltIn(), by_law, input.due, input.value_date)->empty());
}

TEST(InterestTest, UnverifiedRatesAreTold) {
  EXPECT_FALSE(Compute(Input(100'000, "2026-06-30", "2026-07-31")).verified);
  EXPECT_TRUE(Compute(Input(100'000, "2026-05-31", "2026-06-30")).verified);
}

TEST(InterestTest, MissingPeriodIsNamed) {
  const absl::Status late =
      ComputeInterest(RateTables::BuiltIn(), Input(100'000, "2026-11-30", "2027-01-01")).status();
  EXPECT_EQ(late.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(late), "RATE_MISSING");
  EXPECT_EQ(ErrorInfoOf(late).metadata.at("rate"), "ECB_MRO");
  EXPECT_EQ(ErrorInfoOf(late).metadata.at("period"), "2027-S1");
  EXPECT_TRUE(ComputeInterest(RateTables::BuiltIn(), Input(100'000, "2026-11-30", "2026-12-31")).ok());
  EXPECT_EQ(ReasonOf(ComputeInterest(RateTables::BuiltIn(), Input(1, "2012-01-31", "2012-03-01")).status()),
            "REGIME_MISSING");
}

TEST(InterestTest, Refusals) {
  const RateTables& tables = RateTables::BuiltIn();
  EXPECT_EQ(ReasonOf(ComputeInterest(tables, Input(0, "2025-01-31", "2025-02-10")).status()),
            "PRINCIPAL_NOT_POSITIVE");
  EXPECT_EQ(ReasonOf(ComputeInterest(tables, Input(1, "2025-01-31", "2025-02-10", "ZZ")).status()),
            "REGIME_UNKNOWN");
  EXPECT_EQ(ReasonOf(ComputeInterest(tables, Input(1, "2025-01-31", "2025-02-10", "FR_CONTRACT")).status()),
            "INTEREST_TERMS_INVALID");
  InterestInput input = Input(100, "2025-01-31", "2025-02-10");
  input.principal.currency = "FRF";
  EXPECT_EQ(ReasonOf(ComputeInterest(tables, input).status()), "CURRENCY_UNKNOWN");
  input = Input(100, "2025-01-31", "2025-02-10");
  input.movements = {{input.due, 0, kPayment}};
  EXPECT_EQ(ReasonOf(ComputeInterest(tables, input).status()), "MOVEMENT_NOT_POSITIVE");
  input.movements.assign(kMovementsMax + 1, {input.due, 1, kPayment});
  EXPECT_EQ(ReasonOf(ComputeInterest(tables, input).status()), "TOO_MANY_MOVEMENTS");
  input = Input(std::numeric_limits<int64_t>::max(), "2015-01-31", "2026-12-31");
  EXPECT_EQ(ReasonOf(ComputeInterest(tables, input).status()), "AMOUNT_OVERFLOW");
  input = Input(100, "2025-01-31", "2025-02-10", "FR_CONTRACT");
  input.terms.fixed_rate = Rate{kPercentE8};
  input.terms.reference_multiple_hundredths = 300;
  EXPECT_EQ(ReasonOf(ComputeInterest(tables, input).status()), "INTEREST_TERMS_INVALID");
}

// An item in another currency bears interest in it; the 40 EUR stay euros and are not added up.
TEST(InterestTest, FC31_IndemnityInAnotherCurrencyIsNotTotalled) {
  InterestInput input = Input(100'000, "2025-01-31", "2025-02-10");
  input.principal.currency = "USD";
  const InterestStatement statement = Compute(input);
  EXPECT_EQ(statement.accrued_minor, 360);
  EXPECT_EQ(statement.indemnity, (Money{4000, "EUR"}));
  EXPECT_EQ(ReasonOf(TotalDue(statement).status()), "CURRENCY_MISMATCH");
}

}  // namespace
}  // namespace relance::claims
