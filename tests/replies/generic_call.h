#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace relance::testing {

using Messages = std::vector<std::unique_ptr<google::protobuf::Message>>;

// What an RPC of any kind answered: one response, several of a stream, or none.
struct Reply {
  grpc::Status status;
  Messages responses;
};

// The RPC of a full name, "relance.ledger.v1.LedgerService.GetAccount", from the protos in this program.
// Errors: NOT_FOUND.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindRpc(const std::string& full_name);

// Empty messages of an RPC.
std::unique_ptr<google::protobuf::Message> NewRequest(const google::protobuf::MethodDescriptor& rpc);

// Sends all requests, closes the stream, and reads to the end; where both sides stream, an answer is awaited
// after each request. One function for all four kinds of RPC: on the wire they do not differ. A service that
// ends the call early leaves the rest unsent. Waits 60 s at most. A stream without an end is left after
// `answers_max` answers; 0: read to the end.
Reply SendCall(const std::shared_ptr<grpc::Channel>& channel, const google::protobuf::MethodDescriptor& rpc,
               const Messages& requests, int answers_max = 0);

}  // namespace relance::testing
