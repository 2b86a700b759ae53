#include "services/scenario/scenario_service.h"

#include <grpcpp/server_builder.h>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "common/account/item_id.h"
#include "common/metrics/metrics.h"
#include "common/rpc/proto_types.h"
#include "common/rpc/status_conversion.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/scenario/errors.h"
#include "services/scenario/evidence_service.h"
#include "services/scenario/plan_metrics.h"
#include "services/scenario/rank_worklist.h"
#include "services/scenario/shipped_scenarios.h"
#include "services/scenario/testing/scenario_world.h"

namespace relance::scenario {
namespace {

using testing::AccountBuilder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::ScenarioProcess;
using testing::ScenarioWorld;
using ::testing::SizeIs;

const absl::CivilDay kDue(2025, 6, 2);

class ScenarioServiceTest : public ::testing::Test {
 protected:
  ScenarioServiceTest()
      : index_(&world_.faulty),
        process_(world_, "a"),
        service_(rpc::CallHandler({.service = "scenario"}),
                 {&world_.faulty, world_.tenants.get(), world_.scenarios.get(), &index_, &world_.disputes,
                  &render::TemplateSet::Embedded(), [this] { return world_.clock.TimeNow(); }, nullptr}),
        evidence_(rpc::CallHandler({.service = "scenario"}), &world_.faulty, world_.tenants.get(),
                  world_.documents.get()) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    builder.RegisterService(&evidence_);
    server_ = builder.BuildAndStart();
    stub_ = v1::ScenarioService::NewStub(server_->InProcessChannel({}));
    evidence_stub_ = v1::EvidenceService::NewStub(server_->InProcessChannel({}));
  }
  ~ScenarioServiceTest() override { server_->Shutdown(); }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (v1::ScenarioService::Stub::*method)(grpc::ClientContext*,
                                                                                 const Request&, Response*),
                               const Request& request) {
    grpc::ClientContext context;
    Response response;
    const grpc::Status status = ((*stub_).*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }

  void Debtor(const std::string& account, int64_t minor, int days_late = 8) {
    AccountBuilder builder(account);
    builder.Invoice(1, world_.today() - days_late, minor);
    world_.WriteDue(builder);
  }
  void On(absl::CivilDay day) {
    world_.SetToday(day);
    process_.Work();
  }
  v1::RecordCallRequest CallRequest(const std::string& account, const std::string& outcome, int id = 1) {
    v1::RecordCallRequest request;
    request.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012d", id));
    request.set_tenant_id("acme");
    request.set_account_id(account);
    request.set_outcome(outcome);
    request.set_actor("u1");
    return request;
  }
  v1::RecordPromiseRequest PromiseRequest(const std::string& account, absl::CivilDay day, int id = 1) {
    v1::RecordPromiseRequest request;
    request.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012d", id));
    request.set_tenant_id("acme");
    request.set_account_id(account);
    *request.mutable_promised_date() = rpc::DayToProto(day);
    request.set_actor("u1");
    return request;
  }
  v1::GetWorklistResponse Worklist(int page_size = 0, const std::string& token = "") {
    v1::GetWorklistRequest request;
    request.set_tenant_id("acme");
    request.set_page_size(page_size);
    request.set_page_token(token);
    return *Ask(&v1::ScenarioService::Stub::GetWorklist, request);
  }
  // The debtor has had its reminder and stands on the worklist for a call.
  void DebtorToCall(const std::string& account, int64_t minor) {
    AccountBuilder builder(account);
    builder.Invoice(1, kDue, minor);
    world_.WriteDue(builder);
    On(absl::CivilDay(2025, 6, 10));
    On(absl::CivilDay(2025, 6, 17));
  }

  ScenarioWorld world_;
  PlanIndex index_;
  ScenarioProcess process_;
  ScenarioServiceImpl service_;
  EvidenceServiceImpl evidence_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::ScenarioService::Stub> stub_;
  std::unique_ptr<v1::EvidenceService::Stub> evidence_stub_;
};

TEST_F(ScenarioServiceTest, FC72_PreviewSaysWhatTheWorkerDoes) {
  Debtor("C001", 20000);
  v1::PreviewAccountRequest request;
  request.set_tenant_id("acme");
  request.set_account_id("C001");
  const auto preview = Ask(&v1::ScenarioService::Stub::PreviewAccount, request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_THAT(preview->contacts(), SizeIs(1));
  EXPECT_EQ(preview->contacts(0).contact_key(), "1/reminder");
  EXPECT_THAT(preview->reasons(), Not(IsEmpty()));
  EXPECT_EQ(world_.Read("C001").versions[store::kPlanOwner], 1);  // nothing was written
  process_.Work();
  EXPECT_EQ(world_.Read("C001").plan.contacts(0).key(), "1/reminder");
  const auto again = Ask(&v1::ScenarioService::Stub::PreviewAccount, request);
  EXPECT_THAT(again->contacts(), IsEmpty());
}

TEST_F(ScenarioServiceTest, PreviewOfAnotherDayAndOfNobody) {
  Debtor("C001", 20000, -1);
  v1::PreviewAccountRequest request;
  request.set_tenant_id("acme");
  request.set_account_id("C001");
  *request.mutable_business_date() = rpc::DayToProto(absl::CivilDay(2025, 6, 17));
  EXPECT_THAT(Ask(&v1::ScenarioService::Stub::PreviewAccount, request)->contacts(), SizeIs(1));
  request.set_account_id("nobody");
  EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::PreviewAccount, request).status()), kAccountNotFound);
  request.set_tenant_id("nobody");
  EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::PreviewAccount, request).status()), "TENANT_NOT_FOUND");
}

