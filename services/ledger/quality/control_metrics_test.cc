#include "services/ledger/quality/control_metrics.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/store/testing/fake_store.h"
#include "common/time/testing/simulated_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/ledger/agreement/testing/stored_accounts.h"
#include "services/ledger/quality/finding.h"

namespace relance::ledger {
namespace {

using testing::DayOf;
using testing::MakeStoredItem;
using testing::PutAccount;

class ControlMetricsTest : public ::testing::Test {
 protected:
  ControlMetricsTest()
      : store_(store::Service::kLedger, 3),
        tenants_(&store_, [this] { return clock_.TimeNow(); }),
        book_(
            &store_, [](const state::v1::Item& item) { return item.issue_day(); },
            [] { return absl::UnixEpoch(); }),
        projection_(&store_),
        metrics_(&store_, &book_, &projection_, &tenants_, &clock_, registry_) {
    state::v1::TenantConfig config;
    config.set_id("t");
    config.set_country("FR");
    config.set_currency("EUR");
    config.set_time_zone("Europe/Paris");
    RELANCE_CHECK(store_.PutDocument("t", kTenantDocument, config.SerializeAsString(), 0, Soon()).ok());
    clock_.SetTime(absl::FromCivil(absl::CivilDay(2025, 6, 30), absl::UTCTimeZone()));
  }
  static store::Deadline Soon() { return store::After(absl::Seconds(10)); }

  // The value of a metric with its labels; "absent" when it is not there.
  std::string Value(const std::string& metric) {
    for (const absl::string_view line : absl::StrSplit(metrics::RenderText(registry_), '\n')) {
      if (absl::StartsWith(line, metric + " ")) return std::string(line.substr(metric.size() + 1));
    }
    return "absent";
  }

  store::FakeStore store_;
  SimulatedClock clock_;
  TenantDirectory tenants_;
  const AgreementBook book_;
  projection::Projection projection_;
  prometheus::Registry registry_;
  ControlMetrics metrics_;
};

TEST_F(ControlMetricsTest, AreThereFromTheStart) {
  ASSERT_TRUE(metrics_.RunOnce(false, Soon()).ok());
  EXPECT_EQ(Value(R"(relance_ledger_agreement_difference{currency="EUR",tenant="t"})"), "0");
  EXPECT_EQ(Value(R"(relance_ledger_agreement_accounts_differing{currency="EUR",tenant="t"})"), "0");
  EXPECT_EQ(Value(R"(relance_ledger_agreement_timestamp_seconds{currency="EUR",tenant="t"})"), "absent");
  EXPECT_EQ(Value(R"(relance_ledger_statement_gaps{kind="missing",tenant="t"})"), "0");
  EXPECT_EQ(Value(R"(relance_ledger_statement_gaps{kind="sum",tenant="t"})"), "0");
  for (const KindOfFinding& about : KindsOfFindings()) {
    EXPECT_EQ(Value(absl::StrCat("relance_ledger_quality_findings{kind=\"", about.label, "\",tenant=\"t\"}")),
              "0");
  }
}

TEST_F(ControlMetricsTest, TellWhatDisagrees) {
  auto item = MakeStoredItem(1, state::v1::ITEM_KIND_INVOICE, 100'00, DayOf(2025, 6, 1), "fec");
  PutAccount(&store_, {"t", "A"}, {item});
  BooksTold told;
  told.currency = "EUR";
  told.day = absl::CivilDay(2025, 6, 29);
  told.balances["A"] = 99'50;
  ASSERT_TRUE(book_.Compare("t", told, "i1", Soon()).ok());
  BankStatement first, second;
  first.account = second.account = "FR76";
  first.currency = second.currency = "EUR";
  first.opening_minor = 0;
  first.closing_minor = second.closing_minor = 10;
  second.opening_minor = 15;
  first.closing_day = second.closing_day = absl::CivilDay(2025, 6, 1);
  second.balance_checked = true;
  second.difference_minor = 5;
  ASSERT_TRUE(book_.TakeStatements("t", {first, second}, {}, "i2", Soon()).ok());
  ASSERT_TRUE(metrics_.RunOnce(true, Soon()).ok());
  EXPECT_EQ(Value(R"(relance_ledger_agreement_difference{currency="EUR",tenant="t"})"), "-0.5");
  EXPECT_EQ(Value(R"(relance_ledger_agreement_accounts_differing{currency="EUR",tenant="t"})"), "1");
  EXPECT_EQ(Value(R"(relance_ledger_agreement_timestamp_seconds{currency="EUR",tenant="t"})"), "1751155200");
  EXPECT_EQ(Value(R"(relance_ledger_statement_gaps{kind="missing",tenant="t"})"), "1");
  EXPECT_EQ(Value(R"(relance_ledger_statement_gaps{kind="sum",tenant="t"})"), "1");
  EXPECT_EQ(Value(R"(relance_ledger_quality_findings{kind="due_date_missing",tenant="t"})"), "1");
  EXPECT_EQ(Value(R"(relance_ledger_quality_findings{kind="books_disagree",tenant="t"})"), "1");
  EXPECT_EQ(Value(R"(relance_ledger_roll_forward_difference{currency="EUR",tenant="t"})"), "0");
  // All is well again: 0, not the old figure.
  told.balances["A"] = 100'00;
  ASSERT_TRUE(book_.Compare("t", told, "i3", Soon()).ok());
  ASSERT_TRUE(metrics_.RunOnce(true, Soon()).ok());
  EXPECT_EQ(Value(R"(relance_ledger_agreement_difference{currency="EUR",tenant="t"})"), "0");
  EXPECT_EQ(Value(R"(relance_ledger_quality_findings{kind="books_disagree",tenant="t"})"), "0");
}

TEST_F(ControlMetricsTest, TheRollForwardExplainsEveryOpenAmount) {
  auto invoice = MakeStoredItem(1, state::v1::ITEM_KIND_INVOICE, 100'00, DayOf(2025, 6, 1), "fec");
  auto payment = MakeStoredItem(2, state::v1::ITEM_KIND_PAYMENT, -40'00, DayOf(2025, 6, 5), "camt053");
  auto& allocation = *payment.add_allocations();
  allocation.set_item(1);
  allocation.set_amount_minor(40'00);
  allocation.set_day(DayOf(2025, 6, 5));
  payment.set_open_minor(0);
  payment.set_settled_day(DayOf(2025, 6, 5));
  invoice.set_open_minor(60'00);
  PutAccount(&store_, {"t", "A"}, {invoice, payment});
  ASSERT_TRUE(metrics_.RunOnce(false, Soon()).ok());
  EXPECT_EQ(Value(R"(relance_ledger_roll_forward_difference{currency="EUR",tenant="t"})"), "0");
  // An open amount that nothing explains.
  invoice.set_open_minor(59'99);
  PutAccount(&store_, {"t", "A"}, {invoice, payment});
  ASSERT_TRUE(metrics_.RunOnce(false, Soon()).ok());
  EXPECT_EQ(Value(R"(relance_ledger_roll_forward_difference{currency="EUR",tenant="t"})"), "0.01");
}

}  // namespace
}  // namespace relance::ledger
