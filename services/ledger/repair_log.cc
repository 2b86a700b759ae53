#include "services/ledger/repair_log.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/errors.h"
#include "services/ledger/repair_file.h"

namespace relance::ledger {
namespace {

constexpr size_t kPieceBytes = 4 << 20;  // of the document store

}  // namespace

absl::Status RepairLog::Keep(const std::string& tenant, const v1::ImportReport& report, const SpoolFile& file,
                             const Gathered& gathered, store::Deadline deadline) const {
  if (gathered.rejected_lines.empty() || gathered.broken_off) return absl::OkStatus();
  std::set<int64_t> lines;
  for (const v1::RejectedLine& line : gathered.rejected_lines) lines.insert(line.line());
  const auto content = MakeRepairFile(RepairLayoutOf(report.format()), file, lines, gathered.header_line);
  if (absl::IsResourceExhausted(content.status())) return absl::OkStatus();  // send the whole file again
  RELANCE_RETURN_IF_ERROR(content.status());
  if (content->empty()) return absl::OkStatus();
  std::string ids;
  for (size_t at = 0; at < content->size(); at += kPieceBytes) {
    RELANCE_ASSIGN_OR_RETURN(const std::string id,
                             documents_->Put(absl::string_view(*content).substr(at, kPieceBytes)));
    absl::StrAppend(&ids, ids.empty() ? "" : "\n", id);
  }
  const auto put =
      store_->PutDocument(tenant, absl::StrCat(kRepairDocumentPrefix, report.import_id()), ids, 0, deadline);
  return put.ok() || absl::IsAborted(put.status()) ? absl::OkStatus() : put.status();
}

absl::StatusOr<RepairLog::RepairFile> RepairLog::Get(const std::string& tenant, const std::string& import_id,
                                                     store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const v1::ImportReport report, log_->Get(tenant, import_id, deadline));
  const std::string name = absl::StrCat(kRepairDocumentPrefix, import_id);
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, {&name, 1}, deadline));
  if (documents[0].version == 0) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kNothingToRepair,
                       report.rejected() == 0
                           ? "every line of this import entered"
                           : "this import cannot be repaired in parts; send its whole file again",
                       {{"importId", import_id}});
  }
  RepairFile repair;
  repair.name = RepairFileName(report.file_name());
  for (const absl::string_view id : absl::StrSplit(documents[0].value, '\n')) {
    RELANCE_ASSIGN_OR_RETURN(const std::string piece, documents_->Get(id));
    repair.content += piece;
  }
  return repair;
}

}  // namespace relance::ledger
