#include "services/handoff/ledger_client.h"

#include <utility>

#include "common/account/item_id.h"
#include "common/rpc/client_call.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"

namespace relance::handoff {
namespace {

using ledger::v1::LedgerService;
using Stub = LedgerService::StubInterface;

constexpr absl::Duration kCallTimeout = absl::Seconds(5);
// Of the reasons of banks there is none for it.
constexpr char kReturnReason[] = "AGENCY_REVERSAL";

class GrpcLedgerClient : public LedgerClient {
 public:
  explicit GrpcLedgerClient(std::shared_ptr<grpc::Channel> channel)
      : stub_(LedgerService::NewStub(std::move(channel))) {}

  absl::StatusOr<uint64_t> RecordPayment(const rpc::CallContext& call,
                                         const LedgerPayment& payment) override {
    ledger::v1::RecordPaymentRequest request;
    request.set_request_id(payment.request_id);
    request.set_tenant_id(payment.key.tenant);
    request.set_account_id(payment.key.account);
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_amount(), rpc::MoneyToProto(payment.amount));
    *request.mutable_payment_date() = rpc::DayToProto(payment.day);
    for (uint64_t item : payment.items) request.add_item_ids(ItemIdText(item));
    request.set_reference(payment.reference);
    request.set_source(payment.source);
    RELANCE_ASSIGN_OR_RETURN(const auto response,
                             rpc::Call(call, *stub_, &Stub::RecordPayment, request, Options()));
    const auto item = ParseItemId(response.payment().item_id());
    if (!item.has_value()) {
      return DomainError(absl::StatusCode::kInternal, "LEDGER_ANSWER_INVALID", "the ledger named no payment");
    }
    return *item;
  }

  absl::Status ReturnPayment(const rpc::CallContext& call, const LedgerReturn& taken_back) override {
    ledger::v1::ReturnPaymentRequest request;
    request.set_request_id(taken_back.request_id);
    request.set_tenant_id(taken_back.key.tenant);
    request.set_account_id(taken_back.key.account);
    request.set_item_id(ItemIdText(taken_back.payment));
    *request.mutable_return_date() = rpc::DayToProto(taken_back.day);
    request.set_reason(kReturnReason);
    return rpc::Call(call, *stub_, &Stub::ReturnPayment, request, Options()).status();
  }

 private:
  // Who calls us need not be somebody whom the ledger lets record payments: the service itself is.
  static rpc::OutgoingOptions Options() { return {.timeout_max = kCallTimeout, .forward_token = false}; }

  const std::unique_ptr<Stub> stub_;
};

}  // namespace

std::unique_ptr<LedgerClient> MakeLedgerClient(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcLedgerClient>(std::move(channel));
}

}  // namespace relance::handoff