TEST_F(ScenarioServiceTest, TheWorklistRanksByAmountAgeAndHabit) {
  DebtorToCall("small", 150000);
  AccountBuilder large("large");
  large.Invoice(1, kDue, 900000);
  world_.WriteDue(large);
  On(absl::CivilDay(2025, 6, 17));
  On(absl::CivilDay(2025, 6, 24));
  const v1::GetWorklistResponse worklist = Worklist();
  ASSERT_THAT(worklist.entries(), SizeIs(2));
  EXPECT_EQ(worklist.total(), 2);
  EXPECT_EQ(worklist.entries(0).account_id(), "large");
  EXPECT_EQ(worklist.entries(0).kind(), "call");
  EXPECT_EQ(worklist.entries(0).phone(), "+33 1 02 03 04 05");
  EXPECT_EQ(worklist.entries(0).overdue().units(), 9000);
  EXPECT_EQ(worklist.entries(0).oldest_days(), 22);
  EXPECT_NEAR(worklist.entries(0).priority(), 9000 * (1 + 22 / 30.0) * 1.0, 1e-6);
  EXPECT_THAT(worklist.entries(0).reason(), HasSubstr("9000.00 EUR overdue, the oldest for 22 days"));
  // Pages are parts of the same list.
  const auto first = Worklist(1);
  EXPECT_EQ(first.entries(0).account_id(), "large");
  EXPECT_EQ(Worklist(1, first.next_page_token()).entries(0).account_id(), "small");
  EXPECT_EQ(Worklist(1, first.next_page_token()).entries(0).rank(), 2);
}

TEST_F(ScenarioServiceTest, PriorityMovesWithEachOfItsParts) {
  EXPECT_LT(Priority({10000, "EUR"}, 10, 0.5), Priority({10001, "EUR"}, 10, 0.5));
  EXPECT_LT(Priority({10000, "EUR"}, 10, 0.5), Priority({10000, "EUR"}, 11, 0.5));
  EXPECT_LT(Priority({10000, "EUR"}, 10, 0.5), Priority({10000, "EUR"}, 10, 0.6));
  EXPECT_DOUBLE_EQ(Priority({10000, "EUR"}, 30, 0.5), 200);
  EXPECT_DOUBLE_EQ(Priority({10000, "JPY"}, 0, 0), 5000);
}

