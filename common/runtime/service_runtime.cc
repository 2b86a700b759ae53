#include "common/runtime/service_runtime.h"

#include <unistd.h>

#include <chrono>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/metrics/at_scrape.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"

namespace relance::runtime {
namespace {

using metrics::AddSample;
using metrics::MakeFamily;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr absl::Duration kReadinessTimeout = absl::Seconds(1);
constexpr absl::Duration kOpenWithin = absl::Seconds(30);  // less than a start may take, k8s/base
constexpr absl::Duration kOpenPause = absl::Milliseconds(200);

MetricFamily One(const std::string& name, const std::string& help, MetricType type, int64_t value) {
  MetricFamily family = MakeFamily(name, help, type);
  AddSample(&family, static_cast<double>(value));
  return family;
}

std::vector<MetricFamily> StoreFamilies(const store::StoreStats& stats) {
  const auto counter = MetricType::Counter;
  return {
      One("relance_store_commits_total", "Commits sent to the store", counter, stats.commits),
      One("relance_store_accounts_applied_total", "Account writes that were applied", counter,
          stats.accounts_applied),
      One("relance_store_commit_conflicts_total", "Account writes refused because the account had moved on",
          counter, stats.accounts_stale),
      One("relance_store_batches_fenced_total", "Commits refused because the lease was another's", counter,
          stats.batches_fenced),
      One("relance_store_commands_total", "Commands sent to Redis", counter, stats.commands),
      One("relance_store_round_trips_total", "Pipelines sent to Redis", counter, stats.round_trips),
      One("relance_store_reconnects_total", "Connections to Redis made anew", counter, stats.reconnects),
      One("relance_store_redirects_total", "Answers of a cluster that sent a command elsewhere", counter,
          stats.redirects),
      One("relance_store_written_bytes_total", "Bytes sent to Redis", counter, stats.bytes_written),
  };
}

std::vector<MetricFamily> WorkerFamilies(const worker::WorkerStats& stats) {
  const auto counter = MetricType::Counter;
  const auto gauge = MetricType::Gauge;
  return {
      One("relance_worker_accounts_read_total", "Accounts that the worker looked at", counter,
          stats.accounts_read),
      One("relance_worker_accounts_written_total", "Accounts that the worker changed", counter,
          stats.accounts_written),
      One("relance_worker_accounts_stale_total", "Decisions taken anew because the account had moved on",
          counter, stats.accounts_stale),
      One("relance_worker_accounts_failed_total", "Accounts that could not be worked", counter,
          stats.accounts_failed),
      One("relance_worker_passes_total", "Rounds over all partitions", counter, stats.passes),
      One("relance_worker_store_errors_total", "Rounds that the store cut short", counter,
          stats.store_errors),
      One("relance_worker_leases_lost_total", "Partitions that went to another replica", counter,
          stats.leases_lost),
      One("relance_worker_feed_lag_entries", "Feed entries found at the last look", gauge, stats.feed_lag),
      One("relance_worker_partitions", "Partitions that this replica works", gauge, stats.partitions),
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<store::Store>> OpenStore(const config::InstallationConfig& config,
                                                        store::Service service) {
  store::StoreOptions options;
  options.address = config.store.address;
  RELANCE_ASSIGN_OR_RETURN(options.password, config.store.Password());
  options.tls = config.store.tls;
  options.tls_ca_file = config.store.tls_ca_file;
  options.partitions = static_cast<int>(config.store.partitions);
  options.connections = static_cast<int>(config.store.connections);
  options.connect_timeout = config.store.connect_timeout;
  options.call_timeout = config.store.call_timeout;
  options.replicas_to_wait = static_cast<int>(config.store.replicas_to_wait);
  // A Redis that is restarted with the service comes back in seconds. Ending instead would leave the service
  // to the growing pauses of whoever restarts it.
  const store::Deadline give_up = store::After(kOpenWithin);
  while (true) {
    auto store = store::Store::Open(options, service);
    const bool away = absl::IsUnavailable(store.status()) || absl::IsDeadlineExceeded(store.status());
    if (!away || std::chrono::steady_clock::now() >= give_up) return store;
    log::Write(log::Severity::kWarning, "the store does not answer yet", store.status());
    RealClock::Get().Sleep(kOpenPause);
  }
}

void WorkerSettings::Declare(config::Section section) {
  section.Int("replica", &replica, "this process's place among the replicas of its service, from 0",
              {.min = 0, .max = 1023});
  section.Int("replicas", &replicas, "replicas of this service", {.min = 1, .max = 1024});
  section.Duration("lease", &lease, "how long a dead replica's partitions wait for another",
                   {.min = absl::Milliseconds(200), .max = absl::Minutes(5)});
  section.Check([this] { return replica < replicas ? std::string() : "replica must be less than replicas"; });
}

worker::WorkerOptions WorkerSettings::Options(const std::string& replica_name) const {
  std::random_device device;
  worker::WorkerOptions options;
  options.holder = absl::StrCat(replica_name, "#", getpid(), "-", device(), device());
  options.replica = static_cast<int>(replica);
  options.replicas = static_cast<int>(replicas);
  options.lease_ttl = lease;
  return options;
}

std::function<absl::Status()> StoreReadiness(store::Store* store) {
  return [store] { return store->Ping(store::After(kReadinessTimeout)); };
}

void ExportMetrics(store::Store* store, const worker::Worker* worker) {
  metrics::AtScrape([store, worker] {
    std::vector<MetricFamily> families = StoreFamilies(store->stats());
    if (worker != nullptr) {
      for (MetricFamily& family : WorkerFamilies(worker->stats())) families.push_back(std::move(family));
    }
    return families;
  });
}

}  // namespace relance::runtime
