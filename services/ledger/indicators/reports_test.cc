#include "services/ledger/indicators/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "common/money/decimal_text.h"
#include "common/projection/testing/portfolio.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/indicators/indicators.h"
#include "services/ledger/indicators/open_metrics.h"

namespace relance::ledger {
namespace {

using projection::testing::Portfolio;
using store::AccountKey;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

store::Deadline Soon() { return store::After(absl::Seconds(10)); }
std::string Text(const type::v1::Money& money) { return FormatPlain(*rpc::MoneyFromProto(money, "money")); }
type::v1::Date Date(absl::string_view text) { return rpc::DayToProto(*ParseIsoDay(text)); }
std::string Text(const type::v1::Date& date) { return FormatIsoDay(*rpc::DayFromProto(date, "date")); }

// "A: not due=1.00 1-30=2.00 ...; credits 3.00, unapplied 4.00, disputed 5.00, total 6.00"
std::string Line(const v1::AgeingRow& row) {
  const auto plain = [](const type::v1::Money& money) {
    const std::string text = Text(money);
    return text.substr(0, text.find(' '));
  };
  std::string line = row.key() + ":";
  for (const auto& bucket : row.buckets()) absl::StrAppend(&line, " ", plain(bucket.amount()));
  absl::StrAppend(&line, " | no date ", plain(row.no_due_date()), " credits ", plain(row.credits()),
                  " unapplied ", plain(row.unapplied()), " disputed ", plain(row.disputed()), " total ",
                  plain(row.total()));
  return line;
}

class ReportsTest : public ::testing::Test {
 protected:
  ReportsTest()
      : tenants_(&portfolio_.ledger(), [] { return absl::UnixEpoch(); }),
        projection_(&portfolio_.ledger()),
        indicators_(&projection_, &tenants_),
        reports_(&portfolio_.ledger(), &projection_, &tenants_) {
    portfolio_.Tenant("t", "EUR", "2025-06-30");
  }

