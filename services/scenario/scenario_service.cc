#include "services/scenario/scenario_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/decide_for_tenant.h"
#include "services/scenario/enrol_accounts.h"
#include "services/scenario/errors.h"
#include "services/scenario/rank_worklist.h"
#include "services/scenario/replan_tenant.h"
#include "services/scenario/to_proto.h"
#include "services/scenario/words.h"

// Questions and scenarios; commands on one account are in scenario_commands.cc.
namespace relance::scenario {
namespace {

constexpr int kWorklistPageDefault = 20;
constexpr int kContactsPageDefault = 50;
constexpr int kPageMax = 1000;

// The template of campaigns that name none: a text of that name when the installation has one, else the
// reminder.
constexpr char kCampaignTemplate[] = "campaign";
constexpr char kReminderTemplate[] = "reminder";

v1::Scenario ToProto(const StoredScenario& stored) {
  v1::Scenario out;
  out.set_scenario_id(stored.id);
  out.set_version(stored.version);
  out.set_yaml(stored.yaml);
  return out;
}

absl::Status PageInvalid(absl::string_view field) {
  return DomainError(absl::StatusCode::kInvalidArgument, kPageInvalid, "not a page token of ours",
                     {{"field", std::string(field)}});
}

}  // namespace

ScenarioServiceImpl::ScenarioServiceImpl(rpc::CallHandler calls, ScenarioServiceWorld world)
    : calls_(std::move(calls)),
      world_(std::move(world)),
      commands_(world_.store, world_.tenants, world_.scenarios, world_.now, world_.nudge) {}

grpc::Status ScenarioServiceImpl::ApplyScenario(grpc::ServerContext* context,
                                                const v1::ApplyScenarioRequest* request,
                                                v1::ApplyScenarioResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Apply(call, *request); });
}
grpc::Status ScenarioServiceImpl::GetScenario(grpc::ServerContext* context,
                                              const v1::GetScenarioRequest* request,
                                              v1::GetScenarioResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return GetStored(call, *request); });
}
grpc::Status ScenarioServiceImpl::PreviewAccount(grpc::ServerContext* context,
                                                 const v1::PreviewAccountRequest* request,
                                                 v1::PreviewAccountResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Preview(call, *request); });
}
grpc::Status ScenarioServiceImpl::GetWorklist(grpc::ServerContext* context,
                                              const v1::GetWorklistRequest* request,
                                              v1::GetWorklistResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Worklist(call, *request); });
}
grpc::Status ScenarioServiceImpl::ListContacts(grpc::ServerContext* context,
                                               const v1::ListContactsRequest* request,
                                               v1::ListContactsResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Contacts(call, *request); });
}
grpc::Status ScenarioServiceImpl::GetPlan(grpc::ServerContext* context, const v1::GetPlanRequest* request,
                                          v1::GetPlanResponse* response) {
  return calls_.HandleUnary(
      context, response, [&](const rpc::CallContext& call) -> absl::StatusOr<v1::GetPlanResponse> {
        RELANCE_RETURN_IF_ERROR(world_.tenants->Get(request->tenant_id(), call.deadline).status());
        RELANCE_ASSIGN_OR_RETURN(const AccountView view,
                                 ReadAccount(*world_.store, {request->tenant_id(), request->account_id()},
                                             {.items = true}, call.deadline));
        v1::GetPlanResponse answer;
        *answer.mutable_plan() = scenario::ToProto(view, view.plan);
        return answer;
      });
}
grpc::Status ScenarioServiceImpl::EnrolAccounts(grpc::ServerContext* context,
                                                const v1::EnrolAccountsRequest* request,
                                                v1::EnrolAccountsResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Enrol(call, *request); });
}

absl::StatusOr<v1::ApplyScenarioResponse> ScenarioServiceImpl::Apply(
    const rpc::CallContext& call, const v1::ApplyScenarioRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, world_.tenants->Get(request.tenant_id(), call.deadline));
  RELANCE_ASSIGN_OR_RETURN(const auto applied,
                           world_.scenarios->Apply(request.tenant_id(), request.yaml(), call.deadline));
  if (applied.second && applied.first.id == ScenarioDirectory::IdFor(tenant->config)) {
    RELANCE_ASSIGN_OR_RETURN(const ScenarioPtr scenario,
                             world_.scenarios->Get(tenant->config, applied.first.version, call.deadline));
    RELANCE_RETURN_IF_ERROR(
        ReplanTenant(world_.store, *tenant, scenario, world_.now(), call.deadline).status());
    if (world_.nudge) world_.nudge();
  }
  v1::ApplyScenarioResponse response;
  *response.mutable_scenario() = ToProto(applied.first);
  response.set_unchanged(!applied.second);
  return response;
}

