#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "common/projection/projection.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "services/ledger/indicators/portfolio.h"

namespace relance::ledger {

// Tenants are the one label that grows with the installation: portfolios (tenant and currency) beyond this
// many have no metrics, and a log line says so.
inline constexpr int kPortfoliosInMetricsMax = 100;

// The portfolio for Prometheus and Grafana, at the business date of each tenant. Amounts are in units of the
// label `currency`.
//
//   relance_ledger_dso{tenant,method,currency}            in days, over the last 90; method as in GetKpis
//   relance_ledger_receivables, relance_ledger_disputed, relance_ledger_unidentified,
//   relance_ledger_open_items, relance_ledger_overdue_share, relance_ledger_overdue_accounts
//   {tenant,currency} relance_ledger_overdue{tenant,currency,bucket}        bucket "1-30", "31-60", "61-90",
//   "over-90"; their sum is all overdue relance_ledger_collected_total{tenant,currency}       payments ever
//   received, taken from the books: survives restarts relance_ledger_as_of_timestamp_seconds{tenant} midnight
//   UTC of the day that the figures are of
//   relance_ledger_source_known_until_timestamp_seconds{tenant,source}    likewise, of the day up to which
//   the source "ledger" (the books) or "bank" is known
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
  void Set(const std::string& tenant, const std::string& currency, const Kpis& kpis, const Ageing& ageing);
  void SetDays(const TenantContext& tenant);

  projection::Projection* const projection_;
  TenantDirectory* const tenants_;
  Clock* const clock_;
  metrics::GaugeFamily dso_, receivables_, overdue_, disputed_, overdue_share_, overdue_accounts_,
      unidentified_, open_items_, as_of_, known_until_;
  metrics::CounterFamily collected_;
  std::set<std::pair<std::string, std::string>> known_;  // portfolios with metrics
  bool told_of_skipped_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace relance::ledger
