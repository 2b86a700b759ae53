#include "services/scenario/export_gauges.h"

#include "common/log/log.h"
#include "common/metrics/at_scrape.h"

namespace relance::scenario {
namespace {

constexpr absl::Duration kCatchUpTimeout = absl::Seconds(5);

prometheus::MetricFamily Gauge(const std::string& name, const std::string& help, int64_t value) {
  prometheus::MetricFamily family = metrics::MakeFamily(name, help, prometheus::MetricType::Gauge);
  metrics::AddSample(&family, static_cast<double>(value));
  return family;
}

}  // namespace

void ExportGauges(PlanIndex* index, const OutboxSender* sender) {
  metrics::AtScrape([index, sender] {
    const absl::Status current = index->CatchUp(store::After(kCatchUpTimeout));
    if (!current.ok()) log::Write(log::Severity::kWarning, "the plans could not be counted anew", current);
    const PlanIndex::Totals totals = index->totals();
    const OutboxSender::Counts counts = sender->counts();
    return std::vector<prometheus::MetricFamily>{
        Gauge("relance_scenario_accounts", "Accounts that have a plan or a ledger", totals.accounts),
        Gauge("relance_scenario_worklist_entries", "Calls and contacts that wait for a person",
              totals.worklist),
        Gauge("relance_scenario_contacts_reserved", "Contacts that are decided and have not left",
              totals.reserved),
        Gauge("relance_scenario_promises_running", "Promises whose day has not passed",
              totals.promises_running),
        Gauge("relance_scenario_outbox_messages", "Messages in the outboxes of this replica at the last pass",
              counts.outbox),
        Gauge("relance_scenario_contacts_waiting",
              "Contacts of this replica that wait for fresh data or a business day", counts.waiting),
    };
  });
}

}  // namespace relance::scenario
