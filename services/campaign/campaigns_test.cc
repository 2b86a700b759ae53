#include "services/campaign/campaigns.h"

#include <gmock/gmock.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/money/decimal_text.h"
#include "common/projection/testing/portfolio.h"
#include "common/rpc/client_call.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/store/testing/faulty_store.h"
#include "services/campaign/campaign_metrics.h"
#include "services/campaign/campaign_service.h"
#include "services/campaign/errors.h"

namespace relance::campaign {
namespace {

using projection::testing::Portfolio;
using testing::ElementsAre;
using testing::HasSubstr;

std::string Text(const type::v1::Money& money) { return FormatPlain(*rpc::MoneyFromProto(money, "money")); }
rpc::CallContext Call() { return rpc::BackgroundCall(absl::Seconds(10)); }

// Makes one contact for a campaign and an account, as the scenario service does.
class FakeScenario : public ScenarioClient {
 public:
  absl::StatusOr<scenario::v1::EnrolAccountsResponse> EnrolAccounts(
      const rpc::CallContext&, const scenario::v1::EnrolAccountsRequest& request) override {
    ++calls;
    if (calls == fail_call) return absl::UnavailableError("gone");
    if (!refusal.ok()) return refusal;
    scenario::v1::EnrolAccountsResponse response;
    EXPECT_LE(request.account_ids_size(), kAccountsPerEnrolMax);
    for (const std::string& account : request.account_ids()) {
      auto* result = response.add_results();
      result->set_account_id(account);
      if (leave.count(account) > 0) {
        result->set_left_reason("CONTACTED_RECENTLY");
        continue;
      }
      contacts.insert(request.campaign_id() + "/" + account);
      result->set_contact_key("campaign/" + request.campaign_id());
      result->set_state("reserved");
    }
    if (mangle) mangle(&response);
    if (calls == lose_answer_of_call) return absl::DeadlineExceededError("lost");
    return response;
  }

  int calls = 0;
  int fail_call = -1;
  int lose_answer_of_call = -1;
  absl::Status refusal;
  std::function<void(scenario::v1::EnrolAccountsResponse*)> mangle;
  std::set<std::string> leave;
  std::set<std::string> contacts;
};

class CampaignsTest : public testing::Test {
 protected:
  CampaignsTest()
      : store_(portfolio_.As(store::Service::kCampaign)),
        tenants_(store_.get(), [] { return absl::UnixEpoch(); }),
        projection_(store_.get()),
        campaigns_(store_.get(), &tenants_, &projection_, &scenario_) {
    portfolio_.Tenant("t", "EUR", "2025-06-30");
  }

  void Owes(const std::string& account, int64_t minor) {
    portfolio_.Invoice({"t", account}, minor, "2025-05-01", "2025-05-31");
  }

  static v1::CampaignSpec Spec(const std::string& id = "spring") {
    v1::CampaignSpec spec;
    spec.set_campaign_id(id);
    spec.set_filter("overdue > 0");
    spec.set_channel("mail");
    return spec;
  }

  absl::StatusOr<v1::LaunchCampaignResponse> Launch(const v1::CampaignSpec& spec) {
    v1::LaunchCampaignRequest request;
    request.set_tenant_id("t");
    *request.mutable_spec() = spec;
    request.set_actor("user:1");
    return campaigns_.Launch(Call(), request);
  }

  absl::StatusOr<v1::PreviewCampaignResponse> Preview(const v1::CampaignSpec& spec) {
    v1::PreviewCampaignRequest request;
    request.set_tenant_id("t");
    *request.mutable_spec() = spec;
    return campaigns_.Preview(Call(), request);
  }

  absl::StatusOr<v1::GetCampaignResponse> Get(const std::string& id = "spring") {
    v1::GetCampaignRequest request;
    request.set_tenant_id("t");
    request.set_campaign_id(id);
    return campaigns_.Get(Call(), request);
  }

