#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/store/store.h"
#include "services/ledger/account_field.h"

namespace relance::ledger {

inline constexpr size_t kAccountsPerPipeline = 1024;
inline constexpr size_t kAccountsPerBatch = 16;  // of one partition, in one call of the store's function
inline constexpr int kEditRoundsMax = 32;        // how often an account that keeps changing is decided anew

// A change of one account. The functions may be called several times, each time with a newer account.
struct AccountEdit {
  store::AccountKey key;
  // What is read first: the sum alone where it mostly suffices, else the first chunks as well.
  bool sum_first = false;
  // Fields that `edit` wants and that are not at hand; asked again after each read. Null: none.
  std::function<std::vector<std::string>(const LedgerAccount&)> needs;
  // Changes the account; may add evidence and a request to the write. An error ends the whole call.
  std::function<absl::Status(const store::AccountRecord& record, LedgerAccount* account,
                             store::AccountWrite* write)>
      edit;
  // Called once when the change is stored, or nothing was to be changed; `account` is as after the edit.
  // Null: nothing.
  std::function<void(const LedgerAccount& account, const store::WriteResult& result, bool written)> done;
};

// Reads, edits and commits many accounts: pipelines of kAccountsPerPipeline, batches of kAccountsPerBatch;
// while one pipeline is being committed the next is read and edited. All functions are called on the caller's
// thread. An account that changed meanwhile is read and edited anew: only v:ledger is compared, since the
// ledger decides by its own fields alone. What is done before an error stays done; edits must be safe to
// repeat. Errors: those of the store and of `edit`; ABORTED / ACCOUNT_CONTENDED after kEditRoundsMax.
absl::Status EditAccounts(store::Store& store, absl::Span<AccountEdit> edits, store::Deadline deadline);

}  // namespace relance::ledger
