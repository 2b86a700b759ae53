#pragma once

#include "absl/time/civil_time.h"
#include "common/account/account_view.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/calendar.h"
#include "services/scenario/decide.h"

namespace relance::scenario {

// The days on which a tenant contacts its debtors: those of its country; weekends only where no calendar is
// known.
Calendar CalendarFor(const state::v1::TenantConfig& tenant);

// Decide with what the tenant says, on its business date: the day's run when the stored plan's timer has come
// (IsDaysRun), else as `otherwise` says. `view.plan` may have been edited; its next_day must be the stored
// one.
Decision DecideForTenant(const AccountView& view, const TenantContext& tenant, const Scenario& scenario,
                         Occasion otherwise = Occasion::kNews);

// What the run of `date` will decide, whatever the timer says.
Decision PreviewForTenant(const AccountView& view, const TenantContext& tenant, const Scenario& scenario,
                          absl::CivilDay date);

// Why contacts of the tenant must wait: "ledger" or "bank" is older than the tenant allows; empty: they may
// leave.
absl::string_view StaleSource(const TenantContext& tenant);

}  // namespace relance::scenario
