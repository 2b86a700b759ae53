#pragma once

#include <functional>
#include <string>

#include "relance/state/v1/tenant.pb.h"
#include "services/ledger/gathered.h"
#include "services/ledger/readers/table/table_record.h"

namespace relance::ledger {

// Adds one row of a customer file. A field that is not valid is rejected with its reason and the rest of the
// row counts; rows of one account add up, and so do their contacts. An empty cell is not told; "-" takes away
// what the customer file told before.
//
// Reasons: ACCOUNT_MISSING (the row), FIELD_TOO_LONG, FIELD_INVALID, IDENTIFIER_MALFORMED,
//          IDENTIFIER_CHECK_FAILED, TERMS_INVALID, AMOUNT_*, CURRENCY_UNKNOWN, DATE_*, ATTRIBUTES_TOO_MANY.
void GatherAccountRow(const AccountRow& row, const state::v1::TenantConfig& tenant, Gathered* gathered);

}  // namespace relance::ledger
