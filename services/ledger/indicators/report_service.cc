#include "services/ledger/indicators/report_service.h"

namespace relance::ledger {

grpc::Status ReportServiceImpl::ListAgedItems(grpc::ServerContext* context,
                                              const v1::ListAgedItemsRequest* request,
                                              v1::ListAgedItemsResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return reports_->ListAgedItems(*request, call.deadline);
  });
}

grpc::Status ReportServiceImpl::GetHistory(grpc::ServerContext* context, const v1::GetHistoryRequest* request,
                                           v1::GetHistoryResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return reports_->GetHistory(*request, call.deadline);
  });
}

grpc::Status ReportServiceImpl::ExportHistory(grpc::ServerContext* context,
                                              const v1::ExportHistoryRequest* request,
                                              grpc::ServerWriter<v1::ExportHistoryResponse>* writer) {
  return calls_.Handle(context, [&](const rpc::CallContext& call) {
    return reports_->ExportHistory(*request, call.deadline, [&](const v1::ExportHistoryResponse& piece) {
      return writer->Write(piece);
    });
  });
}

grpc::Status ReportServiceImpl::GetConcentration(grpc::ServerContext* context,
                                                 const v1::GetConcentrationRequest* request,
                                                 v1::GetConcentrationResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return reports_->GetConcentration(*request, call.deadline);
  });
}

grpc::Status ReportServiceImpl::GetExpectedLoss(grpc::ServerContext* context,
                                                const v1::GetExpectedLossRequest* request,
                                                v1::GetExpectedLossResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return reports_->GetExpectedLoss(*request, call.deadline);
  });
}

grpc::Status ReportServiceImpl::GetClaims(grpc::ServerContext* context, const v1::GetClaimsRequest* request,
                                          v1::GetClaimsResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return claims_->GetClaims(*request, call.deadline);
  });
}

}  // namespace relance::ledger
