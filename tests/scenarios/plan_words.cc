#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "relance/campaign/v1/campaign_service.grpc.pb.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"
#include "tests/scenarios/story_world.h"

namespace relance::stories {
namespace {

using campaign::v1::CampaignService;
using scenario::v1::ScenarioService;
using Api = ScenarioService::StubInterface;
using Answers = absl::StatusOr<std::vector<std::string>>;

constexpr int kPageMax = 1000;

absl::StatusOr<scenario::v1::Plan> PlanOf(StoryWorld& world, const std::string& account) {
  scenario::v1::GetPlanRequest request;
  request.set_tenant_id(world.tenant());
  request.set_account_id(account);
  RELANCE_ASSIGN_OR_RETURN(auto response, world.Ask<ScenarioService>(&Api::GetPlan, request));
  return std::move(*response.mutable_plan());
}

// A command on one account, under a request id of its own.
template <typename Request>
absl::StatusOr<Request> OnAccount(StoryWorld& world, const StoryLine& line) {
  Request request;
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_account_id(), line.Name());
  request.set_request_id(world.RequestId(absl::StrCat(line.number)));
  request.set_tenant_id(world.tenant());
  request.set_actor("user:lea");
  return request;
}

// promise D1 date=2025-04-18 amount=EUR/50.00 for=F-1001
Answers Promise(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(auto request, OnAccount<scenario::v1::RecordPromiseRequest>(world, line));
  RELANCE_ASSIGN_OR_RETURN(const std::string date, line.Required("date"));
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_promised_date(), DateOption(date));
  if (!line.Optional("amount").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_amount(), AmountOption(line.Optional("amount")));
  }
  if (!line.Optional("for").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.add_item_ids(),
                             world.ItemId(request.account_id(), line.Optional("for")));
  }
  RELANCE_RETURN_IF_ERROR(world.Ask<ScenarioService>(&Api::RecordPromise, request).status());
  return Done();
}

// promises D1 -> 2025-04-18 EUR/50.00 kept on 2025-04-18, paid EUR/50.00
Answers Promises(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const scenario::v1::Plan plan, PlanOf(world, account));
  std::vector<std::string> answers;
  for (const scenario::v1::Promise& promise : plan.promises()) {
    std::string text = absl::StrCat(DateText(promise.promised_date()), " ", AmountText(promise.amount()), " ",
                                    promise.state());
    if (promise.has_judged_date()) {
      absl::StrAppend(&text, " on ", DateText(promise.judged_date()), ", paid ", AmountText(promise.paid()));
    }
    answers.push_back(std::move(text));
  }
  return answers;
}

// call D1 outcome=promised date=2025-04-18 amount=EUR/50.00 reason=QUALITY
Answers Call(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(auto request, OnAccount<scenario::v1::RecordCallRequest>(world, line));
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_outcome(), line.Required("outcome"));
  request.set_reason(line.Optional("reason"));
  if (!line.Optional("date").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_promised_date(), DateOption(line.Optional("date")));
  }
  if (!line.Optional("amount").empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_promised_amount(), AmountOption(line.Optional("amount")));
  }
  RELANCE_RETURN_IF_ERROR(world.Ask<ScenarioService>(&Api::RecordCall, request).status());
  return Done();
}

// pause D1 until=2025-04-18 reason="..."
Answers Pause(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(auto request, OnAccount<scenario::v1::PauseAccountRequest>(world, line));
  RELANCE_ASSIGN_OR_RETURN(const std::string until, line.Required("until"));
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_until_date(), DateOption(until));
  request.set_reason(line.Optional("reason"));
  RELANCE_RETURN_IF_ERROR(world.Ask<ScenarioService>(&Api::PauseAccount, request).status());
  return Done();
}

// resume D1
Answers Resume(StoryWorld& world, const StoryLine& line) {
  scenario::v1::ResumeAccountRequest request;
  request.set_tenant_id(world.tenant());
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_account_id(), line.Name());
  request.set_actor("user:lea");
  RELANCE_RETURN_IF_ERROR(world.Ask<ScenarioService>(&Api::ResumeAccount, request).status());
  return Done();
}

std::string ContactText(const scenario::v1::Contact& contact) {
  std::string text = absl::StrCat(
      DateText(contact.has_sent_date() ? contact.sent_date() : contact.decided_date()), " ",
      contact.campaign_id().empty() ? contact.step_id() : absl::StrCat("campaign:", contact.campaign_id()),
      " ", contact.channel(), " ", contact.state());
  if (!contact.outcome().empty()) absl::StrAppend(&text, " (", contact.outcome(), ")");
  for (const scenario::v1::ContactItem& item : contact.items()) {
    absl::StrAppend(&text, " ", item.number().empty() ? item.item_id() : item.number(), "=",
                    AmountText(item.open()));
  }
  return text;
}

