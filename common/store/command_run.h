#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/pipeline.h"
#include "common/store/resp.h"
#include "common/store/topology.h"

namespace relance::store {

// What the runs of a client count together.
struct RunCounts {
  std::atomic<int64_t> commands{0}, round_trips{0}, redirects{0}, bytes_written{0};
};

// One call of RedisClient::Run: brings each command to its outcome, in rounds. A round sends what is pending
// over several connections; what Redis turned back (MOVED, ASK, TRYAGAIN, a missing library) or what
// certainly was not done goes into the next one.
class CommandRun {
 public:
  using LoadLibrary = std::function<absl::Status(Node&)>;

  // All must outlive the run.
  CommandRun(const std::vector<Command>& commands, int replicas, Deadline deadline, Topology& topology,
             LoadLibrary load_library, RunCounts& counts);

  std::vector<absl::StatusOr<ReplyPtr>> Run();

 private:
  // A command that has no outcome yet.
  struct Pending {
    size_t command;
    std::shared_ptr<Node> node;  // where the last round sent it
    std::shared_ptr<Node> ask;   // where ASK sends it, for the next round only
    int connection_tries = 0;
    int library_loads = 0;
    absl::Status last = absl::OkStatus();  // why the last round came to nothing
  };
  // What one node gets in a round: indices into pending_.
  struct Share {
    std::shared_ptr<Node> node;
    std::vector<size_t> plain, asking;
  };
  // What has to happen before the next round.
  struct Repairs {
    bool pause = false;
    bool refresh = false;
    std::map<Node*, std::shared_ptr<Node>> without_library;
    std::vector<std::pair<int, std::shared_ptr<Node>>> moved;  // slot -> node
  };

  std::map<Endpoint, Share> ShareOut();
  std::vector<Lane> TakeLanes(const std::map<Endpoint, Share>& shares);
  void FillLanes(const Share& share, size_t first, std::vector<Lane>& lanes);
  // True when the command has its outcome; else it is tried again after `repairs`.
  bool Settle(Pending& entry, Attempt attempt, Repairs& repairs);
  bool SettleError(Pending& entry, absl::string_view error, Repairs& repairs);
  void Repair(const Repairs& repairs);

  const std::vector<Command>& commands_;
  const int replicas_;
  const Deadline deadline_;
  Topology& topology_;
  const LoadLibrary load_library_;
  RunCounts& counts_;
  std::vector<Pending> pending_;
  std::vector<absl::StatusOr<ReplyPtr>> results_;
  std::chrono::milliseconds back_off_;
};

}  // namespace relance::store
