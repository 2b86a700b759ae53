#include "common/config/command_line.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/domain_error.h"

namespace relance::config {
namespace {

constexpr int kExitUsage = 2;
constexpr char kConfigVariable[] = "RELANCE_CONFIG";

absl::Status FlagInvalid(absl::string_view flag, absl::string_view reason) {
  return DomainError(absl::StatusCode::kInvalidArgument, "FLAG_INVALID", absl::StrCat(flag, ": ", reason),
                     {{"flag", std::string(flag)}});
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment) {
  CommandLine line;
  line.sources.environment = environment;
  auto variable = environment.find(kConfigVariable);
  if (variable != environment.end()) line.sources.file = variable->second;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::pair<std::string, std::string> parts = absl::StrSplit(arguments[i], absl::MaxSplits('=', 1));
    const std::string& flag = parts.first;
    const bool has_value = absl::StrContains(arguments[i], '=');
    if (flag == "--check-config" || flag == "--help") {
      if (has_value) return FlagInvalid(flag, "takes no value");
      (flag == "--help" ? line.help : line.check_config) = true;
    } else if (flag == "--config" || flag == "--set") {
      if (!has_value && i + 1 == arguments.size()) return FlagInvalid(flag, "needs a value");
      std::string value = has_value ? parts.second : arguments[++i];
      if (value.empty()) return FlagInvalid(flag, "needs a value");
      if (flag == "--set") {
        line.sources.overrides.push_back(std::move(value));
      } else {
        line.sources.file = std::move(value);
      }
    } else {
      return FlagInvalid(arguments[i], "unknown flag; see --help");
    }
  }
  return line;
}

std::map<std::string, std::string> ProcessEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!absl::StartsWith(*entry, "RELANCE_")) continue;
    variables.insert(std::pair<std::string, std::string>(absl::StrSplit(*entry, absl::MaxSplits('=', 1))));
  }
  return variables;
}

int LoadFor(const Schema& schema, absl::string_view program, const std::vector<std::string>& arguments,
            const std::map<std::string, std::string>& environment, std::string* out) {
  absl::StatusOr<CommandLine> line = ParseCommandLine(arguments, environment);
  if (!line.ok()) {
    absl::StrAppend(out, program, ": ", line.status().message(), "\n");
    return kExitUsage;
  }
  if (line->help) {
    absl::StrAppend(
        out, "usage: ", program, " [--config FILE] [--set key=value]... [--check-config] [--help]\n\n",
        "FILE is YAML ($RELANCE_CONFIG when --config is not given). Each key may be set by its variable,\n"
        "for example $RELANCE_STORE_PARTITIONS for store.partitions, and by --set, which wins.\n\nkeys:\n",
        schema.Help());
    return 0;
  }
  const absl::Status loaded = schema.Load(line->sources);
  if (!loaded.ok()) {
    absl::StrAppend(out, loaded.message(), "\n");
    return kExitUsage;
  }
  if (!line->check_config) return -1;
  absl::StrAppend(out, program, ": the configuration is good\n");
  return 0;
}

void LoadOrExit(const Schema& schema, int argc, char** argv) {
  std::string out;
  const std::string path = argc > 0 ? argv[0] : "relance";
  const std::string program = path.substr(path.rfind('/') + 1);
  const int code = LoadFor(schema, program, std::vector<std::string>(argv + (argc > 0), argv + argc),
                           ProcessEnvironment(), &out);
  if (code < 0) return;
  std::fputs(out.c_str(), code == 0 ? stdout : stderr);
  std::exit(code);
}

}  // namespace relance::config
