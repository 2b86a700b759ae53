// Whether the ledger says that it agrees with books and bank, with real files behind the real service.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/time/day.h"
#include "gmock/gmock.h"
#include "relance/ledger/v1/agreement_service.grpc.pb.h"
#include "tests/ledger/ledger_fixture.h"

namespace relance::ledger {
namespace {

constexpr char kSample[] = RELANCE_SOURCE_DIR "/samples/fec/0000000001FEC20220831.txt";
constexpr char kIban[] = "FR7630006000011234567890189";

std::vector<std::string> SampleLines() {
  std::ifstream file(kSample, std::ios::binary);
  std::vector<std::string> lines =
      absl::StrSplit(std::string(std::istreambuf_iterator<char>(file), {}), '\n', absl::SkipEmpty());
  return lines;
}

// The entries of the sample from a day to another.
std::string Lines(const std::string& from, const std::string& to) {
  const std::vector<std::string> all = SampleLines();
  std::vector<std::string> some = {all[0]};
  for (size_t i = 1; i < all.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(all[i], '\t');
    if (fields[3] >= from && fields[3] <= to) some.push_back(all[i]);
  }
  return absl::StrJoin(some, "\n") + "\n";
}

// A statement of one payment that the books do not have.
std::string Statement(const std::string& id, const std::string& day, int opening, int received) {
  return absl::StrCat(
      "<?xml version=\"1.0\"?><Document "
      "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>"
      "<GrpHdr><MsgId>",
      id, "</MsgId><CreDtTm>", day, "T06:00:00</CreDtTm></GrpHdr><Stmt><Id>", id, "</Id><Acct><Id><IBAN>",
      kIban, "</IBAN></Id><Ccy>EUR</Ccy></Acct>",
      "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">", opening,
      ".00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>", day, "</Dt></Dt></Bal>",
      "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">", opening + received,
      ".00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>", day, "</Dt></Dt></Bal>", "<Ntry><Amt Ccy=\"EUR\">",
      received, ".00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>", day,
      "</Dt></BookgDt><ValDt><Dt>", day, "</Dt></ValDt><AcctSvcrRef>R", id,
      "</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E", id,
      "</EndToEndId></Refs><RmtInf><Ustrd>from nobody "
      "known</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt>"
      "</BkToCstmrStmt></Document>");
}

class AgreementTest : public LedgerTest {
 protected:
  v1::GetAgreementResponse Agreement(const type::v1::Date* date = nullptr) {
    v1::GetAgreementRequest request;
    request.set_tenant_id("demo");
    if (date != nullptr) *request.mutable_date() = *date;
    grpc::ClientContext context;
    v1::GetAgreementResponse response;
    const grpc::Status status = node_->agreements->GetAgreement(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
};

TEST_F(AgreementTest, TheSampleBooksAgreeMonthByMonth) {
  CreateTenant("demo", MakeDate(2022, 9, 1));
  EXPECT_FALSE(Agreement().has_agreement());
  // The year up to each month's end, each file longer than the one before.
  const std::pair<const char*, int> months[] = {
      {"20211130", 0}, {"20220228", 0}, {"20220531", 0}, {"20220831", 0}};
  for (const auto& [until, unused] : months) {
    SCOPED_TRACE(until);
    const auto report = Import("demo", "fec", Lines("00000000", until));
    const auto response = Agreement();
    EXPECT_EQ(response.agreement().import_id(), report.import_id());
    EXPECT_EQ(response.agreement().accounts_differing(), 0);
    EXPECT_GT(response.agreement().accounts(), 0);
    EXPECT_EQ(Cents(response.agreement().difference()), 0);
    EXPECT_EQ(Cents(response.agreement().books()), Cents(response.agreement().items()));
  }
  // A month by itself says nothing about balances; the comparison of the year stays.
  const std::string newest = Agreement().agreement().import_id();
  const auto part = Import("demo", "fec", Lines("20220801", "20220831"));
  EXPECT_THAT(part.warnings(), ::testing::Contains(::testing::HasSubstr("part of the books")));
  EXPECT_EQ(Agreement().agreement().import_id(), newest);
  v1::ListAgreementsRequest list;
  list.set_tenant_id("demo");
  list.set_page_size(3);
  std::vector<std::string> days;
  do {
    grpc::ClientContext context;
    v1::ListAgreementsResponse history;
    ASSERT_TRUE(node_->agreements->ListAgreements(&context, list, &history).ok());
    for (const auto& agreement : history.agreements()) {
      days.push_back(absl::StrCat(agreement.date().year(), "-", agreement.date().month()));
    }
    list.set_page_token(history.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(days.size(), 4u);
  const type::v1::Date march = MakeDate(2022, 3, 31);
  EXPECT_EQ(Agreement(&march).agreement().date().month(), 2);
}

TEST_F(AgreementTest, WhatAPersonDidIsInTransitUntilTheBooksTellIt) {
  CreateTenant("demo", MakeDate(2022, 8, 31));
  Import("demo", "fec", Lines("00000000", "20220831"));
  // A write-off that the books know nothing of.
  std::string account, item;
  int64_t open = 0;
  for (const auto& candidate : ListAccounts("demo")) {
    const v1::Account whole = GetAccount("demo", candidate.account_id());
    for (const auto& known : whole.items()) {
      if (Cents(known.open_amount()) <= 0) continue;
      account = candidate.account_id();
      item = known.item_id();
      open = Cents(known.open_amount());
    }
  }
  ASSERT_GT(open, 0);
  v1::WriteOffItemRequest request;
  request.set_request_id("7f1f6c00-0000-4000-8000-000000000001");
  request.set_tenant_id("demo");
  request.set_account_id(account);
  request.set_item_id(item);
  request.set_reason("SMALL_RESIDUE");
  grpc::ClientContext context;
  v1::WriteOffItemResponse written_off;
  ASSERT_TRUE(node_->ledger->WriteOffItem(&context, request, &written_off).ok());
  Import("demo", "fec", Lines("00000000", "20220831") + "\n");
  const auto agreement = Agreement().agreement();
  EXPECT_EQ(agreement.accounts_differing(), 0);
  EXPECT_EQ(Cents(agreement.books()) - Cents(agreement.items()), open);
  EXPECT_EQ(Cents(agreement.in_transit_other()), -open);
}

TEST_F(AgreementTest, EachSourceAndBankAccountIsKnownByItself) {
  CreateTenant("demo", MakeDate(2022, 9, 1));
  Import("demo", "fec", Lines("00000000", "20220831"));
  Import("demo", "camt053", Statement("1", "2022-08-30", 100, 50));
  // A day is missing: the next statement opens with more.
  const auto later = Import("demo", "camt053", Statement("3", "2022-09-01", 170, 5));
  auto response = Agreement();
  ASSERT_EQ(response.bank_accounts_size(), 1);
  EXPECT_EQ(response.bank_accounts(0).account(), kIban);
  EXPECT_EQ(Cents(response.bank_accounts(0).closing()), 175'00);
  ASSERT_EQ(response.bank_accounts(0).gaps_size(), 1);
  EXPECT_EQ(response.bank_accounts(0).gaps(0).kind(), v1::STATEMENT_GAP_KIND_MISSING);
  EXPECT_EQ(Cents(response.bank_accounts(0).gaps(0).expected()), 150'00);
  EXPECT_EQ(Cents(response.bank_accounts(0).gaps(0).found()), 170'00);
  EXPECT_EQ(response.bank_accounts(0).gaps(0).import_id(), later.import_id());
  Import("demo", "camt053", Statement("2", "2022-08-31", 150, 20));
  EXPECT_EQ(Agreement().bank_accounts(0).gaps_size(), 0);

  v1::GetTenantRequest request;
  request.set_tenant_id("demo");
  grpc::ClientContext context;
  v1::GetTenantResponse tenant;
  ASSERT_TRUE(node_->tenants->GetTenant(&context, request, &tenant).ok());
  std::vector<std::string> sources;
  for (const auto& source : tenant.sources()) {
    sources.push_back(absl::StrCat(source.source(), " ", source.date().month(), "-", source.date().day()));
  }
  EXPECT_THAT(sources, ::testing::ElementsAre(absl::StrCat("camt053:", kIban, " 9-1"), "fec 8-31"));
  EXPECT_EQ(tenant.sources(0).import_id(), later.import_id());
}

}  // namespace
}  // namespace relance::ledger
