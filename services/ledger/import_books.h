#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/gather_fec.h"
#include "services/ledger/gathered.h"
#include "services/ledger/posting_service.h"

namespace relance::ledger {

// Document of a tenant: state.v1.BooksYears.
inline constexpr char kBooksDocument[] = "books";

struct ImportedBooks {
  Gathered gathered;  // without accounts
  PostingService::Outcome outcome;
  // The balance of each account's lines in the file; of whole entries, as they enter.
  absl::flat_hash_map<std::string, int64_t> balances;
  bool has_opening = false;  // the file brings the opening of the whole company
};

// A FEC that is being read.
using BooksReading = std::future<absl::StatusOr<std::unique_ptr<Books>>>;

// Takes a FEC that was read into the ledger, account by account: its customer lines lie on disk, so that
// memory is bounded by the largest account. Entries in parts wait for the rest (partial_entries.h); an
// opening of the whole company is remembered, and the first time it is told all accounts that the file does
// not name are looked at: they have nothing open from before (plan_books.h). Idempotent; what is stored
// before an error stays, and the same file again completes it. Errors: that of reading, those of the spool
// and of the store.
absl::StatusOr<ImportedBooks> ImportBooks(store::Store& store, PostingService& posting,
                                          const TenantContext& tenant,
                                          absl::StatusOr<std::unique_ptr<Books>> read,
                                          store::Deadline deadline);

}  // namespace relance::ledger
