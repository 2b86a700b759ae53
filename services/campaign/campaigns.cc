#include "services/campaign/campaigns.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/status/utf8.h"
#include "common/time/day.h"
#include "services/campaign/contact_state_names.h"
#include "services/campaign/errors.h"
#include "services/campaign/filter.h"
#include "services/campaign/received_money.h"

namespace relance::campaign {
namespace {

constexpr size_t kPlansPerRead = 1024;

absl::StatusOr<v1::CampaignMember> ToProto(const SelectedMember& member, const std::string& currency) {
  v1::CampaignMember proto;
  proto.set_account_id(member.key);
  proto.set_name(member.name);
  proto.set_oldest_days(member.oldest_days);
  proto.set_left_reason(member.left_reason);
  RELANCE_ASSIGN_OR_RETURN(*proto.mutable_overdue(), rpc::MoneyToProto({member.overdue_minor, currency}));
  return proto;
}

absl::Status NotFound(const std::string& id) {
  return DomainError(absl::StatusCode::kNotFound, kCampaignNotFound, "no such campaign", {{"campaign", id}});
}

bool SpecsEqual(const v1::CampaignSpec& a, const v1::CampaignSpec& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

absl::StatusOr<Campaigns::Drawn> Campaigns::Draw(const rpc::CallContext& call, const std::string& tenant,
                                                 const v1::CampaignSpec& spec) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr context, tenants_->Get(tenant, call.deadline));
  RELANCE_RETURN_IF_ERROR(CheckSpec(spec));
  RELANCE_ASSIGN_OR_RETURN(const Filter filter, ParseFilter(spec.filter()));
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(call.deadline));
  Drawn drawn;
  drawn.currency = context->config.currency();
  drawn.day = DayNumber(context->business_date);
  SelectOptions options;
  options.currency = drawn.currency;
  options.day = drawn.day;
  options.accounts_max = spec.accounts_max() == 0 ? kAccountsMax : spec.accounts_max();
  options.contact_gap_days = static_cast<int>(options_.contact_gap_days);
  projection_->Read(tenant, [&](const projection::TenantColumns& columns) {
    drawn.selection = SelectMembers(columns, filter, options);
  });
  return drawn;
}

absl::StatusOr<v1::PreviewCampaignResponse> Campaigns::Preview(const rpc::CallContext& call,
                                                               const v1::PreviewCampaignRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const Drawn drawn, Draw(call, request.tenant_id(), request.spec()));
  v1::PreviewCampaignResponse response;
  int64_t overdue = 0;
  for (const SelectedMember& member : drawn.selection.taken) {
    overdue += member.overdue_minor;
    RELANCE_ASSIGN_OR_RETURN(*response.add_members(), ToProto(member, drawn.currency));
  }
  for (const SelectedMember& member : drawn.selection.left) {
    if (response.left_size() == kLeftKeptMax) break;
    RELANCE_ASSIGN_OR_RETURN(*response.add_left(), ToProto(member, drawn.currency));
  }
  v1::Campaign* campaign = response.mutable_campaign();
  campaign->set_tenant_id(request.tenant_id());
  *campaign->mutable_spec() = request.spec();
  *campaign->mutable_selected_date() = rpc::DayToProto(DayFromNumber(drawn.day));
  campaign->set_members(static_cast<int32_t>(drawn.selection.taken.size()));
  campaign->set_left(static_cast<int32_t>(drawn.selection.left.size()));
  RELANCE_ASSIGN_OR_RETURN(*campaign->mutable_overdue(), rpc::MoneyToProto({overdue, drawn.currency}));
  RELANCE_ASSIGN_OR_RETURN(*campaign->mutable_received(), rpc::MoneyToProto({0, drawn.currency}));
  return response;
}

