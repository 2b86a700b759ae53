#pragma once

#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/sync_stream.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/rpc/call_handler.h"
#include "common/rpc/server_frame.h"

namespace relance::rpc::testing {

// A service without a .proto, so that tests of the frame add nothing to the public contract:
//   rpc Echo(StringValue) returns (StringValue)            runs on_echo
//   rpc Repeat(StringValue) returns (stream StringValue)   three times the request
//   rpc Join(stream StringValue) returns (StringValue)     at most kJoinedMax requests in one
class EchoService : public grpc::Service {
 public:
  using Text = google::protobuf::StringValue;
  using Echo =
      std::function<absl::Status(const CallContext&, const std::string& request, std::string* response)>;
  static constexpr int kJoinedMax = 5;
  static constexpr char kFullName[] = "relance.testing.EchoService";

  // Answers with the request unless `on_echo` is given. `on_echo` runs on several threads.
  explicit EchoService(CallHandler::Options options = {.service = "echo"}, Echo on_echo = nullptr);
  HostedService Hosted() { return {kFullName, this}; }

 private:
  const CallHandler calls_;
  const Echo on_echo_;
};

// The client of EchoService. The channel is kept alive.
class EchoStub {
 public:
  explicit EchoStub(std::shared_ptr<grpc::Channel> channel);
  grpc::Status Echo(grpc::ClientContext* context, const EchoService::Text& request,
                    EchoService::Text* response);
  std::unique_ptr<grpc::ClientReader<EchoService::Text>> Repeat(grpc::ClientContext* context,
                                                                const EchoService::Text& request);
  std::unique_ptr<grpc::ClientWriter<EchoService::Text>> Join(grpc::ClientContext* context,
                                                              EchoService::Text* response);

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const grpc::internal::RpcMethod echo_, repeat_, join_;
};

}  // namespace relance::rpc::testing
