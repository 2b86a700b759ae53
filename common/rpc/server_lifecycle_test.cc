#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "common/rpc/server_frame.h"
#include "common/rpc/testing/frame_test.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"

// From listening over health to the end: what probes, load balancers and operators see of a server.
namespace relance::rpc {
namespace {

using testing::EchoService;
using testing::EchoStub;
using ::testing::HasSubstr;
namespace health = ::grpc::health::v1;

class ServerLifecycleTest : public testing::FrameTest {
 protected:
  static health::HealthCheckResponse::ServingStatus Health(ServerFrame& frame, const std::string& name,
                                                           grpc::StatusCode* code = nullptr) {
    auto stub = health::Health::NewStub(frame.InProcessChannel());
    grpc::ClientContext context;
    health::HealthCheckRequest request;
    request.set_service(name);
    health::HealthCheckResponse response;
    const grpc::Status status = stub->Check(&context, request, &response);
    if (code != nullptr) *code = status.error_code();
    return response.status();
  }
};

TEST_F(ServerLifecycleTest, HealthFollowsReadinessAndUnknownNamesAreNotFound) {
  std::atomic<bool> ready{false};
  ServerOptions options = Options();
  options.readiness = [&] { return ready ? absl::OkStatus() : absl::UnavailableError("no store"); };
  EchoService service;
  auto frame = Start(service, std::move(options));
  EXPECT_EQ(Health(*frame, ""), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Health(*frame, EchoService::kFullName), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Health(*frame, "liveness"), health::HealthCheckResponse::SERVING)
      << "does not depend on the store";
  ready = true;
  frame->UpdateReadiness();
  EXPECT_EQ(Health(*frame, ""), health::HealthCheckResponse::SERVING);
  EXPECT_EQ(Health(*frame, EchoService::kFullName), health::HealthCheckResponse::SERVING);
  ready = false;
  frame->UpdateReadiness();
  EXPECT_EQ(Health(*frame, ""), health::HealthCheckResponse::NOT_SERVING);
  grpc::StatusCode code = grpc::StatusCode::OK;
  Health(*frame, "no.such.Service", &code);
  EXPECT_EQ(code, grpc::StatusCode::NOT_FOUND);
}

// Asks for the list of services with the bytes of the public reflection protocol: its .proto is not in
// Debian.
std::string ListServices(ServerFrame& frame, grpc::Status* status) {
  using google::protobuf::Empty;
  auto channel = frame.InProcessChannel();
  const grpc::internal::RpcMethod method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                         nullptr, grpc::internal::RpcMethod::BIDI_STREAMING, channel);
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReaderWriter<Empty, Empty>> stream(
      grpc::internal::ClientReaderWriterFactory<Empty, Empty>::Create(channel.get(), method, &context));
  Empty request, response;
  constexpr int kListServices = 7;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(kListServices, "");
  stream->Write(request);
  stream->WritesDone();
  const bool answered = stream->Read(&response);
  *status = stream->Finish();
  return answered ? response.SerializeAsString() : "";
}

TEST_F(ServerLifecycleTest, ReflectionListsTheServicesUnlessSwitchedOff) {
  EchoService service;
  auto frame = Start(service, Options());
  grpc::Status status;
  EXPECT_THAT(ListServices(*frame, &status), HasSubstr(EchoService::kFullName));
  EXPECT_TRUE(status.ok()) << status.error_message();
  frame.reset();
  ServerOptions options = Options();
  options.reflection = false;
  EchoService other;
  frame = Start(other, std::move(options));
  EXPECT_EQ(ListServices(*frame, &status), "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ServerLifecycleTest, AnAddressInUseIsAnError) {
  EchoService first_service, second_service;
  auto frame = Start(first_service, Options());
  ServerOptions options = Options();
  options.listen = {absl::StrCat("127.0.0.1:", frame->ports()[0])};
  const absl::Status status = ServerFrame::Start(std::move(options), {second_service.Hosted()}).status();
  EXPECT_EQ(ReasonOf(status), "LISTEN_FAILED");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  options = Options();
  options.listen = {};
  EXPECT_EQ(ReasonOf(ServerFrame::Start(std::move(options), {second_service.Hosted()}).status()),
            "NO_LISTEN_ADDRESS");
}

TEST_F(ServerLifecycleTest, ListensOnSeveralAddresses) {
  EchoService service;
  ServerOptions options = Options();
  const std::string path = absl::StrCat("/tmp/relance_frame_test_", getpid(), ".sock");
  options.listen = {"127.0.0.1:0", absl::StrCat("unix:", path)};
  auto frame = Start(service, std::move(options));
  const CallContext call = BackgroundCall(absl::Seconds(10));
  for (const std::string& target :
       {absl::StrCat("127.0.0.1:", frame->ports()[0]), absl::StrCat("unix:", path)}) {
    EchoStub stub(*MakeChannel(target, {}, client_registry_));
    EXPECT_TRUE(rpc::Call(call, stub, &EchoStub::Echo, TextOf("x")).ok()) << target;
  }
}

TEST_F(ServerLifecycleTest, DrainLetsCallsUnderWayFinishAndTellsTheWorkersOnce) {
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false, release = false;
  int drains = 0;
  EchoService service({.service = "echo"}, [&](const CallContext&, const std::string&, std::string*) {
    std::unique_lock<std::mutex> lock(mutex);
    entered = true;
    changed.notify_all();
    changed.wait(lock, [&] { return release; });
    return absl::OkStatus();
  });
  ServerOptions options = Options();
  options.on_drain = [&] { ++drains; };
  auto frame = Start(service, std::move(options));
  EchoStub stub(Dial(*frame));
  absl::Status status = absl::UnknownError("not called");
  std::thread caller([&] {
    status = rpc::Call(BackgroundCall(absl::Seconds(30)), stub, &EchoStub::Echo, TextOf("x")).status();
  });
  {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return entered; });
  }
  frame->Drain([&](absl::Duration) {
    EXPECT_EQ(Health(*frame, ""), health::HealthCheckResponse::NOT_SERVING);
    EXPECT_EQ(Health(*frame, "liveness"), health::HealthCheckResponse::SERVING);
    EXPECT_EQ(drains, 1);
    frame->UpdateReadiness();  // does not bring it back
    EXPECT_EQ(Health(*frame, ""), health::HealthCheckResponse::NOT_SERVING);
    const std::lock_guard<std::mutex> lock(mutex);
    release = true;
    changed.notify_all();
  });
  caller.join();
  EXPECT_TRUE(status.ok()) << status;
  frame->Drain();
  EXPECT_EQ(drains, 1);
}

