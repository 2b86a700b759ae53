#include "common/rpc/service_process.h"

#include <cstdlib>
#include <utility>

#include "common/config/command_line.h"
#include "common/log/log.h"
#include "common/metrics/exposer.h"
#include "common/metrics/metrics.h"
#include "common/rpc/channel.h"
#include "common/status/domain_error.h"

namespace relance::rpc {
namespace {

constexpr int kExitUsage = 2;

}  // namespace

ServiceProcess::ServiceProcess(absl::string_view service)
    : service_(service), settings_(config::DeclareInstallation(&schema_, &config_, service)) {}

void ServiceProcess::LoadOrExit(int argc, char** argv) {
  config::LoadOrExit(schema_, argc, argv);
  const config::ServiceConfig own = frame();
  log::Options options{.service = service_};
  log::ParseSeverity(own.log_level, &options.severity_min);  // the schema allows no other text
  log::Configure(std::move(options));
  metrics::SetBuildInfo(service_, RELANCE_VERSION, RELANCE_REVISION);
  if (own.metrics_address.empty()) return;
  const absl::StatusOr<int> port = metrics::ServeMetrics(own.metrics_address);
  if (!port.ok()) std::exit(Fail(port.status()));
  log::Info("metrics are served", {{"port", *port}});
}

CallHandler::Options ServiceProcess::CallOptions() const {
  return {.service = service_, .default_deadline = frame().default_deadline};
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> ServiceProcess::ChannelTo(absl::string_view target) const {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(config_.TargetOf(target), config_.tls);
  if (!channel.ok()) return AddContext(channel.status(), target, "target", target);
  return channel;
}

int ServiceProcess::Fail(const absl::Status& status) const {
  log::Write(log::Severity::kError, "the service cannot run", status);
  return kExitUsage;
}

int ServiceProcess::Run(const std::vector<HostedService>& services, std::function<absl::Status()> readiness,
                        std::function<void()> on_drain) {
  ServerOptions options = ServerOptionsFor(config_, service_);
  options.readiness = std::move(readiness);
  options.on_drain = std::move(on_drain);
  absl::StatusOr<std::unique_ptr<ServerFrame>> server = ServerFrame::Start(std::move(options), services);
  if (!server.ok()) return Fail(server.status());
  (*server)->RunUntilSignal();
  return EXIT_SUCCESS;
}

}  // namespace relance::rpc