TEST_F(ScenarioServiceTest, FC52_NoAddressIsOnTheWorklist) {
  AccountBuilder builder("C001");
  builder.Invoice(1, kDue, 20000).NoMail().NoAddress();
  world_.WriteDue(builder);
  process_.Work();
  ASSERT_THAT(Worklist().entries(), SizeIs(1));
  EXPECT_EQ(Worklist().entries(0).kind(), "no_address");
}

TEST_F(ScenarioServiceTest, WaitingForFreshDataIsSaid) {
  Debtor("C001", 20000);
  world_.SetToday(world_.today(), 10);
  process_.Work();
  EXPECT_EQ(Worklist().waiting_for_fresh_data(), 1);
  world_.SetToday(world_.today());
  process_.Work();
  EXPECT_EQ(Worklist().waiting_for_fresh_data(), 0);
}

TEST_F(ScenarioServiceTest, ACallWithAPromiseEndsTheCallAndHoldsTheScenario) {
  DebtorToCall("C001", 150000);
  v1::RecordCallRequest request = CallRequest("C001", "promised");
  request.set_contact_key("1/call");
  *request.mutable_promised_date() = rpc::DayToProto(absl::CivilDay(2025, 6, 25));
  const auto response = Ask(&v1::ScenarioService::Stub::RecordCall, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->plan().state(), "promised");
  EXPECT_FALSE(response->replayed());
  EXPECT_THAT(Worklist().entries(), IsEmpty());
  // Told twice, it counts once.
  const auto again = Ask(&v1::ScenarioService::Stub::RecordCall, request);
  EXPECT_TRUE(again->replayed());
  EXPECT_EQ(again->plan().SerializeAsString(), response->plan().SerializeAsString());
  // Told with another content, it is refused.
  request.set_outcome("refused");
  EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::RecordCall, request).status()), kRequestIdReused);
  EXPECT_THAT(world_.EvidenceKinds("C001"), ElementsAre("contact.sent", "call.made", "promise.given"));
  EXPECT_EQ(world_.Evidence("C001")[1].actor(), "user:u1");
  // The promise is broken: grace ends on Friday the 27th, the scenario goes on.
  for (int day = 18; day <= 30; ++day) On(absl::CivilDay(2025, 6, day));
  const AccountView view = world_.Read("C001");
  EXPECT_EQ(view.plan.promises(0).state(), state::v1::PROMISE_STATE_BROKEN);
  EXPECT_EQ(view.plan.promises(0).judged_day(), DayNumber(absl::CivilDay(2025, 6, 28)));
  EXPECT_THAT(world_.EvidenceKinds("C001"), Contains("promise.broken"));
  On(absl::CivilDay(2025, 7, 2));
  EXPECT_THAT(world_.letters.sent, SizeIs(1));
}

TEST_F(ScenarioServiceTest, RecordCallRefusals) {
  DebtorToCall("C001", 150000);
  struct Row {
    const char* name;
    std::function<void(v1::RecordCallRequest&)> change;
    absl::StatusCode code;
    const char* reason;
  };
  const Row rows[] = {
      {"no request id", [](auto& r) { r.clear_request_id(); }, absl::StatusCode::kInvalidArgument,
       "REQUEST_ID_MISSING"},
      {"unknown outcome", [](auto& r) { r.set_outcome("maybe"); }, absl::StatusCode::kInvalidArgument,
       kOutcomeInvalid},
      {"promise without a date", [](auto& r) { r.set_outcome("promised"); },
       absl::StatusCode::kInvalidArgument, kPromiseInvalid},
      {"unknown account", [](auto& r) { r.set_account_id("C999"); }, absl::StatusCode::kNotFound,
       kAccountNotFound},
      {"unknown contact", [](auto& r) { r.set_contact_key("9/call"); }, absl::StatusCode::kNotFound,
       kContactNotFound},
      {"a contact that is no call", [](auto& r) { r.set_contact_key("1/reminder"); },
       absl::StatusCode::kNotFound, kContactNotFound},
  };
  int id = 10;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    v1::RecordCallRequest request = CallRequest("C001", "refused", ++id);
    row.change(request);
    const absl::Status status = Ask(&v1::ScenarioService::Stub::RecordCall, request).status();
    EXPECT_EQ(status.code(), row.code);
    EXPECT_EQ(ReasonOf(status), row.reason);
  }
  v1::RecordCallRequest request = CallRequest("C001", "refused", 30);
  request.set_contact_key("1/call");
  EXPECT_TRUE(Ask(&v1::ScenarioService::Stub::RecordCall, request).ok());
  request.set_request_id("00000000-0000-4000-8000-000000000031");
  EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::RecordCall, request).status()), kContactOver);
}

