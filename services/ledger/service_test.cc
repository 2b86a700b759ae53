// The services behind an in-process channel, on the store in memory: commands, tenants, clocks, syncs.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/evidence/evidence.h"
#include "common/rpc/request_id.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/time/day.h"
#include "common/time/testing/simulated_clock.h"
#include "services/ledger/ledger_parts.h"
#include "services/ledger/tenant_config.h"

namespace relance::ledger {
namespace {

type::v1::Date MakeDate(int year, int month, int day) {
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

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() : store_(store::Service::kLedger) {
    std::string path = (std::filesystem::temp_directory_path() / "relance-ledger-unit-XXXXXX").string();
    folder_ = mkdtemp(path.data());
    parts_ = std::make_unique<LedgerParts>(
        &store_, *documents::DocumentStore::Open(folder_), nullptr, &clock_,
        rpc::CallHandler::Options{.service = "ledger"},
        LedgerOptions{.spool_directory = folder_ + "/spool", .clock_services = {}});
    grpc::ServerBuilder builder;
    builder.RegisterService(&parts_->ledger_service());
    builder.RegisterService(&parts_->tenant_service());
    server_ = builder.BuildAndStart();
    auto channel = server_->InProcessChannel({});
    ledger_ = v1::LedgerService::NewStub(channel);
    tenants_ = v1::TenantService::NewStub(channel);
    tenant_.set_tenant_id("demo");
    tenant_.set_legal_name("Demo SAS");
    tenant_.set_country("FR");
    *tenant_.mutable_test_clock_date() = MakeDate(2025, 3, 1);
  }
  ~ServiceTest() override {
    server_->Shutdown();
    std::filesystem::remove_all(folder_);
  }

  // Calls a unary RPC; "OK" or "<code> <reason>".
  template <typename Stub, typename Request, typename Response>
  std::string Call(const std::unique_ptr<Stub>& stub,
                   grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, Response* response) {
    grpc::ClientContext context;
    const grpc::Status status = (stub.get()->*method)(&context, request, response);
    return status.ok() ? "OK" : ReasonOf(rpc::FromGrpcStatus(status));
  }

  void CreateTenant() {
    v1::CreateTenantRequest request;
    *request.mutable_tenant() = tenant_;
    v1::CreateTenantResponse response;
    ASSERT_EQ(Call(tenants_, &v1::TenantService::Stub::CreateTenant, request, &response), "OK");
  }

  static v1::SyncItem Row(const std::string& account, const std::string& number, int64_t euros) {
    v1::SyncItem row;
    row.set_account_id(account);
    row.set_kind(v1::ITEM_KIND_INVOICE);
    row.set_number(number);
    *row.mutable_issue_date() = MakeDate(2025, 1, 10);
    *row.mutable_amount() = Euro(euros);
    return row;
  }

  // Sends batches as one stream; the last acknowledgement and the status.
  std::pair<std::string, v1::SyncItemsResponse> Sync(const std::vector<v1::SyncItemsRequest>& batches) {
    grpc::ClientContext context;
    auto stream = ledger_->SyncItems(&context);
    v1::SyncItemsResponse last, response;
    for (const v1::SyncItemsRequest& batch : batches) {
      if (!stream->Write(batch) || !stream->Read(&response)) break;
      last = response;
    }
    stream->WritesDone();
    const grpc::Status status = stream->Finish();
    return {status.ok() ? "OK" : ReasonOf(rpc::FromGrpcStatus(status)), last};
  }

  static v1::SyncItemsRequest Batch(const std::string& id, int64_t number, std::vector<v1::SyncItem> rows,
                                    bool last = true, bool snapshot = false) {
    v1::SyncItemsRequest batch;
    batch.set_tenant_id("demo");
    batch.set_sync_id(id);
    batch.set_batch(number);
    for (auto& row : rows) *batch.add_items() = std::move(row);
    batch.set_last(last);
    batch.set_snapshot(snapshot);
    return batch;
  }

  v1::Account Account(const std::string& id) {
    v1::GetAccountRequest request;
    request.set_tenant_id("demo");
    request.set_account_id(id);
    request.set_include_history(true);
    v1::GetAccountResponse response;
    EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::GetAccount, request, &response), "OK");
    return response.account();
  }

