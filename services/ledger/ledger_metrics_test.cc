#include "services/ledger/ledger_metrics.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/metrics/metrics.h"
#include "services/ledger/readers/detect_format.h"

namespace relance::ledger {
namespace {

TEST(LedgerMetricsTest, EveryFormatAndRuleIsThereFromTheStart) {
  ShowCountersAtZero();
  const std::string text = prometheus::TextSerializer().Serialize(metrics::ProcessRegistry().Collect());
  const auto shows = [&](const std::string& series) { return absl::StrContains(text, series + " "); };
  std::vector<std::string> formats = {"auto", "sync"};
  for (int format = static_cast<int>(SourceFormat::kUnknown) + 1;
       format <= static_cast<int>(SourceFormat::kTable); ++format) {
    formats.emplace_back(FormatName(static_cast<SourceFormat>(format)));
  }
  for (const std::string& format : formats) {
    for (const char* result : {"ok", "repeated", "refused", "failed"}) {
      const std::string labels = absl::StrCat("{format=\"", format, "\",result=\"", result, "\"}");
      EXPECT_TRUE(shows("relance_ledger_imports_total" + labels)) << labels;
    }
    if (format == "auto") continue;
    for (const char* outcome : {"entered", "rejected", "skipped"}) {
      const std::string labels = absl::StrCat("{format=\"", format, "\",outcome=\"", outcome, "\"}");
      EXPECT_TRUE(shows("relance_ledger_import_lines_total" + labels)) << labels;
    }
  }
  for (const char* series :
       {"relance_ledger_items_total{outcome=\"created\"}",
        "relance_ledger_payments_total{outcome=\"returned\"}",
        "relance_ledger_allocations_total{rule=\"lettering\"}",
        "relance_ledger_allocations_total{rule=\"other_payer\"}",
        "relance_ledger_payments_unidentified_total", "relance_ledger_account_rounds_total{result=\"stale\"}",
        "relance_ledger_commands_total{command=\"write_off_item\",result=\"refused\"}",
        "relance_ledger_proposals_total{result=\"accepted\",rule=\"sum_of_items\"}"}) {
    EXPECT_TRUE(shows(series)) << series;
  }
}

}  // namespace
}  // namespace relance::ledger
