#pragma once

#include "common/rpc/call_handler.h"
#include "relance/ledger/v1/report_service.grpc.pb.h"
#include "services/ledger/claims/claims.h"
#include "services/ledger/indicators/reports.h"

namespace relance::ledger {

// gRPC edge of ReportService: calls and maps. No rules, no Redis.
class ReportServiceImpl : public v1::ReportService::Service {
 public:
  // `reports` and `claims` outlive this.
  ReportServiceImpl(rpc::CallHandler calls, Reports* reports, Claims* claims)
      : calls_(std::move(calls)), reports_(reports), claims_(claims) {}

  grpc::Status ListAgedItems(grpc::ServerContext* context, const v1::ListAgedItemsRequest* request,
                             v1::ListAgedItemsResponse* response) override;
  grpc::Status GetHistory(grpc::ServerContext* context, const v1::GetHistoryRequest* request,
                          v1::GetHistoryResponse* response) override;
  grpc::Status ExportHistory(grpc::ServerContext* context, const v1::ExportHistoryRequest* request,
                             grpc::ServerWriter<v1::ExportHistoryResponse>* writer) override;
  grpc::Status GetConcentration(grpc::ServerContext* context, const v1::GetConcentrationRequest* request,
                                v1::GetConcentrationResponse* response) override;
  grpc::Status GetExpectedLoss(grpc::ServerContext* context, const v1::GetExpectedLossRequest* request,
                               v1::GetExpectedLossResponse* response) override;
  grpc::Status GetClaims(grpc::ServerContext* context, const v1::GetClaimsRequest* request,
                         v1::GetClaimsResponse* response) override;

 private:
  const rpc::CallHandler calls_;
  Reports* const reports_;
  Claims* const claims_;
};

}  // namespace relance::ledger
