#include "tools/relancectl/context.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/config/command_line.h"
#include "common/money/decimal_text.h"
#include "common/money/money.h"
#include "common/rpc/channel.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "google/protobuf/util/json_util.h"

namespace relance::ctl {
namespace {

constexpr std::chrono::seconds kConnectWait(2);

absl::Status ToJson(const google::protobuf::Message& message, bool pretty, std::string* out) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = pretty;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  const auto status = google::protobuf::util::MessageToJsonString(message, out, options);
  if (!status.ok()) return absl::InternalError("the answer has no JSON form");
  return absl::OkStatus();
}

// var/relance.yaml here, or beside the folder that this program was built in.
std::string FindConfig() {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::exists("var/relance.yaml", ignored)) return "var/relance.yaml";
  for (fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
       folder != folder.root_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "var/relance.yaml", ignored)) return (folder / "var/relance.yaml").string();
    if (folder.empty()) break;
  }
  return "";
}

// What a person can do about an error, by its code.
const char* Advice(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return "is the service running? ./run status shows it; the same command may be repeated";
    case absl::StatusCode::kDeadlineExceeded:
      return "the outcome is not known; the same command may be repeated, with a longer --timeout";
    case absl::StatusCode::kAborted:
      return "somebody changed it meanwhile: look again, then repeat";
    case absl::StatusCode::kNotFound:
      return "check the names; lists: relancectl tenant list, ledger accounts";
    default:
      return "";
  }
}

}  // namespace

std::string Context::Actor() const {
  if (!actor.empty()) return actor;
  const char* user = std::getenv("USER");
  return absl::StrCat("user:", user == nullptr ? "operator" : user);
}

std::string Context::RequestId() {
  sent_request_id_ = request_id.empty() ? NewRequestId() : request_id;
  return sent_request_id_;
}

