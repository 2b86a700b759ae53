#include "common/status/status_macros.h"
#include "common/store/redis_store.h"
#include "common/store/validation.h"

namespace relance::store {

absl::StatusOr<std::vector<std::string>> RedisStore::ReadEvidence(const AccountKey& key, uint64_t from,
                                                                  int limit, Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckAccountKey(key));
  if (limit <= 0) return std::vector<std::string>();
  const int partition = PartitionOf(key);
  Command command = Repeatable(partition);
  command.Add("LRANGE").Add(Keys(partition).Evidence(key));
  command.Add(static_cast<int64_t>(from)).Add(static_cast<int64_t>(from) + limit - 1);
  RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(command), deadline));
  std::vector<std::string> records;
  records.reserve(SizeOf(reply.get()));
  for (size_t i = 0; i < SizeOf(reply.get()); ++i) {
    records.push_back(std::string(TextOf(ElementOf(reply.get(), i))));
  }
  return records;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> RedisStore::ReadOutbox(int partition,
                                                                                        int limit,
                                                                                        Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions_));
  // A scan, so that a large outbox does not come in one piece. It may name a message twice; the map holds it
  // once.
  std::map<std::string, std::string> messages;
  std::string position = "0";
  while (static_cast<int>(messages.size()) < limit) {
    Command command = Repeatable(partition);
    command.Add("HSCAN").Add(Keys(partition).Outbox(service_)).Add(position);
    command.Add("COUNT").Add(int64_t{limit});
    RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(command), deadline));
    const redisReply* pairs = ElementOf(reply.get(), 1);
    for (size_t i = 0; i + 1 < SizeOf(pairs); i += 2) {
      messages[std::string(TextOf(ElementOf(pairs, i)))] = std::string(TextOf(ElementOf(pairs, i + 1)));
    }
    position = std::string(TextOf(ElementOf(reply.get(), 0)));
    if (position == "0" || position.empty()) break;
  }
  std::vector<std::pair<std::string, std::string>> result;
  for (auto& [key, value] : messages) {
    if (static_cast<int>(result.size()) >= limit) break;
    result.emplace_back(key, std::move(value));
  }
  return result;
}

}  // namespace relance::store