TEST_F(ScenarioServiceTest, ADisputeOnThePhoneIsKeptUntilTheLedgerHasIt) {
  DebtorToCall("C001", 150000);
  v1::RecordCallRequest request = CallRequest("C001", "disputed");
  request.set_reason("PRICE");
  world_.disputes.answer = absl::UnavailableError("away");
  EXPECT_EQ(Ask(&v1::ScenarioService::Stub::RecordCall, request).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(world_.Read("C001").plan.contacts(1).state(), state::v1::CONTACT_STATE_SENT);
  world_.disputes.answer = absl::OkStatus();
  const auto response = Ask(&v1::ScenarioService::Stub::RecordCall, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->disputed_item_ids(), ElementsAre("0000000000000001"));
  EXPECT_TRUE(Ask(&v1::ScenarioService::Stub::RecordCall, request)->replayed());
  ASSERT_THAT(world_.disputes.disputes, SizeIs(1));
  EXPECT_EQ(world_.disputes.disputes.begin()->second, std::pair(uint64_t{1}, std::string("PRICE")));
}

TEST_F(ScenarioServiceTest, FC07_ACallBesideTheScenarioCountsAsItsCall) {
  AccountBuilder builder("C001");
  builder.Invoice(1, kDue, 150000);
  world_.WriteDue(builder);
  On(absl::CivilDay(2025, 6, 10));
  On(absl::CivilDay(2025, 6, 12));
  EXPECT_TRUE(Ask(&v1::ScenarioService::Stub::RecordCall, CallRequest("C001", "no_answer")).ok());
  On(absl::CivilDay(2025, 6, 17));
  EXPECT_THAT(Worklist().entries(), IsEmpty());
  EXPECT_EQ(world_.Read("C001").plan.positions(0).step(), "call");
  EXPECT_EQ(world_.Read("C001").plan.last_contact_day(),
            DayNumber(absl::CivilDay(2025, 6, 10)));  // nobody answered
}

TEST_F(ScenarioServiceTest, FC63_ANewPromiseReplacesTheOldOne) {
  Debtor("C001", 150000);
  process_.Work();
  const auto first =
      Ask(&v1::ScenarioService::Stub::RecordPromise, PromiseRequest("C001", world_.today() + 5, 1));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->promise().state(), "running");
  EXPECT_EQ(first->promise().amount().units(), 1500);
  const auto second =
      Ask(&v1::ScenarioService::Stub::RecordPromise, PromiseRequest("C001", world_.today() + 9, 2));
  ASSERT_THAT(second->plan().promises(), SizeIs(2));
  EXPECT_EQ(second->plan().promises(0).state(), "replaced");
  EXPECT_EQ(second->plan().promises(1).state(), "running");
  EXPECT_THAT(world_.EvidenceKinds("C001"),
              ElementsAre("contact.sent", "promise.given", "promise.replaced", "promise.given"));
}

