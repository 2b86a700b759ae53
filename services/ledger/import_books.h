#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/fec_entries.h"
#include "services/ledger/gathered.h"
#include "services/ledger/posting_service.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

// Document of a tenant: state.v1.BooksYears.
inline constexpr char kBooksDocument[] = "books";

struct ImportedBooks {
  Gathered gathered;  // without accounts
  PostingService::Outcome outcome;
  // The balance of each account's lines in the file; of whole entries, as they enter.
  absl::flat_hash_map<std::string, int64_t> balances;
  bool has_opening = false;  // the file brings opening entries
};

// Takes a FEC into the ledger: reads it once, keeps its customer lines on disk by account, and posts account
// by account, so that memory is bounded by the largest account. Entries in parts wait for the rest
// (partial_entries.h); an opening of the whole company is remembered, and the first time it is told all
// accounts that the file does not name are looked at: they have nothing open from before (plan_books.h).
// Idempotent; what is stored before an error stays, and the same file again completes it.
// Errors: those of Books::Read, of the spool and of the store.
absl::StatusOr<ImportedBooks> ImportBooks(store::Store& store, PostingService& posting,
                                          const TenantContext& tenant, const SpoolFile& file,
                                          const std::string& file_name, const BooksOptions& options,
                                          store::Deadline deadline);

}  // namespace relance::ledger
