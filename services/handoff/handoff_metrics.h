#pragma once

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/handoff/placement_index.h"

namespace relance::handoff {

// Makes the counter of every kind of report, at 0: a rate and an alert see the first one too. Call at start.
void RegisterReportCounters();

// Counts a report of an agency that was not known before. `kind`: ReportKind.
void CountReport(absl::string_view kind);

// The totals as metric families.
std::vector<prometheus::MetricFamily> PlacementFamilies(const std::map<std::string, PlacementTotals>& totals);

// Exports PlacementFamilies of `index` at each scrape, refreshed from `store`. All must outlive the
// process's last scrape. Every replica exports the whole: take the maximum over replicas, not the sum.
void ExportPlacements(store::Store* store, TenantDirectory* tenants, PlacementIndex* index);

}  // namespace relance::handoff
