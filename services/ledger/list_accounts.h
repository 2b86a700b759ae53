#pragma once

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/ledger_service.pb.h"

namespace relance::ledger {

// Debtors of a tenant, largest balance in the currency of its books first, then by code. Reads the sums of
// all accounts: a question for people, not for a loop.
absl::StatusOr<v1::ListAccountsResponse> ListAccounts(store::Store& store, const TenantContext& tenant,
                                                      const v1::ListAccountsRequest& request,
                                                      store::Deadline deadline);

}  // namespace relance::ledger
