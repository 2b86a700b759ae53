#include "common/money/money.h"

#include <limits>

#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

TEST(CurrencyTest, ExponentsOfIso4217) {
  const std::pair<const char*, int> rows[] = {{"EUR", 2}, {"USD", 2}, {"CHF", 2}, {"JPY", 0},
                                              {"XOF", 0}, {"XPF", 0}, {"TND", 3}, {"KWD", 3},
                                              {"CLF", 4}, {"UYW", 4}, {"AED", 2}, {"ZWG", 2}};
  for (const auto& [code, exponent] : rows) EXPECT_EQ(CurrencyExponent(code).value(), exponent) << code;
}

TEST(CurrencyTest, RefusesWhatIsNoActiveCurrency) {
  for (const char* code : {"", "eur", "EU", "EURO", "FRF", "BEF", "XXX", "XAU", "BGN", "AAA", "ZZZ"}) {
    EXPECT_EQ(ReasonOf(CurrencyExponent(code).status()), "CURRENCY_UNKNOWN") << code;
    EXPECT_FALSE(IsKnownCurrency(code)) << code;
  }
}

TEST(MoneyTest, AddsAndSubtractsWithinOneCurrency) {
  EXPECT_EQ(Add({150, "EUR"}, {-50, "EUR"}).value(), (Money{100, "EUR"}));
  EXPECT_EQ(Subtract({150, "EUR"}, {250, "EUR"}).value(), (Money{-100, "EUR"}));
  EXPECT_EQ(Negate({150, "EUR"}).value(), (Money{-150, "EUR"}));
  EXPECT_LT(Compare({1, "EUR"}, {2, "EUR"}).value(), 0);
  EXPECT_EQ(Compare({2, "EUR"}, {2, "EUR"}).value(), 0);
  EXPECT_GT(Compare({3, "EUR"}, {2, "EUR"}).value(), 0);
}

// FC-31: no total across currencies.
TEST(MoneyTest, FC31_NoTotalAcrossCurrencies) {
  EXPECT_EQ(ReasonOf(Add({1, "EUR"}, {1, "USD"}).status()), "CURRENCY_MISMATCH");
  EXPECT_EQ(ReasonOf(Subtract({1, "EUR"}, {1, "USD"}).status()), "CURRENCY_MISMATCH");
  EXPECT_EQ(ReasonOf(Compare({1, "EUR"}, {1, "USD"}).status()), "CURRENCY_MISMATCH");
}

TEST(MoneyTest, OverflowIsAnError) {
  EXPECT_EQ(ReasonOf(Add({kMax, "EUR"}, {1, "EUR"}).status()), "AMOUNT_OVERFLOW");
  EXPECT_EQ(Add({kMax, "EUR"}, {0, "EUR"}).value().minor, kMax);
  EXPECT_EQ(ReasonOf(Subtract({kMin, "EUR"}, {1, "EUR"}).status()), "AMOUNT_OVERFLOW");
  EXPECT_EQ(ReasonOf(Negate({kMin, "EUR"}).status()), "AMOUNT_OVERFLOW");
  EXPECT_EQ(ReasonOf(MultiplyMinor(kMax, 2).status()), "AMOUNT_OVERFLOW");
  EXPECT_EQ(ReasonOf(Scale({kMax, "EUR"}, 3, 2).status()), "AMOUNT_OVERFLOW");
}

TEST(RoundingTest, HalfUpAwayFromZero) {
  struct Row {
    int64_t numerator, denominator, want;
  };
  const Row rows[] = {{5, 2, 3},   {-5, 2, -3}, {4, 3, 1},    {5, 3, 2},    {-4, 3, -1},     {1, 2, 1},
                      {-1, 2, -1}, {0, 7, 0},   {49, 100, 0}, {50, 100, 1}, {kMax, 1, kMax}, {kMin, 1, kMin}};
  for (const Row& row : rows) {
    EXPECT_EQ(DivideHalfUp(row.numerator, row.denominator).value(), row.want)
        << row.numerator << "/" << row.denominator;
  }
  // The product does not fit 64 bits, the result does.
  EXPECT_EQ(MultiplyDivideHalfUp(kMax, kMax, kMax).value(), kMax);
}

TEST(UnitsNanosTest, BothWays) {
  struct Row {
    Money money;
    UnitsNanos layout;
  };
  const Row rows[] = {{{123456, "EUR"}, {1234, 560'000'000}},
                      {{-5, "EUR"}, {0, -50'000'000}},
                      {{1234, "JPY"}, {1234, 0}},
                      {{1, "TND"}, {0, 1'000'000}},
                      {{-12345, "CLF"}, {-1, -234'500'000}},
                      {{0, "EUR"}, {0, 0}},
                      {{kMin, "EUR"}, {-92233720368547758, -80'000'000}}};
  for (const Row& row : rows) {
    EXPECT_EQ(ToUnitsNanos(row.money).value(), row.layout);
    EXPECT_EQ(FromUnitsNanos(row.money.currency, row.layout.units, row.layout.nanos).value(), row.money);
  }
}

TEST(UnitsNanosTest, Refusals) {
  EXPECT_EQ(ReasonOf(FromUnitsNanos("EUR", 1, 5'000'000).status()), "AMOUNT_TOO_PRECISE");
  EXPECT_EQ(ReasonOf(FromUnitsNanos("JPY", 1, 500'000'000).status()), "AMOUNT_TOO_PRECISE");
  EXPECT_EQ(ReasonOf(FromUnitsNanos("EUR", 1, -10'000'000).status()), "AMOUNT_MALFORMED");
  EXPECT_EQ(ReasonOf(FromUnitsNanos("EUR", -1, 10'000'000).status()), "AMOUNT_MALFORMED");
  EXPECT_EQ(ReasonOf(FromUnitsNanos("EUR", 0, 1'000'000'000).status()), "AMOUNT_MALFORMED");
  EXPECT_EQ(ReasonOf(FromUnitsNanos("EUR", kMax, 0).status()), "AMOUNT_OVERFLOW");
  EXPECT_EQ(ReasonOf(FromUnitsNanos("", 1, 0).status()), "CURRENCY_UNKNOWN");
  EXPECT_EQ(ReasonOf(ToUnitsNanos({1, "?"}).status()), "CURRENCY_UNKNOWN");
}

}  // namespace
}  // namespace relance
