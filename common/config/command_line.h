#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/schema.h"

namespace relance::config {

// What a service was started with.
struct CommandLine {
  Sources sources;
  bool check_config = false;  // load, say whether it is good, and end
  bool help = false;
};

// Parses "--config FILE --set section.key=value ... --check-config --help" ("--name=value" too). `arguments`
// is without the program name. Without --config, $RELANCE_CONFIG names the file. Errors: INVALID_ARGUMENT /
// FLAG_INVALID.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment);

// The variables of this process that start with "RELANCE_".
std::map<std::string, std::string> ProcessEnvironment();

// For main(): parses, loads into the bound variables and returns; ends the process on --help and
// --check-config (exit 0) and on any problem (all problems on stderr, exit 2).
void LoadOrExit(const Schema& schema, int argc, char** argv);

// The same without ending the process: returns the exit code, or -1 to go on. Output is appended to `out`.
int LoadFor(const Schema& schema, absl::string_view program, const std::vector<std::string>& arguments,
            const std::map<std::string, std::string>& environment, std::string* out);

}  // namespace relance::config
