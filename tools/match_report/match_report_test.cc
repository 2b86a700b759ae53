#include <gtest/gtest.h>

#include "tools/match_report/run_matching.h"

namespace relance::match_report {
namespace {

TEST(MatchReportTest, WhatIsPostedWithoutAPersonIsRight) {
  const auto report = RunMatching(MakeUpMoney({.seed = 7, .payments = 10'000}), 0);
  ASSERT_TRUE(report.ok()) << report.status();
  SCOPED_TRACE(FormatReport(*report, true));
  EXPECT_GT(report->total.payments, 9'000);
  EXPECT_GE(report->total.precision(), 0.999);
  // As measured, less a little (docs/cash_application.md).
  EXPECT_GE(report->total.recall(), 0.73);
  EXPECT_GE(static_cast<double>(report->total.first), 0.75 * static_cast<double>(report->total.proposed));
  // Money of no debtor is never allocated.
  EXPECT_EQ(report->by_kind[static_cast<int>(Kind::kUnknown)].posted, 0);
}

}  // namespace
}  // namespace relance::match_report
