#include "common/store/topology.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"
#include "common/store/slot.h"

namespace relance::store {
namespace {

constexpr size_t kNodesMax = 1000;  // as many as Redis Cluster is made for

}  // namespace

std::shared_ptr<Node> Topology::Find(const Endpoint& endpoint) {
  std::shared_ptr<Node>& node = nodes_[endpoint];
  if (node == nullptr) node = std::make_shared<Node>(endpoint, options_, connections_per_node_);
  return node;
}

absl::Status Topology::Refresh(std::shared_ptr<Node> first, Deadline deadline) {
  std::vector<std::shared_ptr<Node>> ask;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (first != nullptr) ask.push_back(std::move(first));
    for (const auto& [endpoint, node] : nodes_) ask.push_back(node);
    for (const Endpoint& seed : seeds_) ask.push_back(Find(seed));
  }
  absl::Status last = UnavailableError("no Redis node answers");
  for (size_t i = 0; i < ask.size(); ++i) {
    if (std::find(ask.begin(), ask.begin() + i, ask[i]) != ask.begin() + i) continue;
    auto connections = ask[i]->Take(1, deadline);
    if (!connections.ok()) {
      last = connections.status();
      continue;
    }
    Command command(kAnySlot, 0, true);
    command.Add("CLUSTER").Add("SLOTS");
    auto reply = connections->front()->Call(command, deadline);
    ask[i]->Return(std::move(connections->front()), reply.ok());
    if (!reply.ok()) {
      last = reply.status();
      continue;
    }
    last = Apply(reply->get(), ask[i]->endpoint());
    if (last.ok() || last.code() == absl::StatusCode::kFailedPrecondition) return last;
  }
  return last;
}

absl::Status Topology::Apply(const redisReply* slots, const Endpoint& asked) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (slots->type == REDIS_REPLY_ERROR) {
    if (!absl::StrContains(TextOf(slots), "cluster support disabled")) return StatusOfError(TextOf(slots));
    is_cluster_ = false;
    by_slot_.assign(kSlotCount, Find(asked));
    return absl::OkStatus();
  }
  if (SizeOf(slots) == 0) return UnavailableError("the Redis cluster serves no slot yet");
  std::map<Endpoint, std::shared_ptr<Node>> nodes;
  std::vector<std::pair<std::pair<int64_t, int64_t>, Endpoint>> ranges;
  for (size_t i = 0; i < SizeOf(slots); ++i) {
    const redisReply* range = ElementOf(slots, i);
    const redisReply* primary = ElementOf(range, 2);
    Endpoint endpoint{std::string(TextOf(ElementOf(primary, 0))),
                      static_cast<int>(IntegerOf(ElementOf(primary, 1)))};
    // A node that has not met another does not know its own address: it is the one that was asked.
    if (endpoint.host_or_path.empty())
      endpoint.host_or_path = asked.port == 0 ? "127.0.0.1" : asked.host_or_path;
    ranges.push_back({{IntegerOf(ElementOf(range, 0)), IntegerOf(ElementOf(range, 1))}, endpoint});
    nodes[endpoint] = nullptr;
  }
  if (nodes.size() > kNodesMax) return UnavailableError("the Redis cluster has too many nodes");
  // One node that serves everything is reached as it was asked: by its Unix socket, for instance.
  const bool single = nodes.size() == 1;
  is_cluster_ = true;
  by_slot_.assign(kSlotCount, nullptr);
  for (const auto& [range, endpoint] : ranges) {
    std::shared_ptr<Node> node = Find(single ? asked : endpoint);
    for (int64_t slot = std::max<int64_t>(range.first, 0); slot <= range.second && slot < kSlotCount;
         ++slot) {
      by_slot_[slot] = node;
    }
  }
  return absl::OkStatus();
}

std::shared_ptr<Node> Topology::NodeOf(int slot) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (by_slot_.empty()) return nullptr;
  if (slot != kAnySlot) return by_slot_[slot];
  for (const auto& node : by_slot_) {
    if (node != nullptr) return node;
  }
  return nullptr;
}

std::vector<std::shared_ptr<Node>> Topology::Primaries() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::map<Endpoint, std::shared_ptr<Node>> primaries;
  const Node* last = nullptr;
  for (const auto& node : by_slot_) {
    if (node == nullptr || node.get() == last) continue;
    last = node.get();
    primaries[node->endpoint()] = node;
  }
  std::vector<std::shared_ptr<Node>> result;
  for (auto& [endpoint, node] : primaries) result.push_back(node);
  return result;
}

bool Topology::is_cluster() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return is_cluster_;
}

std::shared_ptr<Node> Topology::TargetOf(absl::string_view redirect, const Node& from) {
  const std::vector<absl::string_view> words = absl::StrSplit(redirect, ' ');
  if (words.size() < 3) return nullptr;
  const auto colon = words[2].rfind(':');
  int port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(words[2].substr(colon + 1), &port))
    return nullptr;
  Endpoint endpoint{std::string(words[2].substr(0, colon)), port};
  if (endpoint.host_or_path.empty()) {
    endpoint.host_or_path = from.endpoint().port == 0 ? "127.0.0.1" : from.endpoint().host_or_path;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  return Find(endpoint);
}

void Topology::SetNode(int slot, std::shared_ptr<Node> node) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (slot >= 0 && slot < static_cast<int>(by_slot_.size())) by_slot_[slot] = std::move(node);
}

int64_t Topology::breaks() const {
  std::lock_guard<std::mutex> lock(mutex_);
  int64_t sum = 0;
  for (const auto& [endpoint, node] : nodes_) sum += node->breaks();
  return sum;
}

}  // namespace relance::store
