#include "common/store/redis_client.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"

namespace relance::store {

RedisClient::RedisClient(const StoreOptions& options, std::vector<Endpoint> seeds,
                         std::unique_ptr<TlsContext> tls, std::string library)
    : options_(options),
      tls_(std::move(tls)),
      library_(std::move(library)),
      topology_(std::move(seeds), ConnectOptions{options.password, options.connect_timeout, tls_.get()},
                std::max(1, options.connections)) {}

absl::StatusOr<std::unique_ptr<RedisClient>> RedisClient::Open(const StoreOptions& options,
                                                               std::string library) {
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
  const absl::string_view error = TextOf(reply->get());
  // A node that is loading its data or was just demoted: who needs the functions comes here again.
  for (absl::string_view kind : {"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN"}) {
    if (absl::StartsWith(error, kind)) return UnavailableError("the Redis node is not ready");
  }
  return StatusOfError(error);
}

std::vector<absl::StatusOr<ReplyPtr>> RedisClient::Run(const std::vector<Command>& commands,
                                                       Deadline deadline, int replicas) {
  deadline = std::min(deadline, After(options_.call_timeout));
  const auto load_library = [this, deadline](Node& node) { return LoadLibrary(node, deadline); };
  return CommandRun(commands, replicas, deadline, topology_, load_library, counts_).Run();
}

absl::StatusOr<ReplyPtr> RedisClient::Run(Command command, Deadline deadline) {
  std::vector<Command> commands;
  commands.push_back(std::move(command));
  return std::move(Run(commands, deadline)[0]);
}

absl::StatusOr<std::vector<ReplyPtr>> RedisClient::RunAll(const std::vector<Command>& commands,
                                                          Deadline deadline) {
  std::vector<ReplyPtr> replies;
  replies.reserve(commands.size());
  for (absl::StatusOr<ReplyPtr>& reply : Run(commands, deadline)) {
    if (!reply.ok()) return reply.status();
    replies.push_back(*std::move(reply));
  }
  return replies;
}

void RedisClient::AddStats(StoreStats* stats) const {
  stats->commands += counts_.commands.load(std::memory_order_relaxed);
  stats->round_trips += counts_.round_trips.load(std::memory_order_relaxed);
  stats->redirects += counts_.redirects.load(std::memory_order_relaxed);
  stats->bytes_written += counts_.bytes_written.load(std::memory_order_relaxed);
  stats->reconnects += topology_.breaks();
}

}  // namespace relance::store
