#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/command_run.h"
#include "common/store/resp.h"
#include "common/store/store.h"
#include "common/store/topology.h"

namespace relance::store {

// Runs commands on one Redis or a Redis Cluster: pipelines them over several connections, follows redirects,
// waits out a slot that is moving, loads the function library where it is missing, and reconnects. No threads
// of its own: a call does its work in the caller's thread. Thread-safe.
class RedisClient {
 public:
  // Connects and loads `library` on every primary.
  static absl::StatusOr<std::unique_ptr<RedisClient>> Open(const StoreOptions& options, std::string library);

  // The replies in the order of `commands`; each is no error reply. A command fails for itself:
  //   UNAVAILABLE, DEADLINE_EXCEEDED: a command that is not repeatable may have been done all the same;
  //   RESOURCE_EXHAUSTED / STORE_FULL, FAILED_PRECONDITION / STORE_AUTH, INTERNAL / STORE_ERROR: not done.
  // Commands of one affinity are done in order, but for those that a moving slot turns back.
  // `replicas`: wait until so many have each write.
  std::vector<absl::StatusOr<ReplyPtr>> Run(const std::vector<Command>& commands, Deadline deadline,
                                            int replicas = 0);
  // One command.
  absl::StatusOr<ReplyPtr> Run(Command command, Deadline deadline);
  // The first error, if any, is that of the whole.
  absl::StatusOr<std::vector<ReplyPtr>> RunAll(const std::vector<Command>& commands, Deadline deadline);

  bool is_cluster() const { return topology_.is_cluster(); }
  // The fields of StoreStats that concern the wire.
  void AddStats(StoreStats* stats) const;

 private:
  RedisClient(const StoreOptions& options, std::vector<Endpoint> seeds, std::unique_ptr<TlsContext> tls,
              std::string library);
  absl::Status LoadLibrary(Node& node, Deadline deadline);

  const StoreOptions options_;
  const std::unique_ptr<TlsContext> tls_;
  const std::string library_;
  Topology topology_;
  RunCounts counts_;
};

}  // namespace relance::store
