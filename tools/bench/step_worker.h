#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/worker/worker.h"

namespace relance::bench {

// Options of a worker that is stepped from the bench's thread: one pass is a whole night.
worker::WorkerOptions WorkerOptionsOf(const std::string& holder);

// Works the feed, the timers and the outboxes until nothing is left.
absl::Status RunUntilIdle(worker::Worker& worker);

}  // namespace relance::bench
