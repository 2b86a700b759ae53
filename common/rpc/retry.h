#pragma once

#include <chrono>
#include <functional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace relance::rpc {

struct RetryPolicy {
  int attempts_max = 4;  // the first one counts; at least 1
  absl::Duration backoff_min = absl::Milliseconds(50);
  absl::Duration backoff_max = absl::Seconds(1);
  double backoff_growth = 2.0;
};

// What the loop takes from the world; tests give their own.
struct RetryWorld {
  std::function<void(absl::Duration)> sleep;
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<double()> random;  // in [0, 1)

  static RetryWorld Real();
};

enum class Idempotency {
  kIdempotent,     // reads, and writes with a request_id: the outcome of a lost call does not matter
  kNotIdempotent,  // one attempt: after UNAVAILABLE the outcome is unknown
};

// Runs `attempt` until it succeeds, fails for good, or the attempts or the time are used up; the last status.
//
// Retried:  UNAVAILABLE only (ABORTED belongs to the read-modify-write around the call).
// Pause:    backoff_min x growth^n, at most backoff_max, times a factor in [0.5, 1) so that callers do not
// march in step. Deadline: no attempt starts after `deadline`, and no pause is begun that would end after it.
absl::Status Retry(const RetryPolicy& policy, Idempotency idempotency,
                   std::chrono::steady_clock::time_point deadline, const RetryWorld& world,
                   absl::FunctionRef<absl::Status()> attempt);

// The same for calls that return a value.
template <typename T>
absl::StatusOr<T> RetryFor(const RetryPolicy& policy, Idempotency idempotency,
                           std::chrono::steady_clock::time_point deadline, const RetryWorld& world,
                           absl::FunctionRef<absl::StatusOr<T>()> attempt) {
  absl::StatusOr<T> result = absl::UnknownError("not tried");
  const absl::Status status = Retry(policy, idempotency, deadline, world, [&] {
    result = attempt();
    return result.status();
  });
  if (!status.ok()) return status;
  return result;
}

}  // namespace relance::rpc
