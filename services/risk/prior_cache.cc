#include "services/risk/prior_cache.h"

#include <utility>
#include <vector>

#include "common/account/account_view.h"
#include "common/status/status_macros.h"

namespace relance::risk {
namespace {

// Accounts read in one pipeline.
constexpr size_t kAccountsPerRead = 4096;

}  // namespace

absl::StatusOr<PriorCache::Entry> PriorCache::Estimate(const TenantContext& tenant,
                                                       store::Deadline deadline) {
  std::vector<AccountHistory> histories;
  std::vector<store::AccountRead> reads;
  const auto flush = [&]() -> absl::Status {
    RELANCE_ASSIGN_OR_RETURN(const auto records, store_->Read(reads, deadline));
    for (const store::AccountRecord& record : records) {
      const auto field = record.fields.find(kSumField);
      state::v1::LedgerSum sum;
      // An account that does not parse is the worker's to report; the average does without it.
      if (field == record.fields.end() || !sum.ParseFromString(field->second)) continue;
      histories.push_back(HistoryOf(sum));
    }
    reads.clear();
    return absl::OkStatus();
  };
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(auto keys, store_->ListAccounts(tenant.config.id(), partition, deadline));
    for (store::AccountKey& key : keys) {
      reads.push_back({std::move(key), {kSumField}, false});
      if (reads.size() == kAccountsPerRead) RELANCE_RETURN_IF_ERROR(flush());
    }
  }
  if (!reads.empty()) RELANCE_RETURN_IF_ERROR(flush());
  Entry entry;
  entry.accounts = static_cast<int64_t>(histories.size());
  entry.day = tenant.business_date;
  entry.priors = std::make_shared<const std::map<std::string, SegmentPrior>>(EstimatePriors(histories));
  return entry;
}

absl::StatusOr<PriorCache::Priors> PriorCache::Get(const TenantContext& tenant, store::Deadline deadline) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto it = entries_.find(tenant.config.id());
    if (it != entries_.end() && it->second.day == tenant.business_date &&
        it->second.scored <= it->second.accounts) {
      return it->second.priors;
    }
  }
  RELANCE_ASSIGN_OR_RETURN(Entry entry, Estimate(tenant, deadline));
  std::lock_guard<std::mutex> lock(mutex_);
  return (entries_[tenant.config.id()] = std::move(entry)).priors;
}

void PriorCache::NoteScored(const std::string& tenant) {
  std::lock_guard<std::mutex> lock(mutex_);
  ++entries_[tenant].scored;
}

}  // namespace relance::risk
