#include "services/ledger/indicators/dso.h"

#include <gtest/gtest.h>

#include <vector>

namespace relance::ledger {
namespace {

constexpr double kCent = 0.005;  // the reference figures have two decimals

TEST(Dso, D1_SimpleOverAYear) { EXPECT_NEAR(*SimpleDso(150'000, 1'800'000, 365), 30.42, kCent); }

TEST(Dso, D2_SimpleOverAQuarter) { EXPECT_NEAR(*SimpleDso(10'869, 5'538 + 4'566 + 7'570, 90), 55.35, kCent); }

TEST(Dso, NothingWithoutSales) {
  EXPECT_FALSE(SimpleDso(100, 0, 90).has_value());
  EXPECT_FALSE(SimpleDso(100, -5, 90).has_value());
  EXPECT_FALSE(BestPossibleDso(100, 0, 90).has_value());
  EXPECT_FALSE(AverageDaysDelinquent(100, 50, 0, 90).has_value());
}

struct CountBackCase {
  const char* name;
  Amount receivables;
  std::vector<MonthOfSales> months;
  MonthLength length;
  double days;
  Amount unabsorbed;
};
void PrintTo(const CountBackCase& row, std::ostream* out) { *out << row.name; }

class CountBackTest : public testing::TestWithParam<CountBackCase> {};

TEST_P(CountBackTest, Days) {
  const CountBackDso found = CountBack(GetParam().receivables, GetParam().months, GetParam().length);
  EXPECT_NEAR(found.days, GetParam().days, kCent);
  EXPECT_EQ(static_cast<int64_t>(found.unabsorbed), static_cast<int64_t>(GetParam().unabsorbed));
}

INSTANTIATE_TEST_SUITE_P(
    Reference, CountBackTest,
    testing::Values(
        CountBackCase{"D3_ThirtyDayMonths",
                      212'000,
                      {{100'000, 31}, {80'000, 28}, {70'000, 31}},
                      MonthLength::kThirtyDays,
                      73.71,
                      0},
        CountBackCase{"D4_CalendarMonths",
                      425'000,
                      {{180'000, 31}, {150'000, 28}, {200'000, 31}},
                      MonthLength::kCalendar,
                      73.725,
                      0},
        CountBackCase{"D5_CalendarMonths",
                      2'500,
                      {{1'200, 30}, {800, 31}, {700, 30}},
                      MonthLength::kCalendar,
                      82.43,
                      0},
        CountBackCase{"D6_InsideTheCurrentMonth", 45'000, {{120'000, 30}}, MonthLength::kCalendar, 11.25, 0},
        CountBackCase{"D7_HistoryTooShort",
                      500'000,
                      {{100'000, 30}, {120'000, 31}},
                      MonthLength::kCalendar,
                      61,
                      280'000},
        CountBackCase{"D8_NegativeMonth",
                      100'000,
                      {{60'000, 31}, {-5'000, 30}, {80'000, 31}},
                      MonthLength::kCalendar,
                      76.50,
                      0},
        CountBackCase{"NoReceivables", 0, {{60'000, 31}}, MonthLength::kCalendar, 0, 0},
        CountBackCase{"MoreCreditThanDebt", -10, {{60'000, 31}}, MonthLength::kCalendar, 0, 0},
        CountBackCase{"ExactlyOneMonth", 60'000, {{60'000, 31}, {70'000, 30}}, MonthLength::kCalendar, 31, 0},
        CountBackCase{"OneCentMore",
                      60'001,
                      {{60'000, 31}, {70'000, 30}},
                      MonthLength::kCalendar,
                      31 + 30.0 / 70'000,
                      0},
        CountBackCase{"NoHistory", 5, {}, MonthLength::kCalendar, 0, 5}),
    [](const auto& info) { return info.param.name; });

TEST(Dso, D9_SalesWeighted) {
  EXPECT_NEAR(
      SalesWeightedDso({OpenOfMonth{150, {180, 31}}, OpenOfMonth{90, {150, 28}}, OpenOfMonth{60, {200, 31}}}),
      51.93, kCent);
}

TEST(Dso, D10_TrueDso) {
  EXPECT_NEAR(TrueDso({OpenInvoice{100'000, 49, 150'000}, OpenInvoice{50'000, 26, 180'000}}), 39.89, kCent);
}

TEST(Dso, D11_BestPossibleAndAverageDaysDelinquent) {
  EXPECT_NEAR(*SimpleDso(15'000, 10'000, 30), 45, 1e-9);
  EXPECT_NEAR(*BestPossibleDso(4'000, 10'000, 30), 12, 1e-9);
  EXPECT_NEAR(*AverageDaysDelinquent(15'000, 4'000, 10'000, 30), 33, 1e-9);
}

TEST(Dso, D12_RollForward) {
  EXPECT_EQ(static_cast<int64_t>(RollForward(1'000'000, 640'000, 590'000, 25'000, 5'000, 0)), 1'020'000);
}

TEST(Dso, RollingIsTheSimpleOneOnASlidingWindow) {
  const std::vector<MonthOfSales> months = {{100, 31}, {200, 28}, {300, 31}, {999, 30}};
  EXPECT_NEAR(*RollingDso(150, months, 3), 150.0 / 600 * 90, 1e-9);
  EXPECT_FALSE(RollingDso(150, months, 5).has_value()) << "not enough months";
  EXPECT_FALSE(RollingDso(150, months, 0).has_value());
}

}  // namespace
}  // namespace relance::ledger
