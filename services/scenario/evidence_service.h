#pragma once

#include "absl/status/statusor.h"
#include "common/documents/document_store.h"
#include "common/rpc/call_handler.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"

namespace relance::scenario {

// gRPC edge of EvidenceService: reads chains and documents, writes nothing.
class EvidenceServiceImpl : public v1::EvidenceService::Service {
 public:
  // All outlive the service.
  EvidenceServiceImpl(rpc::CallHandler calls, store::Store* store, TenantDirectory* tenants,
                      const documents::DocumentStore* documents)
      : calls_(std::move(calls)), store_(store), tenants_(tenants), documents_(documents) {}

  grpc::Status ListEvidence(grpc::ServerContext* context, const v1::ListEvidenceRequest* request,
                            v1::ListEvidenceResponse* response) override;
  grpc::Status VerifyEvidence(grpc::ServerContext* context, const v1::VerifyEvidenceRequest* request,
                              v1::VerifyEvidenceResponse* response) override;
  grpc::Status ExportEvidence(grpc::ServerContext* context, const v1::ExportEvidenceRequest* request,
                              grpc::ServerWriter<v1::ExportEvidenceResponse>* writer) override;

 private:
  absl::StatusOr<v1::ListEvidenceResponse> List(const rpc::CallContext& call,
                                                const v1::ListEvidenceRequest& request);
  absl::StatusOr<v1::VerifyEvidenceResponse> Verify(const rpc::CallContext& call,
                                                    const v1::VerifyEvidenceRequest& request);
  absl::Status VerifyAccount(const rpc::CallContext& call, const store::AccountKey& key,
                             v1::VerifyEvidenceResponse* response);
  absl::Status Export(const rpc::CallContext& call, const v1::ExportEvidenceRequest& request,
                      grpc::ServerWriter<v1::ExportEvidenceResponse>* writer);
  // The record of the account: its head and length. Errors: NOT_FOUND / TENANT_NOT_FOUND, ACCOUNT_NOT_FOUND.
  absl::StatusOr<store::AccountRecord> Find(const rpc::CallContext& call, const store::AccountKey& key);
  // The whole chain, encoded, oldest first.
  absl::StatusOr<std::vector<std::string>> ReadChain(const rpc::CallContext& call,
                                                     const store::AccountRecord& account);

  const rpc::CallHandler calls_;
  store::Store* const store_;
  TenantDirectory* const tenants_;
  const documents::DocumentStore* const documents_;
};

}  // namespace relance::scenario
