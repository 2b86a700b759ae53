// What users of other receivables systems complained about, decided through the services of the ledger, on
// the store in memory: what is owed, since when, and that whoever works with it is told.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/request_id.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/time/testing/simulated_clock.h"
#include "services/ledger/ledger_parts.h"
#include "services/ledger/post_items.h"
#include "services/ledger/quality/find_in_account.h"
#include "services/ledger/readers/invoice/testing/ubl_text.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using testing::Day;
using testing::StoredAccount;

type::v1::Date On(int year, int month, int day) {
  type::v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

type::v1::Money Euro(int64_t units) {
  type::v1::Money money;
  money.set_currency_code("EUR");
  money.set_units(units);
  return money;
}

std::string Text(const type::v1::Date& date) {
  return absl::StrCat(date.year(), "-", date.month(), "-", date.day());
}

// "F1 100/60 F2 50/50": number, amount and what is open, in whole units; by number.
std::string Text(const v1::Account& account) {
  std::vector<std::string> texts;
  for (const v1::Item& item : account.items()) {
    texts.push_back(absl::StrCat(item.number(), " ", item.amount().units(), "/", item.open_amount().units()));
  }
  std::sort(texts.begin(), texts.end());
  return absl::StrJoin(texts, " ");
}

// What is owed in all, and since when: "420 since 2025-2-9"; empty: nothing.
std::string Owed(const v1::Account& account) {
  return absl::StrJoin(account.balances(), " ", [](std::string* out, const v1::Balance& balance) {
    absl::StrAppend(out, balance.open().units());
    if (balance.has_oldest_due_date()) absl::StrAppend(out, " since ", Text(balance.oldest_due_date()));
  });
}

// The business date is 2025-03-01; rows are of 2025-01-10 and due on 2025-02-09.
class World {
 public:
  explicit World(const std::string& zone = "") : store_(store::Service::kLedger) {
    std::string path = (std::filesystem::temp_directory_path() / "relance-cases-XXXXXX").string();
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
    request.mutable_tenant()->set_legal_id("404833048");
    request.mutable_tenant()->set_time_zone(zone);
    *request.mutable_tenant()->mutable_test_clock_date() = On(2025, 3, 1);
    v1::CreateTenantResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::TenantService::NewStub(server_->InProcessChannel({}))
                    ->CreateTenant(&context, request, &response)
                    .ok());
  }
  ~World() {
    server_->Shutdown();
    std::filesystem::remove_all(folder_);
  }

  static v1::SyncItem Row(const std::string& number, int64_t euros, v1::ItemKind kind = v1::ITEM_KIND_INVOICE,
                          const std::string& account = "C1") {
    v1::SyncItem row;
    row.set_account_id(account);
    row.set_kind(kind);
    row.set_number(number);
    *row.mutable_issue_date() = On(2025, 1, 10);
    if (euros > 0) *row.mutable_due_date() = On(2025, 2, 9);
    *row.mutable_amount() = Euro(euros);
    return row;
  }
  static v1::SyncItem Due(const std::string& number, const type::v1::Date& date) {
    v1::SyncItem row = Row(number, 100);
    *row.mutable_issue_date() = On(2023, 12, 1);
    *row.mutable_due_date() = date;
    return row;
  }
  static v1::SyncItem Credit(const std::string& number, int64_t euros, const std::string& settles,
                             v1::ItemKind kind = v1::ITEM_KIND_CREDIT_NOTE) {
    v1::SyncItem row = Row(number, -euros, kind);
    row.add_settles(settles);
    return row;
  }

  // One sync of one batch.
  v1::ImportReport Sync(const std::vector<v1::SyncItem>& rows, bool snapshot = false) {
    v1::SyncItemsRequest batch;
    batch.set_tenant_id("demo");
    batch.set_sync_id(absl::StrCat("s", ++syncs_));
    batch.set_batch(1);
    for (const v1::SyncItem& row : rows) *batch.add_items() = row;
    batch.set_last(true);
    batch.set_snapshot(snapshot);
    grpc::ClientContext context;
    auto stream = ledger_->SyncItems(&context);
    v1::SyncItemsResponse response;
    EXPECT_TRUE(stream->Write(batch) && stream->Read(&response));
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    return response.report();
  }

  v1::ImportReport Import(const std::string& format, const std::string& content) {
    grpc::ClientContext context;
    v1::ImportFileResponse response;
    auto writer = ledger_->ImportFile(&context, &response);
    v1::ImportFileRequest request;
    request.mutable_header()->set_tenant_id("demo");
    request.mutable_header()->set_format(format);
    writer->Write(request);
    request.set_content(content);
    writer->Write(request);
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.report();
  }

  v1::Account Account(const std::string& id = "C1") {
    v1::GetAccountRequest request;
    request.set_tenant_id("demo");
    request.set_account_id(id);
    request.set_include_history(true);
    v1::GetAccountResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(ledger_->GetAccount(&context, request, &response).ok());
    return response.account();
  }
  std::string ItemId(const std::string& number) {
    const v1::Account account = Account();
    for (const v1::Item& item : account.items()) {
      if (item.number() == number) return item.item_id();
    }
    ADD_FAILURE() << "no open item " << number;
    return "";
  }

  void Pay(int64_t euros, const std::string& reference) {
    v1::RecordPaymentRequest request;
    request.set_request_id(NextRequest());
    request.set_tenant_id("demo");
    request.set_account_id("C1");
    *request.mutable_amount() = Euro(euros);
    request.set_reference(reference);
    v1::RecordPaymentResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(ledger_->RecordPayment(&context, request, &response).ok());
  }
  void WriteOff(const std::string& number) {
    v1::WriteOffItemRequest request;
    request.set_request_id(NextRequest());
    request.set_tenant_id("demo");
    request.set_account_id("C1");
    request.set_item_id(ItemId(number));
    request.set_reason("UNCOLLECTIBLE");
    v1::WriteOffItemResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(ledger_->WriteOffItem(&context, request, &response).ok());
  }

  // How often those who follow the feed were told of an account.
  int64_t TimesTold(const std::string& account = "C1") {
    const int partition = store_.PartitionOf({"demo", account});
    const auto feed = store_.ReadFeed({{partition, 0}}, 10'000, store::After(absl::Seconds(1)));
    int64_t times = 0;
    for (const store::FeedEntry& entry : feed->at(0).entries) {
      for (const auto& [key, version] : entry.accounts) times += key.account == account;
    }
    return times;
  }

 private:
  std::string NextRequest() { return rpc::DeriveRequestId({"cases", absl::StrCat(++requests_)}); }

  store::FakeStore store_;
  SimulatedClock clock_;
  std::string folder_;
  std::unique_ptr<LedgerParts> parts_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
  int syncs_ = 0, requests_ = 0;
};

class CasesTest : public ::testing::Test, protected World {};

TEST_F(CasesTest, FC09_TheDueDateIsTheOneThatWasToldInEveryZone) {
  for (const char* zone : {"Pacific/Auckland", "Europe/Paris", "UTC", "America/Los_Angeles"}) {
    SCOPED_TRACE(zone);
    World world(zone);
    UblText text;
    text.issue = "2025-03-01";
    text.due = "2025-03-31";
    world.Import("ubl", MakeUbl(text));
    world.Import("csv",
                 "kind,account,number,issue_date,due_date,amount,currency\n"
                 "invoice,C1,F1,2025-03-01,2025-03-31,100.00,EUR\n");
    world.Sync({Due("F2", On(2025, 3, 31))});
    for (const char* account : {"C1", "FR:732829320"}) {
      const v1::Account read = world.Account(account);
      EXPECT_GE(read.items_size(), 1);
      for (const v1::Item& item : read.items()) {
        EXPECT_EQ(Text(item.due_date()), "2025-3-31") << item.number();
        EXPECT_EQ(item.days_past_due(), -30) << item.number();
      }
    }
  }
}

TEST_F(CasesTest, FC11_DaysAfterTheDueDateArePositiveAndDaysBeforeNegative) {
  Sync({Due("after", On(2024, 12, 31)), Due("yesterday", On(2025, 2, 28)), Due("today", On(2025, 3, 1)),
        Due("tomorrow", On(2025, 3, 2)), Due("before", On(2025, 4, 30))});
  std::map<std::string, int> days;
  const v1::Account account = Account();
  for (const v1::Item& item : account.items()) days[item.number()] = item.days_past_due();
  EXPECT_EQ(days, (std::map<std::string, int>{
                      {"after", 60}, {"yesterday", 1}, {"today", 0}, {"tomorrow", -1}, {"before", -60}}));
}

TEST_F(CasesTest, FC13_WhatIsLongOverdueEntersWithItsOwnAge) {
  Sync({Due("F1", On(2024, 1, 15))});
  EXPECT_EQ(Account().items(0).days_past_due(), 411);
  EXPECT_EQ(Owed(Account()), "100 since 2024-1-15");
}

TEST_F(CasesTest, FC21_EachInvoiceKeepsItsOwnOutstanding) {
  Sync({Row("F0001", 100), Row("F0002", 200), Row("F0003", 300)});
  Pay(150, "F0002");
  Sync({Credit("A0001", 30, "F0001")});
  EXPECT_EQ(Text(Account()), "F0001 100/70 F0002 200/50 F0003 300/300");
  EXPECT_EQ(Owed(Account()), "420 since 2025-2-9");
}

TEST_F(CasesTest, FC22_FC23_APartPaidInvoiceStaysOpenForWhatIsLeftNow) {
  Sync({Row("F0001", 100)});
  for (const int64_t left : {60, 20}) {
    Pay(40, "F0001");
    EXPECT_EQ(Text(Account()), absl::StrCat("F0001 100/", left));
    // The program that made the invoice tells it again with its whole amount: what was paid stays paid.
    Sync({Row("F0001", 100)});
    EXPECT_EQ(Owed(Account()), absl::StrCat(left, " since 2025-2-9"));
  }
  ASSERT_EQ(Account().history_size(), 2);
  EXPECT_EQ(Account().history(0).allocations(0).item_number(), "F0001");
}

TEST_F(CasesTest, FC27_ACreditThatBringsTheBalanceToZeroEndsTheDebtAndIsTold) {
  Sync({Row("F0001", 100)});
  const int64_t before = TimesTold();
  Sync({Credit("A0001", 100, "F0001")});
  EXPECT_EQ(Text(Account()), "");
  EXPECT_EQ(Owed(Account()), "");
  EXPECT_EQ(TimesTold(), before + 1);
}

TEST_F(CasesTest, FC28_PaymentAndInvoiceComeToTheSameInBothOrders) {
  const v1::SyncItem invoice = Row("F0001", 100);
  const v1::SyncItem payment = Credit("P1", 60, "F0001", v1::ITEM_KIND_PAYMENT);
  // At once, the invoice first, the payment first.
  const auto to = [](v1::SyncItem row, const std::string& account) {
    row.set_account_id(account);
    return row;
  };
  Sync({to(payment, "C1"), to(invoice, "C1")});
  Sync({to(invoice, "C2")});
  Sync({to(payment, "C2")});
  Sync({to(payment, "C3")});
  Sync({to(invoice, "C3")});
  for (const char* account : {"C1", "C2", "C3"}) {
    EXPECT_EQ(Text(Account(account)), "F0001 100/40") << account;
    EXPECT_EQ(Owed(Account(account)), "40 since 2025-2-9") << account;
  }
}

TEST_F(CasesTest, FC30_TheFeeIsKeptWhenThePrincipalIsPaidUntilSomebodyCloses) {
  Sync({Row("F0001", 100), Row("FEE1", 40, v1::ITEM_KIND_DEBIT_NOTE)});
  Pay(100, "F0001");
  EXPECT_EQ(Text(Account()), "FEE1 40/40");
  EXPECT_EQ(Owed(Account()), "40 since 2025-2-9");
  WriteOff("FEE1");
  EXPECT_EQ(Owed(Account()), "");
}

TEST_F(CasesTest, FC40_AFeeIsAnItemAndIsReversedOnce) {
  Sync({Row("F0001", 100), Row("FEE1", 40, v1::ITEM_KIND_DEBIT_NOTE)});
  EXPECT_EQ(Text(Account()), "F0001 100/100 FEE1 40/40");
  for (int i = 0; i < 2; ++i) {
    Sync({Row("F0001", 100), Row("FEE1", 40, v1::ITEM_KIND_DEBIT_NOTE), Credit("FEE1-X", 40, "FEE1")});
    EXPECT_EQ(Text(Account()), "F0001 100/100");
    EXPECT_EQ(Owed(Account()), "100 since 2025-2-9");
  }
}

TEST_F(CasesTest, FC41_WhatIsWrittenOffStaysAwayWhenItIsToldAgain) {
  Sync({Row("F0001", 100), Due("F0002", On(2025, 3, 31))});
  WriteOff("F0001");
  EXPECT_EQ(Owed(Account()), "100 since 2025-3-31");
  for (const bool snapshot : {false, true}) {
    Sync({Row("F0001", 100), Due("F0002", On(2025, 3, 31))}, snapshot);
    EXPECT_EQ(Text(Account()), "F0002 100/100") << snapshot;
    EXPECT_EQ(Owed(Account()), "100 since 2025-3-31") << snapshot;
  }
}

TEST_F(CasesTest, FC42_FC80_HoweverADebtEndsItIsOverAndTold) {
  const std::pair<const char*, std::function<void(World&)>> ways[] = {
      {"paid in person", [](World& world) { world.Pay(100, "F0001"); }},
      {"paid by a program",
       [](World& world) { world.Sync({Credit("P1", 100, "F0001", v1::ITEM_KIND_PAYMENT)}); }},
      {"paid by a file",
       [](World& world) {
         world.Import("csv",
                      "kind,account,amount,currency,booking_date,reference\n"
                      "payment,C1,100.00,EUR,2025-02-20,F0001\n");
       }},
      {"credited", [](World& world) { world.Sync({Credit("A1", 100, "F0001")}); }},
      {"written off", [](World& world) { world.WriteOff("F0001"); }},
      {"voided in bulk", [](World& world) { world.Sync({Row("F9", 5, v1::ITEM_KIND_INVOICE, "C9")}, true); }},
  };
  for (const auto& [name, way] : ways) {
    SCOPED_TRACE(name);
    World world;
    world.Sync({Row("F0001", 100), Row("F0002", 50, v1::ITEM_KIND_INVOICE, "C2")});
    const int64_t before = world.TimesTold();
    way(world);
    EXPECT_EQ(Text(world.Account()), "");
    EXPECT_EQ(Owed(world.Account()), "");
    EXPECT_EQ(world.TimesTold(), before + 1);
  }
}

TEST_F(CasesTest, FC43_WhatIsNoClaimOfOursIsNotOwed) {
  UblText text;
  text.issue = "2025-01-15";
  text.due = "2025-02-15";
  // Self-billed: the customer wrote it, and the money is ours all the same.
  text.type = "389";
  EXPECT_EQ(Import("ubl", MakeUbl(text)).created(), 1);
  EXPECT_EQ(Owed(Account("FR:732829320")), "1200 since 2025-2-15");
  // Self-billed by us for a supplier, a supplier's own invoice, a pro forma: no money of ours.
  UblText supplier = text;
  std::swap(supplier.seller, supplier.buyer);
  supplier.number = "SB-1";
  UblText bought = supplier;
  bought.type = "380";
  UblText pro_forma = text;
  pro_forma.type = "325";
  pro_forma.number = "PF-1";
  for (const UblText& other : {supplier, bought, pro_forma}) {
    const v1::ImportReport report = Import("ubl", MakeUbl(other));
    EXPECT_EQ(report.created(), 0) << other.number;
    EXPECT_EQ(report.rejected(), 1) << other.number;
  }
  EXPECT_EQ(Owed(Account("FR:732829320")), "1200 since 2025-2-15");
}

TEST_F(CasesTest, FC48_CreditNotesReduceAndNeverAdd) {
  Sync({Row("F0001", 500)});
  Sync({Row("A0001", -50, v1::ITEM_KIND_CREDIT_NOTE)});
  EXPECT_EQ(Owed(Account()), "450 since 2025-2-9");
  Import("csv",
         "kind,account,number,issue_date,amount,currency\ncredit_note,C1,A0002,2025-01-20,100.00,EUR\n");
  EXPECT_EQ(Owed(Account()), "350 since 2025-2-9");
  EXPECT_EQ(Account().balances(0).debits().units(), 500);
  EXPECT_EQ(Account().balances(0).credits().units(), 150);
  // A credit note that would add is no credit note.
  const v1::ImportReport report = Sync({Row("A0003", 70, v1::ITEM_KIND_CREDIT_NOTE)});
  ASSERT_EQ(report.rejected_lines_size(), 1);
  EXPECT_EQ(report.rejected_lines(0).reason(), "AMOUNT_NEGATIVE");
  EXPECT_EQ(Owed(Account()), "350 since 2025-2-9");
  UblText text;
  text.credit_note = true;
  text.issue = "2025-01-15";
  Import("ubl", MakeUbl(text));
  EXPECT_EQ(Owed(Account("FR:732829320")), "-1200");
}

TEST_F(CasesTest, FC78_TheDeadlineOfTheItemIsThatOfTheAccount) {
  // Moved, moved to before another's, and back.
  Sync({Due("F0001", On(2025, 3, 31)), Due("F0002", On(2025, 4, 30))});
  EXPECT_EQ(Owed(Account()), "200 since 2025-3-31");
  for (const auto& [date, oldest] :
       {std::pair(On(2025, 5, 31), "200 since 2025-4-30"), std::pair(On(2025, 2, 28), "200 since 2025-2-28"),
        std::pair(On(2025, 3, 31), "200 since 2025-3-31")}) {
    Sync({Due("F0001", date)});
    const v1::Account account = Account();
    for (const v1::Item& item : account.items()) {
      if (item.number() == "F0001") {
        EXPECT_EQ(Text(item.due_date()), Text(date));
      }
    }
    EXPECT_EQ(Owed(account), oldest);
  }
}

// What a source tells of an account, posted.
PostResult Post(StoredAccount* stored, std::vector<IncomingItem> items) {
  IncomingAccount incoming;
  incoming.items = std::move(items);
  LedgerAccount account = stored->LoadAll();
  const PostResult result = PostItems(incoming, &account);
  stored->Commit(&account);
  EXPECT_EQ(testing::Disagreement(stored->View()), "");
  return result;
}

IncomingItem ByBank(state::v1::Item item, bool takes_back) {
  item.clear_open_minor();
  IncomingItem told;
  told.item = std::move(item);
  told.to_match = !takes_back;
  told.takes_back = takes_back;
  told.facts.texts = {"F20250001"};
  return told;
}

TEST(PaymentCasesTest, FC44_WhatIsTakenBackIsThePaymentThatHeld) {
  StoredAccount stored;
  IncomingItem invoice;
  invoice.item = testing::Invoice(1, 5'000, Day(2025, 1, 31), "F20250001");
  const auto pay = [&](uint64_t id, int day) {
    Post(&stored, {ByBank(testing::Payment(id, 5'000, Day(2025, 2, day)), false)});
  };
  const auto take_back = [&](uint64_t id, int day) {
    const state::v1::Item item = testing::MakeItem(id, state::v1::ITEM_KIND_RETURN, 5'000, Day(2025, 2, day));
    EXPECT_EQ(Post(&stored, {ByBank(item, true)}).payments_returned, 1) << id;
  };
  const auto returned = [&](uint64_t id) {
    LedgerAccount account = stored.LoadAll();
    return account.Find(id)->returned_day();
  };
  Post(&stored, {invoice});
  pay(2, 3);
  take_back(3, 6);
  pay(4, 10);
  EXPECT_TRUE(stored.View().items.empty());
  EXPECT_EQ(returned(4), 0);
  // The first failed already: what comes back now is the second.
  take_back(5, 14);
  EXPECT_EQ(returned(2), Day(2025, 2, 6));
  EXPECT_EQ(returned(4), Day(2025, 2, 14));
  ASSERT_EQ(stored.View().items.size(), 1u);
  EXPECT_EQ(stored.View().items[0].id(), 1u);
  EXPECT_EQ(stored.View().sum.stats().returned_payments(), 2);
}

TEST(QualityCasesTest, FC34_ASmallBalanceIsSmallInItsOwnCurrency) {
  state::v1::TenantConfig config;
  config.set_country("FR");
  config.set_currency("EUR");
  const auto residues = [&](const std::string& currency, int64_t minor) {
    AccountView view;
    state::v1::Item item = testing::Invoice(1, 100'000, Day(2025, 3, 31), "F1");
    item.set_currency(currency);
    item.set_open_minor(minor);
    view.items = {item};
    int found = 0;
    FindInAccount(view, {&config, Day(2025, 4, 1), &LegalLimits::BuiltIn()},
                  [&](const Finding& finding) { found += finding.kind == v1::QUALITY_KIND_RESIDUE; });
    return found;
  };
  // Nothing is converted, in no direction: 5 units of what is owed, whatever they are worth.
  for (const char* currency : {"EUR", "USD", "CHF"}) {
    EXPECT_EQ(residues(currency, 500), 1) << currency;
    EXPECT_EQ(residues(currency, 501), 0) << currency;
  }
}

}  // namespace
}  // namespace relance::ledger
