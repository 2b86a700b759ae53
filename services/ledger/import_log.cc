#include "services/ledger/import_log.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "relance/state/v1/ledger_documents.pb.h"
#include "services/ledger/errors.h"
#include "services/ledger/gathered.h"

namespace relance::ledger {
namespace {

constexpr size_t kShortHash = 12;
constexpr size_t kRejectedBytesPerDocument = 4 << 20;
constexpr int kNumberRetriesMax = 64;

int64_t NumberOf(absl::string_view name) {
  const absl::string_view id = name.substr(sizeof(kImportDocumentPrefix) - 1);
  int64_t number = 0;
  return absl::SimpleAtoi(id.substr(0, id.find('-')), &number) ? number : 0;
}

absl::StatusOr<state::v1::ImportRecord> Load(store::Store& store, const std::string& tenant,
                                             const std::string& id, store::Deadline deadline) {
  const std::string name = absl::StrCat(kImportDocumentPrefix, id);
  state::v1::ImportRecord record;
  if (!id.empty() && id.size() <= 64) {
    RELANCE_ASSIGN_OR_RETURN(const auto documents, store.GetDocuments(tenant, {&name, 1}, deadline));
    if (documents[0].version != 0 && record.ParseFromString(documents[0].value)) return record;
  }
  return DomainError(absl::StatusCode::kNotFound, kImportNotFound, "no such import", {{"importId", id}});
}

}  // namespace

absl::StatusOr<bool> ImportLog::Knows(const std::string& tenant, absl::string_view sha256_hex,
                                      store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const auto names, store_->ListDocuments(tenant, kImportDocumentPrefix, deadline));
  const std::string suffix = absl::StrCat("-", sha256_hex.substr(0, kShortHash));
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return absl::EndsWith(name, suffix); });
}

absl::StatusOr<std::optional<v1::ImportReport>> ImportLog::FindBySha256(const std::string& tenant,
                                                                        absl::string_view sha256_hex,
                                                                        store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const auto names, store_->ListDocuments(tenant, kImportDocumentPrefix, deadline));
  const std::string suffix = absl::StrCat("-", sha256_hex.substr(0, kShortHash));
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (!absl::EndsWith(*name, suffix)) continue;
    RELANCE_ASSIGN_OR_RETURN(v1::ImportReport report,
                             Get(tenant, name->substr(sizeof(kImportDocumentPrefix) - 1), deadline));
    if (report.content_sha256() == sha256_hex) return report;
  }
  return std::nullopt;
}

absl::Status ImportLog::Store(const std::string& tenant, const std::vector<v1::RejectedLine>& rejected,
                              store::Deadline deadline, v1::ImportReport* report) const {
  state::v1::ImportRecord record;
  v1::GetRejectedLinesResponse page;
  size_t page_bytes = 0;
  const auto flush = [&]() -> absl::Status {
    RELANCE_ASSIGN_OR_RETURN(std::string document, documents_->Put(page.SerializeAsString()));
    record.add_rejected_documents(std::move(document));
    page.Clear();
    page_bytes = 0;
    return absl::OkStatus();
  };
  for (const v1::RejectedLine& line : rejected) {
    if (report->rejected_lines_size() < static_cast<int>(kRejectedInReport))
      *report->add_rejected_lines() = line;
    *page.add_lines() = line;
    page_bytes += line.ByteSizeLong();
    if (page_bytes > kRejectedBytesPerDocument) RELANCE_RETURN_IF_ERROR(flush());
  }
  if (page.lines_size() > 0) RELANCE_RETURN_IF_ERROR(flush());

  RELANCE_ASSIGN_OR_RETURN(const auto names, store_->ListDocuments(tenant, kImportDocumentPrefix, deadline));
  int64_t number = names.empty() ? 1 : NumberOf(names.back()) + 1;
  for (int attempt = 0;; ++attempt, ++number) {
    report->set_import_id(absl::StrFormat("%08d-%s", number, report->content_sha256().substr(0, kShortHash)));
    record.set_report(report->SerializeAsString());
    const auto put = store_->PutDocument(tenant, absl::StrCat(kImportDocumentPrefix, report->import_id()),
                                         record.SerializeAsString(), 0, deadline);
    if (put.ok()) return absl::OkStatus();
    // The same file at the same time took the number.
    if (!absl::IsAborted(put.status()) || attempt == kNumberRetriesMax) return put.status();
  }
}

absl::StatusOr<v1::ImportReport> ImportLog::Get(const std::string& tenant, const std::string& id,
                                                store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const auto record, Load(*store_, tenant, id, deadline));
  v1::ImportReport report;
  if (!report.ParseFromString(record.report())) return absl::InternalError("an import report does not parse");
  return report;
}

absl::StatusOr<v1::GetRejectedLinesResponse> ImportLog::GetRejectedLines(const std::string& tenant,
                                                                         const std::string& id,
                                                                         store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const auto record, Load(*store_, tenant, id, deadline));
  v1::GetRejectedLinesResponse all;
  for (const std::string& document : record.rejected_documents()) {
    RELANCE_ASSIGN_OR_RETURN(const std::string bytes, documents_->Get(document));
    v1::GetRejectedLinesResponse page;
    if (!page.ParseFromString(bytes)) return absl::DataLossError("rejected lines do not parse");
    all.MergeFrom(page);
  }
  return all;
}

absl::StatusOr<std::vector<v1::ImportReport>> ImportLog::List(const std::string& tenant,
                                                              const std::string& after, int limit,
                                                              store::Deadline deadline, bool* more) const {
  RELANCE_ASSIGN_OR_RETURN(auto names, store_->ListDocuments(tenant, kImportDocumentPrefix, deadline));
  std::reverse(names.begin(), names.end());
  if (!after.empty()) {
    const std::string last = absl::StrCat(kImportDocumentPrefix, after);
    names.erase(names.begin(), std::find_if(names.begin(), names.end(),
                                            [&](const std::string& name) { return name < last; }));
  }
  *more = names.size() > static_cast<size_t>(limit);
  if (*more) names.resize(limit);
  std::vector<v1::ImportReport> reports;
  if (names.empty()) return reports;
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, names, deadline));
  for (const store::Document& document : documents) {
    state::v1::ImportRecord record;
    v1::ImportReport report;
    if (!record.ParseFromString(document.value) || !report.ParseFromString(record.report())) {
      return absl::InternalError("an import report does not parse");
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace relance::ledger
