#pragma once

#include <grpcpp/channel.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/config/tls_files.h"
#include "common/metrics/metrics.h"

namespace relance::rpc {

// A channel to a service: "dns:///ledger:7101", "127.0.0.1:7101", "ipv4:10.0.0.1:7101,10.0.0.2:7101",
// "unix:/path".
//
// Calls go round robin over the addresses that are SERVING: the health of each is watched, so that a draining
// replica gets no new call. Keepalive pings find a dead peer within about 40 s. Calls are counted as
// grpc_client_*. Proxies of the environment are not used: this is traffic between our services. Connects on
// first use. Threads: may be called from any; the channel is thread-safe. `registry` must outlive it. Errors:
// INVALID_ARGUMENT / TARGET_MISSING, TLS_FILE_UNREADABLE.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const std::string& target, const config::TlsFiles& tls,
    prometheus::Registry& registry = metrics::ProcessRegistry());

}  // namespace relance::rpc
