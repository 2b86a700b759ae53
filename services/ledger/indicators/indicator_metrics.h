#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "common/projection/projection.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "services/ledger/indicators/gauges.h"

namespace relance::ledger {

// Tenants are the one label that grows with the installation: portfolios (tenant and currency) beyond this
// many have no metrics, and a log line says so.
inline constexpr int kPortfoliosInMetricsMax = 100;

// The portfolio for Prometheus and Grafana, at the business date of each tenant: the families of gauges.h,
// with the labels tenant and currency; ages are 30, 60, 90 days whatever the tenant's own, so that the labels
// stay few and the same. relance_ledger_collected_total is taken from the books: it survives restarts.
//
//   relance_ledger_as_of_timestamp_seconds{tenant}    midnight UTC of the day that the figures are of
//   relance_ledger_source_known_until_timestamp_seconds{tenant,source}    likewise, of the day up to which
//   the source "ledger" (the books) or "bank" is known, or all that came as "fec", "camt053", ... (of bank
//   accounts the one that is known least far)
class IndicatorMetrics {
 public:
  // All outlive this. `clock` is for waiting only.
  IndicatorMetrics(projection::Projection* projection, TenantDirectory* tenants, Clock* clock,
                   prometheus::Registry& registry = metrics::ProcessRegistry());
  ~IndicatorMetrics();  // Stop()

  // Takes in the feed and sets all figures once. Those of a portfolio that is gone become 0.
  absl::Status RunOnce(store::Deadline deadline);

  // RunOnce every `period` on a thread of its own. The first run builds the projection, so `timeout` is long.
  void Start(absl::Duration period = absl::Seconds(15), absl::Duration timeout = absl::Minutes(10));
  void Stop();  // idempotent

 private:
  void Set(const std::string& tenant, const std::string& currency, const FiguresAt& figures,
           Amount unidentified);
  // What the figures of a tenant were made of: the same again needs no new look at its items.
  struct Made {
    int64_t revision = -1;
    int32_t day = 0;
    std::set<std::string> currencies;
  };
  void SetDays(const TenantContext& tenant);

  projection::Projection* const projection_;
  TenantDirectory* const tenants_;
  Clock* const clock_;
  std::vector<std::unique_ptr<metrics::GaugeFamily>> gauges_;  // as GaugeFamilies(); null: the counter
  metrics::GaugeFamily as_of_, known_until_;
  metrics::CounterFamily collected_;
  std::map<std::string, Made> made_;                     // by tenant
  std::set<std::pair<std::string, std::string>> known_;  // portfolios with metrics
  bool told_of_skipped_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace relance::ledger
