#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/status_macros.h"
#include "relance/risk/v1/risk_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using risk::v1::RiskService;

std::string FirstReason(const google::protobuf::RepeatedPtrField<risk::v1::Reason>& reasons) {
  if (reasons.empty()) return "";
  return absl::StrFormat("%s (%+.1f points)", reasons[0].evidence(), reasons[0].contribution() * 100);
}

absl::Status Score(Context& context, const std::string& tenant, const std::string& account) {
  risk::v1::ScoreAccountRequest request;
  request.set_tenant_id(tenant);
  request.set_account_id(account);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<RiskService>("risk"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &RiskService::StubInterface::ScoreAccount, request));
  if (context.json) return context.PrintJson(response);
  const auto& score = response.account();
  context.out() << absl::StrFormat(
      "%s  %s\nscore %d (%s): pays late with %s, on average %+.1f days; %d settled invoices, model %s, data "
      "up to %s\n",
      score.account_id(), score.name(), score.score(), score.letter(), Percent(score.late_probability()),
      score.expected_days_late(), score.observations(), score.model(), Text(score.data_date()));
  for (const auto& reason : score.reasons()) {
    context.out() << absl::StrFormat("  %+6.1f points  %s  %s\n", reason.contribution() * 100, reason.code(),
                                     reason.evidence());
  }
  Table table;
  table.Column("item");
  table.Column("number");
  table.Column("open", Table::Align::kRight);
  table.Column("due");
  table.Column("late", Table::Align::kRight);
  table.Column("expected");
  table.Column("main reason");
  for (const auto& item : response.items()) {
    table.Row({item.item_id(), item.number(), Text(item.open()), Text(item.due_date()),
               Percent(item.late_probability()), Text(item.expected_date()), FirstReason(item.reasons())});
  }
  table.Print(context.out());
  return absl::OkStatus();
}

absl::Status Rank(Context& context, const std::string& tenant, int limit) {
  risk::v1::RankAccountsRequest request;
  request.set_tenant_id(tenant);
  request.set_page_size(limit);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<RiskService>("risk"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &RiskService::StubInterface::RankAccounts, request));
  if (context.json) return context.PrintJson(response);
  Table table;
  table.Column("account");
  table.Column("name");
  table.Column("open", Table::Align::kRight);
  table.Column("score", Table::Align::kRight);
  table.Column("");
  table.Column("late", Table::Align::kRight);
  table.Column("days", Table::Align::kRight);
  table.Column("main reason");
  for (const auto& score : response.accounts()) {
    table.Row({score.account_id(), score.name(), Text(score.open()), absl::StrCat(score.score()),
               score.letter(), Percent(score.late_probability()),
               absl::StrFormat("%+.1f", score.expected_days_late()), FirstReason(score.reasons())});
  }
  table.Print(context.out());
  return absl::OkStatus();
}

}  // namespace

void AddRiskVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->add_subcommand("risk", "Who pays late, when, and why");
  group->require_subcommand(1);
  auto tenant = std::make_shared<std::string>();
  auto account = std::make_shared<std::string>();
  CLI::App* verb = commands.Verb(group, "score", "The score of an account and of its open items",
                                 "  relancectl risk score verger RJKO00");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("account", *account)->required();
  commands.Run(verb, [&context, tenant, account] { return Score(context, *tenant, *account); });

  auto limit = std::make_shared<int>(20);
  verb = commands.Verb(group, "rank", "Accounts by open amount x expected days late",
                       "  relancectl risk rank verger --limit 10");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("--limit", *limit)->capture_default_str();
  commands.Run(verb, [&context, tenant, limit] { return Rank(context, *tenant, *limit); });
}

}  // namespace relance::ctl
