#include "common/store/node.h"

#include <algorithm>

namespace relance::store {

std::unique_ptr<Connection> Node::PopIdle() {
  while (!idle_.empty()) {
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->LooksAlive()) return connection;
    breaks_.fetch_add(1, std::memory_order_relaxed);
    --open_;  // the server went away meanwhile: found out here, before a write is lost on it
  }
  return nullptr;
}

absl::StatusOr<std::unique_ptr<Connection>> Node::Open(Deadline deadline) {
  auto connection = Connection::Connect(endpoint_, options_, deadline);
  if (connection.ok()) return connection;
  std::lock_guard<std::mutex> lock(mutex_);
  --open_;
  freed_.notify_one();
  return connection.status();
}

absl::StatusOr<std::vector<std::unique_ptr<Connection>>> Node::Take(int wanted, Deadline deadline) {
  const size_t most = static_cast<size_t>(std::clamp(wanted, 1, std::max(1, connections_max_ * 3 / 4)));
  std::vector<std::unique_ptr<Connection>> taken;
  size_t to_open = 0;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    while (taken.size() + to_open < most) {
      if (std::unique_ptr<Connection> connection = PopIdle()) {
        taken.push_back(std::move(connection));
      } else if (open_ < connections_max_) {
        ++open_;
        ++to_open;
      } else if (!taken.empty() || to_open > 0) {
        break;
      } else if (freed_.wait_until(lock, deadline) == std::cv_status::timeout) {
        return DeadlineError();
      }
    }
  }
  absl::Status first_error;
  for (; to_open > 0; --to_open) {
    auto connection = Open(deadline);
    if (connection.ok()) {
      taken.push_back(*std::move(connection));
    } else if (first_error.ok()) {
      first_error = connection.status();
    }
  }
  if (taken.empty()) return first_error;
  return taken;
}

void Node::Return(std::unique_ptr<Connection> connection, bool reusable) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (reusable) {
    idle_.push_back(std::move(connection));
  } else {
    breaks_.fetch_add(1, std::memory_order_relaxed);
    --open_;
  }
  freed_.notify_one();
}

}  // namespace relance::store
