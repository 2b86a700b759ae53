#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/status_macros.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/words.h"

namespace relance::ctl {
namespace {

absl::Status Health(Context& context, const std::string& service) {
  RELANCE_ASSIGN_OR_RETURN(auto channel, context.ChannelOf(service));
  const auto stub = grpc::health::v1::Health::NewStub(channel);
  RELANCE_ASSIGN_OR_RETURN(const auto response,
                           rpc::Call(context.Call(), *stub, &grpc::health::v1::Health::StubInterface::Check,
                                     grpc::health::v1::HealthCheckRequest()));
  if (context.json) RELANCE_RETURN_IF_ERROR(context.PrintJson(response));
  const bool serving = response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  if (!context.json) context.out() << service << (serving ? " is serving\n" : " is not serving\n");
  return serving ? absl::OkStatus() : absl::UnavailableError("the service is up, but not ready");
}

// A bash completion made from the verbs themselves.
absl::Status Completion(Context& context, CLI::App* app) {
  auto& out = context.out();
  std::string groups;
  for (CLI::App* group : app->get_subcommands([](CLI::App*) { return true; }))
    absl::StrAppend(&groups, " ", group->get_name());
  out << "# bash completion of relancectl; use: source <(relancectl completion)\n"
      << "_relancectl() {\n  local word=${COMP_WORDS[COMP_CWORD]} words\n"
      << "  case \"${COMP_WORDS[1]-} ${COMP_WORDS[2]-}\" in\n";
  for (CLI::App* group : app->get_subcommands([](CLI::App*) { return true; })) {
    std::string verbs;
    for (CLI::App* verb : group->get_subcommands([](CLI::App*) { return true; })) {
      absl::StrAppend(&verbs, " ", verb->get_name());
      std::string options;
      for (const CLI::Option* option : verb->get_options()) {
        for (const std::string& name : option->get_lnames()) absl::StrAppend(&options, " --", name);
      }
      out << "    '" << group->get_name() << " " << verb->get_name() << "') words='" << options << "' ;;\n";
    }
    if (!verbs.empty()) out << "    '" << group->get_name() << " '*) words='" << verbs << "' ;;\n";
  }
  out << "    *) words='" << groups << " --json --config --timeout --actor --request-id' ;;\n  esac\n"
      << "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\") $(compgen -f -- \"$word\"))\n}\n"
      << "complete -F _relancectl relancectl\n";
  return absl::OkStatus();
}

// Commands from a file, one a line: one process, one set of connections.
absl::Status Script(Context& context, const std::string& file, bool keep_going, bool echo) {
  std::ifstream opened;
  std::istream* in = &context.in();
  if (file != "-") {
    opened.open(file);
    if (!opened) return absl::InvalidArgumentError(absl::StrCat(file, ": cannot be opened"));
    in = &opened;
  }
  std::string line;
  int64_t number = 0, done = 0, refused = 0;
  while (std::getline(*in, line)) {
    ++number;
    auto words = SplitWords(line);
    if (words.ok() && words->empty()) continue;
    if (words.ok() && (*words)[0] == "relancectl") words->erase(words->begin());
    if (echo) context.out() << "$ relancectl " << line << "\n";
    // A line's own flags last as long as the line.
    const bool json = context.json;
    const std::string actor = context.actor;
    const std::string request_id = context.request_id;
    const double timeout = context.timeout_seconds;
    const int code = words.ok() ? RunCommand(context, *words) : 2;
    context.json = json;
    context.actor = actor;
    context.request_id = request_id;
    context.timeout_seconds = timeout;
    if (code == 0) {
      ++done;
      continue;
    }
    ++refused;
    context.err() << file << ":" << number << ": ended with " << code
                  << (words.ok() ? "" : ": a quote is not closed") << "\n";
    if (!keep_going) break;
  }
  if (refused > 0)
    return absl::FailedPreconditionError(absl::StrCat(refused, " commands were refused, ", done, " done"));
  return absl::OkStatus();
}

}  // namespace

void AddToolVerbs(const Commands& commands) {
  Context& context = *commands.context;
  auto service = std::make_shared<std::string>();
  CLI::App* verb = commands.app->add_subcommand("health", "Whether a service is ready");
  verb->footer("examples:\n  relancectl health ledger");
  verb->add_option("service", *service)
      ->required()
      ->check(CLI::IsMember({"ledger", "risk", "scenario", "campaign", "handoff"}));
  commands.Run(verb, [&context, service] { return Health(context, *service); });

  verb = commands.app->add_subcommand("completion", "Print the completion for bash");
  verb->footer("examples:\n  source <(relancectl completion)");
  commands.Run(verb, [&context, app = commands.app] { return Completion(context, app); });

  auto file = std::make_shared<std::string>();
  auto keep_going = std::make_shared<bool>(false);
  auto echo = std::make_shared<bool>(false);
  verb = commands.app->add_subcommand("script", "Run commands from a file, one a line");
  verb->footer("examples:\n  relancectl script day.txt\n  relancectl script --keep-going -");
  verb->add_option("file", *file, "- is standard input")->required();
  verb->add_flag("--keep-going", *keep_going, "go on behind a refused command");
  verb->add_flag("--echo", *echo, "print each command");
  commands.Run(verb,
               [&context, file, keep_going, echo] { return Script(context, *file, *keep_going, *echo); });
}

}  // namespace relance::ctl
