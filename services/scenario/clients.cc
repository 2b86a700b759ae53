#include "services/scenario/clients.h"

#include "common/account/item_id.h"
#include "common/rpc/client_call.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "relance/handoff/v1/handoff_service.grpc.pb.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "services/scenario/errors.h"

namespace relance::scenario {
namespace {

// What gRPC itself says of a service that does not answer gets a reason of ours.
absl::Status Named(const absl::Status& status, absl::string_view reason) {
  const bool lost = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  if (!lost || !ReasonOf(status).empty()) return status;
  return DomainError(status.code(), reason,
                     "the other service does not answer; repeat with the same request_id");
}

class GrpcHandoffClient : public HandoffClient {
 public:
  explicit GrpcHandoffClient(std::shared_ptr<grpc::Channel> channel)
      : stub_(handoff::v1::HandoffService::NewStub(std::move(channel))) {}

  absl::StatusOr<std::string> PlaceAccount(const rpc::CallContext& call, const store::AccountKey& account,
                                           const std::vector<uint64_t>& items,
                                           const std::string& request_id) override {
    handoff::v1::PlaceAccountRequest request;
    request.set_request_id(request_id);
    request.set_tenant_id(account.tenant);
    request.set_account_id(account.account);
    for (uint64_t item : items) request.add_item_ids(ItemIdText(item));
    request.set_actor("service:scenario");
    auto response =
        rpc::Call(call, *stub_, &handoff::v1::HandoffService::StubInterface::PlaceAccount, request);
    if (!response.ok()) return Named(response.status(), kHandoffUnavailable);
    return response->placement().placement_id();
  }

 private:
  std::unique_ptr<handoff::v1::HandoffService::Stub> stub_;
};

class GrpcLedgerClient : public LedgerClient {
 public:
  explicit GrpcLedgerClient(std::shared_ptr<grpc::Channel> channel)
      : stub_(ledger::v1::LedgerService::NewStub(std::move(channel))) {}

  absl::Status OpenDispute(const rpc::CallContext& call, const store::AccountKey& account, uint64_t item,
                           const std::string& reason, const std::string& actor,
                           const std::string& request_id) override {
    ledger::v1::OpenDisputeRequest request;
    request.set_request_id(request_id);
    request.set_tenant_id(account.tenant);
    request.set_account_id(account.account);
    request.set_item_id(ItemIdText(item));
    request.set_reason(reason);
    request.set_actor(actor);
    const auto response =
        rpc::Call(call, *stub_, &ledger::v1::LedgerService::StubInterface::OpenDispute, request);
    return response.ok() ? absl::OkStatus() : Named(response.status(), kLedgerUnavailable);
  }

 private:
  std::unique_ptr<ledger::v1::LedgerService::Stub> stub_;
};

}  // namespace

std::unique_ptr<HandoffClient> MakeHandoffClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcHandoffClient>(std::move(channel));
}

std::unique_ptr<LedgerClient> MakeLedgerClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcLedgerClient>(std::move(channel));
}

}  // namespace relance::scenario
