#include "services/ledger/quality/quality_report.h"

#include "absl/strings/str_cat.h"
#include "common/store/testing/fake_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/ledger/agreement/testing/stored_accounts.h"

namespace relance::ledger {
namespace {

using testing::DayOf;
using testing::MakeStoredItem;
using testing::PutAccount;

Finding MakeFinding(v1::QualityKind kind, const std::string& account, int64_t minor,
                    const std::string& currency = "EUR") {
  Finding finding;
  finding.kind = kind;
  finding.account = account;
  finding.amount_minor = minor;
  finding.currency = currency;
  return finding;
}

TEST(QualityReportTest, RanksByMoneyWhateverTheCurrency) {
  QualityReport report;
  report.Add(MakeFinding(v1::QUALITY_KIND_RESIDUE, "B", 2'00));
  report.Add(MakeFinding(v1::QUALITY_KIND_RESIDUE, "A", 2'00));
  report.Add(MakeFinding(v1::QUALITY_KIND_RESIDUE, "A", 3'00));
  report.Add(MakeFinding(v1::QUALITY_KIND_CREDIT_OLD, "Y", 5, "JPY"));
  report.Finish();
  std::vector<std::string> order;
  for (const Finding& f : report.findings()) order.push_back(absl::StrCat(f.account, f.amount_minor));
  EXPECT_THAT(order, ::testing::ElementsAre("Y5", "A300", "A200", "B200"));
  const auto& count = report.counts().at(v1::QUALITY_KIND_RESIDUE);
  EXPECT_EQ(count.findings, 3);
  EXPECT_EQ(count.accounts, 2);
  EXPECT_EQ(count.amounts.at("EUR"), 7'00);
}

TEST(QualityReportTest, KeepsTheLargestOfEachKindAndCountsAll) {
  QualityReport report;
  constexpr int64_t kAll = kFindingsKeptMax + 10;
  for (int64_t i = 0; i < kAll; ++i) {
    report.Add(MakeFinding(v1::QUALITY_KIND_RESIDUE, absl::StrCat("A", i), (i * 7919) % kAll));
  }
  report.Add(MakeFinding(v1::QUALITY_KIND_CREDIT_OLD, "C", 0));
  report.Finish();
  EXPECT_EQ(report.counts().at(v1::QUALITY_KIND_RESIDUE).findings, kAll);
  ASSERT_EQ(report.findings().size(), kFindingsKeptMax + 1);
  EXPECT_EQ(report.findings().front().amount_minor, kAll - 1);
  EXPECT_EQ(report.findings()[kFindingsKeptMax - 1].amount_minor, 10);
  EXPECT_EQ(report.findings().back().account, "C");
}

TEST(QualityReportTest, LooksThroughAllAccountsAndBothAgreements) {
  store::FakeStore store(store::Service::kLedger, 3);
  const AgreementBook book(
      &store, [](const state::v1::Item& item) { return item.issue_day(); }, [] { return absl::UnixEpoch(); });
  const auto soon = store::After(absl::Seconds(10));
  TenantContext tenant;
  tenant.config.set_id("t");
  tenant.config.set_country("FR");
  tenant.config.set_currency("EUR");
  tenant.business_date = absl::CivilDay(2025, 6, 30);
  state::v1::Attributes known;
  known.add_address("1 rue");
  known.add_contacts()->set_email("a@b.c");
  // More accounts than are read at a time, each with an invoice without a due date.
  for (int i = 0; i < 150; ++i) {
    PutAccount(&store, {"t", absl::StrCat("A", i)},
               {MakeStoredItem(1, state::v1::ITEM_KIND_INVOICE, 100'00 + i, DayOf(2025, 6, 1), "fec")},
               known);
  }
  PutAccount(&store, {"other", "A1"}, {MakeStoredItem(1, state::v1::ITEM_KIND_INVOICE, 1, 1, "fec")});
  BooksTold told;
  told.currency = "EUR";
  told.day = absl::CivilDay(2025, 6, 29);
  for (int i = 1; i < 150; ++i) told.balances[absl::StrCat("A", i)] = 100'00 + i;
  ASSERT_TRUE(book.Compare("t", told, "i1", soon).ok());
  BankStatement first, second;
  first.account = second.account = "FR76";
  first.currency = second.currency = "EUR";
  first.opening_minor = 0;
  first.closing_minor = 10;
  second.opening_minor = 15'00;
  second.closing_minor = 15'00;
  first.closing_day = absl::CivilDay(2025, 6, 1);
  second.closing_day = absl::CivilDay(2025, 6, 2);
  ASSERT_TRUE(book.TakeStatements("t", {first, second}, {}, "i2", soon).ok());

  const auto report = MakeQualityReport(store, book, tenant, {}, soon);
  ASSERT_TRUE(report.ok()) << report.status();
  std::map<v1::QualityKind, int64_t> counts;
  for (const auto& [kind, count] : report->counts()) counts[kind] = count.findings;
  EXPECT_THAT(counts,
              ::testing::UnorderedElementsAre(::testing::Pair(v1::QUALITY_KIND_DUE_DATE_MISSING, 150),
                                              ::testing::Pair(v1::QUALITY_KIND_BOOKS_DISAGREE, 1),
                                              ::testing::Pair(v1::QUALITY_KIND_STATEMENT_MISSING, 1)));
  const auto only = MakeQualityReport(store, book, tenant, {v1::QUALITY_KIND_BOOKS_DISAGREE}, soon);
  ASSERT_EQ(only->findings().size(), 1u);
  EXPECT_EQ(only->findings()[0].account, "A0");
  EXPECT_EQ(only->findings()[0].amount_minor, 100'00);
  EXPECT_EQ(only->findings()[0].message,
            "the books of 2025-06-29 say 0.00 EUR, its items 100.00 EUR; since import i1 of 2025-06-29");
}

TEST(KindsOfFindingsTest, EveryKindOfTheContractIsThereOnce) {
  const auto* kinds = v1::QualityKind_descriptor();
  ASSERT_EQ(static_cast<int>(KindsOfFindings().size()), kinds->value_count() - 1);
  std::set<std::string> labels;
  for (int i = 1; i < kinds->value_count(); ++i) {
    const auto kind = static_cast<v1::QualityKind>(kinds->value(i)->number());
    const KindOfFinding& about = AboutKind(kind);
    EXPECT_TRUE(labels.insert(about.label).second);
    std::string name = kinds->value(i)->name().substr(std::string("QUALITY_KIND_").size());
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_EQ(about.label, name);
  }
}

}  // namespace
}  // namespace relance::ledger
