#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/documents/document_store.h"
#include "common/store/store.h"
#include "services/ledger/gathered.h"
#include "services/ledger/import_log.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

inline constexpr char kRepairDocumentPrefix[] = "repair/";

// The repair files of imports: document "repair/<import id>" of the tenant names their pieces in the document
// store. Thread-safe.
class RepairLog {
 public:
  // All outlive this.
  RepairLog(store::Store* store, const documents::DocumentStore* documents, const ImportLog* log)
      : store_(store), documents_(documents), log_(log) {}

  // Keeps what of a file did not enter, for its report. Nothing when all of it did, or it cannot be cut.
  absl::Status Keep(const std::string& tenant, const v1::ImportReport& report, const SpoolFile& file,
                    const Gathered& gathered, store::Deadline deadline) const;

  struct RepairFile {
    std::string name;
    std::string content;
  };
  // Errors: NOT_FOUND / IMPORT_NOT_FOUND; FAILED_PRECONDITION / NOTHING_TO_REPAIR.
  absl::StatusOr<RepairFile> Get(const std::string& tenant, const std::string& import_id,
                                 store::Deadline deadline) const;

 private:
  store::Store* const store_;
  const documents::DocumentStore* const documents_;
  const ImportLog* const log_;
};

}  // namespace relance::ledger
