#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace relance::metrics {

// Serves /metrics of the process registry and the process_* metrics on `address` ("127.0.0.1:9101",
// "[::]:9101"; port 0 takes a free one) until the process ends, and returns the port. Call once: taking the
// HTTP server down takes two seconds, so it is never done. Errors: UNAVAILABLE / METRICS_ADDRESS_IN_USE,
// ALREADY_EXISTS / METRICS_ALREADY_SERVED.
absl::StatusOr<int> ServeMetrics(const std::string& address);

}  // namespace relance::metrics
