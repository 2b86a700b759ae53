#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/call_handler.h"
#include "relance/handoff/v1/handoff_service.grpc.pb.h"
#include "services/handoff/handoff_parts.h"
#include "services/handoff/placement_index.h"

namespace relance::handoff {

// gRPC edge of the handoff: checks requests, calls the verbs, answers what is stored then.
class HandoffServiceImpl : public v1::HandoffService::Service {
 public:
  // `parts` and `index` outlive the service.
  HandoffServiceImpl(rpc::CallHandler calls, HandoffParts parts, PlacementIndex* index)
      : calls_(std::move(calls)), parts_(std::move(parts)), index_(index) {}

  grpc::Status PutAgency(grpc::ServerContext* context, const v1::PutAgencyRequest* request,
                         v1::PutAgencyResponse* response) override;
  grpc::Status ListAgencies(grpc::ServerContext* context, const v1::ListAgenciesRequest* request,
                            v1::ListAgenciesResponse* response) override;
  grpc::Status PlaceAccount(grpc::ServerContext* context, const v1::PlaceAccountRequest* request,
                            v1::PlaceAccountResponse* response) override;
  grpc::Status GetPlacement(grpc::ServerContext* context, const v1::GetPlacementRequest* request,
                            v1::GetPlacementResponse* response) override;
  grpc::Status ListPlacements(grpc::ServerContext* context, const v1::ListPlacementsRequest* request,
                              v1::ListPlacementsResponse* response) override;
  grpc::Status ReportFromAgency(grpc::ServerContext* context, const v1::ReportFromAgencyRequest* request,
                                v1::ReportFromAgencyResponse* response) override;
  grpc::Status RecallPlacement(grpc::ServerContext* context, const v1::RecallPlacementRequest* request,
                               v1::RecallPlacementResponse* response) override;
  grpc::Status ExportCase(grpc::ServerContext* context, const v1::ExportCaseRequest* request,
                          v1::ExportCaseResponse* response) override;

 private:
  absl::StatusOr<v1::PutAgencyResponse> Put(const rpc::CallContext& call,
                                            const v1::PutAgencyRequest& request);
  absl::StatusOr<v1::ListAgenciesResponse> List(const rpc::CallContext& call,
                                                const v1::ListAgenciesRequest& request);
  absl::StatusOr<v1::PlaceAccountResponse> Place(const rpc::CallContext& call,
                                                 const v1::PlaceAccountRequest& request);
  absl::StatusOr<v1::ListPlacementsResponse> List(const rpc::CallContext& call,
                                                  const v1::ListPlacementsRequest& request);
  absl::StatusOr<v1::ReportFromAgencyResponse> Report(const rpc::CallContext& call,
                                                      const v1::ReportFromAgencyRequest& request);
  absl::StatusOr<v1::RecallPlacementResponse> Recall(const rpc::CallContext& call,
                                                     const v1::RecallPlacementRequest& request);
  absl::StatusOr<v1::ExportCaseResponse> Export(const rpc::CallContext& call,
                                                const v1::ExportCaseRequest& request);
  // The placement as it is stored now.
  absl::StatusOr<v1::Placement> Read(const store::AccountKey& key, const std::string& placement_id,
                                     store::Deadline deadline);

  const rpc::CallHandler calls_;
  const HandoffParts parts_;
  PlacementIndex* const index_;
};

}  // namespace relance::handoff
