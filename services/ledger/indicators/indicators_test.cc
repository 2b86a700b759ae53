#include "services/ledger/indicators/indicators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/money/decimal_text.h"
#include "common/projection/testing/portfolio.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/indicators/indicator_metrics.h"

namespace relance::ledger {
namespace {

using projection::testing::Portfolio;
using store::AccountKey;
using testing::ElementsAre;
using testing::HasSubstr;

std::string Text(const type::v1::Money& money) { return FormatPlain(*rpc::MoneyFromProto(money, "money")); }

// "not due=1.00 EUR, 1-30=...".
std::string Buckets(const v1::AgeingRow& row) {
  std::string text;
  for (const auto& bucket : row.buckets()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", bucket.label(), "=", Text(bucket.amount()), "/",
                    bucket.items());
  }
  return text;
}

class IndicatorsTest : public testing::Test {
 protected:
  IndicatorsTest()
      : tenants_(&portfolio_.ledger(), [] { return absl::UnixEpoch(); }),
        projection_(&portfolio_.ledger()),
        indicators_(&projection_, &tenants_) {
    portfolio_.Tenant("t", "EUR", "2025-06-30");
  }

  v1::GetAgeingResponse Ageing(v1::GetAgeingRequest request = {}, absl::string_view as_of = "") {
    request.set_tenant_id("t");
    if (!as_of.empty()) *request.mutable_as_of_date() = rpc::DayToProto(*ParseIsoDay(as_of));
    auto response = indicators_.GetAgeing(request, store::After(absl::Seconds(10)));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetAgeingResponse();
  }

  v1::GetKpisResponse Kpis(absl::string_view as_of = "", int period_days = 0) {
    v1::GetKpisRequest request;
    request.set_tenant_id("t");
    request.set_period_days(period_days);
    if (!as_of.empty()) *request.mutable_as_of_date() = rpc::DayToProto(*ParseIsoDay(as_of));
    auto response = indicators_.GetKpis(request, store::After(absl::Seconds(10)));
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::GetKpisResponse();
  }

