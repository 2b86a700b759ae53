#include "common/rpc/client_call.h"

#include "common/rpc/channel.h"
#include "common/rpc/testing/echo_service.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

absl::Duration Left(const grpc::ClientContext& context) {
  return absl::FromChrono(context.deadline() - std::chrono::system_clock::now());
}

TEST(PrepareOutgoingTest, TheMarginIsKeptBack) {
  const CallContext call = BackgroundCall(absl::Seconds(60));
  grpc::ClientContext context;
  PrepareOutgoing(call, &context, {.margin = absl::Seconds(10)});
  EXPECT_LE(Left(context), absl::Seconds(50));
  EXPECT_GT(Left(context), absl::Seconds(49));
}

TEST(PrepareOutgoingTest, AnEarlierLimitWins) {
  const CallContext call = BackgroundCall(absl::Seconds(60));
  grpc::ClientContext context;
  PrepareOutgoing(call, &context, {.timeout_max = absl::Seconds(5)});
  EXPECT_LE(Left(context), absl::Seconds(5));
  EXPECT_GT(Left(context), absl::Seconds(4));
}

TEST(CallTest, APassedDeadlineFailsWithoutTheServer) {
  bool called = false;
  testing::EchoService service({.service = "echo"},
                               [&](const CallContext&, const std::string&, std::string*) {
                                 called = true;
                                 return absl::OkStatus();
                               });
  prometheus::Registry registry;
  auto frame = *ServerFrame::Start({.service = "echo", .listen = {"127.0.0.1:0"}, .registry = &registry},
                                   {service.Hosted()});
  testing::EchoStub stub(frame->InProcessChannel());
  const absl::Status status =
      Call(BackgroundCall(absl::ZeroDuration()), stub, &testing::EchoStub::Echo, testing::EchoService::Text())
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(called);
}

TEST(MakeChannelTest, ProblemsOfTheConfigurationAreNamed) {
  EXPECT_EQ(ReasonOf(MakeChannel("", {}).status()), "TARGET_MISSING");
  const config::TlsFiles missing{"/nonexistent/cert.pem", "/nonexistent/key.pem", "/nonexistent/ca.pem"};
  EXPECT_EQ(ReasonOf(MakeChannel("127.0.0.1:1", missing).status()), "TLS_FILE_UNREADABLE");
  EXPECT_TRUE(MakeChannel("unix:/nonexistent.sock", missing).ok()) << "Unix sockets are plain";
}

TEST(MakeChannelTest, NobodyThereIsUnavailable) {
  prometheus::Registry registry;
  testing::EchoStub stub(*MakeChannel("unix:/nonexistent/nobody.sock", {}, registry));
  EXPECT_EQ(
      Call(BackgroundCall(absl::Seconds(10)), stub, &testing::EchoStub::Echo, testing::EchoService::Text())
          .status()
          .code(),
      absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace relance::rpc
