#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/account_index.h"
#include "services/ledger/gathered.h"

namespace relance::ledger {

// Writes what sources told into the accounts. Thread-safe.
class PostingService {
 public:
  struct Outcome {
    PostResult result;
    int64_t accounts_changed = 0;
    int64_t unidentified = 0;  // payments and returns without an account
  };

  // All outlive this. `now` is for evidence.
  PostingService(store::Store* store, AccountIndexes* indexes, std::function<absl::Time()> now)
      : store_(store), indexes_(indexes), now_(std::move(now)) {}

  // Finds the accounts of what has none, merges all of it (PostItems) and commits. Idempotent; what is stored
  // before an error stays. Returned payments leave evidence.
  absl::StatusOr<Outcome> Post(const TenantContext& tenant, Gathered* gathered, store::Deadline deadline);

  // Settles open items of `sources` in all accounts of the tenant that are not among `seen` (SettleAbsent).
  absl::StatusOr<Outcome> SettleAbsentItems(
      const TenantContext& tenant, const std::vector<std::string>& sources,
      const absl::flat_hash_map<std::string, absl::flat_hash_set<uint64_t>>& seen, int32_t day,
      store::Deadline deadline);

  // Moves the freshness of the books ("ledger") or of the bank forward to `day`; never back.
  absl::Status MoveFreshness(const std::string& tenant, bool bank, absl::CivilDay day,
                             store::Deadline deadline);

 private:
  void Route(const AccountIndex& index, Gathered* gathered, Outcome* outcome);

  store::Store* const store_;
  AccountIndexes* const indexes_;
  const std::function<absl::Time()> now_;
};

}  // namespace relance::ledger
