#include "common/rpc/streams.h"

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"

namespace relance::rpc {

absl::Status CheckStreamMayStart(const CallContext& call) {
  if (call.has_caller_deadline) return absl::OkStatus();
  return DomainError(absl::StatusCode::kInvalidArgument, "DEADLINE_REQUIRED",
                     "a call that streams to the server needs a deadline");
}

absl::Status CheckStreamGoesOn(const CallContext& call, int64_t messages, int64_t messages_max) {
  if (messages > messages_max) {
    return DomainError(absl::StatusCode::kResourceExhausted, "TOO_MANY_MESSAGES",
                       absl::StrCat("more than ", messages_max, " messages in one stream"),
                       {{"messagesMax", absl::StrCat(messages_max)}});
  }
  if (call.Remaining() <= absl::ZeroDuration()) {
    return DomainError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_PASSED",
                       "the deadline passed within the stream");
  }
  return absl::OkStatus();
}

absl::Status StreamEndedByCaller(const CallContext& call) {
  if (call.Remaining() <= absl::ZeroDuration()) return CheckStreamGoesOn(call, 0, 0);
  if (!call.cancelled()) return absl::OkStatus();
  return DomainError(absl::StatusCode::kCancelled, "CALLER_GONE", "the caller is gone");
}

}  // namespace relance::rpc
