#include "samples/toolkit/command_line.h"

#include "absl/flags/parse.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"

namespace relance::samples {

std::vector<std::string> ParseFlags(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (!absl::StartsWith(argv[i], "--")) continue;
    for (char* c = argv[i] + 2; *c != '\0' && *c != '='; ++c) {
      if (*c == '-') *c = '_';
    }
  }
  std::vector<std::string> arguments;
  for (char* argument : absl::ParseCommandLine(argc, argv)) arguments.emplace_back(argument);
  arguments.erase(arguments.begin());
  return arguments;
}

absl::StatusOr<absl::CivilDay> DayOfFlag(absl::string_view name, const std::string& text,
                                         absl::CivilDay when_empty) {
  if (text.empty()) return when_empty;
  const auto day = ParseIsoDay(text);
  if (!day.ok()) return AddContext(day.status(), absl::StrCat("--", name));
  return *day;
}

absl::Status FlagError(absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, "FLAG_INVALID", message);
}

}  // namespace relance::samples
