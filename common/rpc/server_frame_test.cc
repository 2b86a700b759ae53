#include "common/rpc/server_frame.h"

#include <atomic>
#include <condition_variable>
#include <thread>

#include "common/rpc/testing/frame_test.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

using testing::EchoService;
using testing::EchoStub;
using ::testing::HasSubstr;
using ::testing::Not;

class ServerFrameTest : public testing::FrameTest {};

TEST_F(ServerFrameTest, AnswersAndFailuresArriveWithAllDetails) {
  EchoService service({.service = "echo"}, [](const CallContext&, const std::string& in, std::string*) {
    if (in == "good") return absl::OkStatus();
    return DomainError(absl::StatusCode::kFailedPrecondition, "ACCOUNT_PLACED", "the account is placed",
                       {{"account", in}});
  });
  auto frame = Start(service, Options());
  EchoStub stub(Dial(*frame));
  const CallContext call = BackgroundCall(absl::Seconds(10));
  EXPECT_EQ(rpc::Call(call, stub, &EchoStub::Echo, TextOf("good"))->value(), "good");
  const absl::Status status = rpc::Call(call, stub, &EchoStub::Echo, TextOf("C001")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "the account is placed");
  EXPECT_EQ(ReasonOf(status), "ACCOUNT_PLACED");
  EXPECT_EQ(ErrorInfoOf(status).domain, "echo.relance");
  EXPECT_EQ(ErrorInfoOf(status).metadata.at("account"), "C001");
}

TEST_F(ServerFrameTest, TheContextComesThrough) {
  CallContext seen;
  EchoService service({.service = "echo"}, [&](const CallContext& call, const std::string&, std::string*) {
    seen = call;
    return absl::OkStatus();
  });
  auto frame = Start(service, Options());
  EchoStub stub(Dial(*frame));
  CallContext call = BackgroundCall(absl::Seconds(60));
  call.portal_request_id = "req-17";
  call.caller.bearer_token = "aaa.bbb.ccc";
  ASSERT_TRUE(rpc::Call(call, stub, &EchoStub::Echo, TextOf("x")).ok());
  EXPECT_EQ(seen.trace.trace_id, call.trace.trace_id);
  EXPECT_NE(seen.trace.span_id, call.trace.span_id);
  EXPECT_EQ(seen.method, "/relance.testing.EchoService/Echo");
  EXPECT_EQ(seen.portal_request_id, "req-17");
  EXPECT_EQ(seen.caller.bearer_token, "aaa.bbb.ccc");
  EXPECT_TRUE(seen.caller.certificate_names.empty());
  // On the wire gRPC rounds a timeout up to about 1%.
  EXPECT_LT(seen.deadline, call.deadline + std::chrono::seconds(1));
  EXPECT_GT(seen.deadline, call.deadline - std::chrono::seconds(1));
}

TEST_F(ServerFrameTest, CallsWithoutDeadlineGetTheDefault) {
  absl::Duration remaining;
  EchoService service({.service = "echo", .default_deadline = absl::Seconds(3)},
                      [&](const CallContext& call, const std::string&, std::string*) {
                        remaining = call.Remaining();
                        return absl::OkStatus();
                      });
  auto frame = Start(service, Options());
  EchoStub stub(frame->InProcessChannel());
  grpc::ClientContext context;
  Text response;
  ASSERT_TRUE(stub.Echo(&context, TextOf("x"), &response).ok());
  EXPECT_LE(remaining, absl::Seconds(3));
  EXPECT_GT(remaining, absl::Seconds(2));
}

TEST_F(ServerFrameTest, AdmissionMayRefuseAndExceptionsAreBugs) {
  EchoService service({.service = "echo",
                       .admit =
                           [](CallContext& call) {
                             if (call.caller.bearer_token == "good") return absl::OkStatus();
                             return DomainError(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING",
                                                "no token");
                           }},
                      [](const CallContext&, const std::string&, std::string*) -> absl::Status {
                        throw std::runtime_error("secret detail");
                      });
  auto frame = Start(service, Options());
  EchoStub stub(frame->InProcessChannel());
  CallContext call = BackgroundCall(absl::Seconds(10));
  EXPECT_EQ(ReasonOf(rpc::Call(call, stub, &EchoStub::Echo, TextOf("x")).status()), "TOKEN_MISSING");
  call.caller.bearer_token = "good";
  const absl::Status status = rpc::Call(call, stub, &EchoStub::Echo, TextOf("x")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(status), "UNEXPECTED_EXCEPTION");
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
}