TEST_F(ServerLifecycleTest, DrainUnderLoadLosesNoCall) {
  std::atomic<int64_t> at_first{0}, at_second{0};
  const auto counting = [](std::atomic<int64_t>& counter) {
    return [&counter](const CallContext&, const std::string&, std::string*) {
      ++counter;
      return absl::OkStatus();
    };
  };
  EchoService first_service({.service = "echo"}, counting(at_first));
  EchoService second_service({.service = "echo"}, counting(at_second));
  auto first = Start(first_service, Options());
  auto second = Start(second_service, Options());
  auto channel =
      *MakeChannel(absl::StrCat("ipv4:127.0.0.1:", first->ports()[0], ",127.0.0.1:", second->ports()[0]), {},
                   client_registry_);
  std::atomic<bool> stop{false};
  std::atomic<int64_t> lost{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      EchoStub stub(channel);
      while (!stop) {
        if (!rpc::Call(BackgroundCall(absl::Seconds(30)), stub, &EchoStub::Echo, TextOf("x")).ok()) ++lost;
      }
    });
  }
  const auto wait_until = [](const std::function<bool()>& condition) {
    while (!condition()) std::this_thread::yield();
  };
  wait_until([&] { return at_first > 100 && at_second > 100; });
  // The pause of production, in terms of what it is for: until the clients have gone elsewhere.
  first->Drain([&](absl::Duration) {
    int64_t before = -1;
    while (at_first != before) {
      before = at_first;
      const int64_t second_before = at_second;
      wait_until([&] { return at_second > second_before + 200; });
    }
  });
  const int64_t after_drain = at_second;
  wait_until([&] { return at_second > after_drain + 200; });
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(lost, 0);
}

TEST_F(ServerLifecycleTest, ASignalDrains) {
  EchoService service;
  bool drained = false;
  ServerOptions options = Options();
  options.readiness_period = absl::Milliseconds(1);
  options.readiness = [&, asked = 0]() mutable {
    if (++asked == 3) raise(SIGTERM);  // RunUntilSignal is under way, and has its handlers
    return absl::OkStatus();
  };
  options.on_drain = [&] { drained = true; };
  auto frame = Start(service, std::move(options));
  frame->RunUntilSignal();
  EXPECT_TRUE(drained);
}

}  // namespace
}  // namespace relance::rpc
