#include "common/time/payment_terms.h"

#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "gtest/gtest.h"

namespace relance {
namespace {

TEST(PaymentTermsTest, DueDates) {
  const char* const kTerms[] = {"net60", "45eom", "45eom-b", "30eom", "30eom@10", "eom@10"};
  struct Row {
    const char* issue;
    const char* due[6];
  };
  const Row rows[] = {
      {"2024-01-15", {"2024-03-15", "2024-02-29", "2024-03-16", "2024-02-29", "2024-03-10", "2024-02-10"}},
      {"2025-01-01", {"2025-03-02", "2025-02-28", "2025-03-17", "2025-01-31", "2025-02-10", "2025-02-10"}},
      {"2025-01-15", {"2025-03-16", "2025-03-31", "2025-03-17", "2025-02-28", "2025-03-10", "2025-02-10"}},
      {"2025-01-31", {"2025-04-01", "2025-03-31", "2025-03-17", "2025-03-31", "2025-04-10", "2025-02-10"}},
      {"2025-02-15", {"2025-04-16", "2025-04-30", "2025-04-14", "2025-03-31", "2025-04-10", "2025-03-10"}},
      {"2025-12-20", {"2026-02-18", "2026-02-28", "2026-02-14", "2026-01-31", "2026-02-10", "2026-01-10"}},
  };
  for (const Row& row : rows) {
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(FormatIsoDay(DueDate(ParsePaymentTerms(kTerms[i]).value(), ParseIsoDay(row.issue).value())),
                row.due[i])
          << row.issue << " " << kTerms[i];
    }
  }
}

TEST(PaymentTermsTest, DayOfMonthIsClamped) {
  EXPECT_EQ(DueDate(ParsePaymentTerms("eom@31").value(), absl::CivilDay(2025, 1, 15)),
            absl::CivilDay(2025, 2, 28));
  EXPECT_EQ(DueDate(ParsePaymentTerms("eom+10").value(), absl::CivilDay(2025, 1, 15)),
            absl::CivilDay(2025, 2, 10));
  EXPECT_EQ(DueDate(ParsePaymentTerms("eom").value(), absl::CivilDay(2025, 1, 15)),
            absl::CivilDay(2025, 1, 31));
  EXPECT_EQ(DueDate(ParsePaymentTerms("net0").value(), absl::CivilDay(2025, 1, 15)),
            absl::CivilDay(2025, 1, 15));
}

TEST(PaymentTermsTest, ReadsAndWrites) {
  const std::pair<const char*, const char*> rows[] = {
      {"net30", "net30"},         {"NET 30", "net30"},         {"45 EOM", "45eom"},  {"45eom-a", "45eom"},
      {"30eom-b", "30eom-b"},     {"eom+10", "10eom-b"},       {"0eom", "eom"},      {"30eom@10", "30eom@10"},
      {"30eom-b@5", "30eom-b@5"}, {"eom+10@15", "10eom-b@15"}, {"net365", "net365"}, {"eom@1", "eom@1"},
      {"eom@31", "eom@31"}};
  for (const auto& [text, want] : rows) {
    ASSERT_TRUE(ParsePaymentTerms(text).ok()) << text;
    EXPECT_EQ(FormatPaymentTerms(*ParsePaymentTerms(text)), want) << text;
    EXPECT_EQ(ParsePaymentTerms(want).value(), *ParsePaymentTerms(text)) << text;
  }
}

TEST(PaymentTermsTest, Refuses) {
  for (const char* text : {"", "30", "net", "net-30", "net30@10", "net30eom", "eom-c", "eom@", "30eom+10",
                           "eom-b+10", "30 jours", "net3.5", "eom-a-b"}) {
    EXPECT_EQ(ReasonOf(ParsePaymentTerms(text).status()), "TERMS_MALFORMED") << text;
  }
  for (const char* text : {"net366", "366eom", "eom+366", "eom@0", "eom@32", "net99999999999"}) {
    EXPECT_EQ(ReasonOf(ParsePaymentTerms(text).status()), "TERMS_OUT_OF_RANGE") << text;
  }
}

TEST(PaymentTermsTest, LatestLegalDueDateFrance) {
  EXPECT_EQ(LatestLegalDueDateFrance(absl::CivilDay(2025, 1, 15), false), absl::CivilDay(2025, 3, 16));
  EXPECT_EQ(LatestLegalDueDateFrance(absl::CivilDay(2025, 1, 15), true), absl::CivilDay(2025, 3, 31));
  EXPECT_EQ(LatestLegalDueDateFrance(absl::CivilDay(2025, 1, 1), true), absl::CivilDay(2025, 3, 17));
  EXPECT_EQ(LatestLegalDueDateFrance(absl::CivilDay(2025, 1, 31), true), absl::CivilDay(2025, 4, 1));
}

}  // namespace
}  // namespace relance