  v1::GetAgeingResponse Ageing(absl::string_view as_of, v1::GetAgeingRequest request = {}) {
    request.set_tenant_id("t");
    *request.mutable_as_of_date() = Date(as_of);
    auto response = indicators_.GetAgeing(request, Soon());
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetAgeingResponse();
  }
  v1::ListAgedItemsResponse Items(v1::ListAgedItemsRequest request) {
    request.set_tenant_id("t");
    auto response = reports_.ListAgedItems(request, Soon());
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::ListAgedItemsResponse();
  }
  v1::GetHistoryResponse History(v1::GetHistoryRequest request = {}) {
    request.set_tenant_id("t");
    auto response = reports_.GetHistory(request, Soon());
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetHistoryResponse();
  }
  std::string Export(v1::ExportHistoryRequest request = {}, int* pieces = nullptr) {
    request.set_tenant_id("t");
    std::string text;
    const absl::Status status = reports_.ExportHistory(request, Soon(), [&](const auto& piece) {
      EXPECT_TRUE(absl::EndsWith(piece.text(), "\n"));
      EXPECT_LE(piece.text().size(), kExportPieceBytes);
      if (pieces != nullptr) ++*pieces;
      text += piece.text();
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    return text;
  }
  static std::string Keys(const v1::ListAgedItemsResponse& response) {
    return absl::StrJoin(response.items(), " ", [](std::string* out, const v1::AgedItem& aged) {
      absl::StrAppend(out, aged.account_id(), "/", Text(aged.item().open_amount()), "/", aged.bucket());
    });
  }

  // A ledger worked out by hand, see the table in docs/indicators.md.
  void HandWorked() {
    portfolio_.Attributes(alpha_, [](auto& a) { a.set_region("Nord"), a.set_name("Alpha"); });
    portfolio_.Attributes(beta_, [](auto& a) { a.set_region("Sud"), a.set_name("Beta"); });
    f1_ = portfolio_.Invoice(alpha_, 1000'00, "2025-01-10", "2025-02-09");
    f2_ = portfolio_.Invoice(alpha_, 500'00, "2025-03-01", "2025-03-31");
    f3_ = portfolio_.Invoice(beta_, 800'00, "2025-01-20", "2025-02-19");
    paid_ = portfolio_.Pay(alpha_, 1000'00, "2025-03-15", f1_);  // taken back on 04-02
    portfolio_.Undo(alpha_, paid_, "2025-04-02");
    portfolio_.Pay(beta_, 300'00, "2025-03-20", f3_);
    portfolio_.Pay(beta_, 70'00, "2025-03-25");  // for nothing known
    portfolio_.Item(beta_, state::v1::ITEM_KIND_CREDIT_NOTE, -30'00, "2025-04-10");
    portfolio_.Dispute(beta_, f3_, 200'00, "2025-03-01", "2025-04-05");
    portfolio_.Invoice(beta_, 50'00, "2025-05-01", "");
  }

  Portfolio portfolio_;
  TenantDirectory tenants_;
  projection::Projection projection_;
  Indicators indicators_;
  Reports reports_;
  const AccountKey alpha_{"t", "C1"}, beta_{"t", "C2"}, unknown_{"t", "~unidentified"};
  uint64_t f1_ = 0, f2_ = 0, f3_ = 0, paid_ = 0;
};

TEST_F(ReportsTest, FC46_TheAgedBalanceOfAPastDayShowsWhatWasOpenThen) {
  HandWorked();
  const auto total = [&](absl::string_view day) { return Line(Ageing(day).currencies(0).total()); };
  EXPECT_TRUE(Ageing("2025-01-09").currencies().empty()) << "issued later";
  EXPECT_EQ(
      total("2025-02-28"),
      ": 0.00 1800.00 0.00 0.00 0.00 | no date 0.00 credits 0.00 unapplied 0.00 disputed 0.00 total 1800.00");
  EXPECT_EQ(
      total("2025-03-14"),
      ": 500.00 800.00 1000.00 0.00 0.00 | no date 0.00 credits 0.00 unapplied 0.00 disputed 200.00 total "
      "2300.00")
      << "not paid yet, disputed already";
  EXPECT_EQ(
      total("2025-03-31"),
      ": 500.00 0.00 500.00 0.00 0.00 | no date 0.00 credits 70.00 unapplied 70.00 disputed 200.00 total "
      "930.00")
      << "F2 is due today (FC-10)";
  EXPECT_EQ(
      total("2025-04-01"),
      ": 0.00 500.00 500.00 0.00 0.00 | no date 0.00 credits 70.00 unapplied 70.00 disputed 200.00 total "
      "930.00");
  EXPECT_EQ(total("2025-04-02"),
            ": 0.00 500.00 1500.00 0.00 0.00 | no date 0.00 credits 1070.00 unapplied 1070.00 disputed "
            "200.00 total "
            "930.00")
      << "undone: what it had paid is open again, the money stands apart until its return is told";
  EXPECT_EQ(
      total("2025-04-30"),
      ": 0.00 500.00 0.00 1500.00 0.00 | no date 0.00 credits 1100.00 unapplied 1070.00 disputed 0.00 total "
      "900.00");
  EXPECT_EQ(
      total("2025-06-30"),
      ": 0.00 0.00 0.00 0.00 2000.00 | no date 50.00 credits 1100.00 unapplied 1070.00 disputed 0.00 total "
      "950.00");
}

TEST_F(ReportsTest, DownFromAGroupToItsAccountsAndItems) {
  HandWorked();
  v1::GetAgeingRequest request;
  request.set_group_by("region");
  v1::GetAgeingResponse response = Ageing("2025-03-31", request);
  ASSERT_EQ(response.currencies(0).rows_size(), 2);
  EXPECT_EQ(
      Line(response.currencies(0).rows(0)),
      "Sud: 0.00 0.00 500.00 0.00 0.00 | no date 0.00 credits 70.00 unapplied 70.00 disputed 200.00 total "
      "430.00");
  request.set_group("Sud");
  request.set_by_account(true);
  response = Ageing("2025-03-31", request);
  ASSERT_EQ(response.currencies(0).rows_size(), 1);
  EXPECT_EQ(response.currencies(0).rows(0).key(), "C2");
  EXPECT_EQ(response.currencies(0).rows(0).name(), "Beta");
  EXPECT_EQ(Text(response.currencies(0).total().total()), "430.00 EUR");
  request.set_group("Ouest");
  EXPECT_TRUE(Ageing("2025-03-31", request).currencies().empty());

  v1::ListAgedItemsRequest items;
  *items.mutable_as_of_date() = Date("2025-03-31");
  items.set_group_by("region");
  items.set_group("Sud");
  v1::ListAgedItemsResponse found = Items(items);
  EXPECT_EQ(Keys(found), "C2/500.00 EUR/31-60 C2/-70.00 EUR/credits");
  EXPECT_EQ(found.items(0).item().days_past_due(), 40);
  EXPECT_EQ(found.items(0).account_name(), "Beta");
  EXPECT_TRUE(found.items(0).item().has_dispute());
  EXPECT_FALSE(found.items(0).item().dispute().has_resolved_date()) << "resolved later";
  items.set_bucket("31-60");
  EXPECT_EQ(Items(items).items_size(), 1);
  items.set_bucket("unapplied");
  EXPECT_EQ(Keys(Items(items)), "C2/-70.00 EUR/credits");
}

TEST_F(ReportsTest, ItemsOfAPastDayAreAsTheyWere) {
  HandWorked();
  v1::ListAgedItemsRequest request;
  request.set_account_id("C1");
  *request.mutable_as_of_date() = Date("2025-03-20");
  EXPECT_EQ(Keys(Items(request)), "C1/500.00 EUR/not due") << "F1 was paid then";
  *request.mutable_as_of_date() = Date("2025-04-02");
  EXPECT_EQ(Keys(Items(request)), "C1/1000.00 EUR/31-60 C1/500.00 EUR/1-30 C1/-1000.00 EUR/credits");
  *request.mutable_as_of_date() = Date("2025-04-01");
  EXPECT_EQ(Keys(Items(request)), "C1/500.00 EUR/1-30");
}

TEST_F(ReportsTest, ItemsComeInPagesOfOneFilter) {
  for (int n = 0; n < 5; ++n) {
    for (int i = 0; i < 3; ++i) {
      portfolio_.Invoice({"t", absl::StrCat("D", n)}, (n + 1) * 100 + i, "2025-05-01",
                         i == 1   ? ""
                         : i == 0 ? "2025-06-20"
                                  : "2025-06-10");
    }
  }
  portfolio_.Pay(unknown_, 7'50, "2025-06-01");
  v1::ListAgedItemsRequest request;
  const std::string all = Keys(Items(request));
  EXPECT_EQ(Items(request).items_size(), 15) << "money of unknown payers is no debtor's";
  EXPECT_THAT(all, HasSubstr("D0/1.02 EUR/1-30 D0/1.00 EUR/1-30 D0/1.01 EUR/no due date D1/"));
  request.set_page_size(4);
  std::vector<std::string> pages;
  do {
    const v1::ListAgedItemsResponse response = Items(request);
    pages.push_back(Keys(response));
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(pages.size(), 4u);
  EXPECT_EQ(absl::StrJoin(pages, " "), all);
  request.set_page_token("");
  request.set_page_token(Items(request).next_page_token());
  request.set_bucket("1-30");
  request.set_tenant_id("t");
  EXPECT_EQ(ReasonOf(reports_.ListAgedItems(request, Soon()).status()), "PAGE_TOKEN_OF_ANOTHER_FILTER");
  v1::ListAgedItemsRequest unidentified;
  unidentified.set_account_id("~unidentified");
  EXPECT_EQ(Keys(Items(unidentified)), "~unidentified/-7.50 EUR/credits");
}

TEST_F(ReportsTest, EdgesOfTheTenantHoldWhereARequestHasNone) {
  state::v1::TenantConfig config;
  config.set_id("own");
  config.set_country("FR");
  config.set_time_zone("Europe/Paris");
  config.add_ageing_edges(15);
  ASSERT_TRUE(
      portfolio_.ledger().PutDocument("own", kTenantDocument, config.SerializeAsString(), 0, Soon()).ok());
  state::v1::TenantClock clock;
  clock.set_test_day(DayNumber(*ParseIsoDay("2025-06-30")));
  ASSERT_TRUE(
      portfolio_.ledger().PutDocument("own", kClockDocument, clock.SerializeAsString(), 0, Soon()).ok());
  portfolio_.Invoice({"own", "C"}, 100, "2025-05-01", "2025-06-14");
  v1::GetAgeingRequest request;
  request.set_tenant_id("own");
  auto response = indicators_.GetAgeing(request, Soon());
  ASSERT_TRUE(response.ok());
  ASSERT_EQ(response->currencies(0).total().buckets_size(), 3);
  EXPECT_EQ(response->currencies(0).total().buckets(1).label(), "1-15");
  EXPECT_EQ(response->currencies(0).total().buckets(2).items(), 1) << "16 days";
  request.add_bucket_edges(16);
  EXPECT_EQ(indicators_.GetAgeing(request, Soon())->currencies(0).total().buckets(1).items(), 1);
}

TEST_F(ReportsTest, NewSplitsAndOneCurrency) {
  portfolio_.Attributes(alpha_,
                        [](auto& a) { a.set_trade("4711"), a.set_parent("G"), a.set_language("nl"); });
  portfolio_.Invoice(alpha_, 100, "2025-05-01", "2025-06-14");
  portfolio_.Invoice(alpha_, 200, "2025-05-01", "2025-06-14", "USD");
  for (const char* split : {"trade", "parent", "language"}) {
    v1::GetAgeingRequest request;
    request.set_group_by(split);
    request.set_currency_code("USD");
    const v1::GetAgeingResponse response = Ageing("2025-06-30", request);
    ASSERT_EQ(response.currencies_size(), 1) << "FC-31";
    EXPECT_EQ(Text(response.currencies(0).rows(0).total()), "2.00 USD");
    EXPECT_NE(response.currencies(0).rows(0).key(), "(none)");
  }
}

TEST_F(ReportsTest, HistoryReachesBackToTheFirstItemAndRollsForward) {
  HandWorked();
  const v1::GetHistoryResponse response = History();
  ASSERT_EQ(response.currencies_size(), 1);
  const auto& points = response.currencies(0).points();
  ASSERT_EQ(points.size(), 6);
  EXPECT_EQ(Text(points[0].as_of_date()), "2025-01-31");
  EXPECT_EQ(Text(points[5].as_of_date()), "2025-06-30");
  const auto roll = [](const v1::HistoryPoint& p) {
    const auto& r = p.roll_forward();
    return absl::StrJoin({Text(r.opening()), Text(r.billed()), Text(r.cash()), Text(r.credit_notes()),
                          Text(r.adjustments()), Text(r.closing())},
                         " ");
  };
  EXPECT_EQ(roll(points[0]), "0.00 EUR 1800.00 EUR 0.00 EUR 0.00 EUR 0.00 EUR 1800.00 EUR");
  EXPECT_EQ(roll(points[2]), "1800.00 EUR 500.00 EUR 1370.00 EUR 0.00 EUR 0.00 EUR 930.00 EUR");
  EXPECT_EQ(roll(points[3]), "930.00 EUR 0.00 EUR 0.00 EUR 30.00 EUR 0.00 EUR 900.00 EUR");
  EXPECT_EQ(Text(points[2].overdue()), "500.00 EUR");
  EXPECT_EQ(Text(points[2].unapplied()), "70.00 EUR");
  EXPECT_EQ(Text(points[2].disputed()), "200.00 EUR");
  EXPECT_NEAR(points[2].disputed_share(), 0.2, 1e-12);
  EXPECT_EQ(points[2].buckets(2).label(), "31-60");
  EXPECT_FALSE(points[0].roll_rates(0).has_cohort());
  // Of 1800 that were 1-30 days late in February 500 are 31-60 in March: F1 was paid, F3 in part.
  EXPECT_NEAR(points[2].roll_rates(1).cohort(), 500.0 / 1800, 1e-12);
  EXPECT_NEAR(points[2].roll_rates(1).balance(), 500.0 / 1800, 1e-12);
  EXPECT_NEAR(points[2].weighted_days_late(), 34, 1e-12) << "F1, paid on 15 March";
  EXPECT_FALSE(points[4].has_weighted_days_late()) << "taken back";
  // The figures of a date are those that GetKpis gives for it.
  v1::GetKpisRequest kpis;
  kpis.set_tenant_id("t");
  for (const auto& point : points) {
    *kpis.mutable_as_of_date() = point.as_of_date();
    const auto answer = indicators_.GetKpis(kpis, Soon());
    ASSERT_TRUE(answer.ok());
    const v1::KpiCurrency& kpi = answer->currencies(0);
    EXPECT_EQ(Text(kpi.receivables()), Text(point.receivables()));
    EXPECT_EQ(Text(kpi.overdue()), Text(point.overdue()));
    EXPECT_EQ(Text(kpi.sales()), Text(point.sales()));
    EXPECT_EQ(kpi.pareto_accounts(), point.pareto_accounts());
    for (const auto& dso : kpi.dso()) {
      const auto same = std::find_if(point.dso().begin(), point.dso().end(),
                                     [&](const auto& d) { return d.method() == dso.method(); });
      ASSERT_NE(same, point.dso().end());
      EXPECT_EQ(same->days(), dso.days());
      EXPECT_EQ(same->explanation(), dso.explanation());
    }
  }
}

TEST_F(ReportsTest, HistoryOfAStretchAndOfAGroup) {
  HandWorked();
  v1::GetHistoryRequest request;
  *request.mutable_from_date() = Date("2025-03-01");
  *request.mutable_to_date() = Date("2025-04-15");
  request.set_group_by("region");
  request.set_group("Nord");
  const v1::GetHistoryResponse response = History(request);
  const auto& points = response.currencies(0).points();
  ASSERT_EQ(points.size(), 2);
  EXPECT_EQ(Text(points[0].roll_forward().opening()), "1000.00 EUR");
  EXPECT_EQ(Text(points[0].roll_forward().billed()), "500.00 EUR");
  EXPECT_EQ(Text(points[0].roll_forward().closing()), "500.00 EUR");
  EXPECT_EQ(Text(points[1].as_of_date()), "2025-04-15");
}

TEST_F(ReportsTest, OpenMetricsOfThePast) {
  HandWorked();
  portfolio_.Pay(unknown_, 7'50, "2025-02-10");
  int pieces = 0;
  const std::string text = Export({}, &pieces);
  EXPECT_EQ(pieces, 1);
  EXPECT_TRUE(absl::EndsWith(text, "# EOF\n"));
  EXPECT_THAT(
      text,
      HasSubstr("# TYPE relance_ledger_receivables gauge\n# HELP relance_ledger_receivables Open debits "
                "minus credits, in units of the currency\n"));
  // 28 February ends at 23:00 UTC in Paris, 30 April at 22:00.
  EXPECT_THAT(text, HasSubstr("relance_ledger_receivables{tenant=\"t\",currency=\"EUR\",job=\"relance-"
                              "ledger\"} 1800 1740783599\n"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_receivables{tenant=\"t\",currency=\"EUR\",job=\"relance-"
                              "ledger\"} 900 1746050399\n"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_unidentified{tenant=\"t\",currency=\"EUR\",job=\"relance-"
                              "ledger\"} 7.5 1740783599\n"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_overdue{tenant=\"t\",currency=\"EUR\",bucket=\"1-30\",job="
                              "\"relance-ledger\"} 1800 1740783599"));
  EXPECT_THAT(text,
              HasSubstr("# TYPE relance_ledger_roll_rate_ratio gauge\n# UNIT relance_ledger_roll_rate_ratio "
                        "ratio\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE relance_ledger_collected counter\n"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_collected_total{tenant=\"t\",currency=\"EUR\",job=\"relance-"
                              "ledger\"} 1370 1743458399\n"));
  EXPECT_THAT(text, Not(HasSubstr("nan ")));
  EXPECT_THAT(text, Not(HasSubstr(" 1751320799\n"))) << "today is scraped, not exported";

  v1::ExportHistoryRequest request;
  *request.mutable_from_date() = Date("2025-03-01");
  *request.mutable_before_date() = Date("2025-04-30");
  const std::string march = Export(request);
  EXPECT_THAT(march, HasSubstr(" 1743458399\n"));
  EXPECT_THAT(march, Not(HasSubstr(" 1746050399\n"))) << "30 April is not before 30 April";
  EXPECT_THAT(march, Not(HasSubstr(" 1740783599\n")));
  *request.mutable_before_date() = Date("2025-03-15");
  EXPECT_EQ(Export(request), "# EOF\n");
}

TEST_F(ReportsTest, ConcentrationNamesTheLargest) {
  for (int n = 0; n < 10; ++n) {
    portfolio_.Invoice({"t", absl::StrCat("D", n)},
                       n == 0   ? 790'00
                       : n == 1 ? 20'00
                                : 10'00,
                       "2025-05-01", "2025-06-01");
  }
  portfolio_.Invoice({"t", "D5"}, 1'000'00, "2025-05-01", "2025-08-01");
  v1::GetConcentrationRequest request;
  request.set_tenant_id("t");
  request.set_basis(v1::CONCENTRATION_BASIS_OVERDUE);
  request.set_page_size(2);
  auto response = reports_.GetConcentration(request, Soon());
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::ConcentrationCurrency& overdue = response->currencies(0);
  EXPECT_EQ(Text(overdue.amount()), "890.00 EUR");
  EXPECT_EQ(overdue.accounts(), 10);
  EXPECT_EQ(overdue.pareto_accounts(), 1);
  ASSERT_EQ(overdue.largest_size(), 2);
  EXPECT_EQ(overdue.largest(0).account_id(), "D0");
  EXPECT_NEAR(overdue.largest(1).cumulated_share(), 810.0 / 890, 1e-12);
  EXPECT_EQ(overdue.curve_size(), 11);
  request.set_basis(v1::CONCENTRATION_BASIS_DEBITS);
  response = reports_.GetConcentration(request, Soon());
  EXPECT_EQ(response->currencies(0).largest(0).account_id(), "D5");
}

TEST_F(ReportsTest, E1_ProvisionMatrixThatIsGiven) {
  const std::pair<int64_t, const char*> rows[] = {{15'000'000'00, "2025-07-15"},
                                                  {7'500'000'00, "2025-06-10"},
                                                  {4'000'000'00, "2025-05-10"},
                                                  {2'500'000'00, "2025-04-10"},
                                                  {1'000'000'00, "2025-01-10"}};
  for (const auto& [minor, due] : rows) portfolio_.Invoice(alpha_, minor, "2025-01-01", due);
  v1::GetExpectedLossRequest request;
  request.set_tenant_id("t");
  for (const int64_t rate : {3'000'000, 16'000'000, 36'000'000, 66'000'000, 106'000'000}) {
    request.add_loss_rates_ppb(rate);
  }
  auto response = reports_.GetExpectedLoss(request, Soon());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(Text(response->currencies(0).loss()), "580000.00 EUR");
  EXPECT_EQ(Text(response->currencies(0).rows(3).loss()), "165000.00 EUR");
  EXPECT_EQ(response->currencies(0).rates_from(), "given");
  // A forward-looking adjustment of 10 % more.
  request.set_forward_looking_permille(1100);
  response = reports_.GetExpectedLoss(request, Soon());
  EXPECT_EQ(Text(response->currencies(0).loss()), "638000.00 EUR");
  EXPECT_EQ(response->currencies(0).rows(0).loss_rate_ppb(), 3'300'000);
}

TEST_F(ReportsTest, E2_RatesFromFlows) {
  const std::pair<int64_t, const char*> rows[] = {{900'000'00, "2025-07-15"},
                                                  {240'000'00, "2025-06-10"},
                                                  {110'000'00, "2025-05-10"},
                                                  {60'000'00, "2025-04-10"},
                                                  {90'000'00, "2025-01-10"}};
  for (const auto& [minor, due] : rows) portfolio_.Invoice(alpha_, minor, "2025-01-01", due);
  v1::GetExpectedLossRequest request;
  request.set_tenant_id("t");
  for (const int64_t flow : {120'000'000, 350'000'000, 550'000'000, 700'000'000})
    request.add_flow_rates_ppb(flow);
  request.set_final_loss_ppb(850'000'000);
  const auto response = reports_.GetExpectedLoss(request, Soon());
  ASSERT_TRUE(response.ok()) << response.status();
  const auto& euro = response->currencies(0);
  EXPECT_EQ(Text(euro.rows(0).loss()), "12370.05 EUR");
  EXPECT_EQ(Text(euro.rows(1).loss()), "27489.00 EUR");
  EXPECT_EQ(Text(euro.rows(2).loss()), "35997.50 EUR");
  EXPECT_EQ(Text(euro.loss()), "188056.55 EUR");
  EXPECT_EQ(euro.rates_from(), "flows");
  EXPECT_EQ(euro.rows(4).flow_ppb(), -1);
}

TEST_F(ReportsTest, FlowsAreObserved) {
  // One invoice a month of 100, half of each paid in the month after it fell due; the rest stays.
  for (const char* month : {"2025-01", "2025-02", "2025-03", "2025-04", "2025-05"}) {
    const uint64_t invoice =
        portfolio_.Invoice(alpha_, 100'00, absl::StrCat(month, "-05"), absl::StrCat(month, "-20"));
    const absl::CivilDay paid = AddMonthsClamped(*ParseIsoDay(absl::StrCat(month, "-25")), 1);
    portfolio_.Pay(alpha_, 50'00, FormatIsoDay(paid), invoice);
  }
  portfolio_.Invoice(alpha_, 100'00, "2025-04-25", "2025-06-20");
  v1::GetExpectedLossRequest request;
  request.set_tenant_id("t");
  request.set_final_loss_ppb(1'000'000'000);
  request.set_flow_months(2);
  const auto response = reports_.GetExpectedLoss(request, Soon());
  ASSERT_TRUE(response.ok()) << response.status();
  const auto& euro = response->currencies(0);
  EXPECT_EQ(euro.rates_from(), "observed");
  EXPECT_EQ(euro.rows(0).flow_ppb(), 500'000'000) << "100 was not due in April and May, and late in June";
  EXPECT_EQ(euro.rows(1).flow_ppb(), 500'000'000);
  EXPECT_EQ(euro.rows(2).flow_ppb(), 1'000'000'000);
  EXPECT_EQ(Text(euro.loss()), "300.00 EUR") << "100 of 1-30 at 50 %, the older ones wholly";
  request.set_flow_months(0);
  *request.mutable_as_of_date() = Date("2025-02-28");
  EXPECT_EQ(ReasonOf(reports_.GetExpectedLoss(request, Soon()).status()), "FLOWS_UNKNOWN");
}

TEST_F(ReportsTest, Refusals) {
  portfolio_.Invoice(alpha_, 100, "2025-05-01", "2025-06-01");
  const auto items = [&](const std::function<void(v1::ListAgedItemsRequest&)>& change) {
    v1::ListAgedItemsRequest request;
    request.set_tenant_id("t");
    change(request);
    return ReasonOf(reports_.ListAgedItems(request, Soon()).status());
  };
  EXPECT_EQ(items([](auto& r) { r.set_tenant_id("nobody"), r.add_bucket_edges(-1); }), "TENANT_NOT_FOUND");
  EXPECT_EQ(items([](auto& r) { r.mutable_as_of_date()->set_year(2025), r.add_bucket_edges(-1); }),
            "DATE_NOT_IN_CALENDAR");
  EXPECT_EQ(items([](auto& r) { r.add_bucket_edges(-1), r.set_bucket("x"); }), "BUCKET_EDGES_INVALID");
  EXPECT_EQ(items([](auto& r) { r.set_bucket("1-31"), r.set_group_by("x"); }), "BUCKET_UNKNOWN");
  EXPECT_EQ(items([](auto& r) { r.set_group_by("x"), r.set_page_size(-1); }), "GROUP_BY_UNKNOWN");
  EXPECT_EQ(items([](auto& r) { r.set_group("Nord"), r.set_page_size(-1); }), "GROUP_WITHOUT_SPLIT");
  EXPECT_EQ(items([](auto& r) { r.set_group_by("region"), r.set_page_size(-1); }), "GROUP_WITHOUT_SPLIT");
  EXPECT_EQ(items([](auto& r) { r.set_page_size(-1), r.set_page_token("x"); }), "PAGE_SIZE_NEGATIVE");
  EXPECT_EQ(items([](auto& r) { r.set_page_token("x"); }), "PAGE_TOKEN_MALFORMED");

  const auto history = [&](const std::function<void(v1::GetHistoryRequest&)>& change) {
    v1::GetHistoryRequest request;
    request.set_tenant_id("t");
    change(request);
    return ReasonOf(reports_.GetHistory(request, Soon()).status());
  };
  EXPECT_EQ(history([](auto& r) { *r.mutable_from_date() = Date("2025-07-01"), r.set_group("x"); }),
            "DATES_REVERSED");
  EXPECT_EQ(history([](auto& r) { r.set_group("x"), r.set_period_days(-1); }), "GROUP_WITHOUT_SPLIT");
  EXPECT_EQ(history([](auto& r) { r.set_period_days(3661); }), "PERIOD_INVALID");
  v1::ExportHistoryRequest past;
  past.set_tenant_id("t");
  *past.mutable_from_date() = Date("2025-07-01");
  EXPECT_EQ(ReasonOf(reports_.ExportHistory(past, Soon(), [](const auto&) { return true; })),
            "DATES_REVERSED");
  past.clear_from_date();
  EXPECT_TRUE(absl::IsCancelled(reports_.ExportHistory(past, Soon(), [](const auto&) { return false; })));

  v1::GetConcentrationRequest concentration;
  concentration.set_tenant_id("t");
  concentration.set_page_size(-1);
  EXPECT_EQ(ReasonOf(reports_.GetConcentration(concentration, Soon()).status()), "BASIS_UNSPECIFIED");
  concentration.set_basis(v1::CONCENTRATION_BASIS_DEBITS);
  EXPECT_EQ(ReasonOf(reports_.GetConcentration(concentration, Soon()).status()), "PAGE_SIZE_NEGATIVE");

  const auto loss = [&](const std::function<void(v1::GetExpectedLossRequest&)>& change) {
    v1::GetExpectedLossRequest request;
    request.set_tenant_id("t");
    change(request);
    return ErrorInfoOf(reports_.GetExpectedLoss(request, Soon()).status()).metadata["field"];
  };
  EXPECT_EQ(loss([](auto&) {}), "final_loss_ppb");
  EXPECT_EQ(loss([](auto& r) { r.set_final_loss_ppb(1'000'000'001); }), "final_loss_ppb");
  EXPECT_EQ(loss([](auto& r) { r.add_loss_rates_ppb(1); }), "loss_rates_ppb");
  EXPECT_EQ(loss([](auto& r) {
              for (int i = 0; i < 5; ++i) r.add_loss_rates_ppb(i == 4 ? -1 : 0);
            }),
            "loss_rates_ppb");
  EXPECT_EQ(loss([](auto& r) { r.add_loss_rates_ppb(1), r.add_flow_rates_ppb(1); }), "loss_rates_ppb");
  EXPECT_EQ(loss([](auto& r) { r.add_flow_rates_ppb(1), r.set_final_loss_ppb(1); }), "flow_rates_ppb");
  EXPECT_EQ(loss([](auto& r) { r.set_final_loss_ppb(1), r.set_flow_months(61); }), "flow_months");
  EXPECT_EQ(loss([](auto& r) { r.set_final_loss_ppb(1), r.set_forward_looking_permille(-1); }),
            "forward_looking_permille");

  v1::GetAgeingRequest ageing;
  ageing.set_tenant_id("t");
  ageing.set_group("Nord");
  EXPECT_EQ(ReasonOf(indicators_.GetAgeing(ageing, Soon()).status()), "GROUP_WITHOUT_SPLIT");
}

TEST(OpenMetrics, NumbersReadBackAndLabelsAreEscaped) {
  FiguresAt figures;
  figures.buckets.assign(5, 0);
  figures.debits = 10;
  figures.sales = 3;
  const std::string text = WriteOpenMetrics({{-1, GaugesOf("a\"b\\c\n", "EUR", figures, 0)}}, "");
  EXPECT_THAT(text,
              HasSubstr("relance_ledger_receivables{tenant=\"a\\\"b\\\\c\\n\",currency=\"EUR\"} 0.1 -1\n"));
  EXPECT_THAT(text, HasSubstr(",method=\"simple\"} 300 -1\n"));
  EXPECT_EQ(WriteOpenMetrics({}, "x"), "# EOF\n");
}

TEST(OpenMetrics, LastSecondOfADayInItsZone) {
  absl::TimeZone paris;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Paris", &paris));
  // The clocks go forward on 30 March 2025, back on 26 October.
  EXPECT_EQ(LastSecond(absl::CivilDay(2025, 3, 30), paris), 1743371999);
  EXPECT_EQ(LastSecond(absl::CivilDay(2025, 10, 26), paris), 1761519599);
  EXPECT_EQ(LastSecond(absl::CivilDay(1970, 1, 1), absl::UTCTimeZone()), 86399);
}

}  // namespace
}  // namespace relance::ledger
