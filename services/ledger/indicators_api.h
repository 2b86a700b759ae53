#pragma once

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "relance/ledger/v1/ledger_service.pb.h"

namespace relance::ledger {

// The questions about a whole portfolio, answered by services/ledger/indicators. Thread-safe.
class IndicatorsApi {
 public:
  virtual ~IndicatorsApi() = default;
  virtual absl::StatusOr<v1::GetAgeingResponse> GetAgeing(const v1::GetAgeingRequest& request,
                                                          store::Deadline deadline) = 0;
  virtual absl::StatusOr<v1::GetKpisResponse> GetKpis(const v1::GetKpisRequest& request,
                                                      store::Deadline deadline) = 0;
};

}  // namespace relance::ledger
