#include <cmath>
#include <random>

#include "absl/strings/str_cat.h"
#include "common/store/testing/fake_store.h"
#include "common/time/day.h"
#include "gtest/gtest.h"
#include "services/risk/prior_cache.h"
#include "services/risk/risk_handler.h"
#include "services/risk/score_account.h"
#include "services/risk/segment_prior.h"

namespace relance::risk {
namespace {

state::v1::LedgerSum Sum(const std::vector<int>& days_late, const std::string& segment = "PME") {
  state::v1::LedgerSum sum;
  sum.mutable_attributes()->set_segment(segment);
  auto* stats = sum.mutable_stats();
  for (size_t i = 0; i < days_late.size(); ++i) {
    stats->set_settled(stats->settled() + 1);
    if (days_late[i] > 0) stats->set_late(stats->late() + 1);
    stats->set_days_late(stats->days_late() + days_late[i]);
    stats->set_days_late_squared(stats->days_late_squared() + int64_t{days_late[i]} * days_late[i]);
    if (i + 12 >= days_late.size()) stats->add_recent_days_late(days_late[i]);
  }
  return sum;
}

double Contributions(const google::protobuf::RepeatedPtrField<state::v1::RiskReason>& reasons) {
  double sum = 0;
  for (const auto& reason : reasons) sum += reason.contribution();
  return sum;
}

// Accounts whose true late rate is beta distributed; what the estimate must find again.
std::map<std::string, SegmentPrior> SimulatedPriors(double alpha, double beta, int accounts, int invoices) {
  std::mt19937_64 random(7);
  std::gamma_distribution<double> a(alpha), b(beta);
  std::vector<AccountHistory> histories;
  for (int i = 0; i < accounts; ++i) {
    const double x = a(random), y = b(random);
    std::bernoulli_distribution late(x / (x + y));
    AccountHistory history{"any/PME"};
    for (int n = 0; n < invoices; ++n) {
      const int days = late(random) ? 10 : -2;
      ++history.settled;
      history.late += days > 0;
      history.days_late += days;
      history.days_late_squared += days * days;
    }
    histories.push_back(history);
  }
  return EstimatePriors(histories);
}

TEST(SegmentPriorTest, RecoversTheRateAndStrengthOfATrueBeta) {
  const auto priors = SimulatedPriors(3, 6, 4000, 25);
  const SegmentPrior& prior = PriorOf(priors, "any/PME");
  EXPECT_NEAR(prior.late_rate, 1.0 / 3, 0.01);
  EXPECT_NEAR(prior.late_strength, 9, 1.5);
}

TEST(SegmentPriorTest, NoHistoryGivesTheDefaults) {
  const auto priors = EstimatePriors({});
  EXPECT_EQ(PriorOf(priors, "x").accounts, 0);
  EXPECT_EQ(PriorOf(priors, "x").late_rate, SegmentPrior().late_rate);
}

TEST(SegmentPriorTest, OneInvoicePaidLateDoesNotMakeEverybodyLate) {
  const auto history = [](int accounts) {
    return EstimatePriors(std::vector<AccountHistory>(accounts, {"any/PME", 1, 1, 3, 9}));
  };
  EXPECT_NEAR(PriorOf(history(1), "any/PME").late_rate, 3.5 / 6, 1e-9);
  EXPECT_EQ(PriorOf(history(1), "any/PME").late_strength, SegmentPrior().late_strength);
  EXPECT_NEAR(PriorOf(history(1), "any/PME").mean_days_late, 0.5, 1e-9);
  EXPECT_LT(PriorOf(history(kSegmentAccountsMin - 1), "any/PME").late_rate, 0.75);
  EXPECT_GT(PriorOf(history(kSegmentAccountsMin), "any/PME").late_rate, 0.95);
  EXPECT_EQ(ScoreAccount(Sum({3}), history(1)).letter(), "D");
}

TEST(SegmentPriorTest, ASmallSegmentTakesThePriorOfTheTenant) {
  std::vector<AccountHistory> histories;
  for (int i = 0; i < 20; ++i) histories.push_back({"any/PME", 10, 2, 5, 100});
  for (int i = 0; i < kSegmentAccountsMin - 1; ++i) histories.push_back({"any/GE", 10, 9, 200, 5000});
  auto priors = EstimatePriors(histories);
  EXPECT_EQ(priors.count("any/GE"), 0u);
  histories.push_back({"any/GE", 10, 9, 200, 5000});
  priors = EstimatePriors(histories);
  EXPECT_NEAR(PriorOf(priors, "any/GE").late_rate, 0.9, 1e-9);
}

TEST(SegmentPriorTest, ExtremePortfoliosStayFinite) {
  for (const auto& [late, settled] : std::vector<std::pair<int, int>>{{0, 10}, {10, 10}, {0, 1}, {1, 1}}) {
    const auto priors = EstimatePriors(std::vector<AccountHistory>(50, {"s", settled, late, 0.0, 0.0}));
    const auto score = ScoreAccount(Sum({}), priors);
    EXPECT_TRUE(std::isfinite(score.late_probability()));
    EXPECT_GT(score.late_probability(), 0);
    EXPECT_LT(score.late_probability(), 1);
  }
}

TEST(ScoreAccountTest, ShrinksTowardsTheSegmentAndLessWithMoreHistory) {
  const auto priors = SimulatedPriors(3, 6, 1000, 25);
  const double base = PriorOf(priors, "any/PME").late_rate;
  const auto none = ScoreAccount(Sum({}), priors);
  const auto few = ScoreAccount(Sum({20, 20}), priors);
  const auto many = ScoreAccount(Sum(std::vector<int>(40, 20)), priors);
  EXPECT_NEAR(none.late_probability(), base, 1e-9);
  EXPECT_GT(few.late_probability(), none.late_probability());
  EXPECT_GT(many.late_probability(), few.late_probability());
  EXPECT_LT(many.late_probability(), 1);
  EXPECT_EQ(many.letter(), "E");
  EXPECT_NEAR(many.expected_days_late(), 20, 6);
}

TEST(ScoreAccountTest, ReasonsSumToTheDifferenceFromTheSegment) {
  const auto priors = SimulatedPriors(3, 6, 1000, 25);
  for (const auto& history : std::vector<std::vector<int>>{
           {}, {5}, {-3, 20, 4}, {1, 2, 3, -4, -5, -6, 7, 8, 9, 10, 11, 12, 13, -14}}) {
    const auto score = ScoreAccount(Sum(history), priors);
    EXPECT_NEAR(Contributions(score.reasons()),
                score.late_probability() - PriorOf(priors, "any/PME").late_rate, 1e-12);
  }
}

TEST(ScoreAccountTest, LittleHistoryIsSaidBelowThreeInvoicesOnly) {
  const auto priors = SimulatedPriors(3, 6, 1000, 25);
  const auto says = [&](int invoices) {
    const auto score = ScoreAccount(Sum(std::vector<int>(invoices, 1)), priors);
    return std::any_of(score.reasons().begin(), score.reasons().end(),
                       [](const auto& reason) { return reason.code() == "R0_LITTLE_HISTORY"; });
  };
  EXPECT_TRUE(says(0));
  EXPECT_TRUE(says(2));
  EXPECT_FALSE(says(3));
}

TEST(ScoreAccountTest, ARecentChangeWeighsMoreThanOldHistory) {
  const auto priors = SimulatedPriors(3, 6, 1000, 25);
  std::vector<int> worse(40, -1), better(40, 10);
  for (int i = 0; i < 12; ++i) {
    worse.push_back(10);
    better.push_back(-1);
  }
  EXPECT_GT(ScoreAccount(Sum(worse), priors).late_probability(), 0.4);
  EXPECT_LT(ScoreAccount(Sum(better), priors).late_probability(), 0.6);
}

TEST(LetterTest, BothSidesOfEachEdge) {
  EXPECT_EQ(LetterOf(800), "A");
  EXPECT_EQ(LetterOf(799), "B");
  EXPECT_EQ(LetterOf(600), "B");
  EXPECT_EQ(LetterOf(599), "C");
  EXPECT_EQ(LetterOf(400), "C");
  EXPECT_EQ(LetterOf(399), "D");
  EXPECT_EQ(LetterOf(200), "D");
  EXPECT_EQ(LetterOf(199), "E");
}

class PredictItemTest : public ::testing::Test {
 protected:
  PredictItemTest() {
    score_.set_late_probability(0.4);
    score_.set_expected_days_late(3);
    score_.set_days_late_deviation(10);
    item_.set_due_day(1000);
    item_.set_open_minor(100);
  }
  state::v1::RiskScore score_;
  state::v1::Item item_;
};

TEST_F(PredictItemTest, FC49_AnUnpaidOverdueItemIsLateForSure) {
  EXPECT_EQ(PredictItem(item_, score_, 1001).late_probability, 1);
  EXPECT_EQ(PredictItem(item_, score_, 1001).reasons[0].code(), "R8_ALREADY_OVERDUE");
  EXPECT_LT(PredictItem(item_, score_, 1000).late_probability, 1) << "FC-10: not late on the due day";
}

TEST_F(PredictItemTest, TheLaterItIsTheLaterItIsExpected) {
  int32_t before = 0;
  for (int32_t today = 960; today < 1400; ++today) {
    const auto prediction = PredictItem(item_, score_, today);
    ASSERT_TRUE(prediction.expected_day.has_value());
    EXPECT_GT(*prediction.expected_day, today);
    EXPECT_GE(*prediction.expected_day, before);
    EXPECT_GE(prediction.late_probability, score_.late_probability() - 1e-9);
    EXPECT_LE(prediction.late_probability, 1);
    before = *prediction.expected_day;
  }
}

TEST_F(PredictItemTest, FC12_WithoutADueDateThereIsNoExpectedDate) {
  item_.clear_due_day();
  EXPECT_FALSE(PredictItem(item_, score_, 1000).expected_day.has_value());
}

class RiskHandlerTest : public ::testing::Test {
 protected:
  RiskHandlerTest()
      : ledger_(store::Service::kLedger), risk_(ledger_.As(store::Service::kRisk)), priors_(risk_.get()) {
    tenant_.config.set_id("acme");
    tenant_.business_date = absl::CivilDay(2022, 3, 1);
  }