TEST_F(ScenarioServiceTest, PromiseRefusals) {
  Debtor("C001", 150000);
  Debtor("paid", 150000, -20);
  process_.Work();
  struct Row {
    const char* name;
    std::function<void(v1::RecordPromiseRequest&)> change;
    const char* reason;
  };
  const auto day = [&](int n) { return rpc::DayToProto(world_.today() + n); };
  const Row rows[] = {
      {"yesterday", [&](auto& r) { *r.mutable_promised_date() = day(-1); }, kPromiseInvalid},
      {"in 181 days", [&](auto& r) { *r.mutable_promised_date() = day(181); }, kPromiseInvalid},
      {"no date", [&](auto& r) { r.clear_promised_date(); }, kPromiseInvalid},
      {"nothing",
       [&](auto& r) {
         *r.mutable_amount() = *rpc::MoneyToProto({0, "EUR"});
       },
       kPromiseInvalid},
      {"another currency",
       [&](auto& r) {
         *r.mutable_amount() = *rpc::MoneyToProto({100, "USD"});
       },
       kNothingOwed},
      {"unknown item", [&](auto& r) { r.add_item_ids(ItemIdText(99)); }, kPromiseInvalid},
      {"no id of an item", [&](auto& r) { r.add_item_ids("F99"); }, kPromiseInvalid},
      {"nothing overdue", [&](auto& r) { r.set_account_id("paid"); }, kNothingOwed},
  };
  int id = 100;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    v1::RecordPromiseRequest request = PromiseRequest("C001", world_.today() + 5, ++id);
    row.change(request);
    EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::RecordPromise, request).status()), row.reason);
  }
  EXPECT_TRUE(
      Ask(&v1::ScenarioService::Stub::RecordPromise, PromiseRequest("C001", world_.today() + 180, 200)).ok());
  v1::RecordPromiseRequest more = PromiseRequest("C001", world_.today(), 201);
  *more.mutable_amount() = *rpc::MoneyToProto({150001, "EUR"});
  const auto all = Ask(&v1::ScenarioService::Stub::RecordPromise, more);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->promise().amount().units(), 1500) << "more than is owed is all that is owed";
}

TEST_F(ScenarioServiceTest, FC56_PauseAndResume) {
  Debtor("C001", 20000);
  v1::PauseAccountRequest pause;
  pause.set_request_id("00000000-0000-4000-8000-000000000001");
  pause.set_tenant_id("acme");
  pause.set_account_id("C001");
  pause.set_reason("moving house");
  *pause.mutable_until_date() = rpc::DayToProto(world_.today() + 366);
  EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::PauseAccount, pause).status()), kPauseInvalid);
  *pause.mutable_until_date() = rpc::DayToProto(world_.today() + 365);
  EXPECT_EQ(Ask(&v1::ScenarioService::Stub::PauseAccount, pause)->plan().state(), "paused");
  process_.Work();
  EXPECT_EQ(world_.mail.deliveries, 0);
  v1::ResumeAccountRequest resume;
  resume.set_tenant_id("acme");
  resume.set_account_id("C001");
  EXPECT_EQ(Ask(&v1::ScenarioService::Stub::ResumeAccount, resume)->plan().state(), "active");
  process_.Work();
  EXPECT_EQ(world_.mail.deliveries, 0);
  On(world_.today() + 1);
  EXPECT_EQ(world_.mail.deliveries, 1);
  EXPECT_THAT(world_.EvidenceKinds("C001"), ElementsAre("pause.set", "pause.ended", "contact.sent"));
}

TEST_F(ScenarioServiceTest, FC54_APersonSaysWhatBecameOfAnAmbiguousContact) {
  for (bool sent : {true, false}) {
    SCOPED_TRACE(sent);
    const std::string account = sent ? "A" : "B";
    world_.mail.can_tell = false;
    world_.mail.FailOnceAfter(absl::UnavailableError("cut"));
    Debtor(account, 20000);
    process_.Work();
    ASSERT_THAT(Worklist().entries(), SizeIs(1));
    EXPECT_EQ(Worklist().entries(0).kind(), "ambiguous");
    world_.mail.can_tell = true;
    if (!sent) world_.mail.sent.clear();  // the gateway says it never had it
    const int before = world_.mail.deliveries;
    v1::ResolveContactRequest request;
    request.set_tenant_id("acme");
    request.set_account_id(account);
    request.set_contact_key("1/reminder");
    request.set_sent(sent);
    request.set_actor("u1");
    EXPECT_TRUE(Ask(&v1::ScenarioService::Stub::ResolveContact, request).ok());
    process_.Work();
    EXPECT_EQ(world_.mail.deliveries, before + (sent ? 0 : 1));
    EXPECT_EQ(world_.Read(account).plan.contacts(0).state(), state::v1::CONTACT_STATE_SENT);
    EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::ResolveContact, request).status()),
              kContactNotAmbiguous);
    request.set_contact_key("8/reminder");
    EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::ResolveContact, request).status()), kContactNotFound);
  }
}