absl::Status Context::LoadConfig() {
  if (loaded_) return absl::OkStatus();
  config::Schema schema;
  config::DeclareInstallation(&schema, &installation_, "");
  config::Sources sources;
  sources.environment = config::ProcessEnvironment();
  const char* named = std::getenv("RELANCE_CONFIG");
  sources.file = !config_file.empty() ? config_file : named != nullptr ? named : FindConfig();
  if (sources.file.empty()) {
    return absl::FailedPreconditionError(
        "no configuration: pass --config FILE, set RELANCE_CONFIG, or start an installation with ./run up");
  }
  RELANCE_RETURN_IF_ERROR(schema.Load(sources));
  loaded_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Context::ChannelOf(const std::string& service) {
  const auto it = channels_.find(service);
  if (it != channels_.end()) return it->second;
  RELANCE_RETURN_IF_ERROR(LoadConfig());
  RELANCE_ASSIGN_OR_RETURN(auto channel,
                           rpc::MakeChannel(installation_.TargetOf(service), installation_.tls));
  // A first attempt that fails is no answer: gRPC 1.51 takes an attempt for failed when making it disturbs
  // errno, and a service that was just started may not listen yet. When nobody is there the call says so.
  channel->WaitForConnected(std::chrono::system_clock::now() + kConnectWait);
  channels_[service] = channel;
  return channel;
}

absl::Status Context::PrintJson(const google::protobuf::Message& message) {
  std::string text;
  RELANCE_RETURN_IF_ERROR(ToJson(message, true, &text));
  out_ << text;
  return absl::OkStatus();
}

absl::Status Context::PrintJsonLine(const google::protobuf::Message& message) {
  std::string text;
  RELANCE_RETURN_IF_ERROR(ToJson(message, false, &text));
  out_ << text << "\n";
  return absl::OkStatus();
}

int Context::Finish(const absl::Status& status) {
  out_.flush();
  code_ = status.code();
  const std::string sent_request_id = std::move(sent_request_id_);
  sent_request_id_.clear();
  if (status.ok()) return 0;
  const ErrorInfo info = ErrorInfoOf(status);
  err_ << "relancectl: " << status.message();
  if (!info.reason.empty()) err_ << " [" << info.reason << "]";
  err_ << "\n";
  for (const auto& [key, value] : info.metadata) err_ << "  " << key << ": " << value << "\n";
  if (const char* advice = Advice(status.code()); advice[0] != '\0') err_ << "  " << advice << "\n";
  const bool outcome_unknown = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  if (outcome_unknown && !sent_request_id.empty()) {
    err_ << "  so that it is not done twice, repeat it with --request-id " << sent_request_id << "\n";
  }
  err_.flush();
  return 1;
}

CLI::App* Commands::Verb(CLI::App* group, const std::string& name, const std::string& help,
                         const std::string& examples) const {
  CLI::App* verb = group->add_subcommand(name, help);
  verb->footer("examples:\n" + examples);
  return verb;
}

void Commands::Run(CLI::App* verb, Action action) const {
  verb->callback([result = result, action = std::move(action)] { *result = action(); });
}

std::string Text(const type::v1::Date& date) {
  if (date.year() == 0) return "";
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string Text(const type::v1::Money& money) {
  if (money.currency_code().empty()) return "";
  const auto amount = rpc::MoneyFromProto(money, "amount");
  if (!amount.ok()) return "?";
  return FormatPlain(*amount);
}

std::string Percent(double share) { return absl::StrFormat("%.1f %%", share * 100); }

absl::StatusOr<type::v1::Date> ParseDateFlag(const std::string& flag, const std::string& text) {
  const auto day = ParseIsoDay(text);
  if (!day.ok()) return absl::InvalidArgumentError(absl::StrCat(flag, ": ", day.status().message()));
  return rpc::DayToProto(*day);
}

absl::StatusOr<type::v1::Money> ParseMoneyFlag(const std::string& flag, const std::string& amount,
                                               const std::string& currency) {
  const auto exponent = CurrencyExponent(currency);
  if (!exponent.ok()) return absl::InvalidArgumentError(absl::StrCat(flag, ": unknown currency ", currency));
  const auto minor = ParseDecimalMinor(amount, *exponent, DecimalStyle{});
  if (!minor.ok()) return absl::InvalidArgumentError(absl::StrCat(flag, ": ", minor.status().message()));
  return rpc::MoneyToProto(Money{*minor, currency});
}

std::string NewRequestId() {
  static std::random_device device;
  std::string id;
  for (int i = 0; i < 4; ++i) absl::StrAppendFormat(&id, "%08x", device());
  id[12] = '4';
  id[16] = '8';
  return absl::StrCat(id.substr(0, 8), "-", id.substr(8, 4), "-", id.substr(12, 4), "-", id.substr(16, 4),
                      "-", id.substr(20, 12));
}

int RunCommand(Context& context, const std::vector<std::string>& arguments) {
  CLI::App app("Relance from the command line: commands for people, and with --json for programs.",
               "relancectl");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--config", context.config_file, "configuration of the installation");
  app.add_flag("--json", context.json, "print protobuf JSON");
  app.add_option("--timeout", context.timeout_seconds, "seconds until a call gives up")
      ->capture_default_str();
  app.add_option("--actor", context.actor, "who says so, for the evidence (user:<id>)");
  app.add_option("--request-id", context.request_id,
                 "UUID of a command whose outcome was not known: repeats it without doing it twice");
  app.footer("exit code: 0 done, 1 refused, 2 usage. Help of a verb: relancectl ledger import --help");
  Commands commands{&app, &context, std::make_shared<absl::Status>()};
  AddTenantVerbs(commands);
  AddLedgerVerbs(commands);
  AddCashVerbs(commands);
  AddLedgerFileVerbs(commands);
  AddReportVerbs(commands);
  AddAgreementVerbs(commands);
  AddWatchVerb(commands);
  AddRiskVerbs(commands);
  AddScenarioVerbs(commands);
  AddCampaignVerbs(commands);
  AddHandoffVerbs(commands);
  AddEvidenceVerbs(commands);
  AddToolVerbs(commands);
  try {
    // CLI11 takes the arguments from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& help) {
    app.exit(help, context.out(), context.err());
    return 0;
  } catch (const CLI::ParseError& error) {
    app.exit(error, context.out(), context.err());
    return 2;
  }
  // Values that the verb itself could not read are usage too: nothing was asked of a service.
  if (absl::IsInvalidArgument(*commands.result) && ReasonOf(*commands.result).empty()) {
    context.err() << "relancectl: " << commands.result->message() << "\n";
    return 2;
  }
  return context.Finish(*commands.result);
}

}  // namespace relance::ctl