absl::StatusOr<v1::GetScenarioResponse> ScenarioServiceImpl::GetStored(
    const rpc::CallContext& call, const v1::GetScenarioRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, world_.tenants->Get(request.tenant_id(), call.deadline));
  const std::string id =
      request.scenario_id().empty() ? ScenarioDirectory::IdFor(tenant->config) : request.scenario_id();
  RELANCE_ASSIGN_OR_RETURN(const StoredScenario stored,
                           world_.scenarios->Find(request.tenant_id(), id, request.version(), call.deadline));
  v1::GetScenarioResponse response;
  *response.mutable_scenario() = ToProto(stored);
  return response;
}

absl::StatusOr<v1::PreviewAccountResponse> ScenarioServiceImpl::Preview(
    const rpc::CallContext& call, const v1::PreviewAccountRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, world_.tenants->Get(request.tenant_id(), call.deadline));
  absl::CivilDay date = tenant->business_date;
  if (request.has_business_date()) {
    RELANCE_ASSIGN_OR_RETURN(date, rpc::DayFromProto(request.business_date(), "business_date"));
  }
  RELANCE_ASSIGN_OR_RETURN(const AccountView view,
                           ReadAccount(*world_.store, {request.tenant_id(), request.account_id()},
                                       {.items = true}, call.deadline));
  RELANCE_ASSIGN_OR_RETURN(
      const ScenarioPtr scenario,
      world_.scenarios->Get(tenant->config, view.plan.scenario_version(), call.deadline));
  const Decision decision = PreviewForTenant(view, *tenant, *scenario, date);
  v1::PreviewAccountResponse response;
  *response.mutable_plan() = scenario::ToProto(view, decision.plan);
  for (const auto& contact : decision.contacts) {
    *response.add_contacts() = scenario::ToProto(view.key.account, contact, &view);
    response.add_reasons(
        absl::StrCat("Step ", contact.step(), " is due for ", contact.items_size(),
                     contact.items_size() == 1 ? " item: " : " items: ", ChannelWord(contact.channel()),
                     " in the voice of ", contact.interlocutor(), "."));
  }
  for (const std::string& reason : decision.plan.reasons()) response.add_reasons(ReasonSentence(reason));
  return response;
}

absl::StatusOr<v1::GetWorklistResponse> ScenarioServiceImpl::Worklist(const rpc::CallContext& call,
                                                                      const v1::GetWorklistRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const int page_size,
                           rpc::PageSize(request.page_size(), kWorklistPageDefault, kPageMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor,
                           rpc::ParsePageToken(request.page_token(), request.tenant_id()));
  size_t begin = 0;
  if (!cursor.empty() && !absl::SimpleAtoi(cursor, &begin)) return PageInvalid("page_token");
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, world_.tenants->Get(request.tenant_id(), call.deadline));
  RELANCE_RETURN_IF_ERROR(world_.index->CatchUp(call.deadline));

  std::vector<WorklistLine> lines;
  int reserved = 0;
  const int32_t today = DayNumber(tenant->business_date);
  world_.index->ForEach(request.tenant_id(), [&](const std::string& account, const IndexedAccount& indexed) {
    reserved += indexed.reserved;
    for (WorklistLine& line : LinesOf(account, indexed, tenant->config.currency(), today)) {
      lines.push_back(std::move(line));
    }
  });
  RankWorklist(&lines);

  v1::GetWorklistResponse response;
  const size_t end = std::min(lines.size(), begin + page_size);
  for (size_t i = begin; i < end; ++i)
    *response.add_entries() = scenario::ToProto(lines[i], static_cast<int>(i) + 1);
  if (end < lines.size())
    response.set_next_page_token(rpc::MakePageToken(absl::StrCat(end), request.tenant_id()));
  response.set_waiting_for_fresh_data(StaleSource(*tenant).empty() ? 0 : reserved);
  response.set_total(static_cast<int32_t>(lines.size()));
  return response;
}

absl::StatusOr<v1::ListContactsResponse> ScenarioServiceImpl::Contacts(
    const rpc::CallContext& call, const v1::ListContactsRequest& request) {
  RELANCE_RETURN_IF_ERROR(world_.tenants->Get(request.tenant_id(), call.deadline).status());
  if (request.account_id().empty()) return TenantContacts(call, request);
  RELANCE_ASSIGN_OR_RETURN(const int page_size,
                           rpc::PageSize(request.page_size(), kContactsPageDefault, kPageMax));
  const std::string filter = absl::StrCat(request.tenant_id(), "/", request.account_id());
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor, rpc::ParsePageToken(request.page_token(), filter));
  int begin = 0;
  if (!cursor.empty() && !absl::SimpleAtoi(cursor, &begin)) return PageInvalid("page_token");
  RELANCE_ASSIGN_OR_RETURN(const AccountView view,
                           ReadAccount(*world_.store, {request.tenant_id(), request.account_id()},
                                       {.items = true, .history = true}, call.deadline));
  v1::ListContactsResponse response;
  const int count = view.plan.contacts_size();
  const int end = std::min(count, begin + page_size);
  for (int i = begin; i < end; ++i) {
    *response.add_contacts() = scenario::ToProto(view.key.account, view.plan.contacts(count - 1 - i), &view);
  }
  if (end < count) response.set_next_page_token(rpc::MakePageToken(absl::StrCat(end), filter));
  return response;
}

