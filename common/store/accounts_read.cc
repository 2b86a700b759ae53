#include "common/status/status_macros.h"
#include "common/store/redis_store.h"
#include "common/store/validation.h"

namespace relance::store {
namespace {

// The fields of the store's own that come with every read, in this order.
constexpr const char* kOwnFields[] = {"v:ledger",          "v:risk",          "v:plan", "v:case",
                                      kEvidenceCountField, kEvidenceHeadField};
constexpr size_t kOwnFieldCount = 6;

// Takes one field of the hash; false when it is not one of the store's own.
bool TakeOwnField(absl::string_view name, const redisReply* value, AccountRecord* record) {
  if (name == kEvidenceHeadField) {
    record->evidence_head = std::string(TextOf(value));
    return true;
  }
  if (name == kEvidenceCountField) {
    record->evidence_count = static_cast<uint64_t>(IntegerOf(value));
    record->exists = record->exists || !IsNil(value);
    return true;
  }
  for (int owner = 0; owner < kOwnerCount; ++owner) {
    if (name != kOwnFields[owner]) continue;
    record->versions[owner] = IntegerOf(value);
    record->exists = record->exists || !IsNil(value);
    return true;
  }
  return false;
}

AccountRecord RecordOf(const AccountRead& read, const redisReply* reply) {
  AccountRecord record;
  record.key = read.key;
  if (read.all_fields) {
    for (size_t i = 0; i + 1 < SizeOf(reply); i += 2) {
      const absl::string_view name = TextOf(ElementOf(reply, i));
      const redisReply* value = ElementOf(reply, i + 1);
      if (!TakeOwnField(name, value, &record)) record.fields[std::string(name)] = std::string(TextOf(value));
    }
    return record;
  }
  for (size_t i = 0; i < kOwnFieldCount; ++i) TakeOwnField(kOwnFields[i], ElementOf(reply, i), &record);
  for (size_t i = 0; i < read.fields.size(); ++i) {
    const redisReply* value = ElementOf(reply, kOwnFieldCount + i);
    if (!IsNil(value)) record.fields[read.fields[i]] = std::string(TextOf(value));
  }
  return record;
}

}  // namespace

absl::StatusOr<std::vector<AccountRecord>> RedisStore::Read(absl::Span<const AccountRead> reads,
                                                            Deadline deadline) {
  std::vector<Command> commands;
  commands.reserve(reads.size());
  for (const AccountRead& read : reads) {
    RELANCE_RETURN_IF_ERROR(CheckAccountKey(read.key));
    const int partition = PartitionOf(read.key);
    Command command = Repeatable(partition);
    command.Add(read.all_fields ? "HGETALL" : "HMGET").Add(Keys(partition).Account(read.key));
    if (!read.all_fields) {
      for (const char* field : kOwnFields) command.Add(field);
      for (const std::string& field : read.fields) command.Add(field);
    }
    commands.push_back(std::move(command));
  }
  RELANCE_ASSIGN_OR_RETURN(auto replies, client_->RunAll(commands, deadline));
  std::vector<AccountRecord> records;
  records.reserve(reads.size());
  for (size_t i = 0; i < reads.size(); ++i) records.push_back(RecordOf(reads[i], replies[i].get()));
  return records;
}

absl::StatusOr<std::vector<AccountKey>> RedisStore::ListAccounts(absl::string_view tenant, int partition,
                                                                 Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, false));
  RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions_));
  Command command = Repeatable(partition);
  command.Add("SMEMBERS").Add(Keys(partition).Accounts(tenant));
  RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(command), deadline));
  std::vector<AccountKey> keys;
  keys.reserve(SizeOf(reply.get()));
  for (size_t i = 0; i < SizeOf(reply.get()); ++i) {
    keys.push_back({std::string(tenant), std::string(TextOf(ElementOf(reply.get(), i)))});
  }
  return keys;
}

}  // namespace relance::store
