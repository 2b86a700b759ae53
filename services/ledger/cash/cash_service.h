#pragma once

#include "common/rpc/call_handler.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/cash_service.grpc.pb.h"
#include "services/ledger/account_index.h"
#include "services/ledger/cash/cash_commands.h"

namespace relance::ledger {

// gRPC edge of CashService: checks, calls, maps. No rules, no Redis.
class CashServiceImpl : public v1::CashService::Service {
 public:
  // All outlive this.
  CashServiceImpl(rpc::CallHandler calls, store::Store* store, TenantDirectory* directory,
                  AccountIndexes* indexes, CashCommands* commands);

  grpc::Status ListUnmatched(grpc::ServerContext* context, const v1::ListUnmatchedRequest* request,
                             v1::ListUnmatchedResponse* response) override;
  grpc::Status AcceptProposal(grpc::ServerContext* context, const v1::AcceptProposalRequest* request,
                              v1::AcceptProposalResponse* response) override;
  grpc::Status RefuseProposal(grpc::ServerContext* context, const v1::RefuseProposalRequest* request,
                              v1::RefuseProposalResponse* response) override;
  grpc::Status AllocatePayment(grpc::ServerContext* context, const v1::AllocatePaymentRequest* request,
                               v1::AllocatePaymentResponse* response) override;
  grpc::Status UndoAllocation(grpc::ServerContext* context, const v1::UndoAllocationRequest* request,
                              v1::UndoAllocationResponse* response) override;
  grpc::Status RecordDeduction(grpc::ServerContext* context, const v1::RecordDeductionRequest* request,
                               v1::RecordDeductionResponse* response) override;

 private:
  const rpc::CallHandler calls_;
  store::Store* const store_;
  TenantDirectory* const directory_;
  AccountIndexes* const indexes_;
  CashCommands* const commands_;
};

}  // namespace relance::ledger
