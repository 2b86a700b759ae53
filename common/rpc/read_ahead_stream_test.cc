#include "common/rpc/read_ahead_stream.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"

namespace relance::rpc {
namespace {

using ledger::v1::LedgerService;
using Request = ledger::v1::SyncItemsRequest;
using Response = ledger::v1::SyncItemsResponse;
using Stream = ReadAheadStream<Request, Response>;

// A server whose one stream is worked by a function of the test.
class Server : public LedgerService::WithCallbackMethod_SyncItems<LedgerService::Service> {
 public:
  Server(ReadAheadLimits limits, Stream::Handler handler) : limits_(limits), handler_(std::move(handler)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub_ = LedgerService::NewStub(server_->InProcessChannel({}));
  }
  ~Server() override { server_->Shutdown(); }

  grpc::ServerBidiReactor<Request, Response>* SyncItems(grpc::CallbackServerContext*) override {
    return Stream::Run(limits_, handler_);
  }
  LedgerService::Stub& stub() { return *stub_; }

 private:
  const ReadAheadLimits limits_;
  const Stream::Handler handler_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<LedgerService::Stub> stub_;
};

Request Message(int64_t number) {
  Request request;
  request.set_batch(number);
  return request;
}

// Answers every message with its number; `largest`: how many came at once at most.
Stream::Handler Echo(std::atomic<size_t>* largest) {
  return [largest](Stream& stream) {
    std::vector<Request> requests;
    Response response;
    while (stream.Read(&requests)) {
      *largest = std::max(largest->load(), requests.size());
      for (const Request& request : requests) {
        response.set_acknowledged_batch(request.batch());
        if (!stream.Write(response)) return grpc::Status(grpc::StatusCode::CANCELLED, "gone");
      }
    }
    return grpc::Status::OK;
  };
}

TEST(ReadAheadStreamTest, EveryMessageComesOnceInOrderAndNeverTooManyAtOnce) {
  constexpr int64_t kMessages = 2'000;
  for (const ReadAheadLimits& limits : {ReadAheadLimits{1, 1 << 20}, ReadAheadLimits{7, 1 << 20},
                                        ReadAheadLimits{100, 5}, ReadAheadLimits{32, 8 << 20}}) {
    std::atomic<size_t> largest = 0;
    Server server(limits, Echo(&largest));
    grpc::ClientContext context;
    const auto stream = server.stub().SyncItems(&context);
    std::thread writer([&] {
      for (int64_t i = 1; i <= kMessages; ++i) stream->Write(Message(i));
      stream->WritesDone();
    });
    Response response;
    int64_t next = 1;
    while (stream->Read(&response)) EXPECT_EQ(response.acknowledged_batch(), next++);
    writer.join();
    EXPECT_TRUE(stream->Finish().ok());
    EXPECT_EQ(next, kMessages + 1);
    EXPECT_LE(largest.load(), limits.messages);
    // Each message here has more than one byte: five bytes are three of them at most.
    if (limits.bytes == 5) {
      EXPECT_LE(largest.load(), 3u);
    }
  }
}

TEST(ReadAheadStreamTest, ACallerThatWaitsForAnAnswerGetsTheRefusal) {
  Server server({}, [](Stream& stream) {
    std::vector<Request> requests;
    EXPECT_TRUE(stream.Read(&requests));
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no");
  });
  grpc::ClientContext context;
  const auto stream = server.stub().SyncItems(&context);
  ASSERT_TRUE(stream->Write(Message(1)));
  Response response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(ReadAheadStreamTest, ACallerThatGoesEndsTheHandler) {
  std::promise<bool> ended;
  Server server({}, [&](Stream& stream) {
    std::vector<Request> requests;
    while (stream.Read(&requests)) continue;
    ended.set_value(stream.Write(Response()));
    return grpc::Status::OK;
  });
  grpc::ClientContext context;
  const auto stream = server.stub().SyncItems(&context);
  ASSERT_TRUE(stream->Write(Message(1)));
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_FALSE(ended.get_future().get());
}

}  // namespace
}  // namespace relance::rpc
