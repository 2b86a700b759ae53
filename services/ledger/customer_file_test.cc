// Tables and the customer file through the service, on the store in memory.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/time/testing/simulated_clock.h"
#include "services/ledger/errors.h"
#include "services/ledger/ledger_parts.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/table/reasons.h"

namespace relance::ledger {
namespace {

std::string Sample(const std::string& path) {
  std::ifstream in(absl::StrCat(RELANCE_SOURCE_DIR, "/samples/", path), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class CustomerFileTest : public ::testing::Test {
 protected:
  CustomerFileTest() : store_(store::Service::kLedger) {
    std::string path = (std::filesystem::temp_directory_path() / "relance-tables-XXXXXX").string();
    folder_ = mkdtemp(path.data());
    parts_ = std::make_unique<LedgerParts>(
        &store_, *documents::DocumentStore::Open(folder_), nullptr, &clock_,
        rpc::CallHandler::Options{.service = "ledger"},
        LedgerOptions{.spool_directory = folder_ + "/spool", .clock_services = {}});
    grpc::ServerBuilder builder;
    builder.RegisterService(&parts_->ledger_service());
    builder.RegisterService(&parts_->tenant_service());
    server_ = builder.BuildAndStart();
    ledger_ = v1::LedgerService::NewStub(server_->InProcessChannel({}));
    v1::CreateTenantRequest request;
    request.mutable_tenant()->set_tenant_id("demo");
    request.mutable_tenant()->set_legal_name("Demo SAS");
    request.mutable_tenant()->set_country("FR");
    auto& date = *request.mutable_tenant()->mutable_test_clock_date();
    date.set_year(2026);
    date.set_month(7);
    date.set_day(1);
    v1::CreateTenantResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::TenantService::NewStub(server_->InProcessChannel({}))
                    ->CreateTenant(&context, request, &response)
                    .ok());
  }
  ~CustomerFileTest() override {
    server_->Shutdown();
    std::filesystem::remove_all(folder_);
  }

  std::pair<std::string, v1::ImportReport> Import(const std::string& format, const std::string& bytes,
                                                  const std::string& mapping = "", bool snapshot = false,
                                                  const std::string& name = "file.csv") {
    grpc::ClientContext context;
    v1::ImportFileResponse response;
    auto writer = ledger_->ImportFile(&context, &response);
    v1::ImportFileRequest request;
    request.mutable_header()->set_tenant_id("demo");
    request.mutable_header()->set_format(format);
    request.mutable_header()->set_file_name(name);
    request.mutable_header()->set_mapping(mapping);
    request.mutable_header()->set_snapshot(snapshot);
    writer->Write(request);
    request.set_content(bytes);
    writer->Write(request);
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    return {status.ok() ? "OK" : ReasonOf(rpc::FromGrpcStatus(status)), response.report()};
  }
  v1::ImportReport ImportOk(const std::string& format, const std::string& bytes,
                            const std::string& mapping = "") {
    auto [status, report] = Import(format, bytes, mapping);
    EXPECT_EQ(status, "OK");
    return report;
  }

  v1::Account Account(const std::string& id) {
    v1::GetAccountRequest request;
    request.set_tenant_id("demo");
    request.set_account_id(id);
    request.set_include_history(true);
    v1::GetAccountResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(ledger_->GetAccount(&context, request, &response).ok());
    return response.account();
  }

  static std::vector<std::string> Reasons(const v1::ImportReport& report) {
    std::vector<std::string> reasons;
    for (const auto& line : report.rejected_lines())
      reasons.push_back(absl::StrCat(line.field(), " ", line.reason()));
    return reasons;
  }

  store::FakeStore store_;
  SimulatedClock clock_;
  std::string folder_;
  std::unique_ptr<LedgerParts> parts_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
};

TEST_F(CustomerFileTest, FC76_WhatAPersonSetSurvivesTheCustomerFileAndTheBooks) {
  ImportOk("accounts",
           "account,name,segment,region,terms,credit_limit,trade,parent\nC1,Alpha,PME,IDF,30eom,10000.00,"
           "1071C,G1\n");
  v1::UpdateAccountRequest update;
  update.set_tenant_id("demo");
  update.set_account_id("C1");
  update.mutable_attributes()->set_segment("ETI");
  v1::UpdateAccountResponse updated;
  grpc::ClientContext context;
  ASSERT_TRUE(ledger_->UpdateAccount(&context, update, &updated).ok());

  // The next night: the customer file says something else of two fields, the items of three.
  const auto nightly = ImportOk("accounts", "account,name,segment\nC1,Alpha SARL,TPE\n");
  EXPECT_EQ(nightly.accounts_updated(), 1);
  ImportOk("csv",
           "kind,account,name,segment,region,sector,number,issue_date,amount,currency\n"
           "invoice,C1,ALPHA,GE,PACA,Bakery,F1,2026-06-01,100.00,EUR\n");
  const v1::Attributes attributes = Account("C1").attributes();
  EXPECT_EQ(attributes.segment(), "ETI");      // the person's
  EXPECT_EQ(attributes.name(), "Alpha SARL");  // the customer file's
  EXPECT_EQ(attributes.region(), "IDF");       // the customer file's
  EXPECT_EQ(attributes.sector(), "Bakery");    // nobody's else
  EXPECT_EQ(attributes.trade(), "1071C");
  EXPECT_EQ(attributes.parent(), "G1");
  EXPECT_EQ(attributes.credit_limit().units(), 10'000);
  EXPECT_EQ(attributes.credit_limit().currency_code(), "EUR");
  // The terms of the customer file hold for the invoice.
  EXPECT_EQ(Account("C1").items(0).due_date().month(), 7);
  EXPECT_EQ(Account("C1").items(0).due_date().day(), 31);

  EXPECT_EQ(ImportOk("accounts", "account,name,segment\nC1,Alpha SARL,TPE\n").accounts_updated(), 0);
}

TEST_F(CustomerFileTest, FC76_AProgramsAttributesAreTheCustomerFiles) {
  grpc::ClientContext context;
  auto stream = ledger_->SyncItems(&context);
  v1::SyncItemsRequest batch;
  batch.set_tenant_id("demo");
  batch.set_sync_id("s1");
  batch.set_batch(1);
  batch.set_last(true);
  v1::SyncItem& row = *batch.add_items();
  row.set_account_id("C1");
  row.set_kind(v1::ITEM_KIND_INVOICE);
  row.set_number("F1");
  row.mutable_issue_date()->set_year(2026);
  row.mutable_issue_date()->set_month(6);
  row.mutable_issue_date()->set_day(1);
  row.mutable_amount()->set_currency_code("EUR");
  row.mutable_amount()->set_units(100);
  row.mutable_attributes()->set_name("Alpha SARL");
  stream->Write(batch);
  v1::SyncItemsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.report().accounts_updated(), 1);
  stream->WritesDone();
  ASSERT_TRUE(stream->Finish().ok());
  ImportOk(
      "csv",
      "kind,account,name,number,issue_date,amount,currency\ninvoice,C1,ALPHA,F2,2026-06-01,100.00,EUR\n");
  EXPECT_EQ(Account("C1").attributes().name(), "Alpha SARL");
}

TEST_F(CustomerFileTest, AnEmptyCellSaysNothingAndADashTakesAway) {
  ImportOk("accounts", "account,name,region,address1,email\nC1,Alpha,IDF,1 rue A,a@example.org\n");
  ImportOk("accounts", "account,name,region,address1,email\nC1,,-,-,-\n");
  v1::Attributes attributes = Account("C1").attributes();
  EXPECT_EQ(attributes.name(), "Alpha");
  EXPECT_EQ(attributes.region(), "");
  EXPECT_EQ(attributes.address_size(), 0);
  EXPECT_EQ(attributes.contacts_size(), 0);
  // What was taken away is free for the books again.
  ImportOk("csv",
           "kind,account,name,region,number,issue_date,amount,currency\ninvoice,C1,X,PACA,F1,2026-06-01,1.00,"
           "EUR\n");
  attributes = Account("C1").attributes();
  EXPECT_EQ(attributes.name(), "Alpha");
  EXPECT_EQ(attributes.region(), "PACA");
}

TEST_F(CustomerFileTest, AFieldThatIsNotValidIsRejectedAndTheRestCounts) {
  const auto report =
      ImportOk("accounts",
               "account,name,legal_id,vat_id,country,language,customer_type,terms,credit_limit,email,"
               "contact1_role,contact1_phone\n"
               "C1,Alpha,732829321,FR00000000000,XX,french,company,soon,-5.00,nobody,chief,call me\n"
               "C2,Beta,732 829 320,FR 44 732829320,fr,FR,public,30eom@10,5000.00,b@example.org,legal,+33 1 "
               "02 03 04 05\n");
  EXPECT_EQ(Reasons(report),
            (std::vector<std::string>{"country FIELD_INVALID", "legal_id IDENTIFIER_CHECK_FAILED",
                                      "vat_id IDENTIFIER_CHECK_FAILED", "language FIELD_INVALID",
                                      "customer_type FIELD_INVALID", "terms TERMS_INVALID",
                                      "credit_limit AMOUNT_NEGATIVE", "contact_email FIELD_INVALID",
                                      "contact1_role FIELD_INVALID", "contact1_phone FIELD_INVALID"}));
  for (const auto& line : report.rejected_lines()) EXPECT_EQ(line.line(), 2);
  EXPECT_EQ(Account("C1").attributes().name(), "Alpha");
  EXPECT_EQ(Account("C1").attributes().legal_id(), "");
  const v1::Attributes good = Account("C2").attributes();
  EXPECT_EQ(good.legal_id(), "732829320");
  EXPECT_EQ(good.vat_id(), "FR44732829320");
  EXPECT_EQ(good.country(), "FR");
  EXPECT_EQ(good.language(), "fr");
  EXPECT_EQ(good.contacts_size(), 2);
  EXPECT_EQ(report.accounts_updated(), 2);
}

TEST_F(CustomerFileTest, RowsOfOneAccountBringItsContacts) {
  ImportOk("accounts",
           "account,name,contact_role,contact_name,contact_email,contact_inactive\n"
           "C1,Alpha,billing,Anne,anne@example.org,\nC1,,legal,Bob,bob@example.org,no\nC1,,billing,Anne,anne@"
           "example.org,\n"
           "C1,,other,Eve,eve@example.org,yes\n");
  const v1::Attributes attributes = Account("C1").attributes();
  ASSERT_EQ(attributes.contacts_size(), 3);
  EXPECT_EQ(attributes.contacts(0).role(), "billing");
  EXPECT_EQ(attributes.contacts(1).name(), "Bob");
  EXPECT_TRUE(attributes.contacts(2).inactive());
  std::string many = "account,contact_email\n";
  for (int i = 0; i < 21; ++i) absl::StrAppend(&many, "C2,m", i, "@example.org\n");
  const auto report = ImportOk("accounts", many);
  EXPECT_EQ(Reasons(report), std::vector<std::string>{"contacts ATTRIBUTES_TOO_MANY"});
  EXPECT_EQ(Account("C2").attributes().contacts_size(), 20);
}

TEST_F(CustomerFileTest, ABelgianNumberAndACompanyElsewhere) {
  const auto report = ImportOk(
      "accounts",
      "account,country,legal_id,vat_id\nB1,BE,0404.616.494,BE0404616494\nD1,DE,HRB 12345,DE136695976\n");
  EXPECT_EQ(report.rejected(), 0) << absl::StrJoin(Reasons(report), ",");
  EXPECT_EQ(Account("B1").attributes().legal_id(), "0404616494");
  EXPECT_EQ(Account("D1").attributes().legal_id(), "HRB12345");
}

TEST_F(CustomerFileTest, ACodeThatIsNoAccountIsRejected) {
  const auto report = ImportOk(
      "accounts", absl::StrCat("account,name\n", std::string(129, 'x'), ",Alpha\n~unidentified,B\n"));
  EXPECT_EQ(Reasons(report),
            (std::vector<std::string>{"account ACCOUNT_MISSING", "account ACCOUNT_MISSING"}));
}

TEST_F(CustomerFileTest, TwoTablesOfAShopSettleEachOther) {
  const auto orders = ImportOk("table", Sample("csv-erp/hectorlequen-orders.csv"));
  EXPECT_EQ(orders.created(), 75);
  EXPECT_EQ(orders.rejected(), 22);
  EXPECT_EQ(orders.skipped(), 5);
  EXPECT_EQ(orders.read(), 102);
  const auto payments =
      ImportOk("table", Sample("csv-erp/hectorlequen-payments.csv"), "order-to-cash-payments");
  EXPECT_EQ(payments.created(), 95);
  EXPECT_EQ(payments.rejected(), 12);
  EXPECT_EQ(payments.skipped(), 6);
  EXPECT_EQ(payments.read(), 113);
  EXPECT_TRUE(
      absl::StrContains(absl::StrJoin(payments.warnings(), "\n"), "4 rows with a note: REFUND_NOT_BOOKED"));
  EXPECT_TRUE(absl::StrContains(absl::StrJoin(payments.warnings(), "\n"), "2 rows left out: DUPLICATE_ROW"));
  // ORD-1023 of 275.00 was paid.
  const v1::Account account = Account("CUST-123");
  EXPECT_EQ(account.items_size(), 0);
  EXPECT_EQ(account.history_size(), 2);

  // The same again changes nothing.
  const auto again = ImportOk("table", Sample("csv-erp/hectorlequen-payments.csv"));
  EXPECT_EQ(again.created(), 0);
  EXPECT_EQ(again.changed(), 0);
}

TEST_F(CustomerFileTest, ABankTableBringsMoney) {
  ImportOk("csv",
           "kind,account,number,issue_date,amount,currency\ninvoice,C1,FA-2026-17,2026-03-01,1250.50,EUR\n");
  const auto report =
      ImportOk("table",
               "Booking Date;Details;Credit;Debit;CCY;Running Balance;IBAN;Ref\n"
               "2026-03-20;Facture FA-2026-17;1250,50;;EUR;2250,50;FR7630006000011234567890189;T1\n"
               "2026-03-21;Utility bill;;200,25;EUR;2050,25;FR7630006000011234567890189;T2\n");
  EXPECT_EQ(report.created(), 1);
  EXPECT_EQ(report.skipped(), 1);
  EXPECT_EQ(report.payments_matched(), 1);
  EXPECT_EQ(Account("C1").items_size(), 0);
}

TEST_F(CustomerFileTest, APictureSettlesOnlyWhatItsOwnTableTold) {
  const std::string mapping =
      "name: erp\nkind: items\nconstants: {currency: EUR}\ncolumns: {account: A, number: N, issue_date: D, "
      "amount: M}\n";
  ImportOk("csv", "kind,account,number,issue_date,amount,currency\ninvoice,C1,X,2026-03-01,5.00,EUR\n");
  ImportOk("table", "A;N;D;M\nC1;F1;2026-03-01;10.00\nC1;F2;2026-03-01;20.00\n", mapping);
  const auto [status, report] = Import("table", "A;N;D;M\nC1;F2;2026-03-01;20.00\n", mapping, true);
  EXPECT_EQ(status, "OK");
  EXPECT_EQ(report.absent_settled(), 1);
  EXPECT_EQ(Account("C1").items_size(), 2);
}

TEST_F(CustomerFileTest, AMappingThatIsNoneIsRefused) {
  EXPECT_EQ(Import("table", "a;b\n", "name: x\nkind: y\n").first, kMappingInvalid);
  EXPECT_EQ(Import("table", "a;b\n", "no-such").first, kMappingUnknown);
  EXPECT_EQ(Import("table", "a;b\n1;2\n").first, kMappingUnknown);
  EXPECT_EQ(Import("table", "a;b\n1;2\n", "order-to-cash-orders").first, kFileUnreadable);
}

}  // namespace
}  // namespace relance::ledger
