#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/call_handler.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/risk/v1/risk_service.grpc.pb.h"
#include "services/risk/prior_cache.h"

namespace relance::risk {

// gRPC edge of the risk service: reads, never writes.
class RiskServiceImpl : public v1::RiskService::Service {
 public:
  // All outlive the service.
  RiskServiceImpl(rpc::CallHandler calls, store::Store* store, TenantDirectory* tenants, PriorCache* priors)
      : calls_(std::move(calls)), store_(store), tenants_(tenants), priors_(priors) {}

  grpc::Status ScoreAccount(grpc::ServerContext* context, const v1::ScoreAccountRequest* request,
                            v1::ScoreAccountResponse* response) override;
  grpc::Status RankAccounts(grpc::ServerContext* context, const v1::RankAccountsRequest* request,
                            v1::RankAccountsResponse* response) override;

 private:
  absl::StatusOr<v1::ScoreAccountResponse> Score(const rpc::CallContext& call,
                                                 const v1::ScoreAccountRequest& request);
  absl::StatusOr<v1::RankAccountsResponse> Rank(const rpc::CallContext& call,
                                                const v1::RankAccountsRequest& request);

  const rpc::CallHandler calls_;
  store::Store* const store_;
  TenantDirectory* const tenants_;
  PriorCache* const priors_;
};

}  // namespace relance::risk
