#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace relance {

// What a failure tells programs: the fields of google.rpc.ErrorInfo.
//
// reason:   UPPER_SNAKE, at most 63 characters, never reused for another meaning.
// domain:   "<service>.relance"; empty until the server frame fills in its service.
// metadata: every value that the message mentions, keys in lowerCamelCase. No personal data.
struct ErrorInfo {
  std::string reason;
  std::string domain;
  std::map<std::string, std::string> metadata;
};

// A status of `code` that carries `reason` and `metadata`, and travels unchanged to the gRPC client.
// People read `message`; programs branch on the code and the reason.
absl::Status DomainError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                         std::map<std::string, std::string> metadata = {});

// Attaches `info` to `status`, replacing what it carried. OK statuses are returned as they are.
absl::Status WithErrorInfo(absl::Status status, const ErrorInfo& info);

// The ErrorInfo that `status` carries; all fields empty when it has none.
ErrorInfo ErrorInfoOf(const absl::Status& status);

// Shorthand for ErrorInfoOf(status).reason.
std::string ReasonOf(const absl::Status& status);

// Adds `key: value` to the metadata and `context` in front of the message; code and reason stay.
// Metadata that is there already wins: the innermost place knows best.
absl::Status AddContext(const absl::Status& status, absl::string_view context, absl::string_view key = "",
                        absl::string_view value = "");

}  // namespace relance