  AccountView Put(const std::string& account, const state::v1::LedgerSum& sum) {
    store::CommitBatch batch;
    const store::AccountKey key{"acme", account};
    batch.partition = ledger_.PartitionOf(key);
    store::AccountWrite write;
    write.key = key;
    const auto now = ReadAccount(ledger_, key, {false, false}, store::After(absl::Seconds(1)));
    write.read_versions = {{store::kLedgerOwner, now.ok() ? now->versions[store::kLedgerOwner] : 0}};
    write.set.emplace_back(kSumField, sum.SerializeAsString());
    batch.writes.push_back(std::move(write));
    EXPECT_TRUE(ledger_.Commit(std::vector<store::CommitBatch>{batch}, store::After(absl::Seconds(1))).ok());
    return *ReadAccount(ledger_, key, {false, false}, store::After(absl::Seconds(1)));
  }

  store::FakeStore ledger_;
  std::unique_ptr<store::FakeStore> risk_;
  PriorCache priors_;
  TenantContext tenant_;
  RiskHandler handler_{&priors_};
};

TEST_F(RiskHandlerTest, WritesItsScoreAndLooksAgainTomorrowThenWeekly) {
  AccountView view = Put("C1", Sum({5, 6, 7}));
  auto write = handler_.Process(view, tenant_);
  ASSERT_TRUE(write.ok() && write->has_value());
  EXPECT_EQ((*write)->set[0].first, "risk");
  EXPECT_TRUE((*write)->announce);
  EXPECT_EQ((*write)->timer_day, DayNumber(tenant_.business_date) + 1);
  view.versions[store::kRiskOwner] = 1;
  ASSERT_TRUE(view.risk.ParseFromString((*write)->set[0].second));
  write = handler_.Process(view, tenant_);
  ASSERT_TRUE(write.ok() && write->has_value());
  EXPECT_TRUE((*write)->set.empty()) << "the same score is no news";
  EXPECT_FALSE((*write)->announce);
  EXPECT_EQ((*write)->timer_day, DayNumber(tenant_.business_date) + 7);
}

TEST_F(RiskHandlerTest, ANewerPaymentOfTheSameScoreIsKeptButNotTold) {
  state::v1::LedgerSum sum = Sum({5, 6, 7});
  AccountView view = Put("C1", sum);
  auto write = handler_.Process(view, tenant_);
  ASSERT_TRUE(view.risk.ParseFromString((**write).set[0].second));
  view.versions[store::kRiskOwner] = 1;
  view.sum.mutable_stats()->set_last_payment_day(DayNumber(tenant_.business_date));
  write = handler_.Process(view, tenant_);
  ASSERT_TRUE(write.ok() && write->has_value());
  ASSERT_EQ((*write)->set.size(), 1u);
  EXPECT_FALSE((*write)->announce);
  ASSERT_TRUE(view.risk.ParseFromString((*write)->set[0].second));
  EXPECT_EQ(view.risk.data_day(), DayNumber(tenant_.business_date));
}

TEST_F(RiskHandlerTest, TheSegmentIsEstimatedAnewOnANewDay) {
  for (int i = 0; i < 20; ++i) Put(absl::StrCat("L", i), Sum({10, 10, 10, 10}));
  const AccountView fresh = Put("NEW", Sum({}));
  auto write = handler_.Process(fresh, tenant_);
  state::v1::RiskScore score;
  ASSERT_TRUE(score.ParseFromString((**write).set[0].second));
  EXPECT_GT(score.late_probability(), 0.9);
  for (int i = 0; i < 200; ++i) Put(absl::StrCat("P", i), Sum({-5, -5, -5, -5}));
  tenant_.business_date += 1;
  write = handler_.Process(fresh, tenant_);
  ASSERT_TRUE(score.ParseFromString((**write).set[0].second));
  EXPECT_LT(score.late_probability(), 0.2);
}

}  // namespace
}  // namespace relance::risk
