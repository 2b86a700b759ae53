#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using scenario::v1::ScenarioService;
using Stub = ScenarioService::StubInterface;

std::string Numbers(const scenario::v1::Contact& contact) {
  std::vector<std::string> numbers;
  for (const auto& item : contact.items())
    numbers.push_back(item.number().empty() ? item.item_id() : item.number());
  if (numbers.size() > 4) {
    const size_t more = numbers.size() - 4;
    numbers.resize(4);
    numbers.push_back(absl::StrCat("and ", more, " more"));
  }
  return absl::StrJoin(numbers, ", ");
}

void PrintContacts(Context& context,
                   const google::protobuf::RepeatedPtrField<scenario::v1::Contact>& contacts) {
  Table table;
  table.Column("account");
  table.Column("contact");
  table.Column("channel");
  table.Column("voice");
  table.Column("state");
  table.Column("decided");
  table.Column("made");
  table.Column("items");
  table.Column("outcome");
  for (const auto& contact : contacts) {
    table.Row({contact.account_id(), contact.contact_key(), contact.channel(), contact.interlocutor(),
               contact.state(), Text(contact.decided_date()), Text(contact.sent_date()), Numbers(contact),
               contact.outcome()});
  }
  table.Print(context.out());
}

absl::Status PrintPlan(Context& context, const scenario::v1::Plan& plan) {
  auto& out = context.out();
  out << plan.account_id() << "  scenario " << plan.scenario_id() << " version " << plan.scenario_version()
      << ", " << plan.state();
  if (plan.has_next_date()) out << ", looked at again " << Text(plan.next_date());
  out << "\n";
  for (const auto& reason : plan.reasons()) out << "  " << reason << "\n";
  PrintContacts(context, plan.contacts());
  Table promises;
  promises.Column("promise");
  promises.Column("given");
  promises.Column("for");
  promises.Column("amount", Table::Align::kRight);
  promises.Column("state");
  promises.Column("paid", Table::Align::kRight);
  for (const auto& promise : plan.promises()) {
    promises.Row({promise.promise_id(), Text(promise.given_date()), Text(promise.promised_date()),
                  Text(promise.amount()), promise.state(), Text(promise.paid())});
  }
  promises.Print(out);
  for (const auto& pause : plan.pauses()) {
    out << "paused until " << Text(pause.until_date()) << ": " << pause.reason() << "\n";
  }
  return absl::OkStatus();
}

template <typename Response>
absl::Status PrintPlanResponse(Context& context, const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  if (context.json) return context.PrintJson(*response);
  return PrintPlan(context, response->plan());
}

absl::Status Apply(Context& context, const std::string& tenant, const std::string& file) {
  std::string yaml;
  if (file == "-") {
    yaml.assign(std::istreambuf_iterator<char>(context.in()), {});
  } else {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
      return absl::InvalidArgumentError(absl::StrCat(file, ": cannot be read"));
    yaml.assign(std::istreambuf_iterator<char>(in), {});
  }
  scenario::v1::ApplyScenarioRequest request;
  request.set_tenant_id(tenant);
  request.set_yaml(yaml);
  request.set_actor(context.Actor());
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &Stub::ApplyScenario, request));
  if (context.json) return context.PrintJson(response);
  context.out() << "scenario " << response.scenario().scenario_id() << " version "
                << response.scenario().version() << (response.unchanged() ? " (unchanged)" : "") << "\n";
  return absl::OkStatus();
}

absl::Status Show(Context& context, const std::string& tenant, const std::string& id, int version) {
  scenario::v1::GetScenarioRequest request;
  request.set_tenant_id(tenant);
  request.set_scenario_id(id);
  request.set_version(version);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &Stub::GetScenario, request));
  if (context.json) return context.PrintJson(response);
  const auto& found = response.scenario();
  // A remark, so that the output can be edited and applied again.
  context.out() << "# scenario " << found.scenario_id()
                << (found.version() == 0 ? std::string(" as it comes with the program")
                                         : absl::StrCat(" version ", found.version()))
                << "\n"
                << found.yaml();
  return absl::OkStatus();
}

absl::Status Preview(Context& context, const std::string& tenant, const std::string& account,
                     const std::string& date) {
  scenario::v1::PreviewAccountRequest request;
  request.set_tenant_id(tenant);
  request.set_account_id(account);
  if (!date.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_business_date(), ParseDateFlag("--date", date));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &Stub::PreviewAccount, request));
  if (context.json) return context.PrintJson(response);
  for (const auto& reason : response.reasons()) context.out() << "- " << reason << "\n";
  if (response.contacts().empty()) {
    context.out() << "nothing would leave\n";
  } else {
    PrintContacts(context, response.contacts());
  }
  context.out() << "then: " << response.plan().state() << ", looked at again "
                << Text(response.plan().next_date()) << "\n";
  return absl::OkStatus();
}

