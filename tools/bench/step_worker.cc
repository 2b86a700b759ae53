#include "tools/bench/step_worker.h"

#include "common/status/status_macros.h"
#include "tools/bench/bench_world.h"

namespace relance::bench {

worker::WorkerOptions WorkerOptionsOf(const std::string& holder) {
  worker::WorkerOptions options;
  options.holder = holder;
  options.lease_ttl = absl::Minutes(10);
  options.call_timeout = kCallMax;
  return options;
}

absl::Status RunUntilIdle(worker::Worker& worker) {
  while (true) {
    RELANCE_ASSIGN_OR_RETURN(const bool worked, worker.RunOnce());
    if (!worked) return absl::OkStatus();
  }
}

}  // namespace relance::bench
