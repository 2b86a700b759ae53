#include "services/ledger/readers/refusal.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"

namespace relance::ledger {

absl::Status RefuseFile(absl::string_view file, int64_t line, absl::string_view field,
                        absl::string_view reason, absl::string_view message, absl::StatusCode code) {
  std::map<std::string, std::string> metadata = {{"file", std::string(file)}, {"line", absl::StrCat(line)}};
  if (!field.empty()) metadata["field"] = std::string(field);
  const std::string text =
      absl::StrCat(file, ":", line, ": ", field, field.empty() ? "" : ": ", message, "; the file is refused");
  return DomainError(code, reason, text, std::move(metadata));
}

}  // namespace relance::ledger
