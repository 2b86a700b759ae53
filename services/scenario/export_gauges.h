#pragma once

#include "services/scenario/outbox_sender.h"
#include "services/scenario/plan_index.h"

namespace relance::scenario {

// Exports relance_scenario_worklist_entries, _contacts_reserved, _promises_running, _outbox_messages and
// _contacts_waiting at each scrape. Both must outlive the process's last scrape.
void ExportGauges(PlanIndex* index, const OutboxSender* sender);

}  // namespace relance::scenario
