#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/documents/document_store.h"
#include "common/store/store.h"
#include "relance/ledger/v1/ledger.pb.h"
#include "relance/ledger/v1/ledger_service.pb.h"

namespace relance::ledger {

inline constexpr char kImportDocumentPrefix[] = "import/";

// What imports did: documents "import/<id>" of the tenant, the rejected lines in the document store.
// An id is the import's number in the tenant, 8 digits, and the first 12 digits of the content's SHA-256.
// Thread-safe.
class ImportLog {
 public:
  // Both outlive this.
  ImportLog(store::Store* store, const documents::DocumentStore* documents)
      : store_(store), documents_(documents) {}

  // Whether a file of this content was imported before.
  absl::StatusOr<bool> Knows(const std::string& tenant, absl::string_view sha256_hex,
                             store::Deadline deadline) const;

  // The newest report of a file of this content; nothing: it was never imported.
  absl::StatusOr<std::optional<v1::ImportReport>> FindBySha256(const std::string& tenant,
                                                               absl::string_view sha256_hex,
                                                               store::Deadline deadline) const;

  // Gives the report its id and stores it with all its rejected lines; the report keeps the first
  // kRejectedInReport.
  absl::Status Store(const std::string& tenant, const std::vector<v1::RejectedLine>& rejected,
                     store::Deadline deadline, v1::ImportReport* report) const;

  // Errors: NOT_FOUND / IMPORT_NOT_FOUND.
  absl::StatusOr<v1::ImportReport> Get(const std::string& tenant, const std::string& id,
                                       store::Deadline deadline) const;
  absl::StatusOr<v1::GetRejectedLinesResponse> GetRejectedLines(const std::string& tenant,
                                                                const std::string& id,
                                                                store::Deadline deadline) const;
  // Newest first; `after` is the last id of the page before, empty for the first page. `more` tells whether
  // there are others.
  absl::StatusOr<std::vector<v1::ImportReport>> List(const std::string& tenant, const std::string& after,
                                                     int limit, store::Deadline deadline, bool* more) const;

 private:
  store::Store* const store_;
  const documents::DocumentStore* const documents_;
};

}  // namespace relance::ledger
