#include "common/rpc/server_frame.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/rpc/credentials.h"
#include "common/rpc/grpc_log.h"
#include "common/rpc/method_metrics.h"
#include "common/rpc/termination.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::rpc {
namespace {

constexpr int kMetadataBytesMax = 16 << 10;
constexpr int kClientPingIntervalMinMs = 10'000;
// Clients open a new connection now and then, so that they find replicas that were added. Calls under way go
// on.
constexpr int kConnectionAgeMaxMs = 10 * 60'000;

// These are process-wide switches of gRPC, to be set before the first server is built.
void EnablePluginsOnce() {
  static const bool once = [] {
    RouteGrpcLog();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)once;
}

// gRPC adds reflection to every server of a process; this takes it off one.
class WithoutReflection : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->erase(
        std::remove_if(plugins->begin(), plugins->end(),
                       [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; }),
        plugins->end());
  }
};

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.") || absl::StartsWith(address, "localhost:") ||
         absl::StartsWith(address, "[::1]:");
}

}  // namespace

ServerOptions ServerOptionsFor(const config::InstallationConfig& config, absl::string_view service) {
  const config::ServiceConfig frame = config.Service(service);
  ServerOptions options;
  options.service = std::string(service);
  options.listen = frame.listen;
  options.tls = config.tls;
  options.threads_max = static_cast<int>(frame.threads_max);
  options.reflection = frame.reflection;
  options.drain_pause = frame.drain_pause;
  options.drain_deadline = frame.drain_deadline;
  return options;
}

ServerFrame::ServerFrame(ServerOptions options, const std::vector<HostedService>& services)
    : options_(std::move(options)), health_names_{""} {
  for (const HostedService& hosted : services) health_names_.push_back(hosted.full_name);
}

absl::StatusOr<std::unique_ptr<ServerFrame>> ServerFrame::Start(ServerOptions options,
                                                                const std::vector<HostedService>& services) {
  if (options.listen.empty()) {
    return DomainError(absl::StatusCode::kInvalidArgument, "NO_LISTEN_ADDRESS",
                       "there is no address to listen on");
  }
  EnablePluginsOnce();
  std::unique_ptr<ServerFrame> frame(new ServerFrame(std::move(options), services));
  RELANCE_RETURN_IF_ERROR(frame->Listen(services));
  frame->server_->GetHealthCheckService()->SetServingStatus(kLivenessName, true);
  frame->SetServing(false);
  frame->UpdateReadiness();
  log::Info("server listens", {{"addresses", frame->ports_.size()}, {"port", frame->ports_.front()}});
  return frame;
}

absl::Status ServerFrame::Listen(const std::vector<HostedService>& services) {
  grpc::ServerBuilder builder;
  ports_.assign(options_.listen.size(), 0);
  for (size_t i = 0; i < options_.listen.size(); ++i) {
    const std::string& address = options_.listen[i];
    RELANCE_ASSIGN_OR_RETURN(auto credentials, MakeServerCredentials(options_.tls, address));
    if (!options_.tls.enabled() && !IsUnixAddress(address) && !IsLoopback(address)) {
      log::Warning("plain traffic beyond this host: no TLS files are configured", {{"address", address}});
    }
    builder.AddListeningPort(address, credentials, &ports_[i]);
  }
  for (const HostedService& hosted : services) builder.RegisterService(hosted.service);
  builder.SetMaxReceiveMessageSize(kCallBytesMax);
  builder.SetMaxSendMessageSize(kCallBytesMax);
  builder.SetResourceQuota(
      grpc::ResourceQuota(options_.service).SetMaxThreads(std::max(4, options_.threads_max)));
  // Without this two processes could share a port, and each would get some of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kClientPingIntervalMinMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMaxMs);
  if (!options_.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(MakeServerMetrics(*options_.registry));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  server_ = builder.BuildAndStart();
  if (server_ != nullptr) return absl::OkStatus();
  // gRPC says on its own log which address failed; here it is known only when a port stayed 0.
  std::string failed = options_.listen.front();
  for (size_t i = 0; i < ports_.size(); ++i) {
    if (ports_[i] == 0) failed = options_.listen[i];
  }
  return DomainError(absl::StatusCode::kUnavailable, "LISTEN_FAILED",
                     absl::StrCat("cannot listen on ", failed), {{"address", failed}});
}

ServerFrame::~ServerFrame() {
  if (server_ == nullptr) return;
  Drain([](absl::Duration) {});
}

std::shared_ptr<grpc::Channel> ServerFrame::InProcessChannel() {
  return server_->InProcessChannel(grpc::ChannelArguments());
}

void ServerFrame::SetServing(bool serving) {
  for (const std::string& name : health_names_)
    server_->GetHealthCheckService()->SetServingStatus(name, serving);
  serving_ = serving;
}

void ServerFrame::UpdateReadiness() {
  // Asked outside the lock: it may take a second, and Drain must not wait for it.
  const absl::Status ready = options_.readiness ? options_.readiness() : absl::OkStatus();
  std::lock_guard<std::mutex> lock(mutex_);
  if (draining_ || serving_ == ready.ok()) return;
  SetServing(ready.ok());
  if (ready.ok()) {
    log::Info("ready: serving");
  } else {
    log::Write(log::Severity::kWarning, "not ready: not serving", ready);
  }
}

void ServerFrame::RunUntilSignal() {
  TerminationSignals signals;
  while (!signals.WaitFor(options_.readiness_period)) UpdateReadiness();
  log::Info("signal: draining", {{"pause", options_.drain_pause}, {"deadline", options_.drain_deadline}});
  Drain([&](absl::Duration pause) { signals.WaitFor(pause); });
  log::Info("drained");
}

void ServerFrame::Drain() {
  Drain([](absl::Duration pause) { std::this_thread::sleep_for(absl::ToChronoNanoseconds(pause)); });
}

void ServerFrame::Drain(const std::function<void(absl::Duration)>& pause) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (draining_) return;
    draining_ = true;
    SetServing(false);
  }
  if (options_.on_drain) options_.on_drain();
  // Load balancers and clients that watch health go elsewhere in this time; new calls are still answered.
  pause(options_.drain_pause);
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(options_.drain_deadline));
  server_->Wait();
}

}  // namespace relance::rpc
