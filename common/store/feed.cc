#include "absl/strings/numbers.h"
#include "common/status/status_macros.h"
#include "common/store/library.h"
#include "common/store/redis_store.h"
#include "common/store/validation.h"

namespace relance::store {
namespace {

constexpr Service kServices[] = {Service::kLedger, Service::kRisk, Service::kScenario, Service::kCampaign,
                                 Service::kHandoff};

// "<position>-0", and the fields: s, the service, then account and version in turn.
FeedEntry EntryOf(int partition, const redisReply* reply) {
  FeedEntry entry;
  entry.partition = partition;
  const absl::string_view id = TextOf(ElementOf(reply, 0));
  if (!absl::SimpleAtoi(id.substr(0, id.find('-')), &entry.position)) entry.position = 0;
  const redisReply* fields = ElementOf(reply, 1);
  entry.service = std::string(TextOf(ElementOf(fields, 1)));
  for (size_t i = 2; i + 1 < SizeOf(fields); i += 2) {
    const absl::string_view name = TextOf(ElementOf(fields, i));
    const auto slash = name.find('/');  // the first: a tenant has none, an account may
    if (slash == absl::string_view::npos) continue;
    entry.accounts.emplace_back(
        AccountKey{std::string(name.substr(0, slash)), std::string(name.substr(slash + 1))},
        IntegerOf(ElementOf(fields, i + 1)));
  }
  return entry;
}

}  // namespace

absl::StatusOr<std::vector<FeedRead>> RedisStore::ReadFeed(absl::Span<const FeedPosition> from,
                                                           int max_per_partition, Deadline deadline) {
  std::vector<Command> commands;
  commands.reserve(from.size());
  for (const FeedPosition& position : from) {
    RELANCE_RETURN_IF_ERROR(CheckPartition(position.partition, partitions_));
    Command command = Repeatable(position.partition);
    command.Add("FCALL_RO").Add(kReadFeedFunction).Add(int64_t{2});
    command.Add(Keys(position.partition).Feed()).Add(Keys(position.partition).FeedCount());
    command.Add(std::max<int64_t>(0, position.after)).Add(int64_t{std::max(1, max_per_partition)});
    commands.push_back(std::move(command));
  }
  RELANCE_ASSIGN_OR_RETURN(auto replies, client_->RunAll(commands, deadline));
  std::vector<FeedRead> result(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    const int64_t newest = IntegerOf(ElementOf(replies[i].get(), 0));
    const redisReply* entries = ElementOf(replies[i].get(), 1);
    result[i].partition = from[i].partition;
    for (size_t j = 0; j < SizeOf(entries); ++j) {
      result[i].entries.push_back(EntryOf(from[i].partition, ElementOf(entries, j)));
    }
    // Positions are dense, so what is missing shows. A feed that ends before `after` was restored from an
    // older state.
    const int64_t expected = from[i].after + 1;
    result[i].gap =
        result[i].entries.empty() ? newest != from[i].after : result[i].entries.front().position != expected;
  }
  return result;
}

absl::StatusOr<std::vector<int64_t>> RedisStore::GetNumbers(absl::Span<const int> partitions,
                                                            std::string (*key_of)(const PartitionKeys&,
                                                                                  Service),
                                                            Service service, Deadline deadline) {
  std::vector<Command> commands;
  commands.reserve(partitions.size());
  for (int partition : partitions) {
    RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions_));
    commands.push_back(Repeatable(partition));
    commands.back().Add("GET").Add(key_of(Keys(partition), service));
  }
  RELANCE_ASSIGN_OR_RETURN(auto replies, client_->RunAll(commands, deadline));
  std::vector<int64_t> numbers;
  numbers.reserve(partitions.size());
  for (const ReplyPtr& reply : replies) numbers.push_back(IntegerOf(reply.get()));
  return numbers;
}

absl::StatusOr<std::vector<int64_t>> RedisStore::FeedEnds(absl::Span<const int> partitions,
                                                          Deadline deadline) {
  return GetNumbers(
      partitions, [](const PartitionKeys& keys, Service) { return keys.FeedCount(); }, service_, deadline);
}

absl::StatusOr<std::vector<int64_t>> RedisStore::Cursors(absl::Span<const int> partitions, Service service,
                                                         Deadline deadline) {
  return GetNumbers(
      partitions, [](const PartitionKeys& keys, Service owner) { return keys.Cursor(owner); }, service,
      deadline);
}

absl::Status RedisStore::TrimFeed(absl::Span<const int> partitions, int keep, Deadline deadline) {
  std::vector<Command> commands;
  for (int partition : partitions) {
    RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions_));
    const PartitionKeys& keys = Keys(partition);
    commands.push_back(Repeatable(partition));
    commands.back().Add("FCALL").Add(kTrimFunction).Add(static_cast<int64_t>(2 + std::size(kServices)));
    commands.back().Add(keys.Feed()).Add(keys.FeedCount());
    for (Service service : kServices) commands.back().Add(keys.Cursor(service));
    commands.back().Add(int64_t{std::max(0, keep)});
  }
  return client_->RunAll(commands, deadline).status();
}

}  // namespace relance::store
