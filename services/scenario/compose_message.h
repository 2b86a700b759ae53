#pragma once

#include "absl/status/statusor.h"
#include "common/account/account_view.h"
#include "common/tenant/tenant_directory.h"
#include "services/scenario/render/message.h"
#include "services/scenario/scenario.h"

namespace relance::scenario {

// How long a campaign's message grants; a campaign has no step that says so.
inline constexpr int kCampaignGrantDays = 8;

// The last day that `contact` grants the debtor when it leaves on `today`; 0 for what grants none.
int32_t DeadlineDay(const state::v1::Contact& contact, const Scenario& scenario, int32_t today);

// What `contact` says on the business date of `tenant`, by `channel` (mail or letter): today's balances of
// its items, for a reminder also the debtor's other overdue items (FC-58), its open credits, and for a final
// notice the interest and indemnity of each item by the law of the tenant's country. Pure.
//
// `view` needs its history for a final notice: part payments lower the interest from their day on.
// Errors: FAILED_PRECONDITION / RATE_MISSING, REGIME_MISSING: no interest is made up. OUT_OF_RANGE /
// AMOUNT_OVERFLOW.
absl::StatusOr<render::Message> ComposeMessage(const AccountView& view, const state::v1::Contact& contact,
                                               const Scenario& scenario, const TenantContext& tenant,
                                               Channel channel);

// Whether the contact announces costs, and so needs the history.
bool AnnouncesCosts(const state::v1::Contact& contact, const Scenario& scenario);

}  // namespace relance::scenario
