#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call_handler.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/tenant_service.grpc.pb.h"
#include "services/ledger/advance_clock.h"

namespace relance::ledger {

// gRPC edge of TenantService: checks, calls, maps. docs: protos/relance/ledger/v1/tenant_service.proto.
class TenantServiceImpl : public v1::TenantService::Service {
 public:
  // All outlive this.
  TenantServiceImpl(rpc::CallHandler calls, store::Store* store, TenantDirectory* directory,
                    ClockAdvancer* clocks)
      : calls_(std::move(calls)), store_(store), directory_(directory), clocks_(clocks) {}

  grpc::Status CreateTenant(grpc::ServerContext* context, const v1::CreateTenantRequest* request,
                            v1::CreateTenantResponse* response) override;
  grpc::Status GetTenant(grpc::ServerContext* context, const v1::GetTenantRequest* request,
                         v1::GetTenantResponse* response) override;
  grpc::Status ListTenants(grpc::ServerContext* context, const v1::ListTenantsRequest* request,
                           v1::ListTenantsResponse* response) override;
  grpc::Status UpdateTenant(grpc::ServerContext* context, const v1::UpdateTenantRequest* request,
                            v1::UpdateTenantResponse* response) override;
  grpc::Status AdvanceClock(grpc::ServerContext* context, const v1::AdvanceClockRequest* request,
                            grpc::ServerWriter<v1::AdvanceClockResponse>* writer) override;

 private:
  absl::StatusOr<v1::CreateTenantResponse> Create(const v1::Tenant& tenant, store::Deadline deadline);
  absl::StatusOr<v1::GetTenantResponse> Get(const std::string& tenant, store::Deadline deadline);
  absl::StatusOr<v1::ListTenantsResponse> List(const v1::ListTenantsRequest& request,
                                               store::Deadline deadline);
  absl::StatusOr<v1::UpdateTenantResponse> Update(const v1::UpdateTenantRequest& request,
                                                  store::Deadline deadline);

  const rpc::CallHandler calls_;
  store::Store* const store_;
  TenantDirectory* const directory_;
  ClockAdvancer* const clocks_;
};

}  // namespace relance::ledger