absl::StatusOr<v1::LaunchCampaignResponse> Campaigns::Launch(const rpc::CallContext& call,
                                                             const v1::LaunchCampaignRequest& request) {
  const std::string& tenant = request.tenant_id();
  const v1::CampaignSpec& spec = request.spec();
  const std::string& id = spec.campaign_id();
  RELANCE_RETURN_IF_ERROR(tenants_->Get(tenant, call.deadline).status());
  RELANCE_RETURN_IF_ERROR(CheckSpec(spec));
  RELANCE_RETURN_IF_ERROR(ParseFilter(spec.filter()).status());
  RELANCE_ASSIGN_OR_RETURN(StoredCampaign campaign, documents_.Find(tenant, id, call.deadline));
  v1::LaunchCampaignResponse response;
  if (campaign.version == 0) {
    RELANCE_ASSIGN_OR_RETURN(const Drawn drawn, Draw(call, tenant, spec));
    campaign.record.set_spec(spec.SerializeAsString());
    campaign.record.set_selected_day(drawn.day);
    campaign.record.set_currency(drawn.currency);
    campaign.record.set_actor(request.actor());
    RELANCE_RETURN_IF_ERROR(
        documents_.PutSelection(tenant, id, drawn.selection, &campaign.record, call.deadline));
    RELANCE_RETURN_IF_ERROR(documents_.Put(tenant, id, &campaign, call.deadline));
  } else {
    v1::CampaignSpec stored;
    if (!stored.ParseFromString(campaign.record.spec()) || !SpecsEqual(stored, spec)) {
      return DomainError(absl::StatusCode::kAlreadyExists, kCampaignDiffers,
                         "a campaign of this id was launched with another filter, channel or limit",
                         {{"campaign", id}});
    }
    response.set_replayed(true);
  }
  if (!campaign.record.launched()) {
    RELANCE_RETURN_IF_ERROR(HandOver(call, tenant, spec, &campaign));
  }
  RELANCE_ASSIGN_OR_RETURN(const Whole whole, ReadWhole(call, tenant, id, campaign));
  *response.mutable_campaign() = whole.campaign;
  return response;
}

absl::Status Campaigns::HandOver(const rpc::CallContext& call, const std::string& tenant,
                                 const v1::CampaignSpec& spec, StoredCampaign* campaign) {
  static_assert(kMembersPerChunk <= kAccountsPerEnrolMax);
  const std::string& id = spec.campaign_id();
  RELANCE_ASSIGN_OR_RETURN(std::vector<StoredChunk> chunks,
                           documents_.Members(tenant, id, campaign->record, call.deadline));
  for (size_t n = 0; n < chunks.size(); ++n) {
    state::v1::CampaignMemberChunk& chunk = chunks[n].chunk;
    if (chunk.enrolled()) continue;
    scenario::v1::EnrolAccountsRequest request;
    request.set_tenant_id(tenant);
    request.set_campaign_id(id);
    request.set_channel(spec.channel());
    request.set_template_id(spec.template_id());
    request.set_actor(campaign->record.actor());
    for (const auto& member : chunk.members()) request.add_account_ids(member.account());
    const auto answer = scenario_->EnrolAccounts(call, request);
    if (!answer.ok()) {
      const absl::Status& status = answer.status();
      if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
        return DomainError(
            absl::StatusCode::kUnavailable, kScenarioUnavailable,
            "the scenario service does not answer; repeat the launch, it goes on with what is left",
            {{"campaign", id}});
      }
      return AddContext(status, "enrolling accounts", "campaign", id);
    }
    if (answer->results_size() != chunk.members_size()) {
      return DomainError(absl::StatusCode::kInternal, kScenarioAnswerInvalid,
                         "the scenario service did not answer for each account", {{"campaign", id}});
    }
    for (int i = 0; i < chunk.members_size(); ++i) {
      const scenario::v1::EnrolResult& result = answer->results(i);
      state::v1::CampaignMemberRecord* member = chunk.mutable_members(i);
      if (result.account_id() != member->account()) {
        return DomainError(absl::StatusCode::kInternal, kScenarioAnswerInvalid,
                           "the scenario service answered in another order", {{"campaign", id}});
      }
      member->set_left_reason(result.left_reason());
      member->set_contact_key(result.contact_key());
      member->set_contact_state(result.state());
    }
    chunk.set_enrolled(true);
    RELANCE_RETURN_IF_ERROR(
        documents_.PutMembers(tenant, id, campaign->record, static_cast<int>(n), &chunks[n], call.deadline));
  }
  campaign->record.set_launched(true);
  return documents_.Put(tenant, id, campaign, call.deadline);
}

