// relance-ledger: the customer ledger, the tenants and their clocks.
#include <string>

#include "common/documents/document_store.h"
#include "common/projection/projection.h"
#include "common/rpc/service_process.h"
#include "common/runtime/service_runtime.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "services/ledger/claims/claims.h"
#include "services/ledger/inbox/inbox.h"
#include "services/ledger/indicators/indicator_metrics.h"
#include "services/ledger/indicators/indicators.h"
#include "services/ledger/indicators/report_service.h"
#include "services/ledger/indicators/reports.h"
#include "services/ledger/ledger_metrics.h"
#include "services/ledger/ledger_parts.h"
#include "services/ledger/quality/control_metrics.h"

int main(int argc, char** argv) {
  using namespace relance;  // NOLINT: one name for everything that is put together here
  rpc::ServiceProcess process("ledger");
  ledger::LedgerOptions options;
  process.Settings().String("spool_directory", &options.spool_directory,
                            "where files lie while they are imported; empty: a folder beside the documents");
  process.Settings().Int("import_bytes_max", &options.import_bytes_max, "the largest file that is taken",
                         {.min = 1, .max = ledger::kImportBytesMax});
  process.Settings().Duration("import_deadline", &options.import_deadline,
                              "how long the work on a file may take once it is there",
                              {.min = absl::Seconds(1), .max = absl::Hours(24)});
  absl::Duration metrics_period = absl::Seconds(15);
  process.Settings().Duration("metrics_period", &metrics_period,
                              "how often the figures of the portfolio are made anew",
                              {.min = absl::Milliseconds(100), .max = absl::Hours(1)});
  absl::Duration quality_period = absl::Hours(1);
  process.Settings().Duration("quality_period", &quality_period,
                              "how often the findings of the quality report are counted",
                              {.min = absl::Seconds(1), .max = absl::Hours(24)});
  process.Settings().Int("watchers_max", &options.watch.watchers_max,
                         "callers of WatchAccounts at once; one more is refused", {.min = 0, .max = 10'000});
  process.Settings().Duration("watch_heartbeat", &options.watch.heartbeat,
                              "how often a watcher without news is told its position",
                              {.min = absl::Milliseconds(100), .max = absl::Minutes(5)});
  ledger::InboxOptions inbox_options;
  process.Settings().String("inbox_directory", &inbox_options.directory,
                            "folders that files are dropped into, one a tenant; empty: none");
  process.Settings().Duration("inbox_period", &inbox_options.period,
                              "how often the inboxes are looked at, beside the events of the file system",
                              {.min = absl::Milliseconds(100), .max = absl::Hours(1)});
  process.Settings().Duration("inbox_quiet", &inbox_options.quiet,
                              "a dropped file that did not change for so long is complete",
                              {.min = absl::ZeroDuration(), .max = absl::Hours(1)});
  process.Settings().Duration("inbox_lease", &inbox_options.lease,
                              "files of a replica that gave no sign for so long are taken up by another",
                              {.min = absl::Seconds(1), .max = absl::Hours(24)});
  process.LoadOrExit(argc, argv);
  if (options.spool_directory.empty())
    options.spool_directory = process.config().documents_directory + "/.spool";

  auto store = runtime::OpenStore(process.config(), store::Service::kLedger);
  if (!store.ok()) return process.Fail(store.status());
  auto documents = documents::DocumentStore::Open(process.config().documents_directory);
  if (!documents.ok()) return process.Fail(documents.status());
  runtime::ExportMetrics(store->get(), nullptr);
  ledger::ShowCountersAtZero();
  TenantDirectory tenants(store->get(), [] { return RealClock::Get().TimeNow(); });
  projection::Projection projection(store->get());
  ledger::Indicators indicators(&projection, &tenants);
  ledger::Reports reports(store->get(), &projection, &tenants);
  ledger::Claims claims(store->get(), &tenants);
  ledger::ReportServiceImpl report_service(rpc::CallHandler(process.CallOptions()), &reports, &claims);
  // Its first run builds the projection, beside the first calls.
  ledger::IndicatorMetrics figures(&projection, &tenants, &RealClock::Get());
  figures.Start(metrics_period);
  ledger::LedgerParts parts(store->get(), *std::move(documents), &indicators, &RealClock::Get(),
                            process.CallOptions(), options);
  ledger::ControlMetrics controls(store->get(), &parts.agreement_book(), &projection, &tenants,
                                  &RealClock::Get());
  controls.Start(metrics_period, quality_period);
  inbox_options.replica = process.frame().replica;
  inbox_options.spool_directory = options.spool_directory;
  inbox_options.bytes_max = options.import_bytes_max;
  inbox_options.import_deadline = options.import_deadline;
  ledger::Inbox inbox(inbox_options, &parts.importer(), &parts.repairs(), &parts.log(), &parts.directory(),
                      &RealClock::Get());
  inbox.Start();
  return process.Run({rpc::Host<ledger::v1::LedgerService>(&parts.ledger_service()),
                      rpc::Host<ledger::v1::CashService>(&parts.cash_service()),
                      rpc::Host<ledger::v1::RepairService>(&parts.repair_service()),
                      rpc::Host<ledger::v1::ReportService>(&report_service),
                      rpc::Host<ledger::v1::AgreementService>(&parts.agreement_service()),
                      rpc::Host<ledger::v1::TenantService>(&parts.tenant_service())},
                     runtime::StoreReadiness(store->get()), [&] {
                       parts.EndStreams();
                       figures.Stop();
                       controls.Stop();
                       inbox.Stop();
                     });
}
