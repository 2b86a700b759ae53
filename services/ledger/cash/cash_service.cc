#include "services/ledger/cash/cash_service.h"

#include <utility>

#include "common/status/status_macros.h"
#include "services/ledger/cash/list_unmatched.h"
#include "services/ledger/ledger_metrics.h"

namespace relance::ledger {

CashServiceImpl::CashServiceImpl(rpc::CallHandler calls, store::Store* store, TenantDirectory* directory,
                                 AccountIndexes* indexes, CashCommands* commands)
    : calls_(std::move(calls)), store_(store), directory_(directory), indexes_(indexes), commands_(commands) {
  ShowProposalsAtZero();
}

grpc::Status CashServiceImpl::ListUnmatched(grpc::ServerContext* context,
                                            const v1::ListUnmatchedRequest* request,
                                            v1::ListUnmatchedResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) -> absl::StatusOr<v1::ListUnmatchedResponse> {
                              RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant,
                                                       directory_->Get(request->tenant_id(), call.deadline));
                              return ledger::ListUnmatched(*store_, indexes_->Of(request->tenant_id()),
                                                           *tenant, *request, call.deadline);
                            });
}

grpc::Status CashServiceImpl::AcceptProposal(grpc::ServerContext* context,
                                             const v1::AcceptProposalRequest* request,
                                             v1::AcceptProposalResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return commands_->AcceptProposal(*request, call.deadline);
  });
}

grpc::Status CashServiceImpl::RefuseProposal(grpc::ServerContext* context,
                                             const v1::RefuseProposalRequest* request,
                                             v1::RefuseProposalResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return commands_->RefuseProposal(*request, call.deadline);
  });
}

grpc::Status CashServiceImpl::AllocatePayment(grpc::ServerContext* context,
                                              const v1::AllocatePaymentRequest* request,
                                              v1::AllocatePaymentResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return commands_->AllocatePayment(*request, call.deadline);
  });
}

grpc::Status CashServiceImpl::UndoAllocation(grpc::ServerContext* context,
                                             const v1::UndoAllocationRequest* request,
                                             v1::UndoAllocationResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return commands_->UndoAllocation(*request, call.deadline);
  });
}

grpc::Status CashServiceImpl::RecordDeduction(grpc::ServerContext* context,
                                              const v1::RecordDeductionRequest* request,
                                              v1::RecordDeductionResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return commands_->RecordDeduction(*request, call.deadline);
  });
}

}  // namespace relance::ledger
