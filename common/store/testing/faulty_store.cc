#include "common/store/testing/faulty_store.h"

namespace relance::store {

void FaultyStore::FailCall(int nth, absl::string_view method, absl::Status error, When when) {
  std::lock_guard<std::mutex> lock(mutex_);
  faults_.push_back({std::string(method), nth, nullptr, std::move(error), when});
}

void FaultyStore::BeforeCall(int nth, absl::string_view method, std::function<void()> action) {
  std::lock_guard<std::mutex> lock(mutex_);
  faults_.push_back({std::string(method), nth, std::move(action), absl::OkStatus(), When::kBefore});
}

int FaultyStore::calls(absl::string_view method) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = calls_.find(std::string(method));
  return found == calls_.end() ? 0 : found->second;
}

std::pair<absl::Status, FaultyStore::When> FaultyStore::Enter(absl::string_view method) {
  std::vector<std::function<void()>> actions;
  std::pair<absl::Status, When> result(absl::OkStatus(), When::kBefore);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++calls_[std::string(method)];
    ++calls_[""];
    for (auto fault = faults_.begin(); fault != faults_.end();) {
      if ((!fault->method.empty() && fault->method != method) || --fault->calls_left > 0) {
        ++fault;
        continue;
      }
      if (fault->action != nullptr) actions.push_back(std::move(fault->action));
      if (result.first.ok()) result = {fault->error, fault->when};
      fault = faults_.erase(fault);
    }
  }
  // Outside the lock: an action may use this store.
  for (const auto& action : actions) action();
  return result;
}

template <typename Call>
auto FaultyStore::Guard(absl::string_view method, Call call) -> decltype(call()) {
  const auto [error, when] = Enter(method);
  if (!error.ok() && when == When::kBefore) return error;
  auto result = call();
  if (!error.ok()) return error;
  return result;
}

absl::Status FaultyStore::Ping(Deadline deadline) {
  return Guard("Ping", [&] { return store_->Ping(deadline); });
}
absl::StatusOr<std::vector<AccountRecord>> FaultyStore::Read(absl::Span<const AccountRead> reads,
                                                             Deadline deadline) {
  return Guard("Read", [&] { return store_->Read(reads, deadline); });
}
absl::StatusOr<std::vector<AccountKey>> FaultyStore::ListAccounts(absl::string_view tenant, int partition,
                                                                  Deadline deadline) {
  return Guard("ListAccounts", [&] { return store_->ListAccounts(tenant, partition, deadline); });
}
absl::StatusOr<std::vector<Store::BatchResult>> FaultyStore::Commit(absl::Span<const CommitBatch> batches,
                                                                    Deadline deadline) {
  return Guard("Commit", [&] { return store_->Commit(batches, deadline); });
}
absl::StatusOr<std::optional<std::pair<std::string, std::string>>> FaultyStore::FindRequest(
    const AccountKey& key, absl::string_view request_id, Deadline deadline) {
  return Guard("FindRequest", [&] { return store_->FindRequest(key, request_id, deadline); });
}
absl::StatusOr<std::vector<std::optional<Lease>>> FaultyStore::AcquireLeases(absl::Span<const int> partitions,
                                                                             absl::string_view holder,
                                                                             absl::Duration ttl,
                                                                             Deadline deadline) {
  return Guard("AcquireLeases", [&] { return store_->AcquireLeases(partitions, holder, ttl, deadline); });
}
absl::Status FaultyStore::ReleaseLeases(absl::Span<const Lease> leases, absl::string_view holder,
                                        Deadline deadline) {
  return Guard("ReleaseLeases", [&] { return store_->ReleaseLeases(leases, holder, deadline); });
}
absl::StatusOr<std::vector<FeedRead>> FaultyStore::ReadFeed(absl::Span<const FeedPosition> from,
                                                            int max_per_partition, Deadline deadline) {
  return Guard("ReadFeed", [&] { return store_->ReadFeed(from, max_per_partition, deadline); });
}
absl::StatusOr<std::vector<int64_t>> FaultyStore::FeedEnds(absl::Span<const int> partitions,
                                                           Deadline deadline) {
  return Guard("FeedEnds", [&] { return store_->FeedEnds(partitions, deadline); });
}
absl::StatusOr<std::vector<int64_t>> FaultyStore::Cursors(absl::Span<const int> partitions, Service service,
                                                          Deadline deadline) {
  return Guard("Cursors", [&] { return store_->Cursors(partitions, service, deadline); });
}
absl::Status FaultyStore::TrimFeed(absl::Span<const int> partitions, int keep, Deadline deadline) {
  return Guard("TrimFeed", [&] { return store_->TrimFeed(partitions, keep, deadline); });
}
absl::StatusOr<std::vector<DueTimer>> FaultyStore::DueTimers(absl::string_view tenant, int partition,
                                                             int32_t day, int limit, Deadline deadline) {
  return Guard("DueTimers", [&] { return store_->DueTimers(tenant, partition, day, limit, deadline); });
}
absl::StatusOr<std::vector<int32_t>> FaultyStore::WorkedTo(absl::string_view tenant, Service service,
                                                           Deadline deadline) {
  return Guard("WorkedTo", [&] { return store_->WorkedTo(tenant, service, deadline); });
}
absl::Status FaultyStore::MarkWorkedTo(absl::string_view tenant, const Lease& lease, int32_t day,
                                       Deadline deadline) {
  return Guard("MarkWorkedTo", [&] { return store_->MarkWorkedTo(tenant, lease, day, deadline); });
}
absl::StatusOr<std::vector<std::string>> FaultyStore::ReadEvidence(const AccountKey& key, uint64_t from,
                                                                   int limit, Deadline deadline) {
  return Guard("ReadEvidence", [&] { return store_->ReadEvidence(key, from, limit, deadline); });
}
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> FaultyStore::ReadOutbox(int partition,
                                                                                         int limit,
                                                                                         Deadline deadline) {
  return Guard("ReadOutbox", [&] { return store_->ReadOutbox(partition, limit, deadline); });
}
absl::StatusOr<std::vector<Document>> FaultyStore::GetDocuments(absl::string_view tenant,
                                                                absl::Span<const std::string> names,
                                                                Deadline deadline) {
  return Guard("GetDocuments", [&] { return store_->GetDocuments(tenant, names, deadline); });
}
absl::StatusOr<int64_t> FaultyStore::PutDocument(absl::string_view tenant, absl::string_view name,
                                                 absl::string_view value, int64_t version_read,
                                                 Deadline deadline) {
  return Guard("PutDocument",
               [&] { return store_->PutDocument(tenant, name, value, version_read, deadline); });
}
absl::StatusOr<std::vector<std::string>> FaultyStore::ListDocuments(absl::string_view tenant,
                                                                    absl::string_view prefix,
                                                                    Deadline deadline) {
  return Guard("ListDocuments", [&] { return store_->ListDocuments(tenant, prefix, deadline); });
}
absl::StatusOr<std::vector<std::string>> FaultyStore::ListTenants(Deadline deadline) {
  return Guard("ListTenants", [&] { return store_->ListTenants(deadline); });
}

}  // namespace relance::store
