#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/config/installation.h"
#include "common/config/schema.h"
#include "common/store/store.h"
#include "common/worker/worker.h"

// What every service does at start beside its own rules.
namespace relance::runtime {

// Opens the store that the installation names, as `service`; waits up to 30 s for one that is away. Errors:
// as store::Store::Open, PASSWORD_FILE_UNREADABLE.
absl::StatusOr<std::unique_ptr<store::Store>> OpenStore(const config::InstallationConfig& config,
                                                        store::Service service);

// `services.<name>.settings` of a service that has workers.
struct WorkerSettings {
  int64_t replica = 0;
  int64_t replicas = 1;
  absl::Duration lease = absl::Seconds(5);

  // Declares replica, replicas and lease. Call before the configuration is loaded.
  void Declare(config::Section section);
  // Options of a worker of the process that calls itself `replica_name`; the holder is another one at every
  // start.
  worker::WorkerOptions Options(const std::string& replica_name) const;
};

// Whether the store answers, for ServiceProcess::Run.
std::function<absl::Status()> StoreReadiness(store::Store* store);

// Exports relance_store_* of `store` and relance_worker_* of `worker` (may be null) at each scrape. Both must
// outlive the process's last scrape.
void ExportMetrics(store::Store* store, const worker::Worker* worker);

}  // namespace relance::runtime
