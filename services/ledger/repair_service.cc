#include "services/ledger/repair_service.h"

#include <utility>

#include "common/status/status_macros.h"

namespace relance::ledger {
namespace {

constexpr size_t kPieceBytes = 1 << 20;

}  // namespace

grpc::Status RepairServiceImpl::GetRepairFile(grpc::ServerContext* context,
                                              const v1::GetRepairFileRequest* request,
                                              grpc::ServerWriter<v1::GetRepairFileResponse>* writer) {
  return calls_.Handle(context, [&](const rpc::CallContext& call) -> absl::Status {
    RELANCE_RETURN_IF_ERROR(directory_->Get(request->tenant_id(), call.deadline).status());
    RELANCE_ASSIGN_OR_RETURN(const RepairLog::RepairFile file,
                             repairs_->Get(request->tenant_id(), request->import_id(), call.deadline));
    v1::GetRepairFileResponse response;
    response.set_file_name(file.name);
    for (size_t at = 0; at < file.content.size(); at += kPieceBytes) {
      response.set_content(file.content.substr(at, kPieceBytes));
      if (!writer->Write(response)) return absl::CancelledError("the caller has gone");
      response.clear_file_name();
    }
    return absl::OkStatus();
  });
}

}  // namespace relance::ledger
