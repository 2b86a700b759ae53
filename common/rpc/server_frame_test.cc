#include "common/rpc/server_frame.h"

#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "common/rpc/client_call.h"
#include "common/rpc/testing/echo_service.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Text = testing::EchoService::Text;
using testing::EchoService;
using testing::EchoStub;
namespace health = ::grpc::health::v1;

// Starts a server for one test on a free port of 127.0.0.1, with metrics of its own.
class ServerFrameTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::SetSink([](absl::string_view) {});
  }
  void TearDown() override { log::SetSink(nullptr); }

  ServerOptions Options() {
    ServerOptions options;
    options.service = "echo";
    options.listen = {"127.0.0.1:0"};
    options.drain_pause = absl::ZeroDuration();
    options.registry = &registry_;
    return options;
  }
  std::unique_ptr<ServerFrame> Start(EchoService& service, ServerOptions options) {
    absl::StatusOr<std::unique_ptr<ServerFrame>> frame = ServerFrame::Start(std::move(options), {service.Hosted()});
    EXPECT_TRUE(frame.ok()) << frame.status();
    return *std::move(frame);
  }
  std::shared_ptr<grpc::Channel> Dial(const ServerFrame& frame) {
    return *MakeChannel(absl::StrCat("127.0.0.1:", frame.ports()[0]), {}, client_registry_);
  }
  static Text TextOf(absl::string_view value) {
    Text text;
    text.set_value(std::string(value));
    return text;
  }
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

  prometheus::Registry registry_, client_registry_;
};

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
                             return DomainError(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING", "no token");
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
  for (const char* text : {"good", "good", "bad"}) rpc::Call(call, stub, &EchoStub::Echo, TextOf(text)).status().IgnoreError();
  grpc::ClientContext context;
  auto reader = stub.Repeat(&context, TextOf("r"));
  Text response;
  int repeats = 0;
  while (reader->Read(&response)) ++repeats;
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(repeats, 3);
  frame->Drain();  // after this the server has counted everything
  for (const auto& [side, registry] : {std::pair("server", &registry_), std::pair("client", &client_registry_)}) {
    const std::string text = metrics::RenderText(*registry);
    const std::string unary = R"(grpc_service="relance.testing.EchoService",grpc_type="unary"} )";
    EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_", side, R"(_started_total{grpc_method="Echo",)", unary, "3\n")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_", side, R"(_handled_total{grpc_code="OK",grpc_method="Echo",)",
                                             unary, "2\n")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_", side,
                                             R"(_handled_total{grpc_code="InvalidArgument",grpc_method="Echo",)", unary,
                                             "1\n")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("grpc_", side, R"(_handling_seconds_count{grpc_method="Echo",)", unary,
                                             "3\n")));
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

TEST_F(ServerFrameTest, HealthFollowsReadinessAndUnknownNamesAreNotFound) {
  std::atomic<bool> ready{false};
  ServerOptions options = Options();
  options.readiness = [&] { return ready ? absl::OkStatus() : absl::UnavailableError("no store"); };
  EchoService service;
  auto frame = Start(service, std::move(options));
  EXPECT_EQ(Health(*frame, ""), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Health(*frame, EchoService::kFullName), health::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Health(*frame, "liveness"), health::HealthCheckResponse::SERVING) << "does not depend on the store";
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

// Asks for the list of services with the bytes of the public reflection protocol: its .proto is not in Debian.
std::string ListServices(ServerFrame& frame, grpc::Status* status) {
  using google::protobuf::Empty;
  auto channel = frame.InProcessChannel();
  const grpc::internal::RpcMethod method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", nullptr,
                                         grpc::internal::RpcMethod::BIDI_STREAMING, channel);
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

TEST_F(ServerFrameTest, ReflectionListsTheServicesUnlessSwitchedOff) {
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

TEST_F(ServerFrameTest, AnAddressInUseIsAnError) {
  EchoService first_service, second_service;
  auto frame = Start(first_service, Options());
  ServerOptions options = Options();
  options.listen = {absl::StrCat("127.0.0.1:", frame->ports()[0])};
  const absl::Status status = ServerFrame::Start(std::move(options), {second_service.Hosted()}).status();
  EXPECT_EQ(ReasonOf(status), "LISTEN_FAILED");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  options = Options();
  options.listen = {};
  EXPECT_EQ(ReasonOf(ServerFrame::Start(std::move(options), {second_service.Hosted()}).status()), "NO_LISTEN_ADDRESS");
}

TEST_F(ServerFrameTest, ListensOnSeveralAddresses) {
  EchoService service;
  ServerOptions options = Options();
  const std::string path = absl::StrCat("/tmp/relance_frame_test_", getpid(), ".sock");
  options.listen = {"127.0.0.1:0", absl::StrCat("unix:", path)};
  auto frame = Start(service, std::move(options));
  const CallContext call = BackgroundCall(absl::Seconds(10));
  for (const std::string& target : {absl::StrCat("127.0.0.1:", frame->ports()[0]), absl::StrCat("unix:", path)}) {
    EchoStub stub(*MakeChannel(target, {}, client_registry_));
    EXPECT_TRUE(rpc::Call(call, stub, &EchoStub::Echo, TextOf("x")).ok()) << target;
  }
}

TEST_F(ServerFrameTest, DrainLetsCallsUnderWayFinishAndTellsTheWorkersOnce) {
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

TEST_F(ServerFrameTest, DrainUnderLoadLosesNoCall) {
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
  auto channel = *MakeChannel(absl::StrCat("ipv4:127.0.0.1:", first->ports()[0], ",127.0.0.1:", second->ports()[0]), {},
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

TEST_F(ServerFrameTest, ASignalDrains) {
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
