#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/connection.h"

namespace relance::store {

// One Redis server and the connections to it. Thread-safe.
class Node {
 public:
  Node(Endpoint endpoint, ConnectOptions options, int connections_max)
      : endpoint_(std::move(endpoint)), options_(std::move(options)), connections_max_(connections_max) {}

  const Endpoint& endpoint() const { return endpoint_; }

  // One connection at least, waiting for it if need be, and up to `wanted` of those that are free right now.
  // A call takes no more than three quarters of all, so that a bulk load does not shut the interactive
  // callers out. Errors: UNAVAILABLE, DEADLINE_EXCEEDED.
  absl::StatusOr<std::vector<std::unique_ptr<Connection>>> Take(int wanted, Deadline deadline);
  // Gives one back. `reusable`: every reply was read; else it is closed.
  void Return(std::unique_ptr<Connection> connection, bool reusable);

  // Connections that broke, or were closed because their replies were never read.
  int64_t breaks() const { return breaks_.load(std::memory_order_relaxed); }

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Open(Deadline deadline);
  std::unique_ptr<Connection> PopIdle();  // mutex_ held; null when none is usable

  const Endpoint endpoint_;
  const ConnectOptions options_;
  const int connections_max_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int open_ = 0;  // idle and taken
  std::vector<std::unique_ptr<Connection>> idle_;
  std::atomic<int64_t> breaks_{0};
};

}  // namespace relance::store
