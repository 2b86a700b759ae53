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
}

}  // namespace
}  // namespace relance::match_report
