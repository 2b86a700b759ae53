#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "common/rpc/call_context.h"

// Streams inside a handler: bounded, and ended by the deadline.
namespace relance::rpc {

// What ForEachMessage and WriteMessage say about the stream itself.
absl::Status CheckStreamMayStart(const CallContext& call);
absl::Status CheckStreamGoesOn(const CallContext& call, int64_t messages, int64_t messages_max);
absl::Status StreamEndedByCaller(const CallContext& call);

// Hands every message of a client stream to `handle`, until it fails or the client is done. One message
// object is reused.
//
// Errors: INVALID_ARGUMENT / DEADLINE_REQUIRED when the caller set no deadline: a silent client would hold a
// thread for ever; RESOURCE_EXHAUSTED / TOO_MANY_MESSAGES over messages_max; DEADLINE_EXCEEDED /
// DEADLINE_PASSED and CANCELLED / CALLER_GONE, also when the stream broke off in the middle; those of
// `handle`.
template <typename Message, typename Reader>
absl::Status ForEachMessage(const CallContext& call, Reader& reader, int64_t messages_max,
                            absl::FunctionRef<absl::Status(const Message&)> handle) {
  absl::Status status = CheckStreamMayStart(call);
  Message message;
  for (int64_t count = 1; status.ok() && reader.Read(&message); ++count) {
    status = CheckStreamGoesOn(call, count, messages_max);
    if (status.ok()) status = handle(message);
  }
  if (!status.ok()) return status;
  // Read() ends in the same way for "done" and for "gone"; only a call that still lives is done.
  return StreamEndedByCaller(call);
}

// Writes one message of a server stream; blocks while the client is slow, until its deadline.
// Errors: DEADLINE_EXCEEDED / DEADLINE_PASSED, CANCELLED / CALLER_GONE: end the handler then.
template <typename Message, typename Writer>
absl::Status WriteMessage(const CallContext& call, Writer& writer, const Message& message) {
  absl::Status status = CheckStreamGoesOn(call, 0, 0);
  if (!status.ok() || writer.Write(message)) return status;
  status = StreamEndedByCaller(call);
  // The write failed although the call looks alive: the cancellation is just not known here yet.
  return status.ok() ? absl::CancelledError("the caller is gone") : status;
}

}  // namespace relance::rpc
