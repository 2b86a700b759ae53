#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/redis_process.h"

namespace relance::testing {

// A Redis Cluster of the test's own: primaries on loopback ports, each with an even share of the slots.
class ClusterProcess {
 public:
  explicit ClusterProcess(int nodes, std::string appendfsync = "no");

  RedisProcess& node(int index) { return *nodes_[index]; }
  int size() const { return static_cast<int>(nodes_.size()); }
  // "127.0.0.1:7001,127.0.0.1:7002,...", for StoreOptions::address.
  std::string addresses() const;
  // Drops all keys of all nodes.
  void Empty();

  // Adds a replica of `primary`, waits until it has the data, and returns its index.
  int AddReplica(int primary);
  // Kills the primary and makes the replica take its slots over.
  void FailOver(int primary, int replica);

  // Which node serves `slot` now.
  int OwnerOf(int slot) const;
  // Moves `slot` with its keys to the node `to` as redis-cli does, a few keys at a time, while clients use
  // it.
  void MoveSlot(int slot, int to);

 private:
  int Start(const std::string& appendfsync);
  std::string Send(int node, const std::vector<std::string>& arguments) const;

  std::vector<std::unique_ptr<RedisProcess>> nodes_;
  std::vector<std::string> ids_;
};

}  // namespace relance::testing
