#include "services/handoff/handoff_service.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>

#include "absl/strings/str_cat.h"
#include "common/account/item_id.h"
#include "common/documents/sha256.h"
#include "common/log/log.h"
#include "common/metrics/metrics.h"
#include "common/rpc/client_call.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/handoff/errors.h"
#include "services/handoff/handoff_metrics.h"
#include "services/handoff/testing/handoff_world.h"

namespace relance::handoff {
namespace {

using testing::DayOf;
using testing::Invoice;
using testing::kRequest1;
using testing::kTenant;
using testing::World;
using Stub = v1::HandoffService::StubInterface;

// The service over real gRPC within the process.
class HandoffServiceTest : public ::testing::Test {
 protected:
  HandoffServiceTest() : service_(rpc::CallHandler({.service = "handoff"}), world_.Parts(), &index_) {
    log::SetSink([](absl::string_view) {});
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = v1::HandoffService::NewStub(server_->InProcessChannel({}));
    world_.books.Add("C1", {Invoice(1, DayOf(2025, 3, 1), 10'000), Invoice(2, DayOf(2025, 3, 31), 5'000)});
  }
  ~HandoffServiceTest() override {
    server_->Shutdown();
    log::SetSink(nullptr);
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) {
    return rpc::Call(rpc::BackgroundCall(absl::Seconds(30)), *stub_, method, request);
  }
  static v1::PlaceAccountRequest PlaceRequest(const std::string& account = "C1",
                                              const std::string& request_id = kRequest1) {
    v1::PlaceAccountRequest request;
    request.set_request_id(request_id);
    request.set_tenant_id(kTenant);
    request.set_account_id(account);
    request.set_actor("u1");
    return request;
  }
  static v1::ReportFromAgencyRequest ReportRequest(const std::string& report_id) {
    v1::ReportFromAgencyRequest request;
    request.set_report_id(report_id);
    request.set_tenant_id(kTenant);
    request.set_placement_id("verger-C1-1");
    return request;
  }
  static v1::ReportFromAgencyRequest PaymentRequest(const std::string& report_id, int64_t minor) {
    v1::ReportFromAgencyRequest request = ReportRequest(report_id);
    request.mutable_payment()->set_payment_id("Z1");
    *request.mutable_payment()->mutable_received_date() = rpc::DayToProto(absl::CivilDay(2025, 6, 20));
    *request.mutable_payment()->mutable_amount() = *rpc::MoneyToProto({minor, "EUR"});
    return request;
  }
  absl::StatusOr<v1::PlaceAccountResponse> Place() { return Call(&Stub::PlaceAccount, PlaceRequest()); }

  World world_;
  PlacementIndex index_;
  HandoffServiceImpl service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::HandoffService::Stub> stub_;
};

TEST_F(HandoffServiceTest, PlacesAndShowsAPlacement) {
  const auto placed = Place();
  ASSERT_TRUE(placed.ok()) << placed.status();
  const v1::Placement& placement = placed->placement();
  EXPECT_EQ(placement.placement_id(), "verger-C1-1");
  EXPECT_EQ(placement.state(), v1::PLACEMENT_STATE_PLACED);
  ASSERT_EQ(placement.items_size(), 2);
  EXPECT_EQ(placement.items(0).number(), "F1");
  EXPECT_EQ(placement.items(0).open().units(), 100);
  ASSERT_EQ(placement.placed_size(), 1);
  EXPECT_EQ(placement.placed(0).units(), 150);
  const auto again = Place();
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->replayed());
  EXPECT_EQ(again->placement().SerializeAsString(), placement.SerializeAsString());

  v1::GetPlacementRequest get;
  get.set_tenant_id(kTenant);
  get.set_placement_id("verger-C1-1");
  EXPECT_EQ(Call(&Stub::GetPlacement, get)->placement().SerializeAsString(), placement.SerializeAsString());
}

TEST_F(HandoffServiceTest, ExportsTheFilesAsTheAgencyGotThem) {
  ASSERT_TRUE(Place().ok());
  world_.Work();
  for (const std::string format : {"json", "csv"}) {
    v1::ExportCaseRequest request;
    request.set_tenant_id(kTenant);
    request.set_placement_id("verger-C1-1");
    request.set_format(format);
    const auto file = Call(&Stub::ExportCase, request);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->content(), world_.Delivered().at("verger-C1-1-1-case." + format));
    EXPECT_EQ(file->sha256(), documents::Sha256Hex(file->content()));
    EXPECT_EQ(file->file_name(), "verger-C1-1." + format);
  }
}