  std::vector<std::string> Evidence(const std::string& account) {
    return *store_.ReadEvidence({"demo", account}, 0, 100, store::After(absl::Seconds(1)));
  }

  store::FakeStore store_;
  SimulatedClock clock_;
  std::string folder_;
  std::unique_ptr<LedgerParts> parts_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
  std::unique_ptr<v1::TenantService::Stub> tenants_;
  v1::Tenant tenant_;
};

TEST_F(ServiceTest, TenantsAreCheckedFieldByField) {
  const std::vector<std::tuple<const char*, std::function<void(v1::Tenant&)>, std::string>> rows = {
      {"id", [](auto& t) { t.set_tenant_id("Demo!"); }, "TENANT_ID_INVALID"},
      {"no id", [](auto& t) { t.set_tenant_id(""); }, "TENANT_ID_INVALID"},
      {"name", [](auto& t) { t.set_legal_name(""); }, "LEGAL_NAME_MISSING"},
      {"country", [](auto& t) { t.set_country("US"); }, "COUNTRY_UNSUPPORTED"},
      {"currency", [](auto& t) { t.set_currency_code("XXX"); }, "CURRENCY_UNKNOWN"},
      {"zone", [](auto& t) { t.set_time_zone("Mars/Olympus"); }, "TIME_ZONE_UNKNOWN"},
      {"terms", [](auto& t) { t.set_default_terms("soon"); }, "TERMS_INVALID"},
      {"days", [](auto& t) { t.set_ledger_max_age_days(-1); }, "TENANT_FIELD_INVALID"},
      {"iban", [](auto& t) { t.set_iban("FR00"); }, "TENANT_FIELD_INVALID"},
      {"prefix", [](auto& t) { t.add_control_accounts("4"); }, "TENANT_FIELD_INVALID"},
      {"good", [](auto&) {}, "OK"},
      {"same again", [](auto&) {}, "OK"},
      {"other configuration", [](auto& t) { t.set_legal_name("Other"); }, "TENANT_EXISTS"},
  };
  for (const auto& [name, change, reason] : rows) {
    SCOPED_TRACE(name);
    v1::CreateTenantRequest request;
    *request.mutable_tenant() = tenant_;
    change(*request.mutable_tenant());
    v1::CreateTenantResponse response;
    EXPECT_EQ(Call(tenants_, &v1::TenantService::Stub::CreateTenant, request, &response), reason);
    if (reason == "OK") {
      EXPECT_EQ(response.tenant().time_zone(), "Europe/Paris");
      EXPECT_EQ(response.tenant().default_terms(), "net30");
      EXPECT_EQ(response.existed(), std::string(name) == "same again");
    }
  }
}

TEST_F(ServiceTest, TheClockMovesForwardDayByDay) {
  CreateTenant();
  const auto advance = [&](const type::v1::Date* to, std::vector<int>* days) -> std::string {
    v1::AdvanceClockRequest request;
    request.set_tenant_id("demo");
    if (to != nullptr) *request.mutable_to_date() = *to;
    grpc::ClientContext context;
    auto reader = tenants_->AdvanceClock(&context, request);
    v1::AdvanceClockResponse response;
    while (reader->Read(&response)) days->push_back(response.business_date().day());
    const grpc::Status status = reader->Finish();
    return status.ok() ? "OK" : ReasonOf(rpc::FromGrpcStatus(status));
  };
  std::vector<int> days;
  const auto to = MakeDate(2025, 3, 4), back = MakeDate(2025, 3, 3);
  EXPECT_EQ(advance(&to, &days), "OK");
  EXPECT_EQ(days, (std::vector<int>{2, 3, 4}));
  EXPECT_EQ(advance(&back, &days), "CLOCK_BACKWARDS");
  days.clear();
  EXPECT_EQ(advance(nullptr, &days), "OK");
  EXPECT_EQ(days, (std::vector<int>{4}));
  const auto far = MakeDate(2055, 1, 1);
  EXPECT_EQ(advance(&far, &days), "CLOCK_TOO_FAR");
}

