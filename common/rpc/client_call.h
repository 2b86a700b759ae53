#pragma once

#include <grpcpp/client_context.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/call_context.h"
#include "common/rpc/status_conversion.h"

namespace relance::rpc {

struct OutgoingOptions {
  // Kept back from the deadline of the incoming call, to answer it still when this call times out.
  absl::Duration margin = absl::Milliseconds(20);
  // An earlier limit for this call; infinite: only the deadline counts.
  absl::Duration timeout_max = absl::InfiniteDuration();
  // Whether the token of the person goes along, so that the other service can check it too.
  bool forward_token = true;
};

// Makes `context` part of `call`: deadline, trace, x-request-id and token.
void PrepareOutgoing(const CallContext& call, grpc::ClientContext* context,
                     const OutgoingOptions& options = {});

// One unary call under `call`:
//   rpc::Call(call, *stub_, &v1::LedgerService::StubInterface::GetAccount, request)
// Errors: those of the service with their reason and domain; what gRPC itself says has no reason.
template <typename Stub, typename Interface, typename Request, typename Response>
absl::StatusOr<Response> Call(const CallContext& call, Stub& stub,
                              grpc::Status (Interface::*method)(grpc::ClientContext*, const Request&,
                                                                Response*),
                              const Request& request, const OutgoingOptions& options = {}) {
  grpc::ClientContext context;
  PrepareOutgoing(call, &context, options);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

}  // namespace relance::rpc
