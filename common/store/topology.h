#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/node.h"
#include "common/store/resp.h"

namespace relance::store {

// Which primary serves which slot. One plain Redis is the case of one node with all slots. Thread-safe.
class Topology {
 public:
  // `seeds`: addresses to ask; not empty.
  Topology(std::vector<Endpoint> seeds, ConnectOptions options, int connections_per_node)
      : seeds_(std::move(seeds)), options_(std::move(options)), connections_per_node_(connections_per_node) {}

  // Asks `first` if given, then the nodes that are known, then the seeds, until one answers for its cluster.
  // Errors: UNAVAILABLE, DEADLINE_EXCEEDED, FAILED_PRECONDITION / STORE_AUTH.
  absl::Status Refresh(std::shared_ptr<Node> first, Deadline deadline);

  // The node of `slot`; for kAnySlot any primary. Null: nobody serves it.
  std::shared_ptr<Node> NodeOf(int slot) const;
  std::vector<std::shared_ptr<Node>> Primaries() const;
  bool is_cluster() const;

  // What a redirect says ("MOVED 3999 127.0.0.1:6381"), sent by `from`. Null when it cannot be read.
  std::shared_ptr<Node> TargetOf(absl::string_view redirect, const Node& from);
  // Remembers the target of a MOVED until the next refresh.
  void SetNode(int slot, std::shared_ptr<Node> node);

  int64_t breaks() const;

 private:
  absl::Status Apply(const redisReply* slots, const Endpoint& asked);
  std::shared_ptr<Node> Find(const Endpoint& endpoint);  // mutex_ held

  const std::vector<Endpoint> seeds_;
  const ConnectOptions options_;
  const int connections_per_node_;
  mutable std::mutex mutex_;
  bool is_cluster_ = false;
  std::map<Endpoint, std::shared_ptr<Node>> nodes_;
  std::vector<std::shared_ptr<Node>> by_slot_;  // empty until the first refresh
};

}  // namespace relance::store