absl::StatusOr<Campaigns::Whole> Campaigns::ReadWhole(const rpc::CallContext& call, const std::string& tenant,
                                                      const std::string& id, const StoredCampaign& stored) {
  const state::v1::CampaignRecord& record = stored.record;
  RELANCE_ASSIGN_OR_RETURN(const auto member_chunks, documents_.Members(tenant, id, record, call.deadline));
  RELANCE_ASSIGN_OR_RETURN(const auto left_chunks, documents_.Left(tenant, id, record, call.deadline));
  RELANCE_RETURN_IF_ERROR(projection_->CatchUp(call.deadline));

  Whole whole;
  v1::Campaign& campaign = whole.campaign;
  campaign.set_tenant_id(tenant);
  if (!campaign.mutable_spec()->ParseFromString(record.spec())) {
    return DomainError(absl::StatusCode::kInternal, kCampaignCorrupt, "a campaign does not parse",
                       {{"document", absl::StrCat("campaign/", id)}});
  }
  campaign.set_state(record.launched() ? v1::CAMPAIGN_STATE_LAUNCHED : v1::CAMPAIGN_STATE_LAUNCHING);
  *campaign.mutable_selected_date() = rpc::DayToProto(DayFromNumber(record.selected_day()));
  int64_t overdue = 0;
  int64_t received = 0;
  int32_t left_by_scenario = 0;
  absl::Status status;
  projection_->Read(tenant, [&](const projection::TenantColumns& columns) {
    const int32_t currency = columns.FindCurrency(record.currency());
    const auto add = [&](const state::v1::CampaignMemberRecord& member) -> absl::Status {
      v1::CampaignMember proto;
      proto.set_account_id(member.account());
      proto.set_oldest_days(member.oldest_days());
      proto.set_left_reason(member.left_reason());
      proto.set_contact_key(member.contact_key());
      proto.set_contact_state(member.contact_state());
      RELANCE_ASSIGN_OR_RETURN(*proto.mutable_overdue(),
                               rpc::MoneyToProto({member.overdue_minor(), record.currency()}));
      const int32_t account = columns.FindAccount(member.account());
      if (account >= 0) proto.set_name(columns.accounts().name[account]);
      if (member.left_reason().empty()) {
        const int64_t money =
            account < 0 ? 0 : ReceivedSince(columns, account, currency, record.selected_day());
        RELANCE_ASSIGN_OR_RETURN(*proto.mutable_received(), rpc::MoneyToProto({money, record.currency()}));
        overdue += member.overdue_minor();
        received += money;
        whole.members.push_back(std::move(proto));
      } else {
        whole.left.push_back(std::move(proto));
      }
      return absl::OkStatus();
    };
    for (const auto* chunks : {&member_chunks, &left_chunks}) {
      for (const StoredChunk& chunk : *chunks) {
        for (const auto& member : chunk.chunk.members()) {
          if (status.ok()) status = add(member);
        }
      }
      if (chunks == &member_chunks) left_by_scenario = static_cast<int32_t>(whole.left.size());
    }
  });
  if (!status.ok()) return status;
  campaign.set_members(static_cast<int32_t>(whole.members.size()));
  campaign.set_left(record.left() + left_by_scenario);
  if (whole.left.size() > kLeftKeptMax) whole.left.resize(kLeftKeptMax);
  RELANCE_ASSIGN_OR_RETURN(*campaign.mutable_overdue(), rpc::MoneyToProto({overdue, record.currency()}));
  RELANCE_ASSIGN_OR_RETURN(*campaign.mutable_received(), rpc::MoneyToProto({received, record.currency()}));
  return whole;
}

