#pragma once

#include "common/rpc/call_handler.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/repair_service.grpc.pb.h"
#include "services/ledger/repair_log.h"

namespace relance::ledger {

// relance.ledger.v1.RepairService. Thread-safe.
class RepairServiceImpl final : public v1::RepairService::Service {
 public:
  // Both outlive this.
  RepairServiceImpl(rpc::CallHandler calls, TenantDirectory* directory, const RepairLog* repairs)
      : calls_(std::move(calls)), directory_(directory), repairs_(repairs) {}

  grpc::Status GetRepairFile(grpc::ServerContext* context, const v1::GetRepairFileRequest* request,
                             grpc::ServerWriter<v1::GetRepairFileResponse>* writer) override;

 private:
  const rpc::CallHandler calls_;
  TenantDirectory* const directory_;
  const RepairLog* const repairs_;
};

}  // namespace relance::ledger
