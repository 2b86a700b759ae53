#include "tests/support/cluster_process.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/check.h"

namespace relance::testing {
namespace {

constexpr int kSlots = 16384;
constexpr int kKeysPerMove = 20;

}  // namespace

ClusterProcess::ClusterProcess(int nodes, std::string appendfsync) {
  for (int i = 0; i < nodes; ++i) Start(appendfsync);
  for (int i = 0; i < nodes; ++i) {
    const std::string first = absl::StrCat(kSlots * i / nodes),
                      last = absl::StrCat(kSlots * (i + 1) / nodes - 1);
    RELANCE_CHECK(Send(i, {"CLUSTER", "ADDSLOTSRANGE", first, last}) == "OK");
    if (i > 0) Send(0, {"CLUSTER", "MEET", "127.0.0.1", absl::StrCat(nodes_[i]->port())});
  }
  for (int i = 0; i < nodes; ++i) {
    RELANCE_CHECK(AwaitCondition([&] {
      const std::string info = Send(i, {"CLUSTER", "INFO"});
      return absl::StrContains(info, "cluster_state:ok") &&
             absl::StrContains(info, "cluster_slots_ok:16384") &&
             absl::StrContains(info, absl::StrCat("cluster_known_nodes:", nodes));
    }));
  }
}

int ClusterProcess::Start(const std::string& appendfsync) {
  RedisOptions options;
  options.appendfsync = appendfsync;
  options.port = FreeClusterPort();
  options.cluster = true;
  const int index = size();
  nodes_.push_back(std::make_unique<RedisProcess>(options));
  ids_.push_back(Send(index, {"CLUSTER", "MYID"}));
  Send(index, {"CLUSTER", "SET-CONFIG-EPOCH", absl::StrCat(index + 1)});
  return index;
}

int ClusterProcess::AddReplica(int primary) {
  const int replica = Start("no");
  Send(primary, {"CLUSTER", "MEET", "127.0.0.1", absl::StrCat(nodes_[replica]->port())});
  RELANCE_CHECK(AwaitCondition([&] {
    return Send(replica, {"CLUSTER", "REPLICATE", ids_[primary]}) == "OK";
  }));
  RELANCE_CHECK(AwaitCondition([&] {
    if (!absl::StrContains(Send(replica, {"INFO", "replication"}), "master_link_status:up")) return false;
    for (int i = 0; i < size(); ++i) {
      if (!absl::StrContains(Send(i, {"CLUSTER", "NODES"}), ids_[replica])) return false;
    }
    return true;
  }));
  return replica;
}

void ClusterProcess::FailOver(int primary, int replica) {
  nodes_[primary]->Kill();
  RELANCE_CHECK(Send(replica, {"CLUSTER", "FAILOVER", "TAKEOVER"}) == "OK");
}

std::string ClusterProcess::Send(int node, const std::vector<std::string>& arguments) const {
  return nodes_[node]->Command(arguments);
}

std::string ClusterProcess::addresses() const {
  std::string text;
  for (const auto& node : nodes_) absl::StrAppend(&text, text.empty() ? "" : ",", "127.0.0.1:", node->port());
  return text;
}

void ClusterProcess::Empty() {
  for (int i = 0; i < size(); ++i) Send(i, {"FLUSHALL"});
}

int ClusterProcess::OwnerOf(int slot) const {
  for (int i = 0; i < size(); ++i) {
    const std::vector<std::string> lines = absl::StrSplit(Send(i, {"CLUSTER", "NODES"}), '\n');
    for (const std::string& line : lines) {
      if (!absl::StrContains(line, "myself")) continue;
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      for (size_t word = 8; word < words.size(); ++word) {
        if (absl::StartsWith(words[word], "[")) continue;
        const std::vector<std::string> ends = absl::StrSplit(words[word], '-');
        if (slot >= std::stoi(ends.front()) && slot <= std::stoi(ends.back())) return i;
      }
    }
  }
  return -1;
}

void ClusterProcess::MoveSlot(int slot, int to) {
  const int from = OwnerOf(slot);
  RELANCE_CHECK(from >= 0);
  if (from == to) return;
  const std::string name = absl::StrCat(slot);
  RELANCE_CHECK(Send(to, {"CLUSTER", "SETSLOT", name, "IMPORTING", ids_[from]}) == "OK");
  RELANCE_CHECK(Send(from, {"CLUSTER", "SETSLOT", name, "MIGRATING", ids_[to]}) == "OK");
  while (true) {
    const std::string keys = Send(from, {"CLUSTER", "GETKEYSINSLOT", name, absl::StrCat(kKeysPerMove)});
    if (keys.empty()) break;
    std::vector<std::string> command = {"MIGRATE", "127.0.0.1", absl::StrCat(nodes_[to]->port()), "", "0",
                                        "10000",   "KEYS"};
    for (absl::string_view key : absl::StrSplit(keys, '\n')) command.emplace_back(key);
    const std::string moved = Send(from, command);
    RELANCE_CHECK(moved == "OK" || moved == "NOKEY");
  }
  for (int node : {to, from})
    RELANCE_CHECK(Send(node, {"CLUSTER", "SETSLOT", name, "NODE", ids_[to]}) == "OK");
  for (int node = 0; node < size(); ++node) {
    if (node != to && node != from) Send(node, {"CLUSTER", "SETSLOT", name, "NODE", ids_[to]});
  }
}

}  // namespace relance::testing