TEST_F(ServiceTest, TheClockWaitsForTheServices) {
  CreateTenant();
  // A clock that a service lags behind, and a deadline that has nearly passed: no wait, but a name.
  ClockAdvancer clocks(&store_, &parts_->directory(), &clock_, {store::Service::kRisk});
  const absl::Status status = clocks.Advance(
      "demo", absl::CivilDay(2025, 3, 2), store::After(absl::Milliseconds(100)), [] { return false; },
      [](absl::CivilDay, int64_t) { return true; });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(status), "SERVICE_LAGS");
  EXPECT_EQ(ErrorInfoOf(status).metadata["service"], "risk");
}

TEST_F(ServiceTest, SyncedItemsAreAcknowledgedAndResumed) {
  CreateTenant();
  const auto first = Sync({Batch("s1", 1, {Row("C1", "F0001", 100)}, false)});
  EXPECT_EQ(first.first, "OK");
  EXPECT_EQ(first.second.acknowledged_batch(), 1);
  EXPECT_EQ(Sync({Batch("s1", 3, {})}).first, "BATCH_OUT_OF_ORDER");
  // A question first, as after a cut; then the batch that came before again, and the next.
  const auto rest = Sync({Batch("s1", 0, {}, false), Batch("s1", 1, {Row("C1", "F0001", 100)}, false),
                          Batch("s1", 2, {Row("C2", "F0002", 50), Row("", "F0003", 1)})});
  EXPECT_EQ(rest.first, "OK");
  EXPECT_EQ(rest.second.acknowledged_batch(), 2);
  EXPECT_EQ(rest.second.report().created(), 2);
  EXPECT_EQ(rest.second.report().rejected(), 1);
  EXPECT_EQ(rest.second.report().rejected_lines(0).reason(), "ACCOUNT_MISSING");
  EXPECT_EQ(Account("C1").items(0).due_date().month(), 2);  // net30
  EXPECT_EQ(Sync({Batch("s1", 3, {})}).first, "SYNC_ENDED");
  EXPECT_EQ(Sync({Batch("no good", 1, {})}).first, "SYNC_ID_INVALID");
}

TEST_F(ServiceTest, ASnapshotSettlesWhatItLacks) {
  CreateTenant();
  Sync({Batch("s1", 1, {Row("C1", "F0001", 100), Row("C2", "F0002", 50)})});
  const auto picture = Sync({Batch("s2", 1, {Row("C1", "F0001", 100)}, true, true)});
  EXPECT_EQ(picture.second.report().absent_settled(), 1);
  EXPECT_EQ(picture.second.report().unchanged(), 1);
  EXPECT_EQ(Account("C1").items_size(), 1);
  EXPECT_EQ(Account("C2").items_size(), 0);
  EXPECT_EQ(Account("C2").history_size(), 2);
}

