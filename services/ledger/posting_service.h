#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/account_index.h"
#include "services/ledger/gathered.h"

namespace relance::ledger {

inline constexpr size_t kRematchMax = 20'000;

inline constexpr int kSourcesMax = 100;  // of one tenant

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

  // Says in all accounts of the tenant what the opening entries of these days mean for what was open before
  // (PlanBooks): for accounts that the books with the opening do not name.
  absl::StatusOr<Outcome> ApplyOpenings(const TenantContext& tenant, const std::vector<int32_t>& openings,
                                        store::Deadline deadline);

  // Looks again at money of unknown payers: what has found its account since (a new invoice, a new payer)
  // goes there and is matched there. Costs one read when nothing is new in this process. At most kRematchMax,
  // the oldest first.
  absl::StatusOr<Outcome> RematchUnidentified(const TenantContext& tenant, store::Deadline deadline);

  // Brings what electronic invoices put on accounts of their own making to the accounts that the books have
  // for the same debtors (join_accounts.h). Two commits in this order for each; what a crash leaves is done
  // by the next call. Costs one read where there never was such an account.
  absl::StatusOr<Outcome> JoinMadeAccounts(const TenantContext& tenant, store::Deadline deadline);

  // Settles open items of `sources` in all accounts of the tenant that are not among `seen` (SettleAbsent).
  absl::StatusOr<Outcome> SettleAbsentItems(
      const TenantContext& tenant, const std::vector<std::string>& sources,
      const absl::flat_hash_map<std::string, absl::flat_hash_set<uint64_t>>& seen, int32_t day,
      store::Deadline deadline);

  // Moves the freshness of the books ("ledger") or of the bank forward to `day`, and that of each of
  // `sources`
  // ("fec", "camt053:<account>") to its own day; never back. Of more than kSourcesMax the one that is known
  // least far is forgotten.
  using SourceDays = std::map<std::string, absl::CivilDay>;
  absl::Status MoveFreshness(const std::string& tenant, bool bank, absl::CivilDay day,
                             const SourceDays& sources, const std::string& import_id,
                             store::Deadline deadline);

 private:
  // Returns on ~unidentified whose payment has an account now are done there.
  absl::Status TakeReturnsHome(const TenantContext& tenant, absl::Span<const state::v1::Item> unidentified,
                               Outcome* outcome, store::Deadline deadline);
  // Settles money on ~unidentified that lies on an account now.
  absl::Status LeaveUnidentified(const std::string& tenant_id, absl::Span<const uint64_t> gone,
                                 store::Deadline deadline);
  absl::Status NoteMadeAccounts(const std::string& tenant, store::Deadline deadline);
  absl::Status Route(const TenantContext& tenant, const AccountIndex& index, Gathered* gathered,
                     Outcome* outcome, store::Deadline deadline);

  store::Store* const store_;
  AccountIndexes* const indexes_;
  const std::function<absl::Time()> now_;
  std::mutex rematched_mutex_;
  // What the index knew when ~unidentified was looked at last, by tenant.
  absl::flat_hash_map<std::string, int64_t> rematched_;
};

}  // namespace relance::ledger
