#include "common/projection/projection.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"

namespace relance::projection {

Projection::Projection(store::Store* store, Options options)
    : store_(store), options_(std::move(options)), positions_(store->partitions()) {}

absl::Status Projection::CatchUp(store::Deadline deadline) {
  std::lock_guard<std::mutex> lock(feed_mutex_);
  std::vector<int> lost;
  std::vector<store::FeedPosition> from;
  for (size_t p = 0; p < positions_.size(); ++p) {
    if (positions_[p].has_value()) {
      from.push_back({static_cast<int>(p), *positions_[p]});
    } else {
      lost.push_back(static_cast<int>(p));
    }
  }
  // A partition whose answer is not full has been read to its end; only full ones are asked again.
  while (!from.empty()) {
    RELANCE_ASSIGN_OR_RETURN(const std::vector<store::FeedRead> reads,
                             store_->ReadFeed(from, options_.feed_entries_per_read, deadline));
    std::set<store::AccountKey> changed;
    std::vector<store::FeedPosition> passed;
    std::vector<store::FeedPosition> again;
    for (const store::FeedRead& read : reads) {
      if (read.gap) {
        positions_[read.partition].reset();
        lost.push_back(read.partition);
        continue;
      }
      if (read.entries.empty()) continue;
      for (const store::FeedEntry& entry : read.entries) {
        for (const auto& [key, version] : entry.accounts) {
          if (Wanted(key.tenant)) changed.insert(key);
        }
      }
      passed.push_back({read.partition, read.entries.back().position});
      if (static_cast<int>(read.entries.size()) >= options_.feed_entries_per_read)
        again.push_back(passed.back());
    }
    // Positions move after their accounts are in: a failure in between only reads them twice.
    RELANCE_RETURN_IF_ERROR(Refresh({changed.begin(), changed.end()}, deadline));
    for (const store::FeedPosition& position : passed) positions_[position.partition] = position.after;
    from = std::move(again);
  }
  return lost.empty() ? absl::OkStatus() : Rebuild(lost, deadline);
}

absl::Status Projection::Rebuild(const std::vector<int>& partitions, store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const std::vector<std::string> all, store_->ListTenants(deadline));
  std::vector<std::string> tenants;
  for (const std::string& tenant : all) {
    if (Wanted(tenant)) tenants.push_back(tenant);
  }
  for (const int partition : partitions) {
    // The end as it was before the accounts are read: what changes meanwhile is read again from the feed.
    RELANCE_ASSIGN_OR_RETURN(const std::vector<int64_t> ends, store_->FeedEnds({&partition, 1}, deadline));
    RELANCE_RETURN_IF_ERROR(RebuildOne(partition, tenants, deadline));
    positions_[partition] = ends[0];
    std::unique_lock<std::shared_mutex> lock(columns_mutex_);
    ++stats_.partitions_rebuilt;
  }
  return absl::OkStatus();
}

absl::Status Projection::RebuildOne(int partition, const std::vector<std::string>& tenants,
                                    store::Deadline deadline) {
  std::set<std::string> present(tenants.begin(), tenants.end());
  for (const std::string& known : Tenants()) present.insert(known);
  for (const std::string& tenant : present) {
    RELANCE_ASSIGN_OR_RETURN(std::vector<store::AccountKey> keys,
                             store_->ListAccounts(tenant, partition, deadline));
    std::set<std::string> listed;
    for (const store::AccountKey& key : keys) listed.insert(key.account);
    // Accounts that the store no longer has (it was restored from an older state) are read too, and found
    // missing.
    Read(tenant, [&](const TenantColumns& columns) {
      for (std::string& key : columns.KeysOfPartition(partition)) {
        if (listed.count(key) == 0) keys.push_back({tenant, std::move(key)});
      }
    });
    RELANCE_RETURN_IF_ERROR(Refresh(keys, deadline));
  }
  return absl::OkStatus();
}

absl::Status Projection::Refresh(const std::vector<store::AccountKey>& keys, store::Deadline deadline) {
  const size_t step = static_cast<size_t>(std::max(options_.accounts_per_read, 1));
  for (size_t begin = 0; begin < keys.size(); begin += step) {
    const auto part = absl::MakeConstSpan(keys).subspan(begin, step);
    RELANCE_ASSIGN_OR_RETURN(const auto views,
                             ReadAccounts(*store_, part, {.items = true, .history = true}, deadline));
    std::unique_lock<std::shared_mutex> lock(columns_mutex_);
    for (size_t i = 0; i < part.size(); ++i) {
      TenantColumns& columns = tenants_[part[i].tenant];
      ++stats_.accounts_read;
      if (!views[i].ok()) {
        // One bad record never stops the rest. It is left out rather than shown as it was once.
        ++stats_.accounts_corrupt;
        static log::RateLimit& limit = *new log::RateLimit(absl::Seconds(10));
        log::WriteLimited(limit, log::Severity::kError,
                          "an account does not decode and is left out of the projection",
                          {{"account", part[i].account}, {"reason", ReasonOf(views[i].status())}});
        columns.Remove(part[i].account);
      } else if (!views[i]->exists) {
        columns.Remove(part[i].account);
      } else {
        columns.Put(*views[i], store_->PartitionOf(part[i]));
      }
    }
  }
  return absl::OkStatus();
}

void Projection::Read(absl::string_view tenant, absl::FunctionRef<void(const TenantColumns&)> read) const {
  std::shared_lock<std::shared_mutex> lock(columns_mutex_);
  const auto found = tenants_.find(std::string(tenant));
  static const TenantColumns& none = *new TenantColumns();
  read(found == tenants_.end() ? none : found->second);
}

std::vector<std::string> Projection::Tenants() const {
  std::shared_lock<std::shared_mutex> lock(columns_mutex_);
  std::vector<std::string> names;
  for (const auto& [name, columns] : tenants_) names.push_back(name);
  return names;
}

Stats Projection::stats() const {
  std::shared_lock<std::shared_mutex> lock(columns_mutex_);
  return stats_;
}

}  // namespace relance::projection
