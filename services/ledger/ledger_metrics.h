#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "services/ledger/incoming.h"

// The figures of the ledger. Names are stable: dashboards and alerts use them.
namespace relance::ledger {

// All counters below, with every value of their labels, are there from the start: an alert that waits for the
// first increase of a counter would miss the one that makes it. Call it before the process is scraped.
void ShowCountersAtZero();

// relance_ledger_imports_total{format,result}: result "ok", "repeated", "refused", "failed".
void CountImport(absl::string_view format, absl::string_view result);
// relance_ledger_import_lines_total{format,outcome}, relance_ledger_items_total{outcome},
// relance_ledger_allocations_total{rule}, relance_ledger_payments_total{outcome}.
void CountPosted(const PostResult& result);
void CountLines(absl::string_view format, int64_t read, int64_t rejected, int64_t skipped);
void CountUnidentified(int64_t payments);
// relance_ledger_commands_total{command,result}.
void CountCommand(absl::string_view command, absl::string_view result);
// relance_ledger_proposals_total{rule,result}: "accepted", "refused", "undone". All are there from the start.
void CountProposal(state::v1::MatchRule rule, absl::string_view result);
void ShowProposalsAtZero();
// relance_ledger_account_rounds_total{result}: "written", "unchanged", "stale".
void CountAccounts(int64_t written, int64_t unchanged, int64_t stale);

}  // namespace relance::ledger