TEST_F(ScenarioServiceTest, ACommandRacesALedgerThatKeepsMoving) {
  Debtor("C001", 20000);
  process_.Work();
  AccountBuilder builder("C001");
  builder.Invoice(1, world_.today() - 8, 20000);
  for (int nth = 1; nth <= 3; ++nth)
    world_.faulty.BeforeCall(nth, "Commit", [&] { world_.WriteLedger(builder); });
  EXPECT_TRUE(
      Ask(&v1::ScenarioService::Stub::RecordPromise, PromiseRequest("C001", world_.today() + 5)).ok());
}

TEST_F(ScenarioServiceTest, ApplyScenarioReplansTheTenant) {
  Debtor("C001", 20000, 4);
  process_.Work();
  EXPECT_EQ(world_.mail.deliveries, 0);
  std::string yaml;
  for (const std::string& text : ShippedScenarioTexts()) {
    if (absl::StrContains(text, "id: fr-b2b"))
      yaml = absl::StrReplaceAll(text, {{"offset_days: 5", "offset_days: 4"}});
  }
  v1::ApplyScenarioRequest request;
  request.set_tenant_id("acme");
  request.set_yaml(yaml);
  const auto applied = Ask(&v1::ScenarioService::Stub::ApplyScenario, request);
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->scenario().version(), 1);
  EXPECT_TRUE(Ask(&v1::ScenarioService::Stub::ApplyScenario, request)->unchanged());
  process_.Work();
  EXPECT_EQ(world_.Read("C001").plan.scenario_version(), 1);
  EXPECT_EQ(world_.mail.deliveries, 0);
  On(world_.today() + 1);
  EXPECT_EQ(world_.mail.deliveries, 1);
  v1::GetScenarioRequest get;
  get.set_tenant_id("acme");
  EXPECT_EQ(Ask(&v1::ScenarioService::Stub::GetScenario, get)->scenario().yaml(), yaml);
  get.set_version(2);
  EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::GetScenario, get).status()), kScenarioNotFound);
  request.set_yaml("id: x");
  const absl::Status refused = Ask(&v1::ScenarioService::Stub::ApplyScenario, request).status();
  EXPECT_EQ(ReasonOf(refused), kScenarioInvalid);
  EXPECT_EQ(ErrorInfoOf(refused).metadata.at("key"), "currency");
}

TEST_F(ScenarioServiceTest, TheFirstStoredVersionIsOneAlsoOfTheTextThatComesWithTheProgram) {
  v1::ApplyScenarioRequest request;
  request.set_tenant_id("acme");
  for (const std::string& text : ShippedScenarioTexts()) {
    if (absl::StrContains(text, "id: fr-b2b")) request.set_yaml(text);
  }
  const auto first = Ask(&v1::ScenarioService::Stub::ApplyScenario, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->scenario().version(), 1);
  EXPECT_FALSE(first->unchanged());
  const auto again = Ask(&v1::ScenarioService::Stub::ApplyScenario, request);
  EXPECT_EQ(again->scenario().version(), 1);
  EXPECT_TRUE(again->unchanged());
}