TEST_F(HandoffServiceTest, RecordsAPaymentOnce) {
  ASSERT_TRUE(Place().ok());
  const auto paid = Call(&Stub::ReportFromAgency, PaymentRequest("R1", 12'000));
  ASSERT_TRUE(paid.ok()) << paid.status();
  EXPECT_FALSE(paid->replayed());
  EXPECT_TRUE(paid->placement().payments(0).recorded());
  EXPECT_EQ(paid->placement().recovered(0).units(), 120);
  EXPECT_EQ(paid->placement().items(1).open().units(), 30);
  const auto again = Call(&Stub::ReportFromAgency, PaymentRequest("R1", 12'000));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->replayed());
  EXPECT_EQ(world_.ledger.payments(), 1u);
  const auto back = Call(&Stub::ReportFromAgency, PaymentRequest("R2", -12'000));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->placement().recovered(0).units(), 0);
  EXPECT_EQ(back->placement().items(0).open().units(), 100);
}

TEST_F(HandoffServiceTest, KeepsAReportWhileTheLedgerIsAway) {
  ASSERT_TRUE(Place().ok());
  world_.ledger.failures = 1;
  EXPECT_EQ(ReasonOf(Call(&Stub::ReportFromAgency, PaymentRequest("R1", 12'000)).status()),
            kLedgerUnavailable);
  const auto again = Call(&Stub::ReportFromAgency, PaymentRequest("R1", 12'000));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->replayed());
  EXPECT_TRUE(again->placement().payments(0).recorded());
}

TEST_F(HandoffServiceTest, ListsNewestFirstInPages) {
  for (int i = 0; i < 7; ++i) {
    const std::string account = absl::StrCat("A", i);
    world_.SetDay(absl::CivilDay(2025, 6, 20) + (i + 1) / 2);
    world_.books.Add(account, {Invoice(1, DayOf(2025, 1, 1), 100)});
    const std::string id = absl::StrCat("00000000-0000-4000-8000-00000000020", i);
    ASSERT_TRUE(Call(&Stub::PlaceAccount, PlaceRequest(account, id)).ok());
    // Half of them are found when the index is built, the others in the feed.
    if (i == 3) {
      ASSERT_TRUE(index_.Refresh(world_.store, testing::Soon()).ok());
    }
  }
  v1::ListPlacementsRequest request;
  request.set_tenant_id(kTenant);
  request.set_page_size(3);
  std::vector<std::string> ids;
  for (int page = 0; page < 5; ++page) {
    const auto response = Call(&Stub::ListPlacements, request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (const auto& placement : response->placements()) ids.push_back(placement.placement_id());
    if (response->next_page_token().empty()) break;
    request.set_page_token(response->next_page_token());
  }
  EXPECT_EQ(ids, (std::vector<std::string>{"verger-A6-1", "verger-A5-1", "verger-A4-1", "verger-A3-1",
                                           "verger-A2-1", "verger-A1-1", "verger-A0-1"}));
  PlacementIndex fresh;
  ASSERT_TRUE(fresh.Refresh(world_.store, testing::Soon()).ok());
  EXPECT_EQ(fresh.List(kTenant, std::nullopt, 100), index_.List(kTenant, std::nullopt, 100));
}

TEST_F(HandoffServiceTest, ReportsOfAnUnknownPlacementAndOfNothing) {
  struct Row {
    std::string name;
    v1::ReportFromAgencyRequest request;
    std::string reason;
  };
  std::vector<Row> rows;
  rows.push_back({"no report id", ReportRequest(""), kReportInvalid});
  rows.push_back({"no such placement", ReportRequest("R1"), kPlacementNotFound});
  rows.back().request.set_accepted_reference("A");
  rows.push_back({"no id at all", rows[1].request, kPlacementNotFound});
  rows.back().request.set_placement_id("x");
  rows.push_back({"another tenant's", rows[1].request, kPlacementNotFound});
  rows.back().request.set_tenant_id("other");
  rows.push_back({"nothing reported", ReportRequest("R2"), kReportInvalid});
  rows.push_back({"empty reference", ReportRequest("R3"), kReportInvalid});
  rows.back().request.set_accepted_reference("");
  rows.push_back({"a reference too long", ReportRequest("R4"), kReportInvalid});
  rows.back().request.set_accepted_reference(std::string(201, 'x'));
  rows.push_back({"a line break", ReportRequest("R5"), kReportInvalid});
  rows.back().request.set_closed_reason("a\nb");
  rows.push_back({"recall not confirmed", ReportRequest("R6"), kReportInvalid});
  rows.back().request.set_recall_confirmed(false);
  rows.push_back({"nothing paid", PaymentRequest("R7", 0), kReportInvalid});
  rows.push_back({"no date", PaymentRequest("R8", 10), kReportInvalid});
  rows.back().request.mutable_payment()->clear_received_date();
  rows.push_back({"no currency", PaymentRequest("R9", 10), kReportInvalid});
  rows.back().request.mutable_payment()->mutable_amount()->set_currency_code("EURO");
  rows.push_back({"no payment id", PaymentRequest("R10", 10), kReportInvalid});
  rows.back().request.mutable_payment()->clear_payment_id();
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(ReasonOf(Call(&Stub::ReportFromAgency, row.request).status()), row.reason);
  }
}

TEST_F(HandoffServiceTest, RefusesBadRequestsToPlace) {
  v1::PlaceAccountRequest request = PlaceRequest();
  request.set_request_id("");
  EXPECT_EQ(ReasonOf(Call(&Stub::PlaceAccount, request).status()), "REQUEST_ID_MISSING");
  request = PlaceRequest();
  request.clear_actor();
  EXPECT_EQ(ReasonOf(Call(&Stub::PlaceAccount, request).status()), kRequestInvalid);
  request = PlaceRequest();
  request.add_item_ids("F1");
  EXPECT_EQ(ReasonOf(Call(&Stub::PlaceAccount, request).status()), kItemNotFound);
  request = PlaceRequest();
  request.add_item_ids(ItemIdText(99));
  EXPECT_EQ(ReasonOf(Call(&Stub::PlaceAccount, request).status()), kItemNotFound);
  request = PlaceRequest("C9");
  EXPECT_EQ(ReasonOf(Call(&Stub::PlaceAccount, request).status()), kAccountNotFound);
}

TEST_F(HandoffServiceTest, RecallsAndRefusesBadReasons) {
  ASSERT_TRUE(Place().ok());
  v1::RecallPlacementRequest request;
  request.set_tenant_id(kTenant);
  request.set_placement_id("verger-C1-1");
  request.set_actor("u1");
  request.set_reason("not upper");
  EXPECT_EQ(ReasonOf(Call(&Stub::RecallPlacement, request).status()), kRequestInvalid);
  request.set_reason("DISPUTE_UPHELD");
  const auto recalled = Call(&Stub::RecallPlacement, request);
  ASSERT_TRUE(recalled.ok()) << recalled.status();
  EXPECT_EQ(recalled->placement().state(), v1::PLACEMENT_STATE_RECALL_PENDING);
  request.set_placement_id("verger-C1-2");
  EXPECT_EQ(ReasonOf(Call(&Stub::RecallPlacement, request).status()), kPlacementNotFound);
  request.set_placement_id("verger-C8-1");
  EXPECT_EQ(ReasonOf(Call(&Stub::RecallPlacement, request).status()), kPlacementNotFound);
}

TEST_F(HandoffServiceTest, AgenciesAreCheckedAndListed) {
  v1::PutAgencyRequest put;
  put.set_tenant_id(kTenant);
  put.mutable_agency()->set_agency_id("alpha");
  put.mutable_agency()->set_legal_name("Alpha SA");
  put.mutable_agency()->set_mandate_id("M-1");
  const auto stored = Call(&Stub::PutAgency, put);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->agency().remittance_days(), 30);
  struct Row {
    std::string field;
    std::function<void(v1::Agency*)> change;
  };
  const Row rows[] = {{"agency_id", [](v1::Agency* a) { a->set_agency_id("A/.."); }},
                      {"legal_name", [](v1::Agency* a) { a->set_legal_name(""); }},
                      {"mandate_id", [](v1::Agency* a) { a->set_mandate_id("a\nb"); }},
                      {"fee_bps", [](v1::Agency* a) { a->set_fee_bps(10'001); }},
                      {"remittance_days", [](v1::Agency* a) { a->set_remittance_days(-1); }}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.field);
    v1::PutAgencyRequest bad = put;
    row.change(bad.mutable_agency());
    const absl::Status status = Call(&Stub::PutAgency, bad).status();
    EXPECT_EQ(ReasonOf(status), kAgencyInvalid);
    EXPECT_EQ(ErrorInfoOf(status).metadata.at("field"), row.field);
  }
  put.set_tenant_id("nobody");
  EXPECT_EQ(ReasonOf(Call(&Stub::PutAgency, put).status()), "TENANT_NOT_FOUND");

  v1::ListAgenciesRequest list;
  list.set_tenant_id(kTenant);
  list.set_page_size(1);
  auto page = Call(&Stub::ListAgencies, list);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->agencies_size(), 1);
  EXPECT_EQ(page->agencies(0).agency_id(), "alpha");
  list.set_page_token(page->next_page_token());
  page = Call(&Stub::ListAgencies, list);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->agencies_size(), 1);
  EXPECT_EQ(page->agencies(0).agency_id(), "recouvra");
  EXPECT_TRUE(page->next_page_token().empty());
}

TEST(ReportCountersTest, EveryKindIsThereFromTheStart) {
  RegisterReportCounters();
  const std::string text = metrics::RenderText();
  for (const char* kind : {"accepted", "payment", "reversal", "recall_objected", "remittance"}) {
    EXPECT_NE(text.find(absl::StrCat("relance_handoff_reports_total{kind=\"", kind, "\"}")),
              std::string::npos)
        << kind;
  }
}

TEST_F(HandoffServiceTest, TotalsForTheMetrics) {
  ASSERT_TRUE(Place().ok());
  world_.ledger.failures = 1;
  EXPECT_FALSE(Call(&Stub::ReportFromAgency, PaymentRequest("R1", 12'000)).ok());
  ASSERT_TRUE(index_.Refresh(world_.store, testing::Soon()).ok());
  PlacementTotals totals = index_.Totals({})[kTenant];
  EXPECT_EQ(totals.by_state, (std::map<std::string, int64_t>{{"placed", 1}}));
  EXPECT_EQ(totals.placed_minor, (std::map<std::string, int64_t>{{"EUR", 15'000}}));
  EXPECT_EQ(totals.recovered_minor, (std::map<std::string, int64_t>{{"EUR", 12'000}}));
  EXPECT_EQ(totals.unrecorded_payments, 1);
  EXPECT_EQ(totals.waiting_files, 1);
  world_.Work();
  ASSERT_TRUE(index_.Refresh(world_.store, testing::Soon()).ok());
  totals = index_.Totals({})[kTenant];
  EXPECT_EQ(totals.unrecorded_payments, 0);
  EXPECT_EQ(totals.waiting_files, 0);
  EXPECT_EQ(totals.unremitted_minor, (std::map<std::string, int64_t>{{"EUR", 12'000}}));
  EXPECT_EQ(totals.overdue_remittances, 0);
  const int32_t far = 30'000;  // long after every mandate's days
  EXPECT_EQ(index_.Totals({{kTenant, {far, {}}}})[kTenant].overdue_remittances, 1);
  // Passed on, it is neither.
  v1::ReportFromAgencyRequest remitted;
  remitted.set_report_id("R2");
  remitted.set_tenant_id(kTenant);
  remitted.set_placement_id(PaymentRequest("R1", 12'000).placement_id());
  remitted.mutable_remittance();
  const auto passed_on = Call(&Stub::ReportFromAgency, remitted);
  ASSERT_TRUE(passed_on.ok()) << passed_on.status();
  EXPECT_TRUE(passed_on->placement().payments(0).has_remitted_date());
  EXPECT_TRUE(passed_on->placement().payments(0).has_remittance_due_date());
  ASSERT_TRUE(index_.Refresh(world_.store, testing::Soon()).ok());
  totals = index_.Totals({{kTenant, {far, {}}}})[kTenant];
  EXPECT_TRUE(totals.unremitted_minor.empty());
  EXPECT_EQ(totals.overdue_remittances, 0);
  const auto families = PlacementFamilies(index_.Totals({}));
  EXPECT_EQ(families[1].name, "relance_handoff_placed");
  EXPECT_EQ(families[1].metric[0].gauge.value, 150.0);
}

}  // namespace
}  // namespace relance::handoff