TEST_F(ServerFrameTest, MetricsHaveTheNamesOfPublicDashboards) {
  EchoService service({.service = "echo"}, [](const CallContext&, const std::string& in, std::string*) {
    return in == "good" ? absl::OkStatus() : absl::InvalidArgumentError("bad");
  });
  auto frame = Start(service, Options());
  EchoStub stub(Dial(*frame));
  const CallContext call = BackgroundCall(absl::Seconds(10));
  for (const char* text : {"good", "good", "bad"})
    rpc::Call(call, stub, &EchoStub::Echo, TextOf(text)).status().IgnoreError();
  grpc::ClientContext context;
  auto reader = stub.Repeat(&context, TextOf("r"));
  Text response;
  int repeats = 0;
  while (reader->Read(&response)) ++repeats;
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(repeats, 3);
  frame->Drain();  // after this the server has counted everything
  for (const auto& [side, registry] :
       {std::pair("server", &registry_), std::pair("client", &client_registry_)}) {
    const std::string text = metrics::RenderText(*registry);
    const std::string unary = R"(grpc_service="relance.testing.EchoService",grpc_type="unary"} )";
    EXPECT_THAT(
        text, HasSubstr(absl::StrCat("grpc_", side, R"(_started_total{grpc_method="Echo",)", unary, "3\n")));
    EXPECT_THAT(text,
                HasSubstr(absl::StrCat("grpc_", side, R"(_handled_total{grpc_code="OK",grpc_method="Echo",)",
                                       unary, "2\n")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat(
                          "grpc_", side, R"(_handled_total{grpc_code="InvalidArgument",grpc_method="Echo",)",
                          unary, "1\n")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_", side, R"(_handling_seconds_count{grpc_method="Echo",)",
                                             unary, "3\n")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat(
                          "grpc_", side, R"(_handled_total{grpc_code="OK",grpc_method="Repeat",)",
                          R"(grpc_service="relance.testing.EchoService",grpc_type="server_stream"} 1)")));
  }
}

TEST_F(ServerFrameTest, MessagesOverTheLimitAreRefused) {
  EchoService service({.service = "echo"}, [](const CallContext&, const std::string&, std::string* out) {
    out->clear();
    return absl::OkStatus();
  });
  auto frame = Start(service, Options());
  EchoStub stub(frame->InProcessChannel());
  const CallContext call = BackgroundCall(absl::Seconds(30));
  // 5 bytes go to the tag and the length of the field.
  EXPECT_TRUE(rpc::Call(call, stub, &EchoStub::Echo, TextOf(std::string(kCallBytesMax - 5, 'x'))).ok());
  EXPECT_EQ(rpc::Call(call, stub, &EchoStub::Echo, TextOf(std::string(kCallBytesMax, 'x'))).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(ServerFrameTest, OneCallOverTheThreadsIsRefusedAndTheOthersFinish) {
  std::mutex mutex;
  std::condition_variable changed;
  bool release = false;
  EchoService service({.service = "echo"}, [&](const CallContext&, const std::string&, std::string*) {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return release; });
    return absl::OkStatus();
  });
  ServerOptions options = Options();
  options.threads_max = 4;
  auto frame = Start(service, std::move(options));
  std::atomic<int> refused{0}, finished{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      EchoStub stub(frame->InProcessChannel());
      const absl::Status status =
          rpc::Call(BackgroundCall(absl::Seconds(30)), stub, &EchoStub::Echo, TextOf("x")).status();
      if (status.ok()) ++finished;
      if (status.code() == absl::StatusCode::kResourceExhausted) ++refused;
      const std::lock_guard<std::mutex> lock(mutex);
      release = release || refused >= 4;
      changed.notify_all();
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GE(refused, 4);
  EXPECT_EQ(refused + finished, 8);
}

TEST_F(ServerFrameTest, ClientStreamsAreBoundedAndNeedADeadline) {
  EchoService service;
  auto frame = Start(service, Options());
  EchoStub stub(frame->InProcessChannel());
  const auto join = [&](int messages, bool with_deadline, std::string* joined) {
    grpc::ClientContext context;
    if (with_deadline) context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    Text response;
    auto writer = stub.Join(&context, &response);
    for (int i = 0; i < messages && writer->Write(TextOf("x")); ++i) {
    }
    writer->WritesDone();
    const absl::Status status = FromGrpcStatus(writer->Finish());
    *joined = response.value();
    return status;
  };
  std::string joined;
  EXPECT_TRUE(join(EchoService::kJoinedMax, true, &joined).ok());
  EXPECT_EQ(joined, "xxxxx");
  EXPECT_EQ(ReasonOf(join(EchoService::kJoinedMax + 1, true, &joined)), "TOO_MANY_MESSAGES");
  EXPECT_EQ(ReasonOf(join(1, false, &joined)), "DEADLINE_REQUIRED");
}

}  // namespace
}  // namespace relance::rpc