TEST_F(ScenarioServiceTest, ContactsNameItemsThatAreSettledAndForgotten) {
  AccountBuilder builder("C001");
  builder.Invoice(1, world_.today() - 8, 20000);
  world_.WriteDue(builder);
  process_.Work();
  builder.Open(1, 0);  // it is not among the history either
  world_.WriteLedger(builder);
  process_.Work();
  v1::ListContactsRequest request;
  request.set_tenant_id("acme");
  for (const char* account : {"C001", ""}) {
    request.set_account_id(account);
    const auto contacts = Ask(&v1::ScenarioService::Stub::ListContacts, request);
    ASSERT_THAT(contacts->contacts(), SizeIs(1));
    EXPECT_EQ(contacts->contacts(0).items(0).number(), "F1");
  }
}

TEST_F(ScenarioServiceTest, EnrolmentSaysWhyItLeavesAnAccountOut) {
  const auto builder = [&](const std::string& account) {
    AccountBuilder made(account);
    made.Invoice(1, world_.today() - 3, 20000);  // overdue, no step of the scenario due yet
    return made;
  };
  AccountBuilder free = builder("free"), disputed = builder("disputed"), placed = builder("placed"),
                 insolvent = builder("insolvent"), unreachable = builder("unreachable"),
                 covered = builder("covered");
  disputed.Dispute(1, world_.today());
  insolvent.view().sum.mutable_attributes()->set_insolvent_day(DayNumber(world_.today()));
  unreachable.NoMail().NoAddress();
  AccountBuilder settled("settled");
  settled.Invoice(1, world_.today(), 20000);
  covered.Credit(2, 1'000'000);
  for (AccountBuilder* account : {&free, &disputed, &insolvent, &unreachable, &settled, &covered})
    world_.WriteDue(*account);
  Debtor("recent", 20000);
  Debtor("promised", 20000, 3);
  process_.Work();
  ASSERT_TRUE(
      Ask(&v1::ScenarioService::Stub::RecordPromise, PromiseRequest("promised", world_.today() + 5)).ok());

  v1::EnrolAccountsRequest request;
  request.set_tenant_id("acme");
  request.set_campaign_id("summer");
  request.set_channel("mail");
  for (const char* account : {"free", "disputed", "insolvent", "settled", "recent", "promised", "unreachable",
                              "nobody", "~unidentified", "covered"}) {
    request.add_account_ids(account);
  }
  const auto response = Ask(&v1::ScenarioService::Stub::EnrolAccounts, request);
  ASSERT_TRUE(response.ok()) << response.status();
  std::vector<std::string> reasons;
  for (const auto& result : response->results()) reasons.push_back(result.left_reason());
  EXPECT_THAT(reasons, ElementsAre("", "DISPUTED", "INSOLVENT", "SETTLED", "CONTACTED_RECENTLY", "PROMISED",
                                   "", "NOT_FOUND", "NOT_FOUND", "CREDITS_COVER_OVERDUE"));
  EXPECT_EQ(response->results(0).contact_key(), "campaign/summer");
  EXPECT_EQ(response->results(0).state(), "reserved");
  EXPECT_EQ(response->results(6).state(), "failed");
  process_.Work();
  EXPECT_TRUE(world_.mail.sent.count("acme/free/campaign/summer.eml"));
  // The same call again makes nothing, and says what became of it.
  const auto again = Ask(&v1::ScenarioService::Stub::EnrolAccounts, request);
  EXPECT_EQ(again->results(0).state(), "sent");
  process_.Work();
  EXPECT_EQ(world_.mail.deliveries, 2);  // the reminder of "recent" and the campaign's mail
  // The campaign counts for the spacing of the scenario: its reminder waits.
  On(absl::CivilDay(2025, 6, 12));
  EXPECT_EQ(world_.mail.deliveries, 2);
  On(absl::CivilDay(2025, 6, 16));
  EXPECT_TRUE(world_.mail.sent.count("acme/free/1/reminder.eml"));

  for (int i = 0; i < 1001; ++i) request.add_account_ids("x");
  EXPECT_EQ(ReasonOf(Ask(&v1::ScenarioService::Stub::EnrolAccounts, request).status()), kTooManyAccounts);
}

