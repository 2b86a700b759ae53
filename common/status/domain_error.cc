#include "common/status/domain_error.h"

#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace relance {
namespace {

// The payload is reason, domain, then key and value in turn, each ended by a NUL: no field can hold one.
constexpr char kPayloadUrl[] = "relance/ErrorInfo";

std::string Encode(const ErrorInfo& info) {
  std::string out = absl::StrCat(info.reason, std::string(1, '\0'), info.domain, std::string(1, '\0'));
  for (const auto& [key, value] : info.metadata) {
    absl::StrAppend(&out, key, std::string(1, '\0'), value, std::string(1, '\0'));
  }
  return out;
}

}  // namespace

absl::Status WithErrorInfo(absl::Status status, const ErrorInfo& info) {
  if (status.ok()) return status;
  status.SetPayload(kPayloadUrl, absl::Cord(Encode(info)));
  return status;
}

absl::Status DomainError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                         std::map<std::string, std::string> metadata) {
  return WithErrorInfo(absl::Status(code, message), {std::string(reason), "", std::move(metadata)});
}

ErrorInfo ErrorInfoOf(const absl::Status& status) {
  ErrorInfo info;
  absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return info;
  const std::string flat(*payload);
  const std::vector<std::string> parts = absl::StrSplit(flat, '\0');
  if (parts.size() < 2) return info;
  info.reason = parts[0];
  info.domain = parts[1];
  for (size_t i = 2; i + 1 < parts.size(); i += 2) info.metadata[parts[i]] = parts[i + 1];
  return info;
}

std::string ReasonOf(const absl::Status& status) { return ErrorInfoOf(status).reason; }

absl::Status AddContext(const absl::Status& status, absl::string_view context, absl::string_view key,
                        absl::string_view value) {
  if (status.ok()) return status;
  ErrorInfo info = ErrorInfoOf(status);
  if (!key.empty()) info.metadata.emplace(std::string(key), std::string(value));
  return WithErrorInfo(absl::Status(status.code(), absl::StrCat(context, ": ", status.message())), info);
}

}  // namespace relance
