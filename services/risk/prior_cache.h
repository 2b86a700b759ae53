#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/risk/segment_prior.h"

namespace relance::risk {

// The priors of each tenant, estimated from all its accounts once a business date, and again while the
// portfolio grows fast (a first import). Thread-safe.
class PriorCache {
 public:
  using Priors = std::shared_ptr<const std::map<std::string, SegmentPrior>>;

  // `store` outlives the cache.
  explicit PriorCache(store::Store* store) : store_(store) {}

  absl::StatusOr<Priors> Get(const TenantContext& tenant, store::Deadline deadline);

  // Tells that an account was scored that the priors may not have in them.
  void NoteScored(const std::string& tenant);

 private:
  struct Entry {
    Priors priors;
    absl::CivilDay day;
    int64_t accounts = 0;  // when they were estimated
    int64_t scored = 0;    // since
  };

  absl::StatusOr<Entry> Estimate(const TenantContext& tenant, store::Deadline deadline);

  store::Store* const store_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace relance::risk