absl::Status Worklist(Context& context, const std::string& tenant, int limit) {
  scenario::v1::GetWorklistRequest request;
  request.set_tenant_id(tenant);
  request.set_page_size(limit);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &Stub::GetWorklist, request));
  if (context.json) return context.PrintJson(response);
  Table table;
  table.Column("", Table::Align::kRight);
  table.Column("do");
  table.Column("account");
  table.Column("name");
  table.Column("phone");
  table.Column("overdue", Table::Align::kRight);
  table.Column("days", Table::Align::kRight);
  table.Column("contact");
  table.Column("why here");
  for (const auto& entry : response.entries()) {
    table.Row({absl::StrCat(entry.rank()), entry.kind(), entry.account_id(), entry.name(), entry.phone(),
               Text(entry.overdue()), absl::StrCat(entry.oldest_days()), entry.contact().contact_key(),
               entry.reason()});
  }
  table.Print(context.out());
  context.out() << response.total() << " entries";
  if (response.waiting_for_fresh_data() > 0) {
    context.out() << "; " << response.waiting_for_fresh_data()
                  << " contacts wait because the books or the bank feed are too old";
  }
  context.out() << "\n";
  return absl::OkStatus();
}

absl::Status Log(Context& context, const std::string& tenant, const std::string& account, int limit) {
  scenario::v1::ListContactsRequest request;
  request.set_tenant_id(tenant);
  request.set_account_id(account);
  request.set_page_size(limit);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &Stub::ListContacts, request));
  if (context.json) return context.PrintJson(response);
  PrintContacts(context, response.contacts());
  return absl::OkStatus();
}

struct CallFlags {
  std::string tenant, account, contact, outcome, promise_date, amount, currency = "EUR", reason, until;
  std::vector<std::string> items;
  bool sent = false, not_sent = false;
};

absl::Status RecordCall(Context& context, const CallFlags& flags) {
  scenario::v1::RecordCallRequest request;
  request.set_request_id(context.RequestId());
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  request.set_contact_key(flags.contact);
  request.set_outcome(flags.outcome);
  request.set_reason(flags.reason);
  request.set_actor(context.Actor());
  for (const auto& item : flags.items) request.add_item_ids(item);
  if (!flags.promise_date.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_promised_date(),
                             ParseDateFlag("--promise-date", flags.promise_date));
  }
  if (!flags.amount.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_promised_amount(),
                             ParseMoneyFlag("--amount", flags.amount, flags.currency));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  return PrintPlanResponse(context, rpc::Call(context.Call(), *stub, &Stub::RecordCall, request));
}

absl::Status Promise(Context& context, const CallFlags& flags) {
  scenario::v1::RecordPromiseRequest request;
  request.set_request_id(context.RequestId());
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  request.set_actor(context.Actor());
  for (const auto& item : flags.items) request.add_item_ids(item);
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_promised_date(), ParseDateFlag("--date", flags.promise_date));
  if (!flags.amount.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_amount(),
                             ParseMoneyFlag("--amount", flags.amount, flags.currency));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  return PrintPlanResponse(context, rpc::Call(context.Call(), *stub, &Stub::RecordPromise, request));
}

absl::Status Pause(Context& context, const CallFlags& flags) {
  scenario::v1::PauseAccountRequest request;
  request.set_request_id(context.RequestId());
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  request.set_reason(flags.reason);
  request.set_actor(context.Actor());
  RELANCE_ASSIGN_OR_RETURN(*request.mutable_until_date(), ParseDateFlag("--until", flags.until));
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  return PrintPlanResponse(context, rpc::Call(context.Call(), *stub, &Stub::PauseAccount, request));
}

absl::Status Resume(Context& context, const CallFlags& flags) {
  scenario::v1::ResumeAccountRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  request.set_actor(context.Actor());
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  return PrintPlanResponse(context, rpc::Call(context.Call(), *stub, &Stub::ResumeAccount, request));
}

absl::Status ShowPlan(Context& context, const CallFlags& flags) {
  scenario::v1::GetPlanRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  return PrintPlanResponse(context, rpc::Call(context.Call(), *stub, &Stub::GetPlan, request));
}

absl::Status ResolveContact(Context& context, const CallFlags& flags) {
  scenario::v1::ResolveContactRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  request.set_contact_key(flags.contact);
  request.set_sent(flags.sent);
  request.set_actor(context.Actor());
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<ScenarioService>("scenario"));
  return PrintPlanResponse(context, rpc::Call(context.Call(), *stub, &Stub::ResolveContact, request));
}

}  // namespace

void AddScenarioVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->add_subcommand(
      "scenario", "What happens next: scenarios, worklist, calls, promises, pauses");
  group->require_subcommand(1);
  auto tenant = std::make_shared<std::string>();
  auto account = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();

  CLI::App* verb = commands.Verb(group, "apply", "Store a new version of a scenario",
                                 "  relancectl scenario apply verger fr-b2b.yaml");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("file", *file, "YAML; - is standard input")->required();
  commands.Run(verb, [&context, tenant, file] { return Apply(context, *tenant, *file); });

  auto scenario_id = std::make_shared<std::string>();
  auto version = std::make_shared<int>(0);
  verb = commands.Verb(group, "show", "The text of a scenario",
                       "  relancectl scenario show verger > mine.yaml\n"
                       "  relancectl scenario show verger fr-b2b --version 2");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("scenario", *scenario_id, "default: the one that the tenant runs under");
  verb->add_option("--version", *version, "default: the newest");
  commands.Run(verb, [&context, tenant, scenario_id, version] {
    return Show(context, *tenant, *scenario_id, *version);
  });

  auto date = std::make_shared<std::string>();
  verb = commands.Verb(group, "preview", "What would happen to an account at a date, and why",
                       "  relancectl scenario preview verger RJKO00\n  relancectl scenario preview verger "
                       "RJKO00 --date 2022-04-15");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("account", *account)->required();
  verb->add_option("--date", *date, "default: today of the tenant");
  commands.Run(verb,
               [&context, tenant, account, date] { return Preview(context, *tenant, *account, *date); });

  auto limit = std::make_shared<int>(20);
  verb = commands.Verb(group, "worklist", "Calls to make today, best first, and contacts to look at",
                       "  relancectl scenario worklist verger --limit 10");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("--limit", *limit)->capture_default_str();
  commands.Run(verb, [&context, tenant, limit] { return Worklist(context, *tenant, *limit); });

  auto log_limit = std::make_shared<int>(50);
  verb = commands.Verb(group, "log", "Contacts, newest first",
                       "  relancectl scenario log verger\n  relancectl scenario log verger RJKO00");
  verb->add_option("tenant", *tenant)->required();
  verb->add_option("account", *account, "default: all accounts");
  verb->add_option("--limit", *log_limit)->capture_default_str();
  commands.Run(
      verb, [&context, tenant, account, log_limit] { return Log(context, *tenant, *account, *log_limit); });

  auto flags = std::make_shared<CallFlags>();
  const auto account_verb = [&](const std::string& name, const std::string& help,
                                const std::string& examples) {
    CLI::App* made = commands.Verb(group, name, help, examples);
    made->add_option("tenant", flags->tenant)->required();
    made->add_option("account", flags->account)->required();
    return made;
  };

  verb = account_verb("plan", "Where an account stands", "  relancectl scenario plan verger RJKO00");
  commands.Run(verb, [&context, flags] { return ShowPlan(context, *flags); });

  verb = account_verb("call", "Record a call and what came of it",
                      "  relancectl scenario call verger RJKO00 --outcome no_answer\n"
                      "  relancectl scenario call verger RJKO00 --contact 3/call --outcome promised "
                      "--promise-date 2022-05-06 --amount 1200.00\n"
                      "  relancectl scenario call verger RJKO00 --outcome disputed --reason QUALITY");
  verb->add_option("--contact", flags->contact, "the call of the worklist; default: the open one");
  verb->add_option("--outcome", flags->outcome)
      ->required()
      ->check(CLI::IsMember({"promised", "disputed", "no_answer", "refused", "message_left", "paid"}));
  verb->add_option("--promise-date", flags->promise_date, "with promised (yyyy-mm-dd)");
  verb->add_option("--amount", flags->amount, "with promised; default: all that is overdue");
  verb->add_option("--currency", flags->currency)->capture_default_str();
  verb->add_option("--reason", flags->reason, "with disputed: UPPER_SNAKE");
  verb->add_option("--item", flags->items, "with disputed; may be repeated");
  commands.Run(verb, [&context, flags] { return RecordCall(context, *flags); });

  verb = account_verb("promise", "Record a promise",
                      "  relancectl scenario promise verger RJKO00 --date 2022-05-06 --amount 1200.00");
  verb->add_option("--date", flags->promise_date, "promised day (yyyy-mm-dd)")->required();
  verb->add_option("--amount", flags->amount, "default: all that is overdue");
  verb->add_option("--currency", flags->currency)->capture_default_str();
  verb->add_option("--item", flags->items, "may be repeated; default: all overdue items");
  commands.Run(verb, [&context, flags] { return Promise(context, *flags); });

  verb = account_verb("pause", "Let nothing leave for a while",
                      "  relancectl scenario pause verger RJKO00 --until 2022-05-31 --reason NEGOTIATION");
  verb->add_option("--until", flags->until, "last day (yyyy-mm-dd)")->required();
  verb->add_option("--reason", flags->reason)->required();
  commands.Run(verb, [&context, flags] { return Pause(context, *flags); });

  verb = account_verb("resume", "End all pauses", "  relancectl scenario resume verger RJKO00");
  commands.Run(verb, [&context, flags] { return Resume(context, *flags); });

  verb = account_verb("resolve", "Say what became of a contact whose fate is unknown",
                      "  relancectl scenario resolve verger RJKO00 --contact 3/final_notice --sent");
  verb->add_option("--contact", flags->contact)->required();
  CLI::Option* sent = verb->add_flag("--sent", flags->sent, "it left");
  verb->add_flag("--not-sent", flags->not_sent, "it did not, and is sent anew")->excludes(sent);
  commands.Run(verb, [&context, flags]() -> absl::Status {
    if (flags->sent == flags->not_sent) return absl::InvalidArgumentError("say --sent or --not-sent");
    return ResolveContact(context, *flags);
  });
}

}  // namespace relance::ctl
