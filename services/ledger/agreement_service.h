#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call_handler.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/agreement_service.grpc.pb.h"
#include "services/ledger/agreement/agreement_book.h"

namespace relance::ledger {

// gRPC edge of AgreementService: checks, calls, maps. No rules, no Redis.
class AgreementServiceImpl : public v1::AgreementService::Service {
 public:
  // All outlive this.
  AgreementServiceImpl(rpc::CallHandler calls, store::Store* store, TenantDirectory* directory,
                       const AgreementBook* book)
      : calls_(std::move(calls)), store_(store), directory_(directory), book_(book) {}

  grpc::Status GetAgreement(grpc::ServerContext* context, const v1::GetAgreementRequest* request,
                            v1::GetAgreementResponse* response) override;
  grpc::Status ListAgreements(grpc::ServerContext* context, const v1::ListAgreementsRequest* request,
                              v1::ListAgreementsResponse* response) override;
  grpc::Status GetQuality(grpc::ServerContext* context, const v1::GetQualityRequest* request,
                          v1::GetQualityResponse* response) override;

 private:
  absl::StatusOr<v1::GetAgreementResponse> Get(const v1::GetAgreementRequest& request,
                                               store::Deadline deadline);
  absl::StatusOr<v1::ListAgreementsResponse> List(const v1::ListAgreementsRequest& request,
                                                  store::Deadline deadline);
  absl::StatusOr<v1::GetQualityResponse> Quality(const v1::GetQualityRequest& request,
                                                 store::Deadline deadline);

  const rpc::CallHandler calls_;
  store::Store* const store_;
  TenantDirectory* const directory_;
  const AgreementBook* const book_;
};

}  // namespace relance::ledger
