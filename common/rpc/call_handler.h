#pragma once

#include <grpcpp/server_context.h>

#include <functional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/call_context.h"

namespace relance::rpc {

// The edge of every RPC: makes the CallContext, runs the handler, maps its absl::Status. No handler maps its
// own.
//
//   grpc::Status PostPayment(grpc::ServerContext* context, const v1::PostPaymentRequest* request,
//                            v1::PostPaymentResponse* response) override {
//     return calls_.HandleUnary(context, response,
//                               [&](const rpc::CallContext& call) { return Post(call, *request); });
//   }
//
// Threads: const and without state of its own; one object serves all handlers.
class CallHandler {
 public:
  struct Options {
    std::string service;  // "ledger": the domain of its errors is "ledger.relance"
    absl::Duration default_deadline = absl::Seconds(10);  // for calls that bring none
    // Runs before each handler and may refuse the call (authorisation) or complete the context. Null: all
    // pass.
    std::function<absl::Status(CallContext& call)> admit;
  };
  explicit CallHandler(Options options);

  // For any kind of RPC: streams are captured by `handler`.
  //
  // Errors besides those of the handler: DEADLINE_EXCEEDED / DEADLINE_PASSED before it ran, what `admit`
  // says, INTERNAL / UNEXPECTED_EXCEPTION when it threw.
  grpc::Status Handle(grpc::ServerContextBase* context,
                      absl::FunctionRef<absl::Status(const CallContext&)> handler) const;

  // For a unary RPC whose handler returns absl::StatusOr<Response>.
  template <typename Response, typename Handler>
  grpc::Status HandleUnary(grpc::ServerContextBase* context, Response* response,
                           const Handler& handler) const {
    return Handle(context, [&](const CallContext& call) -> absl::Status {
      absl::StatusOr<Response> result = handler(call);
      if (!result.ok()) return std::move(result).status();
      *response = *std::move(result);
      return absl::OkStatus();
    });
  }

 private:
  CallContext MakeContext(grpc::ServerContextBase& context) const;

  const Options options_;
  const std::string domain_;
};

}  // namespace relance::rpc
