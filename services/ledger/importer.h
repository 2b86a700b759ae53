#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/ledger.pb.h"
#include "relance/ledger/v1/ledger_service.pb.h"
#include "services/ledger/agreement/agreement_book.h"
#include "services/ledger/fec_entries.h"
#include "services/ledger/gather_bank.h"
#include "services/ledger/import_books.h"
#include "services/ledger/import_log.h"
#include "services/ledger/posting_service.h"
#include "services/ledger/readers/table/mapping.h"
#include "services/ledger/repair_log.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

// What an ImportHeader says, checked.
struct ImportJob {
  enum class Format { kAuto, kFec, kBank, kCsv, kTable, kInvoice };  // kAuto: found out from the file
  TenantPtr tenant;
  Format format = Format::kFec;
  BankFormat bank = BankFormat::kCamt;  // of kBank
  std::string format_name;
  std::string file_name;
  std::optional<absl::CivilDay> as_of;
  bool snapshot = false;
  std::string mapping;                // of a table: YAML, a name, or empty
  std::vector<Mapping> own_mappings;  // that a table is looked for in before the shipped ones
  // A FEC that is read while it arrives (StartReading); null: it is read when it is there.
  std::shared_ptr<BooksReading> books;
};

// Takes whole files into the ledger. Thread-safe: imports at the same time come to the same as one after the
// other.
class Importer {
 public:
  // All outlive this.
  Importer(store::Store* store, TenantDirectory* directory, PostingService* posting, ImportLog* log,
           const RepairLog* repairs, const AgreementBook* agreements, std::function<absl::Time()> now)
      : store_(store),
        directory_(directory),
        posting_(posting),
        log_(log),
        repairs_(repairs),
        agreements_(agreements),
        now_(std::move(now)) {}

  // Errors: INVALID_ARGUMENT / FORMAT_UNKNOWN, DATE_*; NOT_FOUND / TENANT_NOT_FOUND.
  absl::StatusOr<ImportJob> Check(const v1::ImportHeader& header, store::Deadline deadline) const;

  // Reads a FEC while it arrives, by a thread of its own: `file` is still being written, and is closed or
  // abandoned by the caller in the end. Other formats are read when they are there.
  void StartReading(std::shared_ptr<const SpoolFile> file, ImportJob* job) const;

  // Imports a file that is spooled and closed. Errors: INVALID_ARGUMENT / FILE_UNREADABLE, those of readers'
  // limits and of the store; what was stored before an error stays, and the same import again completes it.
  absl::StatusOr<v1::ImportReport> Import(const ImportJob& job, const SpoolFile& file,
                                          store::Deadline deadline);

  // Compares the customer accounts of a FEC with the open items. Writes nothing.
  absl::StatusOr<v1::ReconcileResponse> Reconcile(const ImportJob& job, const SpoolFile& file,
                                                  store::Deadline deadline);

 private:
  absl::StatusOr<v1::ImportReport> Run(const ImportJob& job, const SpoolFile& file, store::Deadline deadline);
  absl::StatusOr<Gathered> Gather(const ImportJob& job, const SpoolFile& file);

  store::Store* const store_;
  TenantDirectory* const directory_;
  PostingService* const posting_;
  ImportLog* const log_;
  const RepairLog* const repairs_;
  const AgreementBook* const agreements_;
  const std::function<absl::Time()> now_;
};

// The prefixes of a tenant's customer control accounts, and the currency of its books.
BooksOptions BooksOptionsOf(const state::v1::TenantConfig& config, std::optional<absl::CivilDay> as_of);

// Puts what was gathered and what was posted into a report.
void FillReport(const Gathered& gathered, const PostingService::Outcome& outcome, v1::ImportReport* report);

}  // namespace relance::ledger