TEST_F(ServiceTest, CommandsAreDoneOnceAndLeaveEvidence) {
  CreateTenant();
  Sync({Batch("s1", 1, {Row("C1", "F0001", 100)})});
  v1::RecordPaymentRequest request;
  request.set_request_id(rpc::DeriveRequestId({"test", "1"}));
  request.set_tenant_id("demo");
  request.set_account_id("C1");
  *request.mutable_amount() = Euro(30);
  request.set_reference("F0001");
  request.set_source("agency:rapid");
  v1::RecordPaymentResponse response, again;
  ASSERT_EQ(Call(ledger_, &v1::LedgerService::Stub::RecordPayment, request, &response), "OK");
  EXPECT_FALSE(response.replayed());
  ASSERT_EQ(response.payment().allocations_size(), 1);
  EXPECT_EQ(response.payment().allocations(0).item_number(), "F0001");
  ASSERT_EQ(Call(ledger_, &v1::LedgerService::Stub::RecordPayment, request, &again), "OK");
  EXPECT_TRUE(again.replayed());
  EXPECT_EQ(again.payment().item_id(), response.payment().item_id());
  EXPECT_EQ(Account("C1").items(0).open_amount().units(), 70);
  *request.mutable_amount() = Euro(31);
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::RecordPayment, request, &again), "REQUEST_ID_REUSED");
  request.set_request_id(rpc::DeriveRequestId({"test", "2"}));
  *request.mutable_amount() = Euro(0);
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::RecordPayment, request, &again), "AMOUNT_NOT_POSITIVE");
  *request.mutable_amount() = Euro(1);
  request.set_account_id("nobody");
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::RecordPayment, request, &again), "ACCOUNT_NOT_FOUND");
  request.set_account_id("C1");
  request.add_item_ids("00000000000000ff");
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::RecordPayment, request, &again), "ITEM_NOT_FOUND");
  request.set_item_ids(0, "x");
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::RecordPayment, request, &again), "ITEM_ID_INVALID");
  request.set_request_id("");
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::RecordPayment, request, &again), "REQUEST_ID_MISSING");

  v1::ReturnPaymentRequest back;
  back.set_request_id(rpc::DeriveRequestId({"test", "3"}));
  back.set_tenant_id("demo");
  back.set_account_id("C1");
  back.set_item_id(response.payment().item_id());
  back.set_reason("AC04");
  v1::ReturnPaymentResponse taken;
  ASSERT_EQ(Call(ledger_, &v1::LedgerService::Stub::ReturnPayment, back, &taken), "OK");
  EXPECT_TRUE(taken.payment().has_returned_date());
  EXPECT_EQ(Account("C1").items(0).open_amount().units(), 100);
  back.set_request_id(rpc::DeriveRequestId({"test", "4"}));
  ASSERT_EQ(Call(ledger_, &v1::LedgerService::Stub::ReturnPayment, back, &taken), "OK");
  back.set_request_id(rpc::DeriveRequestId({"test", "5"}));
  back.set_item_id(Account("C1").items(0).item_id());
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::ReturnPayment, back, &taken), "NOT_A_PAYMENT");

  const auto chain = Evidence("C1");
  ASSERT_EQ(chain.size(), 2u);
  EXPECT_TRUE(VerifyEvidenceChain(chain, EvidenceHash(chain.back())).empty());
  state::v1::EvidenceRecord record;
  ASSERT_TRUE(record.ParseFromString(chain[0]));
  EXPECT_EQ(record.kind(), "payment.recorded");
  EXPECT_EQ(record.actor(), "agency:rapid");
}

TEST_F(ServiceTest, DisputesOpenAndEndAndAWriteOffSettles) {
  CreateTenant();
  Sync({Batch("s1", 1, {Row("C1", "F0001", 100)})});
  const std::string item = Account("C1").items(0).item_id();
  int next = 0;
  const auto prepare = [&](auto& request) {
    request.set_request_id(rpc::DeriveRequestId({"dispute", absl::StrCat(++next)}));
    request.set_tenant_id("demo");
    request.set_account_id("C1");
    request.set_item_id(item);
    request.set_actor("u1");
  };
  v1::OpenDisputeRequest open;
  v1::OpenDisputeResponse opened;
  prepare(open);
  open.set_reason("bad reason");
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::OpenDispute, open, &opened), "REASON_INVALID");
  open.set_reason("QUALITY");
  *open.mutable_amount() = Euro(500);
  ASSERT_EQ(Call(ledger_, &v1::LedgerService::Stub::OpenDispute, open, &opened), "OK");
  EXPECT_EQ(opened.item().dispute().amount().units(), 100);  // no more than is open
  EXPECT_EQ(Account("C1").balances(0).disputed().units(), 100);
  prepare(open);
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::OpenDispute, open, &opened), "ALREADY_DISPUTED");
  v1::ResolveDisputeRequest resolve;
  v1::ResolveDisputeResponse resolved;
  prepare(resolve);
  ASSERT_EQ(Call(ledger_, &v1::LedgerService::Stub::ResolveDispute, resolve, &resolved), "OK");
  EXPECT_EQ(Account("C1").balances(0).disputed().units(), 0);
  prepare(resolve);
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::ResolveDispute, resolve, &resolved), "NOT_DISPUTED");

  v1::WriteOffItemRequest write_off;
  v1::WriteOffItemResponse written_off;
  prepare(write_off);
  write_off.set_reason("SMALL_BALANCE");
  ASSERT_EQ(Call(ledger_, &v1::LedgerService::Stub::WriteOffItem, write_off, &written_off), "OK");
  EXPECT_EQ(Account("C1").items_size(), 0);
  prepare(write_off);
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::WriteOffItem, write_off, &written_off), "ITEM_SETTLED");
  // FC-41: what is written off says nothing about how the debtor pays.
  const AccountView view = *ReadAccount(store_, {"demo", "C1"}, {}, store::After(absl::Seconds(1)));
  EXPECT_EQ(view.sum.stats().settled(), 0);
  EXPECT_EQ(Evidence("C1").size(), 3u);
}