TEST_F(ScenarioServiceTest, ContactsOfATenantAreListedNewestFirst) {
  for (const char* account : {"C3", "C1", "C2"}) Debtor(account, 20000);
  process_.Work();
  v1::ListContactsRequest request;
  request.set_tenant_id("acme");
  request.set_page_size(2);
  std::vector<std::string> accounts;
  do {
    const auto page = Ask(&v1::ScenarioService::Stub::ListContacts, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& contact : page->contacts()) accounts.push_back(contact.account_id());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(accounts, ElementsAre("C1", "C2", "C3"));
  request.set_account_id("C2");
  const auto one = Ask(&v1::ScenarioService::Stub::ListContacts, request);
  ASSERT_THAT(one->contacts(), SizeIs(1));
  EXPECT_EQ(one->contacts(0).items(0).number(), "F1");
}

TEST(PlanMetricsTest, EveryKnownCounterIsThereFromTheStart) {
  RegisterPlanCounters();
  const std::string text = metrics::RenderText();
  for (const char* series : {
           "relance_scenario_contacts_total{channel=\"mail\",state=\"ambiguous\"}",
           "relance_scenario_contacts_total{channel=\"letter\",state=\"failed\"}",
           "relance_scenario_contacts_total{channel=\"handoff\",state=\"sent\"}",
           "relance_scenario_contacts_total{channel=\"call\",state=\"expired\"}",
           "relance_scenario_promises_total{state=\"broken\"}",
           "relance_scenario_decisions_total ",
       }) {
    EXPECT_THAT(text, HasSubstr(series));
  }
}

TEST_F(ScenarioServiceTest, EvidenceIsListedVerifiedAndExported) {
  Debtor("C001", 20000);
  Debtor("C002", 20000, -30);
  process_.Work();
  grpc::ClientContext list_context, verify_context, tenant_context, export_context;
  v1::ListEvidenceRequest list;
  list.set_tenant_id("acme");
  list.set_account_id("C001");
  v1::ListEvidenceResponse listed;
  ASSERT_TRUE(evidence_stub_->ListEvidence(&list_context, list, &listed).ok());
  ASSERT_THAT(listed.records(), SizeIs(1));
  EXPECT_EQ(listed.records(0).kind(), "contact.sent");
  EXPECT_EQ(listed.records(0).hash(), world_.Read("C001").evidence_head);
  EXPECT_EQ(listed.records(0).time(), "2025-06-15T15:06:40.000000Z");

  v1::VerifyEvidenceRequest verify;
  verify.set_tenant_id("acme");
  v1::VerifyEvidenceResponse verified;
  ASSERT_TRUE(evidence_stub_->VerifyEvidence(&verify_context, verify, &verified).ok());
  EXPECT_EQ(verified.accounts(), 2);
  EXPECT_EQ(verified.records(), 1);
  EXPECT_EQ(verified.documents(), 1);
  EXPECT_THAT(verified.faults(), IsEmpty());

  v1::ExportEvidenceRequest request;
  request.set_tenant_id("acme");
  request.set_account_id("C001");
  auto reader = evidence_stub_->ExportEvidence(&export_context, request);
  std::string file;
  v1::ExportEvidenceResponse piece;
  while (reader->Read(&piece)) file += piece.content();
  ASSERT_TRUE(reader->Finish().ok());
  EXPECT_EQ(std::count(file.begin(), file.end(), '\n'), 2);
  EXPECT_THAT(file, HasSubstr("\"kind\":\"contact.sent\""));

  // A document that was touched is found.
  std::filesystem::remove_all(world_.directory_path);
  verified.Clear();
  ASSERT_TRUE(evidence_stub_->VerifyEvidence(&tenant_context, verify, &verified).ok());
  ASSERT_THAT(verified.faults(), SizeIs(1));
  EXPECT_THAT(verified.faults(0).message(), HasSubstr("DOCUMENT_NOT_FOUND"));
}

}  // namespace
}  // namespace relance::scenario
