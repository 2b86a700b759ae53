#include "common/rpc/retry.h"

#include <algorithm>
#include <random>
#include <thread>

namespace relance::rpc {

RetryWorld RetryWorld::Real() {
  RetryWorld world;
  world.sleep = [](absl::Duration pause) { std::this_thread::sleep_for(absl::ToChronoNanoseconds(pause)); };
  world.now = [] { return std::chrono::steady_clock::now(); };
  world.random = [] {
    thread_local std::minstd_rand generator(std::random_device{}());
    return std::uniform_real_distribution<double>(0, 1)(generator);
  };
  return world;
}

absl::Status Retry(const RetryPolicy& policy, Idempotency idempotency,
                   std::chrono::steady_clock::time_point deadline, const RetryWorld& world,
                   absl::FunctionRef<absl::Status()> attempt) {
  const int attempts_max = idempotency == Idempotency::kIdempotent ? policy.attempts_max : 1;
  absl::Duration backoff = policy.backoff_min;
  for (int attempts = 1;; ++attempts) {
    absl::Status status = attempt();
    if (status.code() != absl::StatusCode::kUnavailable || attempts >= attempts_max) return status;
    const absl::Duration pause = backoff * (0.5 + 0.5 * world.random());
    if (world.now() + absl::ToChronoNanoseconds(pause) >= deadline) return status;
    world.sleep(pause);
    backoff = std::min(backoff * policy.backoff_growth, policy.backoff_max);
  }
}

}  // namespace relance::rpc
