#pragma once

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/cash_service.pb.h"
#include "services/ledger/account_index.h"

namespace relance::ledger {

inline constexpr int kUnmatchedPageSize = 20;
inline constexpr int kUnmatchedPageSizeMax = 200;
inline constexpr int kProposalsDefault = 3;
inline constexpr int kShortPaidMax = 100;  // of one page

// CashService.ListUnmatched: reads the accounts that have money, and those that it may belong to. Writes
// nothing; everything is found anew from what is stored.
absl::StatusOr<v1::ListUnmatchedResponse> ListUnmatched(store::Store& store, AccountIndex& index,
                                                        const TenantContext& tenant,
                                                        const v1::ListUnmatchedRequest& request,
                                                        store::Deadline deadline);

}  // namespace relance::ledger