TEST_F(ServiceTest, AttributesAreSetByPeopleUnderAnEtag) {
  CreateTenant();
  Sync({Batch("s1", 1, {Row("C1", "F0001", 100)})});
  v1::UpdateAccountRequest request;
  request.set_tenant_id("demo");
  request.set_account_id("C1");
  request.mutable_attributes()->set_name("Client SA");
  request.set_etag(Account("C1").etag());
  v1::UpdateAccountResponse response;
  ASSERT_EQ(Call(ledger_, &v1::LedgerService::Stub::UpdateAccount, request, &response), "OK");
  EXPECT_EQ(response.account().etag(), Account("C1").etag());
  EXPECT_EQ(Account("C1").attributes().name(), "Client SA");
  request.mutable_attributes()->set_name("Other SA");
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::UpdateAccount, request, &response), "ETAG_MISMATCH");
  request.set_etag("");
  request.mutable_attributes()->set_terms("whenever");
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::UpdateAccount, request, &response), "TERMS_INVALID");
  request.mutable_attributes()->clear_terms();
  request.set_account_id("nobody");
  EXPECT_EQ(Call(ledger_, &v1::LedgerService::Stub::UpdateAccount, request, &response), "ACCOUNT_NOT_FOUND");
}

TEST_F(ServiceTest, FC10_OnTheDueDateNotOverdue) {
  CreateTenant();
  v1::SyncItem row = Row("C1", "F0001", 100);
  *row.mutable_due_date() = MakeDate(2025, 3, 1);
  Sync({Batch("s1", 1, {row})});
  EXPECT_EQ(Account("C1").items(0).days_past_due(), 0);
  EXPECT_EQ(Account("C1").items(0).due_date().day(), 1);
}

TEST_F(ServiceTest, MoneyWithoutAnAccountIsGivenToTheOneWhereTheBooksBookedIt) {
  CreateTenant();
  const auto import = [&](const std::string& format, const std::string& content) {
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
    EXPECT_TRUE(writer->Finish().ok());
    return response.report();
  };
  const v1::ImportReport unknown =
      import("csv", "kind,account,amount,currency,booking_date\npayment,,120.00,EUR,2025-02-20\n");
  EXPECT_EQ(unknown.payments_unidentified(), 1);
  EXPECT_EQ(Account("~unidentified").items_size(), 1);
  const std::string header =
      "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPiec"
      "eRef\t"
      "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n";
  const std::string books =
      header +
      "BQ\tBanque\t1\t20250221\t512000\tBanque\t\t\tV1\t20250221\tVIR\t120,00\t0,00\t\t\t20250301\t\t\n"
      "BQ\tBanque\t1\t20250221\t411000\tClients\tC9\tNeuf\tV1\t20250221\tVIR\t0,00\t120,"
      "00\t\t\t20250301\t\t\n";
  EXPECT_EQ(import("fec", books).payments_confirmed(), 1);
  EXPECT_EQ(Account("~unidentified").items_size(), 0);
  EXPECT_EQ(Account("C9").items_size(), 1);
  EXPECT_EQ(import("fec", books).payments_confirmed(), 0);
}

}  // namespace
}  // namespace relance::ledger
