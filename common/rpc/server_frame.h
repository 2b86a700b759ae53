#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/server.h>
#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/installation.h"
#include "common/config/tls_files.h"
#include "common/metrics/metrics.h"

namespace relance::rpc {

inline constexpr int kCallBytesMax = 16 << 20;  // either way

// The probe name that never depends on anything but the process being alive.
inline constexpr char kLivenessName[] = "liveness";

// One gRPC service to host. `service` must outlive the ServerFrame.
struct HostedService {
  std::string full_name;  // "relance.ledger.v1.LedgerService"
  grpc::Service* service;
};

// Host<v1::LedgerService>(&implementation)
template <typename Generated>
HostedService Host(typename Generated::Service* implementation) {
  return {Generated::service_full_name(), implementation};
}

struct ServerOptions {
  std::string service;              // "ledger"; for logs
  std::vector<std::string> listen;  // "host:port", "unix:/path"; port 0 takes a free one. At least one
  config::TlsFiles tls;             // for TCP; Unix sockets are plain
  int threads_max = 64;             // calls handled at once; one more gets RESOURCE_EXHAUSTED. At least 4
  bool reflection = true;
  absl::Duration drain_pause = absl::Seconds(5);      // NOT_SERVING before the listeners close
  absl::Duration drain_deadline = absl::Seconds(20);  // for calls under way; then they are cancelled
  absl::Duration readiness_period = absl::Seconds(1);
  std::function<absl::Status()>
      readiness;  // such as a ping of the store; null: always ready. Must end in about a second
  std::function<void()> on_drain;  // called once when draining starts: workers take no new work. May be null
  prometheus::Registry* registry = &metrics::ProcessRegistry();
};

// The options that an installation gives to `service`. `readiness` and `on_drain` are left to set.
ServerOptions ServerOptionsFor(const config::InstallationConfig& config, absl::string_view service);

// A synchronous gRPC server (docs/adr/2026-11-22-sync-grpc-server.md) with health, reflection, limits and
// metrics.
//
// Health names: "", the full name of each service: SERVING while `readiness` is OK and it does not drain;
// "liveness": SERVING until the end. Any other name is NOT_FOUND.
//
// Threads: Drain and UpdateReadiness may be called from any thread.
class ServerFrame {
 public:
  // Listens and serves at once; NOT_SERVING until `readiness` has been OK once, which it asks before it
  // returns. Errors: INVALID_ARGUMENT / NO_LISTEN_ADDRESS, TLS_FILE_UNREADABLE; UNAVAILABLE / LISTEN_FAILED.
  static absl::StatusOr<std::unique_ptr<ServerFrame>> Start(ServerOptions options,
                                                            const std::vector<HostedService>& services);
  // Drains without a pause, unless Drain was called. `services` must outlive this.
  ~ServerFrame();

  // The ports of `listen`, in order; 1 for Unix sockets.
  const std::vector<int>& ports() const { return ports_; }
  // A channel within this process.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Asks `readiness` and sets health accordingly. RunUntilSignal does so every readiness_period.
  void UpdateReadiness();

  // Blocks until SIGTERM or SIGINT, then drains. A second signal cuts the pause short.
  void RunUntilSignal();

  // NOT_SERVING, on_drain, pause, close the listeners, wait for calls under way up to drain_deadline, end.
  // `pause` waits the time it is given; other calls than the first do nothing.
  void Drain(const std::function<void(absl::Duration)>& pause);
  void Drain();

 private:
  ServerFrame(ServerOptions options, const std::vector<HostedService>& services);
  absl::Status Listen(const std::vector<HostedService>& services);
  void SetServing(bool serving);

  const ServerOptions options_;
  std::vector<std::string> health_names_;  // those that follow readiness
  std::unique_ptr<grpc::Server> server_;
  std::vector<int> ports_;

  std::mutex mutex_;  // guards the two below, and orders changes of health
  bool draining_ = false;
  bool serving_ = false;
};

}  // namespace relance::rpc
