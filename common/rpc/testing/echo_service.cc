#include "common/rpc/testing/echo_service.h"

#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/method_handler.h>

#include <utility>

#include "common/rpc/streams.h"

namespace relance::rpc::testing {
namespace {

using google::protobuf::MessageLite;
using Text = EchoService::Text;

constexpr char kEcho[] = "/relance.testing.EchoService/Echo";
constexpr char kJoin[] = "/relance.testing.EchoService/Join";
constexpr char kRepeat[] = "/relance.testing.EchoService/Repeat";

}  // namespace

EchoService::EchoService(CallHandler::Options options, Echo on_echo)
    : calls_(std::move(options)), on_echo_(std::move(on_echo)) {
  AddMethod(new grpc::internal::RpcServiceMethod(
      kEcho, grpc::internal::RpcMethod::NORMAL_RPC,
      new grpc::internal::RpcMethodHandler<EchoService, Text, Text, MessageLite, MessageLite>(
          [](EchoService* self, grpc::ServerContext* context, const Text* request, Text* response) {
            return self->calls_.HandleUnary(
                context, response, [&](const CallContext& call) -> absl::StatusOr<Text> {
                  Text text = *request;
                  if (self->on_echo_) {
                    const absl::Status status = self->on_echo_(call, request->value(), text.mutable_value());
                    if (!status.ok()) return status;
                  }
                  return text;
                });
          },
          this)));
  AddMethod(new grpc::internal::RpcServiceMethod(
      kRepeat, grpc::internal::RpcMethod::SERVER_STREAMING,
      new grpc::internal::ServerStreamingHandler<EchoService, Text, Text>(
          [](EchoService* self, grpc::ServerContext* context, const Text* request,
             grpc::ServerWriter<Text>* writer) {
            return self->calls_.Handle(context, [&](const CallContext& call) {
              absl::Status status;
              for (int i = 0; i < 3 && status.ok(); ++i) status = WriteMessage(call, *writer, *request);
              return status;
            });
          },
          this)));
  AddMethod(new grpc::internal::RpcServiceMethod(
      kJoin, grpc::internal::RpcMethod::CLIENT_STREAMING,
      new grpc::internal::ClientStreamingHandler<EchoService, Text, Text>(
          [](EchoService* self, grpc::ServerContext* context, grpc::ServerReader<Text>* reader,
             Text* response) {
            return self->calls_.Handle(context, [&](const CallContext& call) {
              return ForEachMessage<Text>(call, *reader, kJoinedMax, [&](const Text& text) {
                response->set_value(response->value() + text.value());
                return absl::OkStatus();
              });
            });
          },
          this)));
}

EchoStub::EchoStub(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)),
      echo_(kEcho, nullptr, grpc::internal::RpcMethod::NORMAL_RPC, channel_),
      repeat_(kRepeat, nullptr, grpc::internal::RpcMethod::SERVER_STREAMING, channel_),
      join_(kJoin, nullptr, grpc::internal::RpcMethod::CLIENT_STREAMING, channel_) {}

grpc::Status EchoStub::Echo(grpc::ClientContext* context, const Text& request, Text* response) {
  return grpc::internal::BlockingUnaryCall<Text, Text, MessageLite, MessageLite>(channel_.get(), echo_,
                                                                                 context, request, response);
}

std::unique_ptr<grpc::ClientReader<Text>> EchoStub::Repeat(grpc::ClientContext* context,
                                                           const Text& request) {
  return std::unique_ptr<grpc::ClientReader<Text>>(
      grpc::internal::ClientReaderFactory<Text>::Create(channel_.get(), repeat_, context, request));
}

std::unique_ptr<grpc::ClientWriter<Text>> EchoStub::Join(grpc::ClientContext* context, Text* response) {
  return std::unique_ptr<grpc::ClientWriter<Text>>(
      grpc::internal::ClientWriterFactory<Text>::Create(channel_.get(), join_, context, response));
}

}  // namespace relance::rpc::testing
