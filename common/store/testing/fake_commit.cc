#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/store/keys.h"
#include "common/store/testing/fake_store.h"
#include "common/store/validation.h"

namespace relance::store {

// What the write comes to, before anything is changed.
WriteResult FakeStore::JudgeLocked(const AccountWrite& write) {
  WriteResult result;
  result.outcome = WriteOutcome::kApplied;
  const auto found = state_->accounts.find(write.key);
  const Account none;
  const Account& account = found == state_->accounts.end() ? none : found->second;
  if (OwnerOf(service_) >= 0) result.version = account.record.versions[OwnerOf(service_)];
  for (const auto& [owner, version] : write.read_versions) {
    if (account.record.versions[owner] != version) result.outcome = WriteOutcome::kStale;
  }
  if (!write.evidence.empty() && account.record.evidence_count != write.evidence_count_read) {
    result.outcome = WriteOutcome::kStale;
  }
  if (!write.request_id.empty()) {
    const auto request = state_->requests.find({service_, write.key, write.request_id});
    if (request != state_->requests.end() && request->second.until > state_->now) {
      const bool same = request->second.payload_hash == write.request_payload_hash;
      result.outcome = same ? WriteOutcome::kReplayed : WriteOutcome::kReused;
      if (same) result.response = request->second.response;
    }
  }
  return result;
}

void FakeStore::ApplyLocked(const AccountWrite& write, Partition& partition, WriteResult& result,
                            FeedEntry& entry) {
  ServicePart& part = partition.services[service_];
  const int owner = OwnerOf(service_);
  if (owner >= 0 && (!write.set.empty() || !write.erase.empty())) {
    AccountRecord& record = state_->accounts[write.key].record;
    for (const auto& [field, value] : write.set) record.fields[field] = value;
    for (const std::string& field : write.erase) record.fields.erase(field);
    record.exists = true;
    result.version = ++record.versions[owner];
    if (write.announce) entry.accounts.emplace_back(write.key, result.version);
  }
  if (!write.evidence.empty()) {
    Account& account = state_->accounts[write.key];
    account.evidence.insert(account.evidence.end(), write.evidence.begin(), write.evidence.end());
    account.record.exists = true;
    account.record.evidence_count = account.evidence.size();
    account.record.evidence_head = write.evidence_head_after;
  }
  if (write.timer_day == AccountWrite::kClearTimer) {
    part.timers[write.key.tenant].erase(write.key.account);
  } else if (write.timer_day != AccountWrite::kNoTimer) {
    part.timers[write.key.tenant][write.key.account] = write.timer_day;
  }
  for (const auto& [key, value] : write.outbox_put) part.outbox[key] = value;
  for (const std::string& key : write.outbox_erase) part.outbox.erase(key);
  if (!write.request_id.empty()) {
    state_->requests[{service_, write.key, write.request_id}] = {
        write.request_payload_hash, write.request_response, state_->now + write.request_ttl};
  }
}

Store::BatchResult FakeStore::CommitLocked(const CommitBatch& batch, bool move_cursor) {
  Partition& partition = state_->partitions[batch.partition];
  ServicePart& part = partition.services[service_];
  ++state_->stats.commits;
  if (batch.lease.has_value() && batch.lease->token != part.lease.token) {
    ++state_->stats.batches_fenced;
    return DomainError(
        absl::StatusCode::kFailedPrecondition, kLeaseLost,
        absl::StrCat("another worker has partition ", batch.partition),
        {{"partition", absl::StrCat(batch.partition)}, {"token", absl::StrCat(batch.lease->token)}});
  }
  std::vector<WriteResult> results;
  bool refused = false;
  for (const AccountWrite& write : batch.writes) {
    results.push_back(JudgeLocked(write));
    const WriteOutcome outcome = results.back().outcome;
    refused = refused || outcome == WriteOutcome::kStale || outcome == WriteOutcome::kReused;
    if (outcome == WriteOutcome::kApplied) ++state_->stats.accounts_applied;
    if (outcome == WriteOutcome::kStale) ++state_->stats.accounts_stale;
  }
  FeedEntry entry;
  entry.partition = batch.partition;
  entry.service = std::string(ServiceName(service_));
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].outcome == WriteOutcome::kApplied)
      ApplyLocked(batch.writes[i], partition, results[i], entry);
  }
  if (!entry.accounts.empty()) {
    entry.position = ++partition.newest;
    partition.feed.push_back(std::move(entry));
  }
  if (move_cursor && !refused) part.cursor = std::max(part.cursor, batch.cursor_to);
  return results;
}

absl::StatusOr<std::vector<Store::BatchResult>> FakeStore::Commit(absl::Span<const CommitBatch> batches,
                                                                  Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckBatches(batches, service_, partitions()));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<BatchResult> results;
  std::vector<bool> refused(state_->partitions.size(), false);
  for (const CommitBatch& batch : batches) {
    results.push_back(CommitLocked(batch, batch.cursor_to > 0 && !refused[batch.partition]));
    const BatchResult& result = results.back();
    bool any = !result.ok();
    for (size_t i = 0; result.ok() && i < result->size(); ++i) {
      const WriteOutcome outcome = (*result)[i].outcome;
      any = any || outcome == WriteOutcome::kStale || outcome == WriteOutcome::kReused;
    }
    if (any) refused[batch.partition] = true;
  }
  return results;
}

absl::StatusOr<std::optional<std::pair<std::string, std::string>>> FakeStore::FindRequest(
    const AccountKey& key, absl::string_view request_id, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckAccountKey(key));
  std::lock_guard<std::mutex> lock(state_->mutex);
  const auto found = state_->requests.find({service_, key, std::string(request_id)});
  if (found == state_->requests.end() || found->second.until <= state_->now) {
    return std::optional<std::pair<std::string, std::string>>();
  }
  return std::make_optional(std::make_pair(found->second.payload_hash, found->second.response));
}

}  // namespace relance::store
