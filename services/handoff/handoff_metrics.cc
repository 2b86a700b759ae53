#include "services/handoff/handoff_metrics.h"

#include <cmath>

#include "absl/status/status.h"
#include "common/log/log.h"
#include "common/metrics/at_scrape.h"
#include "common/metrics/metrics.h"
#include "common/money/currency.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"

namespace relance::handoff {
namespace {

using metrics::AddSample;
using metrics::MakeFamily;

constexpr absl::Duration kRefreshTimeout = absl::Seconds(2);

metrics::CounterFamily& Reports() {
  static metrics::CounterFamily& reports = *new metrics::CounterFamily(
      "relance_handoff_reports_total", "Reports of agencies that were taken, repeats not counted", {"kind"});
  return reports;
}

// In whole units of the currency: a dashboard has no use for cents of another exponent.
double Units(int64_t minor, const std::string& currency) {
  return static_cast<double>(minor) / std::pow(10.0, CurrencyExponent(currency).value_or(0));
}

// What cannot be read is not overdue: the store's own metrics tell of the outage.
std::map<std::string, RemittanceTerms> TermsOfAll(store::Store& store, TenantDirectory& tenants,
                                                  store::Deadline deadline) {
  std::map<std::string, RemittanceTerms> terms;
  const auto all = tenants.All(deadline);
  if (!all.ok()) return terms;
  for (const TenantPtr& tenant : *all) {
    auto days = ReadRemittanceDays(store, tenant->config.id(), deadline);
    if (days.ok()) terms[tenant->config.id()] = {DayNumber(tenant->business_date), *std::move(days)};
  }
  return terms;
}

}  // namespace

void RegisterReportCounters() {
  for (absl::string_view kind : {"accepted", "rejected", "payment", "reversal", "closed", "recall_confirmed",
                                 "recall_objected", "remittance"}) {
    Reports().With({kind});
  }
}

void CountReport(absl::string_view kind) { Reports().With({kind}).Increment(); }

std::vector<prometheus::MetricFamily> PlacementFamilies(
    const std::map<std::string, PlacementTotals>& totals) {
  const auto gauge = prometheus::MetricType::Gauge;
  auto placements = MakeFamily("relance_handoff_placements", "Placements by where they stand", gauge);
  auto placed = MakeFamily("relance_handoff_placed",
                           "Sum of all that was ever placed, in units of the currency", gauge);
  auto recovered =
      MakeFamily("relance_handoff_recovered",
                 "Sum received by agencies less what was taken back, in units of the currency", gauge);
  auto unrecorded = MakeFamily("relance_handoff_unrecorded_payments",
                               "Money that agencies told of and the ledger has not recorded", gauge);
  auto waiting =
      MakeFamily("relance_handoff_undelivered_cases", "Placements whose case file did not leave yet", gauge);
  auto unremitted =
      MakeFamily("relance_handoff_unremitted",
                 "Sum received by agencies and not passed on yet, in units of the currency", gauge);
  auto overdue = MakeFamily("relance_handoff_overdue_remittances",
                            "Payments that agencies should have passed on by now", gauge);
  for (const auto& [tenant, of] : totals) {
    for (const auto& [state, count] : of.by_state) {
      AddSample(&placements, static_cast<double>(count), {{"tenant", tenant}, {"state", state}});
    }
    for (const auto& [currency, minor] : of.placed_minor) {
      AddSample(&placed, Units(minor, currency), {{"tenant", tenant}, {"currency", currency}});
    }
    for (const auto& [currency, minor] : of.recovered_minor) {
      AddSample(&recovered, Units(minor, currency), {{"tenant", tenant}, {"currency", currency}});
    }
    AddSample(&unrecorded, static_cast<double>(of.unrecorded_payments), {{"tenant", tenant}});
    AddSample(&waiting, static_cast<double>(of.waiting_files), {{"tenant", tenant}});
    for (const auto& [currency, minor] : of.unremitted_minor) {
      AddSample(&unremitted, Units(minor, currency), {{"tenant", tenant}, {"currency", currency}});
    }
    AddSample(&overdue, static_cast<double>(of.overdue_remittances), {{"tenant", tenant}});
  }
  return {placements, placed, recovered, unrecorded, waiting, unremitted, overdue};
}

void ExportPlacements(store::Store* store, TenantDirectory* tenants, PlacementIndex* index) {
  metrics::AtScrape([store, tenants, index] {
    const store::Deadline deadline = store::After(kRefreshTimeout);
    const absl::Status fresh = index->Refresh(*store, deadline);
    // The last known totals are better than none; the store's own metrics tell of the outage.
    if (!fresh.ok()) log::Write(log::Severity::kDebug, "placements were not refreshed for a scrape", fresh);
    return PlacementFamilies(index->Totals(TermsOfAll(*store, *tenants, deadline)));
  });
}

}  // namespace relance::handoff