// The state of each contact as it is now; what the plan no longer keeps stays as the scenario service
// answered.
absl::Status Campaigns::FillContactStates(const rpc::CallContext& call, const std::string& tenant,
                                          const std::string& id, std::vector<v1::CampaignMember>* members) {
  for (size_t begin = 0; begin < members->size(); begin += kPlansPerRead) {
    const size_t end = std::min(members->size(), begin + kPlansPerRead);
    std::vector<store::AccountKey> keys;
    for (size_t i = begin; i < end; ++i) keys.push_back({tenant, (*members)[i].account_id()});
    RELANCE_ASSIGN_OR_RETURN(const auto views,
                             ReadAccounts(*store_, keys, {.items = false, .history = false}, call.deadline));
    for (size_t i = begin; i < end; ++i) {
      if (!views[i - begin].ok()) continue;  // one bad account hides no campaign
      for (const auto& contact : views[i - begin]->plan.contacts()) {
        if (contact.campaign_id() == id) (*members)[i].set_contact_state(ContactStateName(contact.state()));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::GetCampaignResponse> Campaigns::Get(const rpc::CallContext& call,
                                                       const v1::GetCampaignRequest& request) {
  RELANCE_RETURN_IF_ERROR(tenants_->Get(request.tenant_id(), call.deadline).status());
  const std::string& id = request.campaign_id();
  if (id.empty() || id.size() > 64) return NotFound(id.substr(0, 64));
  RELANCE_ASSIGN_OR_RETURN(const StoredCampaign stored,
                           documents_.Find(request.tenant_id(), id, call.deadline));
  if (stored.version == 0) return NotFound(id);
  RELANCE_ASSIGN_OR_RETURN(Whole whole, ReadWhole(call, request.tenant_id(), id, stored));
  RELANCE_RETURN_IF_ERROR(FillContactStates(call, request.tenant_id(), id, &whole.members));
  v1::GetCampaignResponse response;
  *response.mutable_campaign() = std::move(whole.campaign);
  for (auto& member : whole.members) *response.add_members() = std::move(member);
  for (auto& member : whole.left) *response.add_left() = std::move(member);
  return response;
}

absl::StatusOr<v1::ListCampaignsResponse> Campaigns::List(const rpc::CallContext& call,
                                                          const v1::ListCampaignsRequest& request) {
  RELANCE_RETURN_IF_ERROR(tenants_->Get(request.tenant_id(), call.deadline).status());
  RELANCE_ASSIGN_OR_RETURN(
      const int size, rpc::PageSize(request.page_size(), kCampaignsPerPageDefault, kCampaignsPerPageMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor,
                           rpc::ParsePageToken(request.page_token(), "campaigns/" + request.tenant_id()));
  RELANCE_ASSIGN_OR_RETURN(auto campaigns, documents_.All(request.tenant_id(), call.deadline));
  // Newest first; the id is the last key. A cursor is the key of the last one shown.
  const auto key_of = [](const std::pair<std::string, StoredCampaign>& campaign) {
    return absl::StrCat(
        absl::Dec(1'000'000'000 - int64_t{campaign.second.record.selected_day()}, absl::kZeroPad10), "/",
        campaign.first);
  };
  std::sort(campaigns.begin(), campaigns.end(),
            [&](const auto& a, const auto& b) { return key_of(a) < key_of(b); });
  v1::ListCampaignsResponse response;
  std::string last;
  for (const auto& [id, stored] : campaigns) {
    const std::string key = key_of({id, stored});
    if (key <= cursor) continue;
    if (response.campaigns_size() == size) {
      response.set_next_page_token(rpc::MakePageToken(last, "campaigns/" + request.tenant_id()));
      break;
    }
    RELANCE_ASSIGN_OR_RETURN(Whole whole, ReadWhole(call, request.tenant_id(), id, stored));
    *response.add_campaigns() = std::move(whole.campaign);
    last = key;
  }
  return response;
}

}  // namespace relance::campaign
