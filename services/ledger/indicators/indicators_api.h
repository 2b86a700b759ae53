#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call_context.h"
#include "relance/ledger/v1/ledger_service.pb.h"

namespace relance::ledger {

// Questions about the whole portfolio of a tenant, as the gRPC edge asks them. Thread-safe.
class IndicatorsApi {
 public:
  virtual ~IndicatorsApi() = default;

  virtual absl::StatusOr<v1::GetAgeingResponse> GetAgeing(const rpc::CallContext& call,
                                                          const v1::GetAgeingRequest& request) = 0;
  virtual absl::StatusOr<v1::GetKpisResponse> GetKpis(const rpc::CallContext& call,
                                                      const v1::GetKpisRequest& request) = 0;
};

}  // namespace relance::ledger
