#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/documents/document_store.h"
#include "common/rpc/call_handler.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "services/ledger/account_index.h"
#include "services/ledger/advance_clock.h"
#include "services/ledger/agreement/agreement_book.h"
#include "services/ledger/agreement_service.h"
#include "services/ledger/book_day.h"
#include "services/ledger/cash/cash_commands.h"
#include "services/ledger/cash/cash_service.h"
#include "services/ledger/commands.h"
#include "services/ledger/import_log.h"
#include "services/ledger/importer.h"
#include "services/ledger/indicators_api.h"
#include "services/ledger/ledger_service.h"
#include "services/ledger/posting_service.h"
#include "services/ledger/repair_service.h"
#include "services/ledger/sync_items.h"
#include "services/ledger/tenant_service.h"
#include "services/ledger/to_proto.h"
#include "services/ledger/watch/account_watch.h"

namespace relance::ledger {

struct LedgerOptions {
  std::string spool_directory;                 // files under way
  int64_t import_bytes_max = kImportBytesMax;  // of one file
  // How long the work on a file may take once it is there, whatever the caller's own deadline.
  absl::Duration import_deadline = absl::Minutes(15);
  // Who must have worked a day before AdvanceClock ends it.
  std::vector<store::Service> clock_services = {store::Service::kRisk, store::Service::kScenario,
                                                store::Service::kHandoff};
  WatchOptions watch;
};

// The objects of a ledger process, put together in one way for main() and for tests. Everything that is
// handed in outlives it; `indicators` may be null.
class LedgerParts {
 public:
  LedgerParts(store::Store* store, documents::DocumentStore documents, IndicatorsApi* indicators,
              Clock* clock, rpc::CallHandler::Options calls, LedgerOptions options)
      : documents_(std::move(documents)),
        now_([clock] { return clock->TimeNow(); }),
        directory_(store, now_),
        log_(store, &documents_),
        posting_(store, &indexes_, now_),
        repairs_(store, &documents_, &log_),
        book_(store, BookDay, now_),
        importer_(store, &directory_, &posting_, &log_, &repairs_, &book_, now_),
        syncs_(store, &directory_, &posting_, &log_, now_),
        commands_(store, &directory_, &indexes_, now_),
        cash_commands_(store, &directory_, &indexes_, now_),
        clocks_(store, &directory_, clock, options.clock_services),
        watch_(store, &directory_, clock, AccountToProto, options.watch),
        agreements_(rpc::CallHandler(calls), store, &directory_, &book_),
        ledger_(rpc::CallHandler(calls), {.store = store,
                                          .directory = &directory_,
                                          .importer = &importer_,
                                          .syncs = &syncs_,
                                          .log = &log_,
                                          .commands = &commands_,
                                          .indicators = indicators,
                                          .watch = &watch_,
                                          .spool_directory = options.spool_directory,
                                          .import_bytes_max = options.import_bytes_max,
                                          .import_deadline = options.import_deadline}),
        cash_(rpc::CallHandler(calls), store, &directory_, &indexes_, &cash_commands_),
        repair_(rpc::CallHandler(calls), &directory_, &repairs_),
        tenants_(rpc::CallHandler(calls), store, &directory_, &clocks_) {}

  LedgerServiceImpl& ledger_service() { return ledger_; }
  CashServiceImpl& cash_service() { return cash_; }
  TenantServiceImpl& tenant_service() { return tenants_; }
  AgreementServiceImpl& agreement_service() { return agreements_; }
  const AgreementBook& agreement_book() const { return book_; }
  RepairServiceImpl& repair_service() { return repair_; }
  Importer& importer() { return importer_; }
  const RepairLog& repairs() const { return repairs_; }
  const ImportLog& log() const { return log_; }
  TenantDirectory& directory() { return directory_; }
  // Ends the streams that last: for a server that drains.
  void EndStreams() { watch_.Stop(); }

 private:
  const documents::DocumentStore documents_;
  const std::function<absl::Time()> now_;
  TenantDirectory directory_;
  AccountIndexes indexes_;
  ImportLog log_;
  PostingService posting_;
  RepairLog repairs_;
  AgreementBook book_;
  Importer importer_;
  ItemSync syncs_;
  Commands commands_;
  CashCommands cash_commands_;
  ClockAdvancer clocks_;
  AccountWatch watch_;
  AgreementServiceImpl agreements_;
  LedgerServiceImpl ledger_;
  CashServiceImpl cash_;
  RepairServiceImpl repair_;
  TenantServiceImpl tenants_;
};

}  // namespace relance::ledger
