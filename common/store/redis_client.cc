#include "common/store/redis_client.h"

#include <algorithm>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"

namespace relance::store {
namespace {

// Tries that a broken or refused connection gets. What Redis itself turns back is retried until the deadline.
constexpr int kConnectionTriesMax = 4;
constexpr int kLibraryLoadsMax = 3;
// Rounds of redirects without a pause: nodes that disagree about a slot need a moment to hear of each other.
constexpr int kEagerRounds = 4;
constexpr int kCommandsPerLane = 4;
constexpr auto kBackOffFirst = std::chrono::milliseconds(1);
constexpr auto kBackOffMax = std::chrono::milliseconds(50);

enum class Verdict { kDone, kMoved, kAsk, kLater, kNoLibrary };

// What an error reply asks for. kLater: not done, and will be possible soon.
Verdict JudgeError(absl::string_view error) {
  if (absl::StartsWith(error, "MOVED ")) return Verdict::kMoved;
  if (absl::StartsWith(error, "ASK ")) return Verdict::kAsk;
  for (absl::string_view kind : {"TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY"}) {
    if (absl::StartsWith(error, kind)) return Verdict::kLater;
  }
  if (absl::StartsWith(error, "ERR Function not found")) return Verdict::kNoLibrary;
  return Verdict::kDone;
}

}  // namespace

// A command that has no final outcome yet.
struct RedisClient::Pending {
  size_t command;
  std::shared_ptr<Node> ask;  // where ASK sent it, for the next try only
  int connection_tries = 0;
  int library_loads = 0;
  absl::Status last = absl::OkStatus();  // why the last try came to nothing
};

RedisClient::RedisClient(const StoreOptions& options, std::vector<Endpoint> seeds, std::unique_ptr<TlsContext> tls,
                         std::string library)
    : options_(options),
      tls_(std::move(tls)),
      library_(std::move(library)),
      topology_(std::move(seeds), ConnectOptions{options.password, options.connect_timeout, tls_.get()},
                std::max(1, options.connections)) {}

absl::StatusOr<std::unique_ptr<RedisClient>> RedisClient::Open(const StoreOptions& options, std::string library) {
  std::unique_ptr<TlsContext> tls;
  if (options.tls) {
    RELANCE_ASSIGN_OR_RETURN(tls, TlsContext::Create(options.tls_ca_file));
  }
  std::vector<Endpoint> seeds;
  for (absl::string_view text : absl::StrSplit(options.address, ',')) {
    RELANCE_ASSIGN_OR_RETURN(Endpoint seed, ParseEndpoint(text));
    seeds.push_back(std::move(seed));
  }
  std::unique_ptr<RedisClient> client(
      new RedisClient(options, std::move(seeds), std::move(tls), std::move(library)));
  const Deadline deadline = After(options.call_timeout);
  RELANCE_RETURN_IF_ERROR(client->topology_.Refresh(nullptr, deadline));
  for (const auto& node : client->topology_.Primaries()) {
    RELANCE_RETURN_IF_ERROR(client->LoadLibrary(*node, deadline));
  }
  return client;
}

absl::Status RedisClient::LoadLibrary(Node& node, Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(auto connections, node.Take(1, deadline));
  Command load(kAnySlot, 0, true);
  load.Add("FUNCTION").Add("LOAD").Add("REPLACE").Add(library_);
  auto reply = connections.front()->Call(load, deadline);
  node.Return(std::move(connections.front()), reply.ok());
  RELANCE_RETURN_IF_ERROR(reply.status());
  if ((*reply)->type != REDIS_REPLY_ERROR) return absl::OkStatus();
  // A node that is loading or was just demoted: whoever needs the functions comes here again.
  if (JudgeError(TextOf(reply->get())) != Verdict::kDone) return UnavailableError("the Redis node is not ready");
  return StatusOfError(TextOf(reply->get()));
}

std::vector<Lane> RedisClient::TakeLanes(const std::vector<Command>& commands, std::vector<Pending>& pending,
                                         Deadline deadline) {
  // Nodes in the order of their addresses: two calls that each need connections of two nodes cannot wait for
  // each other in a circle.
  struct Share {
    std::shared_ptr<Node> node;
    std::vector<size_t> plain, asking;  // indices into `pending`
  };
  std::map<Endpoint, Share> shares;
  for (size_t i = 0; i < pending.size(); ++i) {
    pending[i].last = absl::OkStatus();
    const std::shared_ptr<Node> ask = std::move(pending[i].ask);
    const std::shared_ptr<Node> node = ask != nullptr ? ask : topology_.NodeOf(commands[pending[i].command].slot());
    if (node == nullptr) {
      pending[i].last = UnavailableError("no Redis node serves the slot");
      continue;
    }
    Share& share = shares[node->endpoint()];
    share.node = node;
    (ask != nullptr ? share.asking : share.plain).push_back(i);
  }
  std::vector<Lane> lanes;
  for (auto& [endpoint, share] : shares) {
    const size_t count = share.plain.size() + share.asking.size();
    const int wanted = static_cast<int>((count + kCommandsPerLane - 1) / kCommandsPerLane) +
                       (share.plain.empty() || share.asking.empty() ? 0 : 1);
    auto connections = share.node->Take(std::min(wanted, options_.connections), deadline);
    if (!connections.ok()) {
      for (const auto& part : {share.plain, share.asking}) {
        for (size_t i : part) {
          ++pending[i].connection_tries;
          pending[i].last = connections.status();
        }
      }
      continue;
    }
    // What needs ASKING has a lane of its own; with a single connection it waits for the next round.
    const bool asking_lane = !share.asking.empty() && (share.plain.empty() || connections->size() > 1);
    const size_t first = lanes.size();
    for (auto& connection : *connections) {
      lanes.emplace_back();
      lanes.back().node = share.node;
      lanes.back().connection = std::move(connection);
    }
    const size_t plain_lanes = connections->size() - (asking_lane ? 1 : 0);
    for (size_t i : share.plain) {
      const size_t command = pending[i].command;
      lanes[first + static_cast<size_t>(commands[command].affinity()) % plain_lanes].commands.push_back(command);
    }
    for (size_t i : share.asking) {
      if (!asking_lane) {
        pending[i].ask = share.node;
        continue;
      }
      lanes.back().commands.push_back(pending[i].command);
      lanes.back().asking = true;
    }
  }
  return lanes;
}

std::vector<absl::StatusOr<ReplyPtr>> RedisClient::Run(const std::vector<Command>& commands, Deadline deadline,
                                                       int replicas) {
  deadline = std::min(deadline, After(options_.call_timeout));
  std::vector<absl::StatusOr<ReplyPtr>> results(commands.size());
  std::vector<Pending> pending(commands.size());
  for (size_t i = 0; i < commands.size(); ++i) {
    pending[i].command = i;
    bytes_written_.fetch_add(static_cast<int64_t>(commands[i].bytes()), std::memory_order_relaxed);
  }
  commands_.fetch_add(static_cast<int64_t>(commands.size()), std::memory_order_relaxed);
  std::vector<Attempt> attempts(commands.size());
  auto back_off = kBackOffFirst;

  for (int round = 0; !pending.empty(); ++round) {
    std::vector<Lane> lanes = TakeLanes(commands, pending, deadline);
    round_trips_.fetch_add(static_cast<int64_t>(lanes.size()), std::memory_order_relaxed);
    RunLanes(commands, replicas, deadline, lanes, attempts);

    std::map<size_t, std::shared_ptr<Node>> node_of;  // of the commands that Redis turned back
    for (Lane& lane : lanes) {
      for (size_t command : lane.commands) {
        const Attempt& attempt = attempts[command];
        if (attempt.kind == Attempt::kReply && attempt.reply->type == REDIS_REPLY_ERROR) node_of[command] = lane.node;
      }
      lane.node->Return(std::move(lane.connection), !lane.broken);
    }

    std::vector<Pending> again;
    std::shared_ptr<Node> moved_to;
    std::map<Node*, std::shared_ptr<Node>> without_library;
    std::vector<std::pair<int, std::shared_ptr<Node>>> moved_slots;
    bool wait = round >= kEagerRounds, refresh = false;
    for (Pending& entry : pending) {
      Attempt attempt = std::move(attempts[entry.command]);
      attempts[entry.command] = Attempt();
      absl::StatusOr<ReplyPtr>& result = results[entry.command];
      const Command& command = commands[entry.command];
      switch (attempt.kind) {
        case Attempt::kReply: {
          if (attempt.reply->type != REDIS_REPLY_ERROR) {
            result = std::move(attempt.reply);
            continue;
          }
          const absl::string_view error = TextOf(attempt.reply.get());
          const Verdict verdict = JudgeError(error);
          if (verdict == Verdict::kDone || (verdict == Verdict::kNoLibrary && ++entry.library_loads > kLibraryLoadsMax)) {
            result = StatusOfError(error);
            continue;
          }
          const std::shared_ptr<Node>& from = node_of[entry.command];
          entry.last = UnavailableError("the Redis cluster is moving the slot");
          if (verdict == Verdict::kNoLibrary) {
            without_library[from.get()] = from;
          } else if (verdict == Verdict::kLater) {
            wait = true;
            // A slot on its way (TRYAGAIN) stays with its node; the others may mean a failover.
            if (!absl::StartsWith(error, "TRYAGAIN")) refresh = true;
          } else {
            redirects_.fetch_add(1, std::memory_order_relaxed);
            std::shared_ptr<Node> target = topology_.TargetOf(error, *from);
            if (verdict == Verdict::kAsk) {
              entry.ask = target;
            } else if (target != nullptr) {
              moved_to = target;
              moved_slots.push_back({command.slot(), target});
            }
          }
          break;
        }
        case Attempt::kUnknown:
          if (!command.repeatable()) {
            result = attempt.status;
            continue;
          }
          [[fallthrough]];
        case Attempt::kNotSent:
          ++entry.connection_tries;
          entry.last = attempt.status;
          [[fallthrough]];
        case Attempt::kNone:
          if (entry.connection_tries >= kConnectionTriesMax) {
            result = entry.last;
            continue;
          }
          // Also what found no node or no connection in this round.
          if (!entry.last.ok()) {
            wait = true;
            refresh = true;
          }
          break;
      }
      again.push_back(std::move(entry));
    }
    pending = std::move(again);
    if (pending.empty()) break;
    if (MillisecondsLeft(deadline) <= 0) {
      for (const Pending& entry : pending) results[entry.command] = DeadlineError();
      break;
    }
    for (const auto& [raw, node] : without_library) {
      // Where it fails the command fails in the next round, and says why.
      LoadLibrary(*node, deadline).IgnoreError();
    }
    if (wait) {
      std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(
          back_off, std::max(std::chrono::nanoseconds(0), deadline - std::chrono::steady_clock::now())));
      back_off = std::min(2 * back_off, kBackOffMax);
    }
    if (moved_to != nullptr || refresh) {
      // A failure shows in the next round as well.
      topology_.Refresh(moved_to, deadline).IgnoreError();
      // The node that answered may not have heard of the move yet; the one that sent us away has.
      for (const auto& [slot, node] : moved_slots) topology_.SetNode(slot, node);
    }
  }
  return results;
}

absl::StatusOr<ReplyPtr> RedisClient::Run(Command command, Deadline deadline) {
  std::vector<Command> commands;
  commands.push_back(std::move(command));
  return std::move(Run(commands, deadline)[0]);
}

absl::StatusOr<std::vector<ReplyPtr>> RedisClient::RunAll(const std::vector<Command>& commands, Deadline deadline) {
  std::vector<ReplyPtr> replies;
  replies.reserve(commands.size());
  for (absl::StatusOr<ReplyPtr>& reply : Run(commands, deadline)) {
    if (!reply.ok()) return reply.status();
    replies.push_back(*std::move(reply));
  }
  return replies;
}

void RedisClient::AddStats(StoreStats* stats) const {
  stats->commands += commands_.load(std::memory_order_relaxed);
  stats->round_trips += round_trips_.load(std::memory_order_relaxed);
  stats->redirects += redirects_.load(std::memory_order_relaxed);
  stats->bytes_written += bytes_written_.load(std::memory_order_relaxed);
  stats->reconnects += topology_.breaks();
}

}  // namespace relance::store
