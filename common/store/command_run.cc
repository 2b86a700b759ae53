#include "common/store/command_run.h"

#include <algorithm>
#include <thread>

#include "absl/strings/match.h"

namespace relance::store {
namespace {

// Tries that a broken or refused connection gets. What Redis itself turns back is tried until the deadline.
constexpr int kConnectionTriesMax = 4;
constexpr int kLibraryLoadsMax = 3;
// Rounds without a pause: nodes that disagree about a slot need a moment to hear of each other.
constexpr int kEagerRounds = 4;
constexpr int kCommandsPerLane = 4;
constexpr std::chrono::milliseconds kBackOffFirst(1);
constexpr std::chrono::milliseconds kBackOffMax(50);

enum class Verdict { kFinal, kMoved, kAsk, kLater, kNoLibrary };

// What an error reply asks for. kLater: not done, and will be possible soon.
Verdict JudgeError(absl::string_view error) {
  if (absl::StartsWith(error, "MOVED ")) return Verdict::kMoved;
  if (absl::StartsWith(error, "ASK ")) return Verdict::kAsk;
  if (absl::StartsWith(error, "ERR Function not found")) return Verdict::kNoLibrary;
  for (absl::string_view kind : {"TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY"}) {
    if (absl::StartsWith(error, kind)) return Verdict::kLater;
  }
  return Verdict::kFinal;
}

}  // namespace

CommandRun::CommandRun(const std::vector<Command>& commands, int replicas, Deadline deadline,
                       Topology& topology, LoadLibrary load_library, RunCounts& counts)
    : commands_(commands),
      replicas_(replicas),
      deadline_(deadline),
      topology_(topology),
      load_library_(std::move(load_library)),
      counts_(counts),
      pending_(commands.size()),
      results_(commands.size()),
      back_off_(kBackOffFirst) {
  for (size_t i = 0; i < commands.size(); ++i) {
    pending_[i].command = i;
    counts_.bytes_written.fetch_add(static_cast<int64_t>(commands[i].bytes()), std::memory_order_relaxed);
  }
  counts_.commands.fetch_add(static_cast<int64_t>(commands.size()), std::memory_order_relaxed);
}

std::vector<absl::StatusOr<ReplyPtr>> CommandRun::Run() {
  std::vector<Attempt> attempts(commands_.size());
  for (int round = 0; !pending_.empty(); ++round) {
    std::vector<Lane> lanes = TakeLanes(ShareOut());
    counts_.round_trips.fetch_add(static_cast<int64_t>(lanes.size()), std::memory_order_relaxed);
    RunLanes(commands_, replicas_, deadline_, lanes, attempts);
    for (Lane& lane : lanes) lane.node->Return(std::move(lane.connection), !lane.broken);

    Repairs repairs;
    repairs.pause = round >= kEagerRounds;
    std::vector<Pending> again;
    for (Pending& entry : pending_) {
      Attempt attempt = std::exchange(attempts[entry.command], Attempt());
      if (!Settle(entry, std::move(attempt), repairs)) again.push_back(std::move(entry));
    }
    pending_ = std::move(again);
    if (pending_.empty()) break;
    if (MillisecondsLeft(deadline_) == 0) {
      for (const Pending& entry : pending_) results_[entry.command] = DeadlineError();
      break;
    }
    Repair(repairs);
  }
  return std::move(results_);
}

std::map<Endpoint, CommandRun::Share> CommandRun::ShareOut() {
  std::map<Endpoint, Share> shares;
  for (size_t i = 0; i < pending_.size(); ++i) {
    Pending& entry = pending_[i];
    const bool asking = entry.ask != nullptr;
    entry.node =
        asking ? std::exchange(entry.ask, nullptr) : topology_.NodeOf(commands_[entry.command].slot());
    entry.last = absl::OkStatus();
    if (entry.node == nullptr) {
      entry.last = UnavailableError("no Redis node serves the slot");
      continue;
    }
    Share& share = shares[entry.node->endpoint()];
    share.node = entry.node;
    (asking ? share.asking : share.plain).push_back(i);
  }
  return shares;
}

std::vector<Lane> CommandRun::TakeLanes(const std::map<Endpoint, Share>& shares) {
  // Nodes in the order of their addresses: two calls that each need connections of two nodes cannot wait for
  // each other in a circle.
  std::vector<Lane> lanes;
  for (const auto& [endpoint, share] : shares) {
    const size_t count = share.plain.size() + share.asking.size();
    const bool both = !share.plain.empty() && !share.asking.empty();
    const int wanted = static_cast<int>((count + kCommandsPerLane - 1) / kCommandsPerLane) + (both ? 1 : 0);
    auto connections = share.node->Take(wanted, deadline_);
    if (!connections.ok()) {
      for (const auto* part : {&share.plain, &share.asking}) {
        for (size_t i : *part) {
          ++pending_[i].connection_tries;
          pending_[i].last = connections.status();
        }
      }
      continue;
    }
    const size_t first = lanes.size();
    for (auto& connection : *connections) {
      lanes.emplace_back();
      lanes.back().node = share.node;
      lanes.back().connection = std::move(connection);
    }
    FillLanes(share, first, lanes);
  }
  return lanes;
}

void CommandRun::FillLanes(const Share& share, size_t first, std::vector<Lane>& lanes) {
  // What needs ASKING has a lane of its own; with a single connection it waits for the next round.
  const size_t count = lanes.size() - first;
  const bool asking_lane = !share.asking.empty() && (share.plain.empty() || count > 1);
  const size_t plain_lanes = count - (asking_lane ? 1 : 0);
  for (size_t i : share.plain) {
    const size_t command = pending_[i].command;
    lanes[first + static_cast<size_t>(commands_[command].affinity()) % plain_lanes].commands.push_back(
        command);
  }
  lanes.back().asking = asking_lane;
  for (size_t i : share.asking) {
    if (asking_lane) {
      lanes.back().commands.push_back(pending_[i].command);
    } else {
      pending_[i].ask = share.node;
    }
  }
}

bool CommandRun::Settle(Pending& entry, Attempt attempt, Repairs& repairs) {
  switch (attempt.kind) {
    case Attempt::kReply:
      if (attempt.reply->type == REDIS_REPLY_ERROR)
        return SettleError(entry, TextOf(attempt.reply.get()), repairs);
      results_[entry.command] = std::move(attempt.reply);
      return true;
    case Attempt::kUnknown:
    case Attempt::kNotSent:
      if (attempt.kind == Attempt::kUnknown && !commands_[entry.command].repeatable()) {
        results_[entry.command] = attempt.status;
        return true;
      }
      ++entry.connection_tries;
      entry.last = attempt.status;
      break;
    case Attempt::kNone:  // it found no node or no connection, or waits for a lane
      break;
  }
  if (entry.connection_tries >= kConnectionTriesMax) {
    results_[entry.command] = entry.last;
    return true;
  }
  if (!entry.last.ok()) repairs.pause = repairs.refresh = true;
  return false;
}

bool CommandRun::SettleError(Pending& entry, absl::string_view error, Repairs& repairs) {
  const Verdict verdict = JudgeError(error);
  if (verdict == Verdict::kFinal ||
      (verdict == Verdict::kNoLibrary && ++entry.library_loads > kLibraryLoadsMax)) {
    results_[entry.command] = StatusOfError(error);
    return true;
  }
  if (verdict == Verdict::kNoLibrary) {
    repairs.without_library[entry.node.get()] = entry.node;
  } else if (verdict == Verdict::kLater) {
    repairs.pause = true;
    // A slot on its way (TRYAGAIN) stays with its node; the others may mean a failover.
    if (!absl::StartsWith(error, "TRYAGAIN")) repairs.refresh = true;
  } else {
    counts_.redirects.fetch_add(1, std::memory_order_relaxed);
    std::shared_ptr<Node> target = topology_.TargetOf(error, *entry.node);
    if (verdict == Verdict::kAsk) {
      entry.ask = std::move(target);
    } else if (target != nullptr) {
      repairs.moved.emplace_back(commands_[entry.command].slot(), std::move(target));
    }
  }
  return false;
}

void CommandRun::Repair(const Repairs& repairs) {
  for (const auto& [raw, node] : repairs.without_library) {
    // Where it fails the command fails in the next round, and says why.
    load_library_(*node).IgnoreError();
  }
  if (repairs.pause) {
    std::this_thread::sleep_for(std::min(back_off_, std::chrono::milliseconds(MillisecondsLeft(deadline_))));
    back_off_ = std::min(2 * back_off_, kBackOffMax);
  }
  if (repairs.refresh || !repairs.moved.empty()) {
    // A failure shows in the next round as well.
    topology_.Refresh(repairs.moved.empty() ? nullptr : repairs.moved.front().second, deadline_)
        .IgnoreError();
    // The node that answered may not have heard of the move yet; the one that sent us away has.
    for (const auto& [slot, node] : repairs.moved) topology_.SetNode(slot, node);
  }
}

}  // namespace relance::store
