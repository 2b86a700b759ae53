#include "services/ledger/indicators/concentration.h"

#include <gtest/gtest.h>

namespace relance::ledger {
namespace {

TEST(Concentration, ParetoAccountsAtTheEdge) {
  EXPECT_EQ(ParetoAccounts({}), 0);
  EXPECT_EQ(ParetoAccounts({80, 20}), 1) << "80 % exactly";
  EXPECT_EQ(ParetoAccounts({79, 21}), 2);
  EXPECT_EQ(ParetoAccounts({1, 1, 1, 1, 1}), 4);
}

TEST(Concentration, TopFifthRoundsUp) {
  EXPECT_FALSE(TopFifthShare({}).has_value());
  EXPECT_NEAR(*TopFifthShare({60, 40}), 0.6, 1e-12);
  EXPECT_NEAR(*TopFifthShare({50, 10, 10, 10, 10, 10}), 0.6, 1e-12) << "two of six";
}

TEST(Concentration, Gini) {
  EXPECT_EQ(Gini({}), 0);
  EXPECT_NEAR(Gini({5, 5, 5}), 0, 1e-12);
  EXPECT_NEAR(Gini({3, 1}), 0.25, 1e-12);
  EXPECT_NEAR(Gini({10, 0, 0, 0}), 0.75, 1e-12);
}

TEST(Concentration, CurveRunsFromNothingToAll) {
  EXPECT_TRUE(ParetoCurve({}).empty());
  const std::vector<CurvePoint> three = ParetoCurve({6, 3, 1});
  ASSERT_EQ(three.size(), 4u);
  EXPECT_EQ(three[0].accounts, 0);
  EXPECT_NEAR(three[1].amount_share, 0.6, 1e-12);
  EXPECT_NEAR(three[2].amount_share, 0.9, 1e-12);
  EXPECT_EQ(three[3].accounts, 3);
  EXPECT_EQ(three[3].amount_share, 1.0);
  const std::vector<CurvePoint> many = ParetoCurve(std::vector<Amount>(100, 7));
  ASSERT_EQ(many.size(), 21u);
  EXPECT_EQ(many[4].accounts, 20);
  EXPECT_NEAR(many[4].amount_share, 0.2, 1e-12);
}

}  // namespace
}  // namespace relance::ledger
