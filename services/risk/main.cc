#include <memory>

#include "common/rpc/service_process.h"
#include "common/runtime/service_runtime.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"
#include "services/risk/prior_cache.h"
#include "services/risk/risk_handler.h"
#include "services/risk/risk_service.h"

int main(int argc, char** argv) {
  using namespace relance;  // NOLINT: one name for everything that is put together here
  rpc::ServiceProcess process("risk");
  runtime::WorkerSettings settings;
  settings.Declare(process.Settings());
  process.LoadOrExit(argc, argv);

  auto store = runtime::OpenStore(process.config(), store::Service::kRisk);
  if (!store.ok()) return process.Fail(store.status());
  TenantDirectory tenants(store->get(), [] { return RealClock::Get().TimeNow(); });
  risk::PriorCache priors(store->get());
  risk::RiskHandler handler(&priors);
  worker::Worker worker(store->get(), &tenants, &handler, &RealClock::Get(),
                        settings.Options(process.frame().replica));
  runtime::ExportMetrics(store->get(), &worker);
  risk::RegisterScoreCounters();
  risk::RiskServiceImpl service(rpc::CallHandler(process.CallOptions()), store->get(), &tenants, &priors);

  worker.Start();
  return process.Run({rpc::Host<risk::v1::RiskService>(&service)}, runtime::StoreReadiness(store->get()),
                     [&] { worker.Stop(); });
}
