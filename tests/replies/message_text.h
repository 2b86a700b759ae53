#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"
#include "tests/replies/generic_call.h"

// Messages as people read them: protobuf text, several ones parted by a line "---". Dates, amounts and
// instants stand on one line, texts of several lines in one literal a line.
namespace relance::testing {

std::string ToText(const google::protobuf::Message& message);
std::string ToText(const Messages& messages);

// A refusal: its google.rpc.Status with the details spelled out, and the name of its code as a comment.
std::string ToText(const grpc::Status& status);

// The messages of a file for an RPC. A file without any text is one empty message.
// Errors: INVALID_ARGUMENT with line and column of `file_name`.
absl::StatusOr<Messages> ParseRequests(const google::protobuf::MethodDescriptor& rpc, absl::string_view text,
                                       absl::string_view file_name);

}  // namespace relance::testing
