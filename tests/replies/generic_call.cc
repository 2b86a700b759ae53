#include "tests/replies/generic_call.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include "absl/strings/str_cat.h"
#include "common/rpc/client_call.h"
#include "gtest/gtest.h"

namespace relance::testing {
namespace {

using google::protobuf::MessageFactory;

constexpr absl::Duration kPatience = absl::Seconds(60);

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<google::protobuf::Message>(
      MessageFactory::generated_factory()->GetPrototype(type)->New());
}

grpc::ByteBuffer Encode(const google::protobuf::Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

std::unique_ptr<google::protobuf::Message> Decode(const google::protobuf::Descriptor* type,
                                                  const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string whole;
  if (bytes.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      whole.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  auto message = NewMessage(type);
  EXPECT_TRUE(message->ParseFromString(whole)) << type->full_name();
  return message;
}

// Each operation is awaited before the next one begins, so that one tag is enough.
bool Await(grpc::CompletionQueue* queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue->Next(&tag, &ok) && ok;
}

}  // namespace

absl::StatusOr<const google::protobuf::MethodDescriptor*> FindRpc(const std::string& full_name) {
  const auto* rpc = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(full_name);
  if (rpc == nullptr) return absl::NotFoundError(absl::StrCat("no RPC is called ", full_name));
  return rpc;
}

std::unique_ptr<google::protobuf::Message> NewRequest(const google::protobuf::MethodDescriptor& rpc) {
  return NewMessage(rpc.input_type());
}

Reply SendCall(const std::shared_ptr<grpc::Channel>& channel, const google::protobuf::MethodDescriptor& rpc,
               const Messages& requests, int answers_max) {
  // The channel's interceptors look at the path until the call is over.
  const std::string path = absl::StrCat("/", rpc.service()->full_name(), "/", rpc.name());
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  rpc::PrepareOutgoing(rpc::BackgroundCall(kPatience), &context);
  const auto stream = stub.PrepareCall(&context, path, &queue);
  void* const tag = &context;
  stream->StartCall(tag);
  bool open = Await(&queue);
  Reply reply;
  const auto read = [&] {
    grpc::ByteBuffer bytes;
    stream->Read(&bytes, tag);
    if (!Await(&queue)) return false;
    reply.responses.push_back(Decode(rpc.output_type(), bytes));
    return true;
  };
  for (size_t i = 0; open && i < requests.size(); ++i) {
    stream->Write(Encode(*requests[i]), tag);
    open = Await(&queue);
    // A conversation: how many requests one answer covers must not depend on how fast they come.
    if (open && rpc.client_streaming() && rpc.server_streaming()) open = read();
  }
  if (open) {
    stream->WritesDone(tag);
    Await(&queue);
  }
  const auto had_enough = [&] {
    return answers_max > 0 && static_cast<int>(reply.responses.size()) >= answers_max;
  };
  while (!had_enough() && read()) {
  }
  if (had_enough()) context.TryCancel();
  stream->Finish(&reply.status, tag);
  Await(&queue);
  // What the caller ended himself is no refusal.
  if (had_enough()) reply.status = grpc::Status::OK;
  return reply;
}

}  // namespace relance::testing
