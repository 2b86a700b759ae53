#include "tools/bench/bench.h"

#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/bench/portfolio.h"

namespace relance::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Times are not looked at: they are the machine's. What is checked is that each figure is of what it says.
TEST(BenchTest, AQuickRunFillsTheTableAndItsCountsAgree) {
  Report report;
  const absl::Status status = RunBench(QuickOptions(std::string(RELANCE_BINARY_DIR) + "/bin"), &report);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(report.disagreements(), IsEmpty());
  EXPECT_GT(report.checks(), 30);
  std::set<std::string> found;
  for (const Figure& line : report.lines()) {
    found.insert(line.id.substr(0, line.id.find(' ')));
    EXPECT_THAT(line.measured_values, Not(IsEmpty())) << line.id << " " << line.what;
    if (!line.floor.empty()) {
      EXPECT_EQ(line.floor_values.size(), line.measured_values.size()) << line.id << " " << line.what;
    }
  }
  EXPECT_EQ(found, std::set<std::string>(std::begin(kTargets), std::end(kTargets)));
}

TEST(PortfolioTest, HasItsInvoicesAndNoAccountAboveTheBiggest) {
  const Portfolio portfolio(2'000, 200'000);
  int64_t sum = 0;
  int biggest = 0;
  for (int i = 0; i < portfolio.accounts(); ++i) {
    EXPECT_GE(portfolio.SizeOf(i), 1);
    biggest = std::max(biggest, portfolio.SizeOf(i));
    sum += portfolio.SizeOf(i);
  }
  EXPECT_EQ(sum, 200'000);
  EXPECT_EQ(portfolio.invoices(), 200'000);
  EXPECT_LE(biggest, kBiggestAccount);
  EXPECT_GT(biggest, 1'000);
}

TEST(PortfolioTest, BatchesHoldEveryRowOnceOrOnlyTheChanging) {
  const Portfolio portfolio(100, 2'500);
  int64_t all = 0, changing = 0;
  const auto batches = portfolio.Batches("s", 0, false);
  for (const auto& batch : batches) all += batch.items_size();
  for (const auto& batch : portfolio.Batches("s", 1, true)) changing += batch.items_size();
  EXPECT_EQ(all, 2'500);
  EXPECT_EQ(changing, portfolio.changed_invoices());
  EXPECT_TRUE(batches.back().last());
  EXPECT_EQ(batches.size(), 3u);
}

TEST(ReportTest, ComparesRoundByRound) {
  Report report;
  Figure& line = report.Line("T1 always", "work", "floor", "s", 2.0);
  line.Add(1, 1.5);
  line.Add(10, 15);  // a slow round: both sides are slow
  line.Add(1, 5);
  EXPECT_THAT(line.Ratios(), ::testing::ElementsAre(1.5, 1.5, 5));
  EXPECT_TRUE(line.Met());
  line.target = 1.4;
  EXPECT_FALSE(line.Met());
  Figure& bytes = report.Line("T3", "bytes", "", "B", 100);
  bytes.measured_values = {100};
  EXPECT_TRUE(bytes.Met());
  bytes.measured_values = {101};
  EXPECT_FALSE(bytes.Met());
  report.Expect("things", 3, 4);
  std::ostringstream text;
  report.Print(text);
  EXPECT_THAT(text.str(), HasSubstr("DISAGREES: things: expected 3, found 4"));
  EXPECT_THAT(text.str(), HasSubstr("0 targets met, 2 missed"));
}

TEST(ReportTest, MedianAndPercentile) {
  EXPECT_EQ(Median({}), 0);
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(Percentile({5, 1, 4, 2, 3}, 0.99), 5);
  EXPECT_EQ(Percentile({5, 1, 4, 2, 3}, 0.5), 3);
}

}  // namespace
}  // namespace relance::bench
