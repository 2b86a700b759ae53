#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/installation.h"
#include "common/rpc/call_handler.h"
#include "common/rpc/server_frame.h"

namespace relance::rpc {

// What the main() of every service does, in its order:
//
//   rpc::ServiceProcess process("ledger");
//   process.Settings().Int("gap_days", &rules.gap_days, "...");
//   process.LoadOrExit(argc, argv);             // configuration, log, metrics
//   ...open the store, make the workers...
//   LedgerServiceImpl service(rpc::CallHandler(process.CallOptions()), ...);
//   return process.Run({rpc::Host<v1::LedgerService>(&service)}, [&] { return store->Ping(); }, [&] {
//   workers.Stop(); });
class ServiceProcess {
 public:
  // `service` is one of config::kServiceNames.
  explicit ServiceProcess(absl::string_view service);

  // Where the service declares its own keys, before LoadOrExit.
  config::Section Settings() const { return settings_; }

  // Reads the configuration, configures the log and serves the metrics. Ends the process on --help,
  // --check-config and on problems (exit 2), all of which go to stderr.
  void LoadOrExit(int argc, char** argv);

  // The rest is good after LoadOrExit.
  const config::InstallationConfig& config() const { return config_; }
  config::ServiceConfig frame() const { return config_.Service(service_); }
  CallHandler::Options CallOptions() const;
  // A channel to another service of the installation. Errors: as MakeChannel, the name of the target in the
  // metadata.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(absl::string_view target) const;
  // Logs why the process cannot go on; the exit code for main().
  int Fail(const absl::Status& status) const;

  // Serves until SIGTERM or SIGINT and drains; the exit code for main(). `readiness` and `on_drain` as in
  // ServerOptions.
  int Run(const std::vector<HostedService>& services, std::function<absl::Status()> readiness,
          std::function<void()> on_drain);

 private:
  const std::string service_;
  config::InstallationConfig config_;
  config::Schema schema_;
  config::Section settings_;
};

}  // namespace relance::rpc
