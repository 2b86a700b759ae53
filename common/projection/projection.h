#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/projection/tenant_columns.h"
#include "common/store/store.h"

namespace relance::projection {

struct Options {
  int feed_entries_per_read = 256;  // a partition
  int accounts_per_read = 256;      // a pipeline; bounds the memory of a rebuild
  std::set<std::string> tenants;    // only these; empty: all
};

// Totals since start, for metrics.
struct Stats {
  int64_t accounts_read = 0;
  int64_t partitions_rebuilt = 0;
  int64_t accounts_corrupt = 0;  // did not decode and are left out
};

// A columnar picture of all accounts in memory, for questions about the portfolio. A cache: built from the
// store on first use and kept current by the feed. It keeps its own feed positions, so it hinders nobody and
// survives nothing.
//
// Threads: all functions may be called from any thread. Readers share; a reader sees whole accounts only.
class Projection {
 public:
  // `store` outlives this.
  explicit Projection(store::Store* store, Options options = {});

  // Takes in all that the feed held when this was called, on all partitions: who wrote before sees what he
  // wrote. Does not wait for news. A partition that is new, or whose feed has a gap, is read anew, which
  // takes about 1 s for 300,000 items.
  //
  // Errors: those of the store; what was taken in stays, and the next call goes on from there (a rebuild goes
  // on at the partition where it stopped).
  absl::Status CatchUp(store::Deadline deadline);

  // Runs `read` on one tenant while nothing changes; on an empty one when it has no account. Keep it short,
  // copy what you need, and call nothing of this inside.
  void Read(absl::string_view tenant, absl::FunctionRef<void(const TenantColumns&)> read) const;

  // Tenants that have or had an account, in order.
  std::vector<std::string> Tenants() const;
  Stats stats() const;

 private:
  absl::Status Rebuild(const std::vector<int>& partitions, store::Deadline deadline);
  absl::Status RebuildOne(int partition, const std::vector<std::string>& tenants, store::Deadline deadline);
  absl::Status Refresh(const std::vector<store::AccountKey>& keys, store::Deadline deadline);
  bool Wanted(const std::string& tenant) const {
    return options_.tenants.empty() || options_.tenants.count(tenant) > 0;
  }

  store::Store* const store_;
  const Options options_;

  std::mutex feed_mutex_;                          // one catches up at a time; held before columns_mutex_
  std::vector<std::optional<int64_t>> positions_;  // by partition; nothing: to be rebuilt

  mutable std::shared_mutex columns_mutex_;
  std::map<std::string, TenantColumns> tenants_;
  Stats stats_;
};

}  // namespace relance::projection
