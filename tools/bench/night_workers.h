#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/worker/worker.h"
#include "tools/bench/bench_world.h"

namespace relance::bench {

// The workers of risk and of scenario as their services run them, stepped from this thread. Nothing leaves
// the house: the portfolio has nothing that is due.
class NightWorkers {
 public:
  // `world` outlives this.
  static absl::StatusOr<std::unique_ptr<NightWorkers>> Create(const LedgerWorld& world);
  ~NightWorkers();

  // Work the feed, the timers and the outboxes until nothing is left.
  absl::Status RunRisk();
  absl::Status RunScenario();
  // Both in turn, until neither finds anything to do.
  absl::Status RunBoth();

  worker::WorkerStats risk_stats() const;
  worker::WorkerStats scenario_stats() const;

 private:
  struct Parts;
  explicit NightWorkers(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace relance::bench
