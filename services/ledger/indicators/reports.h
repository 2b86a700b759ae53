#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/projection/projection.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/report_service.pb.h"
#include "services/ledger/indicators/series.h"

namespace relance::ledger {

inline constexpr int kAgedItemsDefault = 100;
inline constexpr int kAgedItemsMax = 1000;
inline constexpr int kConcentrationDefault = 20;
inline constexpr int kConcentrationMax = 1000;
inline constexpr int kFlowMonthsDefault = 12;
inline constexpr int kFlowMonthsMax = 60;
inline constexpr int kForwardLookingPermilleMax = 10'000;
inline constexpr size_t kExportPieceBytes = 256 << 10;
inline constexpr char kExportJob[] = "relance-ledger";
inline constexpr size_t kExportJobBytesMax = 64;

// The questions of ReportService about a portfolio, answered from the projection, which takes in the feed
// first; items themselves from the store. The errors are those of report_service.proto. Thread-safe.
class Reports {
 public:
  // All outlive this.
  Reports(store::Store* store, projection::Projection* projection, TenantDirectory* tenants)
      : store_(store), projection_(projection), tenants_(tenants) {}

  absl::StatusOr<v1::ListAgedItemsResponse> ListAgedItems(const v1::ListAgedItemsRequest& request,
                                                          store::Deadline deadline);
  absl::StatusOr<v1::GetHistoryResponse> GetHistory(const v1::GetHistoryRequest& request,
                                                    store::Deadline deadline);
  // Gives the text in pieces of whole lines; `write` answers false when nobody listens any more.
  absl::Status ExportHistory(const v1::ExportHistoryRequest& request, store::Deadline deadline,
                             absl::FunctionRef<bool(const v1::ExportHistoryResponse&)> write);
  absl::StatusOr<v1::GetConcentrationResponse> GetConcentration(const v1::GetConcentrationRequest& request,
                                                                store::Deadline deadline);
  absl::StatusOr<v1::GetExpectedLossResponse> GetExpectedLoss(const v1::GetExpectedLossRequest& request,
                                                              store::Deadline deadline);

 private:
  store::Store* const store_;
  projection::Projection* const projection_;
  TenantDirectory* const tenants_;
};

}  // namespace relance::ledger