absl::StatusOr<v1::ListContactsResponse> ScenarioServiceImpl::TenantContacts(
    const rpc::CallContext& call, const v1::ListContactsRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const int page_size,
                           rpc::PageSize(request.page_size(), kContactsPageDefault, kPageMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor,
                           rpc::ParsePageToken(request.page_token(), request.tenant_id()));
  RELANCE_RETURN_IF_ERROR(world_.index->CatchUp(call.deadline));
  // Newest first, then by account and key: the cursor is the last one that was told.
  using Place = std::tuple<int32_t, std::string, std::string>;
  std::optional<Place> after;
  if (!cursor.empty()) {
    const std::vector<std::string> parts = absl::StrSplit(cursor, absl::MaxSplits('\n', 2));
    int32_t day = 0;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &day)) return PageInvalid("page_token");
    after = Place{-day, parts[1], parts[2]};
  }
  std::vector<Place> places;
  world_.index->ForEach(request.tenant_id(), [&](const std::string& account, const IndexedAccount& indexed) {
    for (const ContactRef& contact : indexed.contacts) {
      Place place{-contact.decided_day, account, contact.key};
      if (!after.has_value() || *after < place) places.push_back(std::move(place));
    }
  });
  const size_t count = std::min(places.size(), static_cast<size_t>(page_size));
  std::partial_sort(places.begin(), places.begin() + count, places.end());
  std::vector<store::AccountKey> keys;
  for (size_t i = 0; i < count; ++i) keys.push_back({request.tenant_id(), std::get<1>(places[i])});
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  RELANCE_ASSIGN_OR_RETURN(
      const auto views, ReadAccounts(*world_.store, keys, {.items = true, .history = false}, call.deadline));
  v1::ListContactsResponse response;
  for (size_t i = 0; i < count; ++i) {
    const auto& [day, account, key] = places[i];
    const size_t at =
        std::lower_bound(keys.begin(), keys.end(), store::AccountKey{request.tenant_id(), account}) -
        keys.begin();
    if (!views[at].ok()) continue;
    for (const auto& contact : views[at]->plan.contacts()) {
      if (contact.key() == key) *response.add_contacts() = scenario::ToProto(account, contact, &*views[at]);
    }
  }
  if (count < places.size()) {
    const auto& [day, account, key] = places[count - 1];
    response.set_next_page_token(
        rpc::MakePageToken(absl::StrCat(-day, "\n", account, "\n", key), request.tenant_id()));
  }
  return response;
}

absl::StatusOr<v1::EnrolAccountsResponse> ScenarioServiceImpl::Enrol(
    const rpc::CallContext& call, const v1::EnrolAccountsRequest& request) {
  if (request.account_ids_size() > kEnrolAccountsMax) {
    return DomainError(absl::StatusCode::kInvalidArgument, kTooManyAccounts,
                       absl::StrCat("at most ", kEnrolAccountsMax, " accounts in one call"),
                       {{"accounts", absl::StrCat(request.account_ids_size())}});
  }
  const Channel channel = ChannelFromWord(request.channel());
  if (channel == Channel::CHANNEL_UNSPECIFIED || request.campaign_id().empty()) {
    return DomainError(absl::StatusCode::kInvalidArgument, kRequestInvalid,
                       "campaign_id and channel are required",
                       {{"field", request.campaign_id().empty() ? "campaign_id" : "channel"}});
  }
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, world_.tenants->Get(request.tenant_id(), call.deadline));
  std::string template_id = request.template_id();
  const std::string language =
      world_.templates->HasLanguage(tenant->config.language()) ? tenant->config.language() : "en";
  if (template_id.empty()) {
    template_id =
        world_.templates->Find(language, kCampaignTemplate).ok() ? kCampaignTemplate : kReminderTemplate;
  } else {
    RELANCE_RETURN_IF_ERROR(world_.templates->Find(language, template_id).status());
  }
  RELANCE_ASSIGN_OR_RETURN(
      auto response, scenario::EnrolAccounts({world_.store, world_.scenarios, world_.now}, *tenant, request,
                                             channel, template_id, call.deadline));
  if (world_.nudge) world_.nudge();
  return response;
}

}  // namespace relance::scenario
