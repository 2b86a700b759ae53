#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/store/library.h"
#include "common/store/redis_store.h"
#include "common/store/validation.h"

namespace relance::store {
namespace {

// A request's record is "<length of the payload hash>:<payload hash><response>".
std::string RequestPrefix(absl::string_view payload_hash) {
  return absl::StrCat(payload_hash.size(), ":", payload_hash);
}

void AddPairs(const std::vector<std::pair<std::string, std::string>>& pairs, Command* args) {
  args->Add(static_cast<int64_t>(pairs.size()));
  for (const auto& [name, value] : pairs) args->Add(name).Add(value);
}

void AddList(const std::vector<std::string>& list, Command* args) {
  args->Add(static_cast<int64_t>(list.size()));
  for (const std::string& text : list) args->Add(text);
}

// The arguments of one account, in the order that relance.lua reads them.
void AddWrite(const AccountWrite& write, Command* args) {
  args->Add(write.key.ToString()).Add(write.key.account).Add(write.announce ? "1" : "0");
  if (write.request_id.empty()) {
    args->Add("0");
  } else {
    args->Add("1").Add(RequestPrefix(write.request_payload_hash)).Add(write.request_response);
    args->Add(std::max<int64_t>(1, absl::ToInt64Milliseconds(write.request_ttl)));
  }
  args->Add(static_cast<int64_t>(write.read_versions.size()));
  for (const auto& [owner, version] : write.read_versions) args->Add(int64_t{owner + 1}).Add(version);
  if (write.timer_day == AccountWrite::kNoTimer) {
    args->Add("");
  } else if (write.timer_day == AccountWrite::kClearTimer) {
    args->Add("x");
  } else {
    args->Add(int64_t{write.timer_day});
  }
  args->Add(static_cast<int64_t>(write.evidence.size()));
  if (!write.evidence.empty()) {
    args->Add(static_cast<int64_t>(write.evidence_count_read)).Add(write.evidence_head_after);
    for (const std::string& record : write.evidence) args->Add(record);
  }
  AddPairs(write.set, args);
  AddList(write.erase, args);
  AddPairs(write.outbox_put, args);
  AddList(write.outbox_erase, args);
}

bool Refused(const Store::BatchResult& result) {
  if (!result.ok()) return true;
  for (const WriteResult& write : *result) {
    if (write.outcome == WriteOutcome::kStale || write.outcome == WriteOutcome::kReused) return true;
  }
  return false;
}

}  // namespace

Command RedisStore::CommitCommand(const CommitBatch& batch, bool move_cursor) const {
  const PartitionKeys& names = Keys(batch.partition);
  bool uses_outbox = false;
  for (const AccountWrite& write : batch.writes) {
    uses_outbox = uses_outbox || !write.outbox_put.empty() || !write.outbox_erase.empty();
  }
  std::vector<std::string> keys = {names.Feed(), names.FeedCount()};
  if (batch.lease.has_value()) keys.push_back(names.Lease(service_));
  if (move_cursor) keys.push_back(names.Cursor(service_));
  if (uses_outbox) keys.push_back(names.Outbox(service_));
  for (const AccountWrite& write : batch.writes) {
    keys.push_back(names.Account(write.key));
    keys.push_back(names.Accounts(write.key.tenant));
    if (write.timer_day != AccountWrite::kNoTimer) keys.push_back(names.Timers(service_, write.key.tenant));
    if (!write.evidence.empty()) keys.push_back(names.Evidence(write.key));
    if (!write.request_id.empty()) keys.push_back(names.Request(service_, write.key, write.request_id));
  }

  Command command = Write(batch.partition);
  command.Add("FCALL").Add(kCommitFunction).Add(static_cast<int64_t>(keys.size()));
  for (const std::string& key : keys) command.Add(key);
  const int owner = OwnerOf(service_);
  command.Add(ServiceName(service_)).Add(owner < 0 ? "" : VersionField(static_cast<Owner>(owner)));
  command.Add(batch.lease.has_value() ? absl::StrCat(batch.lease->token) : "");
  command.Add(move_cursor ? batch.cursor_to : int64_t{0}).Add(uses_outbox ? "1" : "0");
  command.Add(static_cast<int64_t>(batch.writes.size()));
  for (const AccountWrite& write : batch.writes) AddWrite(write, &command);
  return command;
}

Store::BatchResult RedisStore::ReadCommitReply(const CommitBatch& batch, const redisReply* reply) {
  if (IntegerOf(ElementOf(reply, 0)) == 0) {
    fenced_.fetch_add(1, std::memory_order_relaxed);
    return DomainError(absl::StatusCode::kFailedPrecondition, kLeaseLost,
                       absl::StrCat("another worker has partition ", batch.partition),
                       {{"partition", absl::StrCat(batch.partition)},
                        {"token", batch.lease.has_value() ? absl::StrCat(batch.lease->token) : ""}});
  }
  std::vector<WriteResult> results(batch.writes.size());
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].outcome = static_cast<WriteOutcome>(IntegerOf(ElementOf(reply, 1 + 3 * i)));
    results[i].version = IntegerOf(ElementOf(reply, 2 + 3 * i));
    results[i].response = std::string(TextOf(ElementOf(reply, 3 + 3 * i)));
    if (results[i].outcome == WriteOutcome::kApplied) applied_.fetch_add(1, std::memory_order_relaxed);
    if (results[i].outcome == WriteOutcome::kStale) stale_.fetch_add(1, std::memory_order_relaxed);
  }
  return results;
}

