#include <memory>

#include "common/claims/rate_tables.h"
#include "common/documents/document_store.h"
#include "common/rpc/service_process.h"
#include "common/runtime/service_runtime.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"
#include "services/handoff/handoff_handler.h"
#include "services/handoff/handoff_metrics.h"
#include "services/handoff/handoff_service.h"
#include "services/handoff/ledger_client.h"

int main(int argc, char** argv) {
  using namespace relance;  // NOLINT: one name for everything that is put together here
  rpc::ServiceProcess process("handoff");
  runtime::WorkerSettings settings;
  settings.Declare(process.Settings());
  process.LoadOrExit(argc, argv);

  auto store = runtime::OpenStore(process.config(), store::Service::kHandoff);
  if (!store.ok()) return process.Fail(store.status());
  const auto documents = documents::DocumentStore::Open(process.config().documents_directory);
  if (!documents.ok()) return process.Fail(documents.status());
  const auto channel = process.ChannelTo("ledger");
  if (!channel.ok()) return process.Fail(channel.status());
  const std::unique_ptr<handoff::LedgerClient> ledger = handoff::MakeLedgerClient(*channel);
  const auto now = [] { return RealClock::Get().TimeNow(); };
  TenantDirectory tenants(store->get(), now);
  const handoff::HandoffParts parts{.store = store->get(),
                                    .tenants = &tenants,
                                    .documents = &*documents,
                                    .ledger = ledger.get(),
                                    .rates = &claims::RateTables::BuiltIn(),
                                    .now = now};
  handoff::HandoffHandler handler(parts, process.config().outbox_directory);
  worker::Worker worker(store->get(), &tenants, &handler, &RealClock::Get(),
                        settings.Options(process.frame().replica));
  handoff::PlacementIndex index;
  runtime::ExportMetrics(store->get(), &worker);
  handoff::RegisterReportCounters();
  handoff::ExportPlacements(store->get(), &tenants, &index);
  handoff::HandoffServiceImpl service(rpc::CallHandler(process.CallOptions()), parts, &index);

  worker.Start();
  return process.Run({rpc::Host<handoff::v1::HandoffService>(&service)},
                     runtime::StoreReadiness(store->get()), [&] { worker.Stop(); });
}