  Portfolio portfolio_;
  TenantDirectory tenants_;
  projection::Projection projection_;
  Indicators indicators_;
  const AccountKey alpha_{"t", "C1"}, beta_{"t", "C2"}, unknown_{"t", "~unidentified"};
};

TEST_F(IndicatorsTest, FC46_AgesFromTheDueDateAndNetsNothing) {
  portfolio_.Invoice(alpha_, 100'00, "2025-05-01", "2025-06-30");
  portfolio_.Invoice(alpha_, 200'00, "2025-05-01", "2025-06-29");
  portfolio_.Invoice(alpha_, 400'00, "2025-01-01", "2025-03-31");
  portfolio_.Invoice(beta_, 50'00, "2025-05-01", "");
  portfolio_.Pay(beta_, 30'00, "2025-06-01");
  portfolio_.Item(beta_, state::v1::ITEM_KIND_CREDIT_NOTE, -20'00, "2025-06-01");
  const v1::GetAgeingResponse response = Ageing();
  ASSERT_EQ(response.currencies_size(), 1);
  const v1::AgeingRow& total = response.currencies(0).total();
  EXPECT_EQ(Buckets(total),
            "not due=100.00 EUR/1, 1-30=200.00 EUR/1, 31-60=0.00 EUR/0, 61-90=0.00 EUR/0, > 90=400.00 EUR/1");
  EXPECT_EQ(Text(total.credits()), "50.00 EUR");
  EXPECT_EQ(Text(total.no_due_date()), "50.00 EUR");
  EXPECT_EQ(Text(total.overdue()), "600.00 EUR");
  EXPECT_EQ(Text(total.total()), "700.00 EUR");
}

TEST_F(IndicatorsTest, ThePastIsAsItWasThen) {
  const uint64_t invoice = portfolio_.Invoice(alpha_, 100'00, "2025-04-01", "2025-05-01");
  const uint64_t payment = portfolio_.Pay(alpha_, 60'00, "2025-05-10", invoice);
  portfolio_.Undo(alpha_, payment, "2025-05-20");
  portfolio_.Item(alpha_, state::v1::ITEM_KIND_RETURN, 60'00, "2025-05-20");
  const auto overdue_at = [&](absl::string_view day) {
    const auto response = Ageing({}, day);
    return response.currencies().empty() ? "nothing" : Text(response.currencies(0).total().overdue());
  };
  EXPECT_EQ(overdue_at("2025-03-31"), "nothing");
  EXPECT_EQ(overdue_at("2025-05-01"), "0.00 EUR") << "FC-10";
  EXPECT_EQ(overdue_at("2025-05-02"), "100.00 EUR");
  EXPECT_EQ(overdue_at("2025-05-10"), "40.00 EUR");
  EXPECT_EQ(overdue_at("2025-05-19"), "40.00 EUR");
  EXPECT_EQ(overdue_at("2025-05-20"), "100.00 EUR");
}

TEST_F(IndicatorsTest, ByAccountAndByGroup) {
  portfolio_.Attributes(alpha_, [](auto& a) { a.set_region("Nord"), a.set_name("Alpha"); });
  portfolio_.Attributes(beta_, [](auto& a) { a.set_name("Beta"); });
  portfolio_.Invoice(alpha_, 100'00, "2025-05-01", "2025-06-01");
  portfolio_.Invoice(beta_, 300'00, "2025-05-01", "2025-06-01");
  portfolio_.Invoice(beta_, 7'00, "2025-05-01", "2025-06-01", "USD");
  portfolio_.Dispute(beta_, 2, 120'00, "2025-06-10", "2025-06-20");
  portfolio_.Dispute(alpha_, 1, 40'00, "2025-06-10");
  v1::GetAgeingRequest request;
  request.set_by_account(true);
  v1::GetAgeingResponse response = Ageing(request);
  ASSERT_EQ(response.currencies_size(), 2) << "a currency is never added to another";
  EXPECT_EQ(response.currencies(0).currency_code(), "EUR");
  EXPECT_EQ(Text(response.currencies(0).total().disputed()), "40.00 EUR");
  ASSERT_EQ(response.currencies(0).rows_size(), 2);
  EXPECT_EQ(response.currencies(0).rows(0).key(), "C2");
  EXPECT_EQ(response.currencies(0).rows(0).name(), "Beta");
  EXPECT_EQ(Text(response.currencies(0).rows(1).disputed()), "40.00 EUR");
  EXPECT_EQ(response.currencies(1).rows_size(), 1);
  EXPECT_EQ(Text(Ageing({}, "2025-06-15").currencies(0).total().disputed()), "160.00 EUR");

  request.set_page_size(1);
  EXPECT_EQ(Ageing(request).currencies(0).rows_size(), 1);

  v1::GetAgeingRequest by_region;
  by_region.set_group_by("region");
  response = Ageing(by_region);
  ASSERT_EQ(response.currencies(0).rows_size(), 2);
  EXPECT_EQ(response.currencies(0).rows(0).key(), "(none)");
  EXPECT_EQ(Text(response.currencies(0).rows(0).overdue()), "300.00 EUR");
  EXPECT_EQ(response.currencies(0).rows(1).key(), "Nord");
  EXPECT_EQ(Text(response.currencies(0).rows(1).disputed()), "40.00 EUR");
  for (const char* group : {"segment", "sector", "country", "collector", "customer_type"}) {
    by_region.set_group_by(group);
    EXPECT_EQ(Ageing(by_region).currencies(0).rows_size(), 1) << group;
  }
}

TEST_F(IndicatorsTest, MoneyOfUnknownPayersStandsApart) {
  portfolio_.Invoice(alpha_, 100'00, "2025-05-01", "2025-06-01");
  portfolio_.Pay(unknown_, 70'00, "2025-06-05");
  const v1::GetAgeingResponse response = Ageing();
  const v1::AgeingCurrency& euro = response.currencies(0);
  EXPECT_EQ(Text(euro.total().credits()), "0.00 EUR");
  EXPECT_EQ(Text(euro.total().total()), "100.00 EUR");
  ASSERT_EQ(euro.rows_size(), 1);
  EXPECT_EQ(euro.rows(0).key(), "~unidentified");
  EXPECT_EQ(Text(euro.rows(0).credits()), "70.00 EUR");
  EXPECT_EQ(Text(Kpis().currencies(0).receivables()), "100.00 EUR");
  EXPECT_EQ(Text(Kpis().currencies(0).collected()), "0.00 EUR");
}

TEST_F(IndicatorsTest, OwnBucketsAndRefusals) {
  portfolio_.Invoice(alpha_, 100'00, "2025-05-01", "2025-06-01");
  v1::GetAgeingRequest request;
  request.add_bucket_edges(29);
  EXPECT_EQ(Buckets(Ageing(request).currencies(0).total()),
            "not due=0.00 EUR/0, 1-29=100.00 EUR/1, > 29=0.00 EUR/0");

  const auto reason = [&](const std::function<void(v1::GetAgeingRequest&)>& change) {
    v1::GetAgeingRequest bad;
    bad.set_tenant_id("t");
    change(bad);
    return ReasonOf(indicators_.GetAgeing(bad, store::After(absl::Seconds(10))).status());
  };
  EXPECT_EQ(reason([](auto& r) { r.set_tenant_id("nobody"), r.add_bucket_edges(-1); }), "TENANT_NOT_FOUND");
  EXPECT_EQ(reason([](auto& r) { r.mutable_as_of_date()->set_year(2025), r.add_bucket_edges(-1); }),
            "DATE_NOT_IN_CALENDAR");
  EXPECT_EQ(reason([](auto& r) { r.add_bucket_edges(-1), r.set_group_by("x"); }), "BUCKET_EDGES_INVALID");
  EXPECT_EQ(reason([](auto& r) { r.set_group_by("name"), r.set_by_account(true); }), "GROUP_BY_UNKNOWN");
  EXPECT_EQ(reason([](auto& r) { r.set_group_by("region"), r.set_by_account(true), r.set_page_size(-1); }),
            "SPLIT_INVALID");
  EXPECT_EQ(reason([](auto& r) { r.set_page_size(-1); }), "PAGE_SIZE_NEGATIVE");
  v1::GetKpisRequest kpis;
  kpis.set_tenant_id("t");
  kpis.set_period_days(3661);
  EXPECT_EQ(ReasonOf(indicators_.GetKpis(kpis, store::After(absl::Seconds(10))).status()), "PERIOD_INVALID");
}

TEST_F(IndicatorsTest, D4_CountBackFromTheItems) {
  portfolio_.Invoice(alpha_, 180'000'00, "2025-03-20", "2025-05-20");
  portfolio_.Invoice(alpha_, 150'000'00, "2025-02-10", "2025-04-10");
  const uint64_t january = portfolio_.Invoice(beta_, 200'000'00, "2025-01-10", "2025-03-10");
  portfolio_.Pay(beta_, 105'000'00, "2025-03-12", january);
  portfolio_.Pay(beta_, 95'000'00, "2025-04-12", january);  // later than the day asked for
  portfolio_.Invoice(beta_, 999'00, "2025-04-01", "2025-05-01");
  const v1::GetKpisResponse response = Kpis("2025-03-31");
  ASSERT_EQ(response.currencies_size(), 1);
  const v1::KpiCurrency& kpis = response.currencies(0);
  EXPECT_EQ(Text(kpis.receivables()), "425000.00 EUR");
  EXPECT_EQ(Text(kpis.sales()), "530000.00 EUR");
  EXPECT_EQ(Text(kpis.collected()), "105000.00 EUR");
  EXPECT_EQ(Text(kpis.overdue()), "95000.00 EUR");
  EXPECT_NEAR(kpis.overdue_share(), 95.0 / 425, 1e-12);
  EXPECT_EQ(kpis.overdue_accounts(), 1);
  EXPECT_EQ(kpis.pareto_accounts(), 1);
  ASSERT_EQ(kpis.dso_size(), 4);
  EXPECT_EQ(kpis.dso(0).method(), "simple");
  EXPECT_NEAR(kpis.dso(0).days(), 425.0 / 530 * 90, 1e-9);
  EXPECT_EQ(kpis.dso(0).explanation(), "425000.00 / 530000.00 x 90");
  EXPECT_EQ(kpis.dso(1).method(), "countback");
  EXPECT_NEAR(kpis.dso(1).days(), 73.725, 1e-9);
  EXPECT_EQ(kpis.dso(1).explanation(), "31 (2025-03) + 28 (2025-02) + 95000.00 / 200000.00 x 31 (2025-01)");
  EXPECT_FALSE(kpis.dso(1).has_unabsorbed());
  EXPECT_EQ(kpis.dso(2).method(), "best_possible");
  EXPECT_EQ(kpis.dso(3).method(), "average_delinquent");
  EXPECT_NEAR(kpis.dso(2).days() + kpis.dso(3).days(), kpis.dso(0).days(), 1e-9);
}

TEST_F(IndicatorsTest, OpeningItemsAreNoSales) {
  portfolio_.Item(alpha_, state::v1::ITEM_KIND_OPENING, 500'00, "2025-01-01", "2025-01-31");
  portfolio_.Invoice(alpha_, 100'00, "2025-06-10", "2025-07-10");
  const v1::KpiCurrency kpis = Kpis().currencies(0);
  EXPECT_EQ(Text(kpis.sales()), "100.00 EUR");
  EXPECT_EQ(Text(kpis.dso(1).unabsorbed()), "500.00 EUR");
  EXPECT_THAT(kpis.dso(1).explanation(), HasSubstr("sales before that are not known"));
}

TEST_F(IndicatorsTest, WithoutSalesThereIsNoDso) {
  portfolio_.Item(alpha_, state::v1::ITEM_KIND_OPENING, 500'00, "2025-01-01", "2025-01-31");
  EXPECT_EQ(Kpis().currencies(0).dso_size(), 0);
}

TEST_F(IndicatorsTest, WeightedDaysLateOfWhatWasSettledInThePeriod) {
  const uint64_t early = portfolio_.Invoice(alpha_, 1000'00, "2025-05-01", "2025-06-10");
  const uint64_t late = portfolio_.Invoice(alpha_, 3000'00, "2025-05-01", "2025-06-01");
  const uint64_t later = portfolio_.Invoice(alpha_, 6000'00, "2025-04-01", "2025-05-01");
  const uint64_t before = portfolio_.Invoice(alpha_, 9000'00, "2025-01-01", "2025-02-01");
  portfolio_.Pay(alpha_, 1000'00, "2025-06-05", early);
  portfolio_.Pay(alpha_, 3000'00, "2025-06-13", late);
  portfolio_.Pay(alpha_, 6000'00, "2025-06-10", later);
  portfolio_.Pay(alpha_, 9000'00, "2025-05-01", before);
  EXPECT_NEAR(Kpis("", 30).currencies(0).weighted_days_late(), 27.6, 1e-9);
  // A later payment makes the day asked for a past one: the same figure by the other way.
  portfolio_.Pay(beta_, 5'00, "2025-07-15");
  EXPECT_NEAR(Kpis("", 30).currencies(0).weighted_days_late(), 27.6, 1e-9);
}

TEST_F(IndicatorsTest, CollectedTakesReturnsBack) {
  const uint64_t invoice = portfolio_.Invoice(alpha_, 100'00, "2025-05-01", "2025-06-01");
  const uint64_t payment = portfolio_.Pay(alpha_, 100'00, "2025-06-05", invoice);
  EXPECT_EQ(Text(Kpis().currencies(0).collected()), "100.00 EUR");
  portfolio_.Undo(alpha_, payment, "2025-06-12");
  portfolio_.Item(alpha_, state::v1::ITEM_KIND_RETURN, 100'00, "2025-06-12");
  EXPECT_EQ(Text(Kpis().currencies(0).collected()), "0.00 EUR");
  EXPECT_EQ(Text(Kpis("2025-06-11").currencies(0).collected()), "100.00 EUR");
}

TEST_F(IndicatorsTest, ParetoCountsTheFewestAccounts) {
  for (int i = 0; i < 10; ++i) {
    portfolio_.Invoice({"t", absl::StrCat("D", i)},
                       i == 0   ? 790'00
                       : i == 1 ? 20'00
                                : 10'00,
                       "2025-05-01", "2025-06-01");
  }
  const v1::KpiCurrency kpis = Kpis().currencies(0);
  EXPECT_EQ(kpis.overdue_accounts(), 10);
  EXPECT_EQ(kpis.pareto_accounts(), 1) << "790 of 890 is over 80 %";
}

TEST_F(IndicatorsTest, MetricsFollowThePortfolio) {
  prometheus::Registry registry;
  IndicatorMetrics figures(&projection_, &tenants_, &RealClock::Get(), registry);
  const uint64_t invoice = portfolio_.Invoice(alpha_, 100'00, "2025-05-01", "2025-06-29");
  portfolio_.Pay(alpha_, 25'00, "2025-06-01", invoice);
  portfolio_.Pay(unknown_, 7'50, "2025-06-01");
  state::v1::Freshness freshness;
  freshness.set_ledger_day(DayNumber(*ParseIsoDay("2025-06-28")));
  ASSERT_TRUE(portfolio_.ledger()
                  .PutDocument("t", kFreshnessDocument, freshness.SerializeAsString(), 0,
                               store::After(absl::Seconds(10)))
                  .ok());
  ASSERT_TRUE(figures.RunOnce(store::After(absl::Seconds(10))).ok());
  std::string text = metrics::RenderText(registry);
  EXPECT_THAT(text, HasSubstr("relance_ledger_receivables{currency=\"EUR\",tenant=\"t\"} 75"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_overdue{bucket=\"1-30\",currency=\"EUR\",tenant=\"t\"} 75"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_overdue{bucket=\"over-90\",currency=\"EUR\",tenant=\"t\"} 0"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_dso{currency=\"EUR\",method=\"simple\",tenant=\"t\"} 67.5"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_unidentified{currency=\"EUR\",tenant=\"t\"} 7.5"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_collected_total{currency=\"EUR\",tenant=\"t\"} 25"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_as_of_timestamp_seconds{tenant=\"t\"} 1751241600"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "relance_ledger_source_known_until_timestamp_seconds{source=\"ledger\",tenant=\"t\"} 1751068800"));
  EXPECT_THAT(text, Not(HasSubstr("source=\"bank\"")));  // nothing came from a bank yet
  portfolio_.Pay(alpha_, 75'00, "2025-06-30", invoice);
  ASSERT_TRUE(figures.RunOnce(store::After(absl::Seconds(10))).ok());
  text = metrics::RenderText(registry);
  EXPECT_THAT(text, HasSubstr("relance_ledger_receivables{currency=\"EUR\",tenant=\"t\"} 0"));
  EXPECT_THAT(text, HasSubstr("relance_ledger_collected_total{currency=\"EUR\",tenant=\"t\"} 100"));
}

TEST_F(IndicatorsTest, MetricsAreBoundedByPortfolios) {
  prometheus::Registry registry;
  IndicatorMetrics figures(&projection_, &tenants_, &RealClock::Get(), registry);
  for (int i = 0; i < kPortfoliosInMetricsMax + 3; ++i) {
    const std::string tenant = absl::StrCat("n", i);
    portfolio_.Tenant(tenant, "EUR", "2025-06-30");
    portfolio_.Invoice({tenant, "C"}, 100'00, "2025-05-01", "2025-06-29");
  }
  ASSERT_TRUE(figures.RunOnce(store::After(absl::Seconds(10))).ok());
  const std::string text = metrics::RenderText(registry);
  int lines = 0;
  for (size_t at = text.find("relance_ledger_receivables{"); at != std::string::npos;
       at = text.find("relance_ledger_receivables{", at + 1)) {
    ++lines;
  }
  EXPECT_EQ(lines, kPortfoliosInMetricsMax);
  EXPECT_EQ(text.find("other"), std::string::npos);
}

}  // namespace
}  // namespace relance::ledger
