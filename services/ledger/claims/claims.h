#pragma once

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/report_service.pb.h"

namespace relance::ledger {

inline constexpr int kClaimedItemsMax = 1000;
inline constexpr int kClaimCostsMax = 100;
inline constexpr size_t kCostEvidenceBytesMax = 128;

// ReportService.GetClaims: the statement of an account, from its items and the built-in tables. The errors
// are those of report_service.proto. Thread-safe.
class Claims {
 public:
  // Both outlive this.
  Claims(store::Store* store, TenantDirectory* tenants) : store_(store), tenants_(tenants) {}

  absl::StatusOr<v1::GetClaimsResponse> GetClaims(const v1::GetClaimsRequest& request,
                                                  store::Deadline deadline);

 private:
  store::Store* const store_;
  TenantDirectory* const tenants_;
};

}  // namespace relance::ledger
