#pragma once

#include <cstdint>

#include "common/projection/tenant_columns.h"

namespace relance::campaign {

// What payments have settled since a selection, of the items of one account that were overdue then:
// allocations of payments, later than the day of the selection, that stand. Pure. `currency`: index into
// tenant.currencies(), -1 for none.
int64_t ReceivedSince(const projection::TenantColumns& tenant, int32_t account, int32_t currency,
                      int32_t selected_day);

}  // namespace relance::campaign
