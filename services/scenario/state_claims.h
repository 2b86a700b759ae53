#pragma once

#include <map>
#include <vector>

#include "absl/status/status.h"
#include "common/account/account_view.h"
#include "common/tenant/tenant_directory.h"
#include "services/scenario/render/message.h"

namespace relance::scenario {

// States interest and flat indemnity of `items`, which are overdue, up to the business date, into `message`.
//
// Law:    that of the tenant's country (FR, FR_PUBLIC for public debtors, BE, else the minimum of Directive
// 2011/7/EU); a
//         contractual rate of the tenant replaces its rate. Nothing is stated against consumers: other rules
//         hold.
// Paid:   part payments and credits lower the base from their day, as far as the allocations account for all
// that is
//         no longer open; else the interest runs on today's balance alone, which is never too much.
// Errors: FAILED_PRECONDITION / RATE_MISSING, REGIME_MISSING; OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::Status StateClaims(const AccountView& view, const std::vector<const state::v1::Item*>& items,
                         const TenantContext& tenant, render::Message* message);

}  // namespace relance::scenario