absl::StatusOr<std::vector<Store::BatchResult>> RedisStore::Commit(absl::Span<const CommitBatch> batches,
                                                                   Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckBatches(batches, service_, partitions_));
  std::vector<BatchResult> results(batches.size(), std::vector<WriteResult>());
  // Batches go out together. Only one that moves a cursor waits for the earlier ones of its partition: in one
  // pipeline it would move the cursor past an account that an earlier batch was refused.
  std::vector<bool> refused(partitions_, false);
  size_t next = 0;
  while (next < batches.size()) {
    std::vector<Command> commands;
    std::vector<bool> in_wave(partitions_, false);
    const size_t first = next;
    for (; next < batches.size(); ++next) {
      const CommitBatch& batch = batches[next];
      if (batch.cursor_to > 0 && in_wave[batch.partition]) break;
      in_wave[batch.partition] = true;
      commands.push_back(CommitCommand(batch, batch.cursor_to > 0 && !refused[batch.partition]));
    }
    auto replies = client_->Run(commands, deadline, replicas_to_wait_);
    for (size_t i = first; i < next; ++i) {
      auto& reply = replies[i - first];
      results[i] = reply.ok() ? ReadCommitReply(batches[i], reply->get()) : BatchResult(reply.status());
      if (Refused(results[i])) refused[batches[i].partition] = true;
    }
    commits_.fetch_add(static_cast<int64_t>(commands.size()), std::memory_order_relaxed);
  }
  return results;
}

absl::StatusOr<std::optional<std::pair<std::string, std::string>>> RedisStore::FindRequest(
    const AccountKey& key, absl::string_view request_id, Deadline deadline) {
  RELANCE_RETURN_IF_ERROR(CheckAccountKey(key));
  const int partition = PartitionOf(key);
  Command command = Repeatable(partition);
  command.Add("GET").Add(Keys(partition).Request(service_, key, request_id));
  RELANCE_ASSIGN_OR_RETURN(ReplyPtr reply, client_->Run(std::move(command), deadline));
  if (IsNil(reply.get())) return std::optional<std::pair<std::string, std::string>>();
  const absl::string_view record = TextOf(reply.get());
  const auto colon = record.find(':');
  size_t length = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(record.substr(0, colon), &length) ||
      length > record.size() - colon - 1) {
    return DomainError(absl::StatusCode::kInternal, kStoreError, "a request record cannot be read");
  }
  return std::make_optional(std::make_pair(std::string(record.substr(colon + 1, length)),
                                           std::string(record.substr(colon + 1 + length))));
}

}  // namespace relance::store