// contacts D1 [from=2025-04-01] -> 2025-03-07 reminder mail sent F-1001=EUR/120.00; oldest first.
Answers Contacts(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Name());
  scenario::v1::ListContactsRequest request;
  request.set_tenant_id(world.tenant());
  request.set_account_id(account);
  request.set_page_size(kPageMax);
  RELANCE_ASSIGN_OR_RETURN(const auto response, world.Ask<ScenarioService>(&Api::ListContacts, request));
  std::vector<std::string> answers;
  for (int i = response.contacts_size() - 1; i >= 0; --i) {
    std::string text = ContactText(response.contacts(i));
    // Days are written so that text order is their order.
    if (text.substr(0, 10) >= line.Optional("from")) answers.push_back(std::move(text));
  }
  return answers;
}

// state D1 -> promised (PROMISE_RUNNING)
Answers State(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const scenario::v1::Plan plan, PlanOf(world, account));
  std::string text = plan.state();
  for (const std::string& reason : plan.reasons()) absl::StrAppend(&text, " ", reason);
  return std::vector<std::string>{text};
}

// next D1 -> 2025-04-18: when the account is looked at again.
Answers Next(StoryWorld& world, const StoryLine& line) {
  RELANCE_ASSIGN_OR_RETURN(const std::string account, line.Name());
  RELANCE_ASSIGN_OR_RETURN(const scenario::v1::Plan plan, PlanOf(world, account));
  if (!plan.has_next_date()) return std::vector<std::string>{};
  return std::vector<std::string>{DateText(plan.next_date())};
}

// worklist -> 1 D1 call EUR/1200.00 19d
Answers Worklist(StoryWorld& world, const StoryLine&) {
  scenario::v1::GetWorklistRequest request;
  request.set_tenant_id(world.tenant());
  request.set_page_size(kPageMax);
  RELANCE_ASSIGN_OR_RETURN(const auto response, world.Ask<ScenarioService>(&Api::GetWorklist, request));
  std::vector<std::string> answers;
  for (const scenario::v1::WorklistEntry& entry : response.entries()) {
    answers.push_back(absl::StrCat(entry.rank(), " ", entry.account_id(), " ", entry.kind(), " ",
                                   AmountText(entry.overdue()), " ", entry.oldest_days(), "d"));
  }
  return answers;
}

// campaign spring channel=mail filter="overdue > 100"
Answers Campaign(StoryWorld& world, const StoryLine& line) {
  campaign::v1::LaunchCampaignRequest request;
  request.set_tenant_id(world.tenant());
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_spec()->mutable_campaign_id(), line.Name());
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_spec()->mutable_channel(), line.Required("channel"));
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_spec()->mutable_filter(), line.Required("filter"));
  request.set_actor("user:lea");
  RELANCE_RETURN_IF_ERROR(
      world.Ask<CampaignService>(&CampaignService::StubInterface::LaunchCampaign, request).status());
  return Done();
}

// members spring -> D1 EUR/120.00 sent, received EUR/0.00; then who was left: D2 EUR/80.00 left: DISPUTED
Answers Members(StoryWorld& world, const StoryLine& line) {
  campaign::v1::GetCampaignRequest request;
  request.set_tenant_id(world.tenant());
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_campaign_id(), line.Name());
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           world.Ask<CampaignService>(&CampaignService::StubInterface::GetCampaign, request));
  std::vector<std::string> answers;
  for (const auto& member : response.members()) {
    answers.push_back(absl::StrCat(member.account_id(), " ", AmountText(member.overdue()), " ",
                                   member.contact_state(), ", received ", AmountText(member.received())));
  }
  for (const auto& left : response.left()) {
    answers.push_back(
        absl::StrCat(left.account_id(), " ", AmountText(left.overdue()), " left: ", left.left_reason()));
  }
  return answers;
}

}  // namespace

void AddPlanWords(StoryWords* words) {
  (*words)["promise"] = {Promise};
  (*words)["promises"] = {Promises, true};
  (*words)["call"] = {Call};
  (*words)["pause"] = {Pause};
  (*words)["resume"] = {Resume};
  (*words)["contacts"] = {Contacts, true};
  (*words)["state"] = {State, true};
  (*words)["next"] = {Next, true};
  (*words)["worklist"] = {Worklist, true};
  (*words)["campaign"] = {Campaign};
  (*words)["members"] = {Members, true};
}

}  // namespace relance::stories
