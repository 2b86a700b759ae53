// Cash application behind an in-process channel, on the store in memory: money that waits, proposals, what
// people decide, and what is known afterwards.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/rpc/request_id.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/cash/cash_service.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/posting_service.h"
#include "services/ledger/return_payment.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders

class CashServiceTest : public ::testing::Test {
 protected:
  CashServiceTest()
      : store_(store::Service::kLedger),
        now_([] { return absl::FromUnixSeconds(1'741'000'000); }),
        directory_(&store_, now_),
        posting_(&store_, &indexes_, now_),
        commands_(&store_, &directory_, &indexes_, now_),
        service_(rpc::CallHandler({.service = "ledger"}), &store_, &directory_, &indexes_, &commands_) {
    state::v1::TenantConfig config;
    config.set_id("demo");
    config.set_currency("EUR");
    config.set_time_zone("Europe/Paris");
    EXPECT_TRUE(store_.PutDocument("demo", kTenantDocument, config.SerializeAsString(), 0, Soon()).ok());
    tenant_ = *directory_.Get("demo", Soon());
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = v1::CashService::NewStub(server_->InProcessChannel({}));
  }
  ~CashServiceTest() override { server_->Shutdown(); }

  static store::Deadline Soon() { return store::After(absl::Seconds(10)); }

  void Tell(const std::string& account, const state::v1::Item& item, const std::string& name = "",
            const std::string& parent = "") {
    Gathered books;
    books.accounts[account].attributes.set_name(name);
    books.accounts[account].attributes.set_parent(parent);
    books.accounts[account].items.emplace_back().item = item;
    ASSERT_TRUE(posting_.Post(*tenant_, &books, Soon()).ok());
    ASSERT_TRUE(posting_.RematchUnidentified(*tenant_, Soon()).ok());
  }
  void Receive(uint64_t id, int64_t cents, const PaymentFacts& facts, int32_t day = Day(2025, 3, 1)) {
    Gathered bank;
    IncomingItem& incoming = bank.to_route.emplace_back();
    incoming.item = Payment(id, cents, day);
    incoming.item.clear_open_minor();
    incoming.item.set_end_to_end_id(facts.end_to_end_id);
    incoming.facts = facts;
    incoming.to_match = true;
    ASSERT_TRUE(posting_.Post(*tenant_, &bank, Soon()).ok());
    ASSERT_TRUE(posting_.RematchUnidentified(*tenant_, Soon()).ok());
  }

  // "OK" or the reason.
  template <typename Request, typename Response>
  std::string Call(grpc::Status (v1::CashService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                 Response*),
                   const Request& request, Response* response) {
    grpc::ClientContext context;
    const grpc::Status status = (stub_.get()->*method)(&context, request, response);
    return status.ok() ? "OK" : ReasonOf(rpc::FromGrpcStatus(status));
  }
  template <typename Request>
  Request Ask(const std::string& account, uint64_t payment, const char* request = "1") {
    Request asked;
    asked.set_request_id(rpc::DeriveRequestId({Request::descriptor()->name(), request}));
    asked.set_tenant_id("demo");
    asked.set_account_id(account);
    asked.set_payment_id(ItemIdText(payment));
    asked.set_actor("anne");
    return asked;
  }
  v1::ListUnmatchedResponse List(const std::string& account = "") {
    v1::ListUnmatchedRequest request;
    request.set_tenant_id("demo");
    request.set_account_id(account);
    v1::ListUnmatchedResponse response;
    EXPECT_EQ(Call(&v1::CashService::Stub::ListUnmatched, request, &response), "OK");
    return response;
  }
  std::string Accept(const v1::UnmatchedPayment& payment, v1::AcceptProposalResponse* response,
                     const char* request = "1") {
    auto asked = Ask<v1::AcceptProposalRequest>(payment.account_id(), 0, request);
    asked.set_payment_id(payment.payment().item_id());
    if (payment.proposals_size() > 0) asked.set_proposal_id(payment.proposals(0).proposal_id());
    return Call(&v1::CashService::Stub::AcceptProposal, asked, response);
  }

  AccountView View(const std::string& account) {
    return *ReadAccount(store_, {"demo", account}, {.items = true, .history = true}, Soon());
  }
  int64_t Open(const std::string& account, uint64_t id) {
    const AccountView view = View(account);
    EXPECT_EQ(Disagreement(view), "") << account;
    for (const auto* items : {&view.items, &view.history}) {
      for (const state::v1::Item& item : *items) {
        if (item.id() == id) return item.open_minor();
      }
    }
    return INT64_MIN;
  }
  std::vector<std::string> EvidenceKinds(const std::string& account) {
    std::vector<std::string> kinds;
    const auto records = store_.ReadEvidence({"demo", account}, 0, 100, Soon());
    EXPECT_TRUE(records.ok());
    for (const std::string& bytes : *records) {
      state::v1::EvidenceRecord record;
      EXPECT_TRUE(record.ParseFromString(bytes));
      kinds.push_back(record.kind());
    }
    return kinds;
  }

  store::FakeStore store_;
  const std::function<absl::Time()> now_;
  TenantDirectory directory_;
  AccountIndexes indexes_;
  PostingService posting_;
  CashCommands commands_;
  CashServiceImpl service_;
  TenantPtr tenant_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::CashService::Stub> stub_;
};

TEST_F(CashServiceTest, MoneyOfAnUnknownPayerShowsWhoPaidAndWhatFor) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  Receive(100, 12'345, {.texts = {"REF 77"}, .payer_account = "FR9", .payer_name = "Jardn"});
  const auto list = List();
  EXPECT_EQ(list.accounts(), 1);
  ASSERT_EQ(list.payments_size(), 1);
  const v1::UnmatchedPayment& payment = list.payments(0);
  EXPECT_EQ(payment.account_id(), "~unidentified");
  EXPECT_EQ(payment.payment().payer_name(), "Jardn");
  EXPECT_EQ(payment.payment().payer_account(), "FR9");
  EXPECT_EQ(payment.payment().texts(0), "REF 77");
  ASSERT_EQ(payment.proposals_size(), 0);  // five letters are too few to be similar
  Receive(101, 12'345, {.payer_account = "FR9", .payer_name = "SARL JARDIN"});
  const auto again = List("~unidentified");
  ASSERT_EQ(again.payments_size(), 2);
  const auto& proposals = again.payments(0).proposals_size() > 0 ? again.payments(0) : again.payments(1);
  ASSERT_EQ(proposals.proposals_size(), 1);
  EXPECT_EQ(proposals.proposals(0).account_name(), "Jardin SARL");
  EXPECT_EQ(proposals.proposals(0).rule(), v1::MATCH_RULE_SIMILAR_TEXT);
  EXPECT_LT(proposals.proposals(0).confidence_permille(), 999);
  EXPECT_EQ(proposals.proposals(0).parts(0).item_number(), "FA250001");
}

TEST_F(CashServiceTest, AcceptedMoneyGoesToItsAccountAndThePayerIsKnownNextTime) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  Receive(100, 12'345, {.payer_account = "FR9", .payer_name = "SARL JARDIN"});
  const auto list = List();
  ASSERT_EQ(list.payments_size(), 1);
  v1::AcceptProposalResponse response;
  ASSERT_EQ(Accept(list.payments(0), &response), "OK");
  EXPECT_EQ(response.account_id(), "A");
  ASSERT_EQ(response.payment().allocations_size(), 1);
  EXPECT_EQ(response.payment().allocations(0).rule(), v1::MATCH_RULE_SIMILAR_TEXT);
  EXPECT_EQ(response.payment().allocations(0).evidence(), "user:anne");
  EXPECT_EQ(Open("A", 1), 0);
  EXPECT_EQ(Open("~unidentified", 100), 0);
  EXPECT_EQ(List().payments_size(), 0);
  EXPECT_EQ(EvidenceKinds("A").back(), "payment.proposal_accepted");
  EXPECT_EQ(EvidenceKinds("~unidentified").back(), "payment.moved");
  // The same again is answered from the record.
  v1::AcceptProposalResponse repeat;
  ASSERT_EQ(Accept(list.payments(0), &repeat), "OK");
  EXPECT_TRUE(repeat.replayed());
  // The statement again changes nothing, wherever the money is now.
  Receive(100, 12'345, {.payer_account = "FR9", .payer_name = "SARL JARDIN"});
  EXPECT_EQ(Open("~unidentified", 100), 0);
  EXPECT_EQ(Open("A", 100), 0);
  // Next time nobody has to be asked.
  Tell("A", Invoice(2, 23'456, Day(2025, 4, 30), "FA250002"), "Jardin SARL");
  Receive(102, 23'456, {.payer_account = "FR9", .payer_name = "SARL JARDIN"}, Day(2025, 4, 15));
  EXPECT_EQ(Open("A", 2), 0);
}

TEST_F(CashServiceTest, APayerThatPaysForAnotherAccountIsAskedOnce) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  Tell("B", Invoice(2, 55'511, Day(2025, 3, 31), "FA250002"), "Atelier SAS");
  Receive(100, 55'511, {.texts = {"FA250002"}, .payer_account = "FR8", .payer_name = "Atelier SAS"});
  ASSERT_EQ(Open("B", 2), 0);
  // B pays a part of A's invoice: the number is A's, the payer is B.
  Receive(101, 5'000, {.texts = {"FA250001"}, .payer_account = "FR8", .payer_name = "Atelier SAS"});
  const auto list = List();
  ASSERT_EQ(list.payments_size(), 1);
  EXPECT_EQ(list.payments(0).account_id(), "B");
  ASSERT_GE(list.payments(0).proposals_size(), 1);
  EXPECT_EQ(list.payments(0).proposals(0).rule(), v1::MATCH_RULE_OTHER_PAYER);
  EXPECT_EQ(list.payments(0).proposals(0).account_id(), "A");
  v1::AcceptProposalResponse response;
  ASSERT_EQ(Accept(list.payments(0), &response), "OK");
  EXPECT_EQ(Open("A", 1), 7'345);
  EXPECT_EQ(Open("B", 101), 0);
  EXPECT_EQ(View("B").sum.attributes().pays_for(0), "A");
  EXPECT_EQ(View("B").sum.balances_size(), 0);  // moved money leaves nothing open
  // The rest, without a number.
  Receive(102, 7'345, {.payer_account = "FR8", .payer_name = "Atelier SAS"}, Day(2025, 4, 1));
  EXPECT_EQ(Open("A", 1), 0);
}

TEST_F(CashServiceTest, MoneyThatComesBeforeItsInvoiceIsMatchedThen) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  // On the account of its payer, and of an unknown payer.
  Receive(100, 23'456, {.texts = {"FA250002"}, .payer_account = "FR9", .payer_name = "JARDIN SARL"});
  Receive(101, 34'567, {.texts = {"FA250003"}, .payer_account = "FR7"});
  EXPECT_EQ(Open("A", 100), -23'456);
  EXPECT_EQ(Open("~unidentified", 101), -34'567);
  Tell("A", Invoice(2, 23'456, Day(2025, 4, 30), "FA250002"), "Jardin SARL");
  EXPECT_EQ(Open("A", 2), 0);
  EXPECT_EQ(Open("A", 100), 0);
  Tell("C", Invoice(3, 34'567, Day(2025, 4, 30), "FA250003"), "Optique SA");
  EXPECT_EQ(Open("C", 3), 0);
  EXPECT_EQ(Open("~unidentified", 101), 0);
  EXPECT_EQ(List().payments_size(), 0);
}

TEST_F(CashServiceTest, WhatWasRefusedIsNotProposedAgain) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  Receive(100, 12'345, {.payer_account = "FR9", .payer_name = "SARL JARDIN"});
  const auto list = List();
  ASSERT_EQ(list.payments(0).proposals_size(), 1);
  auto request = Ask<v1::RefuseProposalRequest>("~unidentified", 100);
  request.set_proposal_id(list.payments(0).proposals(0).proposal_id());
  v1::RefuseProposalResponse response;
  ASSERT_EQ(Call(&v1::CashService::Stub::RefuseProposal, request, &response), "OK");
  ASSERT_EQ(List().payments_size(), 1);
  EXPECT_EQ(List().payments(0).proposals_size(), 0);
  EXPECT_EQ(EvidenceKinds("~unidentified").back(), "payment.proposal_refused");
  // Nor can it be accepted.
  v1::AcceptProposalResponse accepted;
  EXPECT_EQ(Accept(list.payments(0), &accepted), "PROPOSAL_GONE");
}

TEST_F(CashServiceTest, AnUndoneAllocationStaysOnRecordAndIsNotMadeAgain) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  Receive(100, 12'345, {.texts = {"FA250001"}, .payer_account = "FR9"});
  ASSERT_EQ(Open("A", 1), 0);
  ASSERT_EQ(View("A").sum.attributes().payer_ibans_size(), 1);
  auto request = Ask<v1::UndoAllocationRequest>("A", 100);
  v1::UndoAllocationResponse response;
  ASSERT_EQ(Call(&v1::CashService::Stub::UndoAllocation, request, &response), "OK");
  EXPECT_EQ(Open("A", 1), 12'345);
  EXPECT_EQ(Open("A", 100), -12'345);
  ASSERT_EQ(response.payment().allocations_size(), 1);
  EXPECT_TRUE(response.payment().allocations(0).has_undone_date());
  EXPECT_EQ(View("A").sum.attributes().payer_ibans_size(), 0);  // what was learnt by it is forgotten
  EXPECT_EQ(EvidenceKinds("A").back(), "allocation.undone");
  // Neither the statement again nor a new invoice brings it back.
  Receive(100, 12'345, {.texts = {"FA250001"}, .payer_account = "FR9"});
  Tell("A", Invoice(2, 500, Day(2025, 3, 31), "FA250002"));
  EXPECT_EQ(Open("A", 1), 12'345);
  request = Ask<v1::UndoAllocationRequest>("A", 100, "2");
  EXPECT_EQ(Call(&v1::CashService::Stub::UndoAllocation, request, &response), "NOT_ALLOCATED");
}

TEST_F(CashServiceTest, APersonAllocatesOverAccountsAndBack) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  Tell("B", Invoice(2, 55'511, Day(2025, 3, 31), "FA250002"), "Atelier SAS");
  Receive(100, 20'000, {.texts = {"LOYER"}, .payer_account = "FR9", .payer_name = "Untel"});
  auto request = Ask<v1::AllocatePaymentRequest>("~unidentified", 100);
  request.set_target_account_id("A");
  auto* wanted = request.add_allocations();
  wanted->set_item_id(ItemIdText(1));
  v1::AllocatePaymentResponse response;
  ASSERT_EQ(Call(&v1::CashService::Stub::AllocatePayment, request, &response), "OK");
  EXPECT_EQ(response.account_id(), "A");
  EXPECT_EQ(Open("A", 1), 0);
  EXPECT_EQ(Open("A", 100), -7'655);
  EXPECT_EQ(View("A").sum.balances(0).unapplied_minor(), 7'655);
  ASSERT_EQ(View("A").sum.attributes().payer_ibans_size(), 1);
  // It was the wrong account: undone, and moved on.
  v1::UndoAllocationResponse undone;
  request = Ask<v1::AllocatePaymentRequest>("A", 100, "2");
  request.set_target_account_id("B");
  EXPECT_EQ(Call(&v1::CashService::Stub::AllocatePayment, request, &response), "PAYMENT_ALLOCATED");
  ASSERT_EQ(Call(&v1::CashService::Stub::UndoAllocation, Ask<v1::UndoAllocationRequest>("A", 100), &undone),
            "OK");
  ASSERT_EQ(Call(&v1::CashService::Stub::AllocatePayment, request, &response), "OK");
  EXPECT_EQ(Open("A", 100), 0);
  EXPECT_EQ(Open("A", 1), 12'345);
  EXPECT_EQ(Open("B", 100), -20'000);
  // And back to the unknown payers, where it opens again.
  request = Ask<v1::AllocatePaymentRequest>("B", 100, "3");
  request.set_target_account_id("~unidentified");
  ASSERT_EQ(Call(&v1::CashService::Stub::AllocatePayment, request, &response), "OK");
  EXPECT_EQ(Open("B", 100), 0);
  EXPECT_EQ(Open("~unidentified", 100), -20'000);
}

TEST_F(CashServiceTest, AShortPaymentIsShownAndGranted) {
  state::v1::Item invoice = Invoice(1, 10'000, Day(2025, 3, 31), "FA250001");
  invoice.add_discounts()->set_until_day(Day(2025, 2, 20));
  invoice.mutable_discounts(0)->set_amount_minor(200);
  Tell("A", invoice, "Jardin SARL");
  Receive(100, 9'800, {.texts = {"FA250001"}, .payer_account = "FR9", .payer_name = "Jardin SARL"});
  EXPECT_EQ(Open("A", 1), 200);
  const auto list = List("A");
  ASSERT_EQ(list.short_paid_size(), 1);
  EXPECT_EQ(list.short_paid(0).reason(), "EARLY_PAYMENT_DISCOUNT_LATE");
  v1::RecordDeductionRequest request;
  request.set_request_id(rpc::DeriveRequestId({"deduct"}));
  request.set_tenant_id("demo");
  request.set_account_id("A");
  request.set_item_id(ItemIdText(1));
  request.set_reason("EARLY_PAYMENT_DISCOUNT_LATE");
  v1::RecordDeductionResponse response;
  ASSERT_EQ(Call(&v1::CashService::Stub::RecordDeduction, request, &response), "OK");
  EXPECT_EQ(response.deduction().kind(), v1::ITEM_KIND_DEDUCTION);
  EXPECT_EQ(response.deduction().reason(), "EARLY_PAYMENT_DISCOUNT_LATE");
  EXPECT_EQ(Open("A", 1), 0);
  EXPECT_EQ(EvidenceKinds("A").back(), "item.deducted");
  ASSERT_EQ(Call(&v1::CashService::Stub::RecordDeduction, request, &response), "OK");
  EXPECT_TRUE(response.replayed());
}

TEST_F(CashServiceTest, WhatTheBooksLetteredIsTheirs) {
  Gathered books;
  IncomingAccount& account = books.accounts["A"];
  for (const auto& item :
       {Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), Payment(100, 12'345, Day(2025, 3, 1))}) {
    IncomingItem& told = account.items.emplace_back();
    told.item = item;
    told.item.set_source(kSourceFec);
    told.item.set_lettering("AA");
    told.item.set_lettering_day(Day(2025, 3, 2));
    told.from_books = true;
  }
  ASSERT_TRUE(posting_.Post(*tenant_, &books, Soon()).ok());
  ASSERT_EQ(Open("A", 1), 0);
  v1::UndoAllocationResponse undone;
  EXPECT_EQ(Call(&v1::CashService::Stub::UndoAllocation, Ask<v1::UndoAllocationRequest>("A", 100), &undone),
            "LETTERED_BY_BOOKS");
  v1::AllocatePaymentResponse allocated;
  EXPECT_EQ(
      Call(&v1::CashService::Stub::AllocatePayment, Ask<v1::AllocatePaymentRequest>("A", 100), &allocated),
      "LETTERED_BY_BOOKS");
}

TEST_F(CashServiceTest, RefusalsInOrder) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  Tell("A", Invoice(2, 500, Day(2025, 3, 31), "FA250002"), "Jardin SARL");
  Receive(100, 500, {.texts = {"FA250002"}});
  Receive(101, 700, {.payer_name = "Jardin SARL"});
  const auto row = [&](const char* name, const std::function<void(v1::AllocatePaymentRequest&)>& change,
                       const std::string& reason) {
    SCOPED_TRACE(name);
    auto request = Ask<v1::AllocatePaymentRequest>("A", 101, name);
    auto* wanted = request.add_allocations();
    wanted->set_item_id(ItemIdText(1));
    wanted->mutable_amount()->set_currency_code("EUR");
    wanted->mutable_amount()->set_units(1);
    change(request);
    v1::AllocatePaymentResponse response;
    EXPECT_EQ(Call(&v1::CashService::Stub::AllocatePayment, request, &response), reason);
  };
  row(
      "no request", [](auto& r) { r.clear_request_id(); }, "REQUEST_ID_MISSING");
  row(
      "tenant", [](auto& r) { r.set_tenant_id("other"); }, "TENANT_NOT_FOUND");
  row(
      "negative", [](auto& r) { r.mutable_allocations(0)->mutable_amount()->set_units(-1); },
      "AMOUNT_NOT_POSITIVE");
  row(
      "item id", [](auto& r) { r.set_payment_id("x"); }, "ITEM_ID_INVALID");
  row(
      "account", [](auto& r) { r.set_account_id("Z"); }, "ACCOUNT_NOT_FOUND");
  row(
      "target", [](auto& r) { r.set_target_account_id("Z"); }, "ACCOUNT_NOT_FOUND");
  row(
      "item", [](auto& r) { r.set_payment_id(ItemIdText(999)); }, "ITEM_NOT_FOUND");
  row(
      "invoice", [](auto& r) { r.set_payment_id(ItemIdText(1)); }, "NOT_A_PAYMENT");
  row(
      "spent", [](auto& r) { r.set_payment_id(ItemIdText(100)); }, "ITEM_SETTLED");
  row(
      "debit", [](auto& r) { r.mutable_allocations(0)->set_item_id(ItemIdText(100)); }, "NOT_A_DEBIT");
  row(
      "settled", [](auto& r) { r.mutable_allocations(0)->set_item_id(ItemIdText(2)); }, "ITEM_SETTLED");
  row(
      "currency", [](auto& r) { r.mutable_allocations(0)->mutable_amount()->set_currency_code("USD"); },
      "CURRENCY_MISMATCH");
  row(
      "too much", [](auto& r) { r.mutable_allocations(0)->mutable_amount()->set_units(8); },
      "AMOUNT_TOO_LARGE");
  row(
      "good", [](auto&) {}, "OK");
  row(
      "good", [](auto& r) { r.set_actor("somebody else"); }, "REQUEST_ID_REUSED");
  v1::RecordDeductionRequest deduct;
  deduct.set_request_id(rpc::DeriveRequestId({"d"}));
  deduct.set_tenant_id("demo");
  deduct.set_account_id("A");
  deduct.set_item_id(ItemIdText(1));
  deduct.set_reason("because");
  v1::RecordDeductionResponse response;
  EXPECT_EQ(Call(&v1::CashService::Stub::RecordDeduction, deduct, &response), "REASON_INVALID");
  deduct.set_reason("REBATE");
  deduct.mutable_amount()->set_currency_code("EUR");
  deduct.mutable_amount()->set_units(1'000);
  EXPECT_EQ(Call(&v1::CashService::Stub::RecordDeduction, deduct, &response), "AMOUNT_TOO_LARGE");
}

TEST_F(CashServiceTest, PagesGoOnWhereTheyEnded) {
  Tell("A", Invoice(1, 12'345, Day(2025, 3, 31), "FA250001"), "Jardin SARL");
  for (uint64_t i = 0; i < 5; ++i) {
    Receive(200 + i, 111 + static_cast<int64_t>(i), {.payer_name = i < 2 ? "Jardin SARL" : "Untel"});
  }
  v1::ListUnmatchedRequest request;
  request.set_tenant_id("demo");
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    v1::ListUnmatchedResponse page;
    ASSERT_EQ(Call(&v1::CashService::Stub::ListUnmatched, request, &page), "OK");
    for (const auto& payment : page.payments()) {
      seen.push_back(absl::StrCat(payment.account_id(), " ", payment.payment().item_id().substr(12)));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"~unidentified 00ca", "~unidentified 00cb", "~unidentified 00cc",
                                            "A 00c8", "A 00c9"}));
  request.set_page_size(-1);
  v1::ListUnmatchedResponse page;
  EXPECT_EQ(Call(&v1::CashService::Stub::ListUnmatched, request, &page), "PAGE_SIZE_NEGATIVE");
}

}  // namespace
}  // namespace relance::ledger
