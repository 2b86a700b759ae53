#include "common/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <stdlib.h>

#include <vector>

#include "common/rpc/credentials.h"
#include "common/rpc/method_metrics.h"
#include "common/rpc/server_frame.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::rpc {
namespace {

constexpr char kServiceConfig[] =
    R"({"loadBalancingConfig":[{"round_robin":{}}],"healthCheckConfig":{"serviceName":""}})";
constexpr int kKeepaliveTimeMs = 30'000;  // above the minimum that ServerFrame allows
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kReconnectMinMs = 100;
constexpr int kReconnectMaxMs = 5'000;
constexpr int kConnectTimeoutMs = 3'000;  // of one attempt, handshakes included

// While no call is under way, nobody watches the sockets of a synchronous client but gRPC's backup poller. At
// its 5 s a client needed 10 s to see a restarted server again: one poll for the connection, one for its
// health. gRPC reads the variable when it starts, which no program does before main; an installation may set
// it otherwise.
[[maybe_unused]] const int kPollsOften =
    setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "100", /*replace=*/0);

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(const std::string& target,
                                                           const config::TlsFiles& tls,
                                                           prometheus::Registry& registry) {
  if (target.empty()) {
    return DomainError(absl::StatusCode::kInvalidArgument, "TARGET_MISSING",
                       "no target of the service is configured");
  }
  RELANCE_ASSIGN_OR_RETURN(auto credentials, MakeChannelCredentials(tls, target));
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMinMs);
  // Its name misleads: it is the least time that an attempt gets.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kCallBytesMax);
  arguments.SetMaxSendMessageSize(kCallBytesMax);
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(MakeClientMetrics(registry));
  return grpc::experimental::CreateCustomChannelWithInterceptors(target, credentials, arguments,
                                                                 std::move(interceptors));
}

}  // namespace relance::rpc
