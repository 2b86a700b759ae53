#include <memory>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "relance/campaign/v1/campaign_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using campaign::v1::CampaignService;
using Stub = CampaignService::StubInterface;
using Members = google::protobuf::RepeatedPtrField<campaign::v1::CampaignMember>;

void PrintMembers(Context& context, const std::string& title, const Members& members, int limit) {
  if (members.empty()) return;
  context.out() << title << "\n";
  Table table;
  table.Column("account");
  table.Column("name");
  table.Column("overdue", Table::Align::kRight);
  table.Column("days", Table::Align::kRight);
  table.Column("left because");
  table.Column("contact");
  table.Column("state");
  table.Column("received", Table::Align::kRight);
  for (int i = 0; i < members.size() && i < limit; ++i) {
    const auto& member = members[i];
    table.Row({member.account_id(), member.name(), Text(member.overdue()), absl::StrCat(member.oldest_days()),
               member.left_reason(), member.contact_key(), member.contact_state(), Text(member.received())});
  }
  table.Print(context.out());
  if (members.size() > limit) context.out() << "... and " << members.size() - limit << " more\n";
}

void PrintCampaign(Context& context, const campaign::v1::Campaign& campaign) {
  context.out() << "campaign " << campaign.spec().campaign_id() << " (" << campaign.spec().channel()
                << "): " << campaign.spec().filter() << "\n  selected " << Text(campaign.selected_date())
                << ": " << campaign.members() << " taken, " << campaign.left() << " left, overdue "
                << Text(campaign.overdue()) << ", received since " << Text(campaign.received()) << "\n";
}

template <typename Response>
absl::Status PrintWhole(Context& context, const absl::StatusOr<Response>& response, int limit) {
  if (!response.ok()) return response.status();
  if (context.json) return context.PrintJson(*response);
  PrintCampaign(context, response->campaign());
  PrintMembers(context, "taken", response->members(), limit);
  PrintMembers(context, "found, but left", response->left(), limit);
  return absl::OkStatus();
}

}  // namespace

void AddCampaignVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->add_subcommand("campaign", "One-off selections beside the scenarios");
  group->require_subcommand(1);
  auto tenant = std::make_shared<std::string>();
  auto spec = std::make_shared<campaign::v1::CampaignSpec>();
  auto limit = std::make_shared<int>(20);

  const auto spec_verb = [&](const std::string& name, const std::string& help, const std::string& examples) {
    CLI::App* verb = commands.Verb(group, name, help, examples);
    verb->add_option("tenant", *tenant)->required();
    verb->add_option_function<std::string>(
            "campaign", [spec](const std::string& v) { spec->set_campaign_id(v); }, "id: [a-z0-9-]")
        ->required();
    verb->add_option_function<std::string>(
            "--filter", [spec](const std::string& v) { spec->set_filter(v); },
            "whom to choose; words in docs/campaigns.md")
        ->required();
    verb->add_option_function<std::string>(
            "--channel", [spec](const std::string& v) { spec->set_channel(v); }, "mail, letter or call")
        ->required()
        ->check(CLI::IsMember({"mail", "letter", "call"}));
    verb->add_option_function<std::string>(
        "--title", [spec](const std::string& v) { spec->set_title(v); }, "for people");
    verb->add_option_function<std::string>(
        "--template", [spec](const std::string& v) { spec->set_template_id(v); }, "default: campaign");
    verb->add_option_function<int>(
        "--max", [spec](int v) { spec->set_accounts_max(v); }, "accounts at most");
    verb->add_option("--limit", *limit, "accounts shown")->capture_default_str();
    return verb;
  };

  CLI::App* verb = spec_verb(
      "preview", "Whom a filter chooses and whom it leaves",
      "  relancectl campaign preview verger spring --channel mail --filter 'overdue > 5000 and age > 30'");
  commands.Run(verb, [&context, tenant, spec, limit]() -> absl::Status {
    campaign::v1::PreviewCampaignRequest request;
    request.set_tenant_id(*tenant);
    *request.mutable_spec() = *spec;
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CampaignService>("campaign"));
    return PrintWhole(context, rpc::Call(context.Call(), *stub, &Stub::PreviewCampaign, request), *limit);
  });

  verb = spec_verb(
      "launch", "Freeze the selection and make the contacts",
      "  relancectl campaign launch verger spring --channel mail --filter 'overdue > 5000 and age > 30'");
  commands.Run(verb, [&context, tenant, spec]() -> absl::Status {
    campaign::v1::LaunchCampaignRequest request;
    request.set_tenant_id(*tenant);
    *request.mutable_spec() = *spec;
    request.set_actor(context.Actor());
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CampaignService>("campaign"));
    RELANCE_ASSIGN_OR_RETURN(const auto response,
                             rpc::Call(context.Call(), *stub, &Stub::LaunchCampaign, request));
    if (context.json) return context.PrintJson(response);
    PrintCampaign(context, response.campaign());
    return absl::OkStatus();
  });

  auto id = std::make_shared<std::string>();
  verb = commands.Verb(group, "show", "A campaign and what it brought",
                       "  relancectl campaign show verger spring");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("campaign", *id)->required();
  verb->add_option("--limit", *limit, "accounts shown")->capture_default_str();
  commands.Run(verb, [&context, tenant, id, limit]() -> absl::Status {
    campaign::v1::GetCampaignRequest request;
    request.set_tenant_id(*tenant);
    request.set_campaign_id(*id);
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CampaignService>("campaign"));
    return PrintWhole(context, rpc::Call(context.Call(), *stub, &Stub::GetCampaign, request), *limit);
  });

  verb = commands.Verb(group, "list", "Campaigns, newest first", "  relancectl campaign list verger");
  verb->add_option("tenant", *tenant)->required();
  commands.Run(verb, [&context, tenant]() -> absl::Status {
    campaign::v1::ListCampaignsRequest request;
    request.set_tenant_id(*tenant);
    request.set_page_size(1000);
    RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CampaignService>("campaign"));
    RELANCE_ASSIGN_OR_RETURN(const auto response,
                             rpc::Call(context.Call(), *stub, &Stub::ListCampaigns, request));
    if (context.json) return context.PrintJson(response);
    for (const auto& campaign : response.campaigns()) PrintCampaign(context, campaign);
    return absl::OkStatus();
  });
}

}  // namespace relance::ctl
