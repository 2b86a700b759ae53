#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "absl/status/statusor.h"
#include "common/rpc/call_context.h"
#include "relance/scenario/v1/scenario_service.pb.h"

namespace relance::campaign {

inline constexpr int kAccountsPerEnrolMax = 1000;  // what EnrolAccounts takes

// The scenario service, as narrow as campaigns need it. Thread-safe.
class ScenarioClient {
 public:
  virtual ~ScenarioClient() = default;
  // One result for each account, in the order asked. Idempotent by campaign and account: after UNAVAILABLE or
  // DEADLINE_EXCEEDED the outcome is unknown, and the same request is to be sent again.
  virtual absl::StatusOr<scenario::v1::EnrolAccountsResponse> EnrolAccounts(
      const rpc::CallContext& call, const scenario::v1::EnrolAccountsRequest& request) = 0;
};

std::unique_ptr<ScenarioClient> MakeScenarioClient(std::shared_ptr<grpc::Channel> channel);

}  // namespace relance::campaign
