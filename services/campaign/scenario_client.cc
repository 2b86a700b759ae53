#include "services/campaign/scenario_client.h"

#include "common/rpc/client_call.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"

namespace relance::campaign {
namespace {

class GrpcScenarioClient : public ScenarioClient {
 public:
  explicit GrpcScenarioClient(std::shared_ptr<grpc::Channel> channel)
      : stub_(scenario::v1::ScenarioService::NewStub(std::move(channel))) {}

  absl::StatusOr<scenario::v1::EnrolAccountsResponse> EnrolAccounts(
      const rpc::CallContext& call, const scenario::v1::EnrolAccountsRequest& request) override {
    return rpc::Call(call, *stub_, &scenario::v1::ScenarioService::StubInterface::EnrolAccounts, request);
  }

 private:
  const std::unique_ptr<scenario::v1::ScenarioService::Stub> stub_;
};

}  // namespace

std::unique_ptr<ScenarioClient> MakeScenarioClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcScenarioClient>(std::move(channel));
}

}  // namespace relance::campaign