  Portfolio portfolio_;
  std::unique_ptr<store::FakeStore> store_;
  TenantDirectory tenants_;
  projection::Projection projection_;
  FakeScenario scenario_;
  Campaigns campaigns_;
};

TEST_F(CampaignsTest, PreviewWritesNothing) {
  Owes("A", 100'00);
  Owes("B", 300'00);
  portfolio_.Attributes({"t", "B"}, [](auto& a) { a.set_name("Beta"); });
  const auto response = Preview(Spec());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->campaign().members(), 2);
  EXPECT_EQ(Text(response->campaign().overdue()), "400.00 EUR");
  EXPECT_EQ(response->members(0).account_id(), "B");
  EXPECT_EQ(response->members(0).name(), "Beta");
  EXPECT_EQ(response->members(0).oldest_days(), 30);
  EXPECT_EQ(scenario_.calls, 0);
  EXPECT_EQ(ReasonOf(Get().status()), "CAMPAIGN_NOT_FOUND");
}

TEST_F(CampaignsTest, LaunchFreezesTheSelection) {
  Owes("A", 100'00);
  Owes("B", 300'00);
  scenario_.leave = {"A"};
  const auto launched = Launch(Spec());
  ASSERT_TRUE(launched.ok()) << launched.status();
  EXPECT_FALSE(launched->replayed());
  EXPECT_EQ(launched->campaign().state(), v1::CAMPAIGN_STATE_LAUNCHED);
  EXPECT_EQ(launched->campaign().members(), 1);
  EXPECT_EQ(launched->campaign().left(), 1);
  Owes("C", 900'00);
  const auto again = Launch(Spec());
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->replayed());
  EXPECT_EQ(again->campaign().members(), 1);
  EXPECT_THAT(scenario_.contacts, ElementsAre("spring/B"));
  EXPECT_EQ(scenario_.calls, 1) << "a launched campaign asks nothing again";

  const auto whole = Get();
  ASSERT_TRUE(whole.ok());
  ASSERT_EQ(whole->members_size(), 1);
  EXPECT_EQ(whole->members(0).contact_key(), "campaign/spring");
  EXPECT_EQ(whole->members(0).contact_state(), "reserved");
  ASSERT_EQ(whole->left_size(), 1);
  EXPECT_EQ(whole->left(0).left_reason(), "CONTACTED_RECENTLY");
}

TEST_F(CampaignsTest, AnotherSpecOfTheSameIdIsRefused) {
  Owes("A", 100'00);
  ASSERT_TRUE(Launch(Spec()).ok());
  v1::CampaignSpec other = Spec();
  other.set_filter("overdue > 1");
  const absl::Status status = Launch(other).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(status), "CAMPAIGN_DIFFERS");
}

TEST_F(CampaignsTest, GoesOnAfterTheScenarioServiceWasAway) {
  for (int i = 0; i < 2 * kMembersPerChunk + 3; ++i) Owes(absl::StrCat("A", i), 100 + i);
  scenario_.fail_call = 2;
  const absl::Status away = Launch(Spec()).status();
  EXPECT_EQ(away.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(away), "SCENARIO_UNAVAILABLE");
  EXPECT_EQ(scenario_.contacts.size(), kMembersPerChunk);
  EXPECT_EQ(Get()->campaign().state(), v1::CAMPAIGN_STATE_LAUNCHING);
  // Whatever changed meanwhile, the same members are handed over.
  Owes("Z", 1'000'000'00);
  portfolio_.Tenant("t", "EUR", "2025-07-03");
  const auto launched = Launch(Spec());
  ASSERT_TRUE(launched.ok()) << launched.status();
  EXPECT_TRUE(launched->replayed());
  EXPECT_EQ(launched->campaign().members(), 2 * kMembersPerChunk + 3);
  EXPECT_EQ(scenario_.contacts.size(), 2 * kMembersPerChunk + 3u);
  EXPECT_EQ(scenario_.contacts.count("spring/Z"), 0u);
  EXPECT_EQ(scenario_.calls, 4) << "the first part was not asked again";
  EXPECT_EQ(launched->campaign().selected_date().day(), 30);
}

TEST_F(CampaignsTest, ALostAnswerMakesNoSecondContact) {
  Owes("A", 100'00);
  scenario_.lose_answer_of_call = 1;
  EXPECT_EQ(ReasonOf(Launch(Spec()).status()), "SCENARIO_UNAVAILABLE");
  EXPECT_TRUE(Launch(Spec()).ok());
  EXPECT_THAT(scenario_.contacts, ElementsAre("spring/A"));
}

TEST_F(CampaignsTest, ARefusalOfTheScenarioServiceKeepsItsReason) {
  Owes("A", 100'00);
  scenario_.refusal = DomainError(absl::StatusCode::kInvalidArgument, "TEMPLATE_UNKNOWN", "no such template");
  EXPECT_EQ(ReasonOf(Launch(Spec()).status()), "TEMPLATE_UNKNOWN");
}

// The process dies at any write of a launch: the next one goes on, and every member gets one contact.
TEST_F(CampaignsTest, ALaunchThatDiesAtAnyWriteIsTakenUpAgain) {
  for (int i = 0; i < kMembersPerChunk + 2; ++i) Owes(absl::StrCat("A", i), 100 + i);
  Owes("paid", 5);
  using When = store::FaultyStore::When;
  for (const When when : {When::kBefore, When::kAfter}) {
    for (int nth = 1;; ++nth) {
      const std::string id = absl::StrCat(when == When::kBefore ? "before-" : "after-", nth);
      SCOPED_TRACE(id);
      ASSERT_LT(nth, 12) << "every write was tried";
      store::FaultyStore dying(store_.get());
      dying.FailCall(nth, "PutDocument", absl::UnavailableError("gone"), when);
      FakeScenario scenario;
      Campaigns first(&dying, &tenants_, &projection_, &scenario);
      v1::LaunchCampaignRequest request;
      request.set_tenant_id("t");
      *request.mutable_spec() = Spec(id);
      const bool died = !first.Launch(Call(), request).ok();
      Campaigns second(store_.get(), &tenants_, &projection_, &scenario);
      const auto launched = second.Launch(Call(), request);
      ASSERT_TRUE(launched.ok()) << launched.status();
      EXPECT_EQ(launched->campaign().state(), v1::CAMPAIGN_STATE_LAUNCHED);
      EXPECT_EQ(launched->campaign().members(), kMembersPerChunk + 3);
      EXPECT_EQ(scenario.contacts.size(), kMembersPerChunk + 3u);
      if (!died) {
        EXPECT_EQ(nth, 7) << "two parts, the campaign, their two answers, the end";
        break;
      }
    }
  }
}

TEST_F(CampaignsTest, OfTwoLaunchesAtOnceOneIsToldToRepeat) {
  Owes("A", 100'00);
  v1::LaunchCampaignRequest request;
  request.set_tenant_id("t");
  int contended = 0;
  for (int nth = 1; nth <= 6; ++nth) {
    *request.mutable_spec() = Spec(absl::StrCat("spring-", nth));
    store::FaultyStore raced(store_.get());
    raced.BeforeCall(nth, "PutDocument", [&] { EXPECT_TRUE(campaigns_.Launch(Call(), request).ok()); });
    Campaigns slower(&raced, &tenants_, &projection_, &scenario_);
    const auto launched = slower.Launch(Call(), request);
    if (launched.ok()) continue;
    EXPECT_EQ(ReasonOf(launched.status()), kCampaignContended) << nth;
    EXPECT_TRUE(absl::IsAborted(launched.status()));
    ++contended;
    EXPECT_TRUE(slower.Launch(Call(), request)->replayed());
  }
  EXPECT_GT(contended, 0);
}

TEST_F(CampaignsTest, AnAnswerThatDoesNotFitIsNotBelieved) {
  Owes("A", 100'00);
  Owes("B", 300'00);
  for (const bool too_few : {true, false}) {
    SCOPED_TRACE(too_few);
    scenario_.mangle = [&](scenario::v1::EnrolAccountsResponse* response) {
      if (too_few) response->mutable_results()->RemoveLast();
      if (!too_few) response->mutable_results()->SwapElements(0, 1);
    };
    const auto launched = Launch(Spec());
    EXPECT_EQ(ReasonOf(launched.status()), kScenarioAnswerInvalid);
    EXPECT_TRUE(absl::IsInternal(launched.status()));
  }
  scenario_.mangle = nullptr;
  EXPECT_TRUE(Launch(Spec()).ok());
}

TEST_F(CampaignsTest, ADocumentThatDoesNotParseIsNamed) {
  Owes("A", 100'00);
  ASSERT_TRUE(Launch(Spec()).ok());
  const std::string name = "campaign/spring";
  const auto stored = store_->GetDocuments("t", {&name, 1}, Call().deadline);
  ASSERT_TRUE(store_->PutDocument("t", name, "\xff", (*stored)[0].version, Call().deadline).ok());
  const auto got = Get();
  EXPECT_EQ(ReasonOf(got.status()), kCampaignCorrupt);
  EXPECT_EQ(ErrorInfoOf(got.status()).metadata.at("document"), name);
}

TEST_F(CampaignsTest, GetTellsStatesAndMoneyOfNow) {
  const uint64_t invoice = portfolio_.Invoice({"t", "A"}, 100'00, "2025-05-01", "2025-05-31");
  ASSERT_TRUE(Launch(Spec()).ok());
  state::v1::Plan plan;
  auto* contact = plan.add_contacts();
  contact->set_key("campaign/spring");
  contact->set_campaign_id("spring");
  contact->set_state(state::v1::CONTACT_STATE_SENT);
  portfolio_.Plan({"t", "A"}, plan);
  portfolio_.Pay({"t", "A"}, 40'00, "2025-07-02", invoice);
  const auto whole = Get();
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole->members(0).contact_state(), "sent");
  EXPECT_EQ(Text(whole->members(0).received()), "40.00 EUR");
  EXPECT_EQ(Text(whole->campaign().received()), "40.00 EUR");
  EXPECT_EQ(Text(whole->campaign().overdue()), "100.00 EUR");

  prometheus::Registry registry;
  CampaignMetrics figures(store_.get(), &projection_, &tenants_, &RealClock::Get(), registry);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(figures.RunOnce(store::After(absl::Seconds(10))).ok());
  const std::string text = metrics::RenderText(registry);
  EXPECT_THAT(text, HasSubstr("relance_campaign_members{state=\"taken\",tenant=\"t\"} 1"));
  EXPECT_THAT(text, HasSubstr("relance_campaign_recovered{currency=\"EUR\",tenant=\"t\"} 40"));
}

TEST_F(CampaignsTest, ListIsNewestFirstAndPaged) {
  Owes("A", 100'00);
  ASSERT_TRUE(Launch(Spec("one")).ok());
  ASSERT_TRUE(Launch(Spec("two")).ok());
  portfolio_.Tenant("t", "EUR", "2025-07-01");
  ASSERT_TRUE(Launch(Spec("new")).ok());
  v1::ListCampaignsRequest request;
  request.set_tenant_id("t");
  request.set_page_size(2);
  std::vector<std::string> ids;
  for (int pages = 1;; ++pages) {
    const auto response = campaigns_.List(Call(), request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (const auto& campaign : response->campaigns()) ids.push_back(campaign.spec().campaign_id());
    if (response->next_page_token().empty()) break;
    ASSERT_LT(pages, 5);
    request.set_page_token(response->next_page_token());
  }
  EXPECT_THAT(ids, ElementsAre("new", "one", "two"));
  request.set_tenant_id("other");
  EXPECT_EQ(ReasonOf(campaigns_.List(Call(), request).status()), "TENANT_NOT_FOUND");
}

TEST_F(CampaignsTest, RequestsAreCheckedInOrder) {
  struct Row {
    const char* reason;
    std::function<void(v1::CampaignSpec&)> change;
  };
  // Each row has all the faults of the rows below it too.
  const std::vector<Row> rows = {
      {"CAMPAIGN_ID_INVALID", [](auto& s) { s.set_campaign_id("Spring"); }},
      {"CHANNEL_INVALID", [](auto& s) { s.set_channel("pigeon"); }},
      {"TEMPLATE_INVALID", [](auto& s) { s.set_template_id("../x"); }},
      {"TITLE_INVALID", [](auto& s) { s.set_title(std::string(kTitleBytesMax + 1, 'x')); }},
      {"ACCOUNTS_MAX_INVALID", [](auto& s) { s.set_accounts_max(kAccountsMax + 1); }},
      {"FILTER_INVALID", [](auto& s) { s.set_filter("turnover > 5"); }},
  };
  for (size_t first = 0; first < rows.size(); ++first) {
    v1::CampaignSpec spec = Spec();
    for (size_t i = first; i < rows.size(); ++i) rows[i].change(spec);
    EXPECT_EQ(ReasonOf(Preview(spec).status()), rows[first].reason);
    EXPECT_EQ(ReasonOf(Launch(spec).status()), rows[first].reason);
  }
  v1::CampaignSpec long_id = Spec(std::string(65, 'a'));
  EXPECT_EQ(ReasonOf(Preview(long_id).status()), "CAMPAIGN_ID_INVALID");
  EXPECT_TRUE(Preview(Spec(std::string(64, 'a'))).ok());
}

TEST_F(CampaignsTest, OverTheWireErrorsNamePositionAndExpectation) {
  CampaignServiceImpl service(rpc::CallHandler({.service = "campaign"}), &campaigns_);
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto stub = v1::CampaignService::NewStub(server->InProcessChannel({}));
  v1::PreviewCampaignRequest request;
  request.set_tenant_id("t");
  *request.mutable_spec() = Spec();
  using Stub = v1::CampaignService::StubInterface;
  EXPECT_TRUE(rpc::Call(Call(), *stub, &Stub::PreviewCampaign, request).ok());
  request.mutable_spec()->set_filter("overdue >");
  const ErrorInfo info = ErrorInfoOf(rpc::Call(Call(), *stub, &Stub::PreviewCampaign, request).status());
  EXPECT_EQ(info.reason, "FILTER_INVALID");
  EXPECT_EQ(info.domain, "campaign.relance");
  EXPECT_EQ(info.metadata.at("position"), "10");
  EXPECT_EQ(info.metadata.at("expected"), "a number");
}

}  // namespace
}  // namespace relance::campaign
