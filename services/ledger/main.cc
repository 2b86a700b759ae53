// relance-ledger: the customer ledger, the tenants and their clocks.
#include <string>

#include "common/documents/document_store.h"
#include "common/projection/projection.h"
#include "common/rpc/service_process.h"
#include "common/runtime/service_runtime.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "services/ledger/claims/claims.h"
#include "services/ledger/indicators/indicator_metrics.h"
#include "services/ledger/indicators/indicators.h"
#include "services/ledger/indicators/report_service.h"
#include "services/ledger/indicators/reports.h"
#include "services/ledger/ledger_parts.h"

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
  process.Settings().Int("watchers_max", &options.watch.watchers_max,
                         "callers of WatchAccounts at once; one more is refused", {.min = 0, .max = 10'000});
  process.Settings().Duration("watch_heartbeat", &options.watch.heartbeat,
                              "how often a watcher without news is told its position",
                              {.min = absl::Milliseconds(100), .max = absl::Minutes(5)});
  process.LoadOrExit(argc, argv);
  if (options.spool_directory.empty())
    options.spool_directory = process.config().documents_directory + "/.spool";

  auto store = runtime::OpenStore(process.config(), store::Service::kLedger);
  if (!store.ok()) return process.Fail(store.status());
  auto documents = documents::DocumentStore::Open(process.config().documents_directory);
  if (!documents.ok()) return process.Fail(documents.status());
  runtime::ExportMetrics(store->get(), nullptr);
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
  return process.Run({rpc::Host<ledger::v1::LedgerService>(&parts.ledger_service()),
                      rpc::Host<ledger::v1::CashService>(&parts.cash_service()),
                      rpc::Host<ledger::v1::ReportService>(&report_service),
                      rpc::Host<ledger::v1::TenantService>(&parts.tenant_service())},
                     runtime::StoreReadiness(store->get()), [&] {
                       parts.EndStreams();
                       figures.Stop();
                     });
}
