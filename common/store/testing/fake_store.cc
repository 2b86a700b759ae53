#include "common/store/testing/fake_store.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/store/errors.h"
#include "common/store/keys.h"
#include "common/store/validation.h"

namespace relance::store {

FakeStore::FakeStore(Service service, int partitions) : service_(service), state_(std::make_shared<State>()) {
  state_->partitions.resize(partitions);
}

std::unique_ptr<FakeStore> FakeStore::As(Service service) const {
  return std::unique_ptr<FakeStore>(new FakeStore(service, state_));
}

void FakeStore::AdvanceTime(absl::Duration span) {
  std::lock_guard<std::mutex> lock(state_->mutex);
  state_->now += span;
}

int FakeStore::partitions() const { return static_cast<int>(state_->partitions.size()); }
int FakeStore::PartitionOf(const AccountKey& key) const { return PartitionOfKey(key, partitions()); }

StoreStats FakeStore::stats() const {
  std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->stats;
}

absl::Status FakeStore::CheckAll(absl::Span<const int> partitions) const {
  for (int partition : partitions) RELANCE_RETURN_IF_ERROR(CheckPartition(partition, this->partitions()));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<AccountRecord>> FakeStore::Read(absl::Span<const AccountRead> reads, Deadline) {
  for (const AccountRead& read : reads) RELANCE_RETURN_IF_ERROR(CheckAccountKey(read.key));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<AccountRecord> records;
  for (const AccountRead& read : reads) {
    const auto found = state_->accounts.find(read.key);
    AccountRecord record = found == state_->accounts.end() ? AccountRecord() : found->second.record;
    record.key = read.key;
    if (!read.all_fields) {
      std::map<std::string, std::string> wanted;
      for (const std::string& field : read.fields) {
        const auto value = record.fields.find(field);
        if (value != record.fields.end()) wanted.insert(*value);
      }
      record.fields = std::move(wanted);
    }
    records.push_back(std::move(record));
  }
  return records;
}

absl::StatusOr<std::vector<AccountKey>> FakeStore::ListAccounts(absl::string_view tenant, int partition,
                                                                Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, false));
  RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions()));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<AccountKey> keys;
  for (const auto& [key, account] : state_->accounts) {
    if (key.tenant == tenant && PartitionOf(key) == partition) keys.push_back(key);
  }
  return keys;
}

absl::StatusOr<std::vector<std::optional<Lease>>> FakeStore::AcquireLeases(absl::Span<const int> partitions,
                                                                           absl::string_view holder,
                                                                           absl::Duration ttl, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckAll(partitions));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<std::optional<Lease>> leases;
  for (int partition : partitions) {
    LeaseState& lease = state_->partitions[partition].services[service_].lease;
    const bool held = lease.until > state_->now;
    if (held && lease.holder != holder) {
      leases.push_back(std::nullopt);
      continue;
    }
    if (!held) ++lease.token;
    lease.holder = std::string(holder);
    lease.until = state_->now + std::max(ttl, absl::Milliseconds(1));
    leases.push_back(Lease{partition, lease.token});
  }
  return leases;
}

absl::Status FakeStore::ReleaseLeases(absl::Span<const Lease> leases, absl::string_view holder, Deadline) {
  for (const Lease& lease : leases) RELANCE_RETURN_IF_ERROR(CheckPartition(lease.partition, partitions()));
  std::lock_guard<std::mutex> lock(state_->mutex);
  for (const Lease& lease : leases) {
    LeaseState& state = state_->partitions[lease.partition].services[service_].lease;
    if (state.token == lease.token && state.holder == holder) state.until = absl::ZeroDuration();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FeedRead>> FakeStore::ReadFeed(absl::Span<const FeedPosition> from,
                                                          int max_per_partition, Deadline) {
  for (const FeedPosition& position : from)
    RELANCE_RETURN_IF_ERROR(CheckPartition(position.partition, partitions()));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<FeedRead> reads;
  for (const FeedPosition& position : from) {
    const Partition& partition = state_->partitions[position.partition];
    FeedRead read;
    read.partition = position.partition;
    for (const FeedEntry& entry : partition.feed) {
      if (static_cast<int>(read.entries.size()) >= std::max(1, max_per_partition)) break;
      if (entry.position > position.after) read.entries.push_back(entry);
    }
    read.gap = read.entries.empty() ? partition.newest != position.after
                                    : read.entries.front().position != position.after + 1;
    reads.push_back(std::move(read));
  }
  return reads;
}

absl::StatusOr<std::vector<int64_t>> FakeStore::FeedEnds(absl::Span<const int> partitions, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckAll(partitions));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<int64_t> ends;
  for (int partition : partitions) ends.push_back(state_->partitions[partition].newest);
  return ends;
}

absl::StatusOr<std::vector<int64_t>> FakeStore::Cursors(absl::Span<const int> partitions, Service service,
                                                        Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckAll(partitions));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<int64_t> cursors;
  for (int partition : partitions) cursors.push_back(state_->partitions[partition].services[service].cursor);
  return cursors;
}

absl::Status FakeStore::TrimFeed(absl::Span<const int> partitions, int keep, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckAll(partitions));
  std::lock_guard<std::mutex> lock(state_->mutex);
  for (int index : partitions) {
    Partition& partition = state_->partitions[index];
    int64_t passed = partition.newest - std::max(0, keep);
    for (const auto& [service, part] : partition.services) {
      if (part.cursor > 0) passed = std::min(passed, part.cursor);
    }
    std::erase_if(partition.feed, [passed](const FeedEntry& entry) { return entry.position <= passed; });
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<DueTimer>> FakeStore::DueTimers(absl::string_view tenant, int partition,
                                                           int32_t day, int limit, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, false));
  RELANCE_RETURN_IF_ERROR(CheckPartition(partition, partitions()));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<DueTimer> due;
  for (const auto& [account, at] :
       state_->partitions[partition].services[service_].timers[std::string(tenant)]) {
    if (at <= day) due.push_back({{std::string(tenant), account}, at});
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const DueTimer& a, const DueTimer& b) { return a.day < b.day; });
  if (static_cast<int>(due.size()) > limit) due.resize(std::max(0, limit));
  return due;
}

absl::StatusOr<std::vector<int32_t>> FakeStore::WorkedTo(absl::string_view tenant, Service service,
                                                         Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, false));
  std::lock_guard<std::mutex> lock(state_->mutex);
  std::vector<int32_t> days;
  for (Partition& partition : state_->partitions) {
    const auto& worked = partition.services[service].worked;
    const auto found = worked.find(std::string(tenant));
    days.push_back(found == worked.end() ? INT32_MIN : found->second);
  }
  return days;
}

absl::Status FakeStore::MarkWorkedTo(absl::string_view tenant, const Lease& lease, int32_t day, Deadline) {
  RELANCE_RETURN_IF_ERROR(CheckTenant(tenant, false));
  RELANCE_RETURN_IF_ERROR(CheckPartition(lease.partition, partitions()));
  std::lock_guard<std::mutex> lock(state_->mutex);
  ServicePart& part = state_->partitions[lease.partition].services[service_];
  if (part.lease.token != lease.token) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kLeaseLost,
                       absl::StrCat("another worker has partition ", lease.partition),
                       {{"partition", absl::StrCat(lease.partition)}, {"token", absl::StrCat(lease.token)}});
  }
  part.worked[std::string(tenant)] = day;
  return absl::OkStatus();
}

}  // namespace relance::store
