#include <memory>
#include <string>

#include "common/documents/document_store.h"
#include "common/documents/outbox_directory.h"
#include "common/metrics/at_scrape.h"
#include "common/rpc/service_process.h"
#include "common/runtime/service_runtime.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"
#include "services/scenario/account_handler.h"
#include "services/scenario/clients.h"
#include "services/scenario/evidence_service.h"
#include "services/scenario/export_gauges.h"
#include "services/scenario/plan_index.h"
#include "services/scenario/plan_metrics.h"
#include "services/scenario/scenario_service.h"

int main(int argc, char** argv) {
  using namespace relance;  // NOLINT: one name for everything that is put together here
  rpc::ServiceProcess process("scenario");
  runtime::WorkerSettings settings;
  std::string templates_directory;
  settings.Declare(process.Settings());
  process.Settings().String("templates_directory", &templates_directory,
                            "texts that replace or join those of the program; empty: none");
  process.LoadOrExit(argc, argv);
  const auto now = [] { return RealClock::Get().TimeNow(); };

  auto store = runtime::OpenStore(process.config(), store::Service::kScenario);
  if (!store.ok()) return process.Fail(store.status());
  const auto documents = documents::DocumentStore::Open(process.config().documents_directory);
  if (!documents.ok()) return process.Fail(documents.status());
  auto mails = documents::OutboxDirectory::Open(process.config().outbox_directory + "/mail");
  if (!mails.ok()) return process.Fail(mails.status());
  auto letters = documents::OutboxDirectory::Open(process.config().outbox_directory + "/letter");
  if (!letters.ok()) return process.Fail(letters.status());
  absl::StatusOr<scenario::render::TemplateSet> templates = scenario::render::TemplateSet::Embedded();
  if (!templates_directory.empty()) {
    templates = scenario::render::TemplateSet::FromDirectory(templates_directory);
    if (!templates.ok()) return process.Fail(templates.status());
  }
  const auto ledger_channel = process.ChannelTo("ledger");
  if (!ledger_channel.ok()) return process.Fail(ledger_channel.status());
  const auto handoff_channel = process.ChannelTo("handoff");
  if (!handoff_channel.ok()) return process.Fail(handoff_channel.status());
  const auto ledger = scenario::MakeLedgerClient(*ledger_channel);
  const auto handoff = scenario::MakeHandoffClient(*handoff_channel);

  TenantDirectory tenants(store->get(), now);
  scenario::ScenarioDirectory scenarios(store->get(), now);
  scenario::PlanIndex index(store->get());
  scenario::DirectoryTransport mail(*std::move(mails)), letter(*std::move(letters));
  scenario::ScenarioHandler handler({.store = store->get(),
                                     .scenarios = &scenarios,
                                     .documents = &*documents,
                                     .mail = &mail,
                                     .letters = &letter,
                                     .handoff = handoff.get(),
                                     .templates = &*templates,
                                     .now = now});
  worker::Worker worker(store->get(), &tenants, &handler, &RealClock::Get(),
                        settings.Options(process.frame().replica));
  runtime::ExportMetrics(store->get(), &worker);
  scenario::RegisterPlanCounters();
  scenario::ExportGauges(&index, &handler.sender());
  scenario::ScenarioServiceImpl service(rpc::CallHandler(process.CallOptions()),
                                        {.store = store->get(),
                                         .tenants = &tenants,
                                         .scenarios = &scenarios,
                                         .index = &index,
                                         .ledger = ledger.get(),
                                         .templates = &*templates,
                                         .now = now,
                                         .nudge = [&] { worker.Nudge(); }});
  scenario::EvidenceServiceImpl evidence(rpc::CallHandler(process.CallOptions()), store->get(), &tenants,
                                         &*documents);

  worker.Start();
  return process.Run({rpc::Host<scenario::v1::ScenarioService>(&service),
                      rpc::Host<scenario::v1::EvidenceService>(&evidence)},
                     runtime::StoreReadiness(store->get()), [&] { worker.Stop(); });
}
