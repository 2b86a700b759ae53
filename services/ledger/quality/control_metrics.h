#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "common/projection/projection.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"
#include "services/ledger/agreement/agreement_book.h"

namespace relance::ledger {

// Tenants beyond this many have no metrics of their own, and a log line says so.
inline constexpr int kTenantsInMetricsMax = 100;

// How much open money of a currency its allocations do not explain: for every item, the amount at issue minus
// what settled it is what is open, and what settles a debit is taken from a credit. 0 in a ledger without a
// bug.
int64_t RollForwardDifference(const projection::CurrencyColumns& columns);

// Whether the ledger can be trusted, for Prometheus. All exist from the first run on, at 0 when all is well.
//
//   relance_ledger_agreement_difference{tenant,currency}         books minus items, units of the currency
//   relance_ledger_agreement_accounts_differing{tenant,currency}
//   relance_ledger_agreement_timestamp_seconds{tenant,currency}  midnight UTC of the day of the books; absent
//   before
//                                                                the first comparison
//   relance_ledger_statement_gaps{tenant,kind}                   kind "missing", "sum"
//   relance_ledger_roll_forward_difference{tenant,currency}      units of the currency
//   relance_ledger_quality_findings{tenant,kind}                 kind as in KindsOfFindings
class ControlMetrics {
 public:
  // All outlive this. `clock` is for waiting only.
  ControlMetrics(store::Store* store, const AgreementBook* book, projection::Projection* projection,
                 TenantDirectory* tenants, Clock* clock,
                 prometheus::Registry& registry = metrics::ProcessRegistry());
  ~ControlMetrics();  // Stop()

  // Sets the figures once; those of the quality report with `quality`: it reads all accounts.
  absl::Status RunOnce(bool quality, store::Deadline deadline);

  // RunOnce every `period` on a thread of its own, the quality report every `quality_period`.
  void Start(absl::Duration period, absl::Duration quality_period,
             absl::Duration timeout = absl::Minutes(10));
  void Stop();  // idempotent

 private:
  absl::Status SetAgreement(const TenantContext& tenant, store::Deadline deadline);
  void SetRollForward(const std::string& tenant);
  absl::Status SetQuality(const TenantContext& tenant, store::Deadline deadline);

  store::Store* const store_;
  const AgreementBook* const book_;
  projection::Projection* const projection_;
  TenantDirectory* const tenants_;
  Clock* const clock_;
  metrics::GaugeFamily difference_, differing_, timestamp_, gaps_, roll_forward_, findings_;
  std::set<std::string> known_;                               // tenants with metrics
  std::set<std::pair<std::string, std::string>> currencies_;  // of the roll-forward
  bool told_of_skipped_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace relance::ledger
