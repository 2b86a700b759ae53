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
#include "services/campaign/campaign_documents.h"

namespace relance::campaign {

inline constexpr int kTenantsInMetricsMax = 100;  // the rest has none, and a log line says so
// Campaigns that were selected longer ago no longer count as being followed.
inline constexpr int kFollowedDays = 365;
inline constexpr size_t kFollowedMembersMax = 1'000'000;  // kept in memory, about 60 bytes each

// What campaigns of the last year reached and brought, for Prometheus.
//
//   relance_campaign_members{tenant,state}       state "taken", "left" (by the scenario service), "waiting"
//   (not handed over) relance_campaign_recovered{tenant,currency}  received since on the selections, in units
//   of the currency
class CampaignMetrics {
 public:
  // All outlive this. `clock` is for waiting only.
  CampaignMetrics(store::Store* store, projection::Projection* projection, TenantDirectory* tenants,
                  Clock* clock, prometheus::Registry& registry = metrics::ProcessRegistry());
  ~CampaignMetrics();  // Stop()

  absl::Status RunOnce(store::Deadline deadline);
  // RunOnce every `period`. The first run builds the projection, so `timeout` is long.
  void Start(absl::Duration period = absl::Seconds(30), absl::Duration timeout = absl::Minutes(10));
  void Stop();  // idempotent

 private:
  struct Followed {
    int64_t version = 0;
    int32_t selected_day = 0;
    std::string currency;
    int64_t left = 0, waiting = 0;
    std::vector<std::string> taken;  // account codes
  };
  absl::Status Refresh(const TenantContext& tenant, store::Deadline deadline);
  void Set(const TenantContext& tenant);

  const CampaignDocuments documents_;
  projection::Projection* const projection_;
  TenantDirectory* const tenants_;
  Clock* const clock_;
  metrics::GaugeFamily members_, recovered_;
  std::map<std::string, std::map<std::string, Followed>> followed_;  // tenant, campaign
  std::map<std::string, std::set<std::string>> currencies_;          // tenant: those with a figure
  size_t members_kept_ = 0;
  bool told_of_skipped_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace relance::campaign
