#include "services/ledger/indicators/collection_quality.h"

#include <gtest/gtest.h>

#include "services/ledger/indicators/expected_credit_loss.h"

namespace relance::ledger {
namespace {

TEST(CollectionQuality, EffectivenessIndex) {
  EXPECT_NEAR(*CollectionEffectiveness(6'200, 10'890, 3, 6'340, 3'590) * 100, 55.93, 0.005);
  EXPECT_FALSE(CollectionEffectiveness(100, 300, 3, 50, 200).has_value()) << "denominator 0";
  EXPECT_FALSE(CollectionEffectiveness(100, 300, 0, 50, 200).has_value());
}

TEST(CollectionQuality, RollRate) {
  EXPECT_NEAR(*RollRate(100'000'000, 40'000'000), 0.4, 1e-12);
  EXPECT_FALSE(RollRate(0, 5).has_value());
}

TEST(CollectionQuality, WeightedDaysLate) {
  const std::vector<PaidInvoice> invoices = {{1000, -5}, {3000, 12}, {6000, 40}};
  EXPECT_NEAR(*WeightedDaysLate(invoices, false), 27.6, 1e-9);
  EXPECT_NEAR(*WeightedDaysLate(invoices, true), 27.1, 1e-9);
  EXPECT_FALSE(WeightedDaysLate({}, false).has_value());
}

TEST(CollectionQuality, PromiseRatios) {
  const PromiseRatios ratios =
      JudgePromiseRatios({JudgedPromise{1000, 1000}, JudgedPromise{2000, 1200}, JudgedPromise{3000, 0}});
  EXPECT_EQ(ratios.kept, 1);
  EXPECT_EQ(ratios.partial, 1);
  EXPECT_EQ(ratios.broken, 1);
  EXPECT_NEAR(*ratios.by_count * 100, 33.33, 0.005);
  EXPECT_NEAR(*ratios.by_amount * 100, 36.67, 0.005);
  EXPECT_FALSE(JudgePromiseRatios({}).by_count.has_value());
  EXPECT_NEAR(*JudgePromiseRatios({JudgedPromise{1000, 5000}}).by_amount, 1.0, 1e-12)
      << "more than promised counts once";
}

TEST(CollectionQuality, PlacementYield) {
  const auto yield = YieldOf(200'000'00, 62'000'00, 1800);
  ASSERT_TRUE(yield.ok());
  EXPECT_NEAR(*yield->liquidation * 100, 31.00, 1e-9);
  EXPECT_EQ(yield->fee_minor, 11'160'00);
  EXPECT_EQ(yield->net_minor, 50'840'00);
  EXPECT_NEAR(*yield->net_back * 100, 25.42, 1e-9);
  EXPECT_FALSE(YieldOf(0, 0, 1800)->liquidation.has_value());
}

TEST(ExpectedCreditLoss, E1_ProvisionMatrix) {
  const auto loss =
      ExpectedCreditLoss({15'000'000'00, 7'500'000'00, 4'000'000'00, 2'500'000'00, 1'000'000'00},
                         {3'000'000, 16'000'000, 36'000'000, 66'000'000, 106'000'000});
  ASSERT_TRUE(loss.ok());
  EXPECT_EQ(loss->by_age_minor,
            (std::vector<int64_t>{45'000'00, 120'000'00, 144'000'00, 165'000'00, 106'000'00}));
  EXPECT_EQ(loss->total_minor, 580'000'00);
}

TEST(ExpectedCreditLoss, E2_RatesFromRollRates) {
  const auto rates = LossRatesFromFlows({120'000'000, 350'000'000, 550'000'000, 700'000'000}, 850'000'000);
  EXPECT_EQ(rates,
            (std::vector<RateBillionths>{13'744'500, 114'537'500, 327'250'000, 595'000'000, 850'000'000}));
  const auto loss = ExpectedCreditLoss({900'000'00, 240'000'00, 110'000'00, 60'000'00, 90'000'00}, rates);
  ASSERT_TRUE(loss.ok());
  EXPECT_EQ(loss->by_age_minor,
            (std::vector<int64_t>{12'370'05, 27'489'00, 35'997'50, 35'700'00, 76'500'00}));
  EXPECT_EQ(loss->total_minor, 188'056'55);
}

TEST(ExpectedCreditLoss, OverflowIsAnError) {
  EXPECT_FALSE(ExpectedCreditLoss({INT64_MAX, INT64_MAX}, {kWholeRate, kWholeRate}).ok());
}

}  // namespace
}  // namespace relance::ledger
