#include "services/handoff/handoff_service.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/page_token.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/handoff/agencies.h"
#include "services/handoff/check_request.h"
#include "services/handoff/errors.h"
#include "services/handoff/handoff_metrics.h"
#include "services/handoff/pass_to_ledger.h"
#include "services/handoff/place_account.h"
#include "services/handoff/recall_placement.h"
#include "services/handoff/report_from_agency.h"
#include "services/handoff/to_proto.h"

namespace relance::handoff {
namespace {

constexpr int kPageSizeDefault = 50;
constexpr int kPageSizeMax = 1'000;
constexpr ViewSpec kWhole{.items = true, .history = true};

}  // namespace

absl::StatusOr<v1::Placement> HandoffServiceImpl::Read(const store::AccountKey& key,
                                                       const std::string& placement_id,
                                                       store::Deadline deadline) {
  const auto view = ReadAccount(*parts_.store, key, kWhole, deadline);
  if (absl::IsNotFound(view.status())) {
    return DomainError(absl::StatusCode::kNotFound, kPlacementNotFound, "no such placement",
                       {{"placementId", placement_id}});
  }
  RELANCE_RETURN_IF_ERROR(view.status());
  RELANCE_ASSIGN_OR_RETURN(const auto days, ReadRemittanceDays(*parts_.store, key.tenant, deadline));
  return PlacementToProto(*view, placement_id, days);
}

absl::StatusOr<v1::PutAgencyResponse> HandoffServiceImpl::Put(const rpc::CallContext& call,
                                                              const v1::PutAgencyRequest& request) {
  state::v1::Agency agency;
  agency.set_id(request.agency().agency_id());
  agency.set_legal_name(request.agency().legal_name());
  agency.set_mandate_id(request.agency().mandate_id());
  agency.set_fee_bps(request.agency().fee_bps());
  agency.set_remittance_days(request.agency().remittance_days());
  RELANCE_ASSIGN_OR_RETURN(agency, CheckAgency(std::move(agency)));
  RELANCE_RETURN_IF_ERROR(parts_.tenants->Get(request.tenant_id(), call.deadline).status());
  RELANCE_RETURN_IF_ERROR(handoff::PutAgency(*parts_.store, request.tenant_id(), agency, call.deadline));
  v1::PutAgencyResponse response;
  *response.mutable_agency() = AgencyToProto(agency);
  return response;
}

absl::StatusOr<v1::ListAgenciesResponse> HandoffServiceImpl::List(const rpc::CallContext& call,
                                                                  const v1::ListAgenciesRequest& request) {
  const std::string filter = absl::StrCat("agencies/", request.tenant_id());
  RELANCE_ASSIGN_OR_RETURN(const int size,
                           rpc::PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string after, rpc::ParsePageToken(request.page_token(), filter));
  RELANCE_RETURN_IF_ERROR(parts_.tenants->Get(request.tenant_id(), call.deadline).status());
  RELANCE_ASSIGN_OR_RETURN(const auto agencies, handoff::ListAgencies(*parts_.store, request.tenant_id(),
                                                                      after, size + 1, call.deadline));
  v1::ListAgenciesResponse response;
  for (size_t i = 0; i < agencies.size() && static_cast<int>(i) < size; ++i) {
    *response.add_agencies() = AgencyToProto(agencies[i]);
  }
  if (static_cast<int>(agencies.size()) > size) {
    response.set_next_page_token(rpc::MakePageToken(agencies[size - 1].id(), filter));
  }
  return response;
}

absl::StatusOr<v1::PlaceAccountResponse> HandoffServiceImpl::Place(const rpc::CallContext& call,
                                                                   const v1::PlaceAccountRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const PlaceRequest checked, CheckPlaceRequest(request));
  RELANCE_ASSIGN_OR_RETURN(const PlaceResult placed, handoff::PlaceAccount(parts_, checked, call.deadline));
  v1::PlaceAccountResponse response;
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_placement(),
                           Read(checked.key, placed.placement_id, call.deadline));
  response.set_replayed(placed.replayed);
  return response;
}

absl::StatusOr<v1::ListPlacementsResponse> HandoffServiceImpl::List(
    const rpc::CallContext& call, const v1::ListPlacementsRequest& request) {
  const std::string filter = absl::StrCat("placements/", request.tenant_id());
  RELANCE_ASSIGN_OR_RETURN(const int size,
                           rpc::PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor, rpc::ParsePageToken(request.page_token(), filter));
  RELANCE_RETURN_IF_ERROR(parts_.tenants->Get(request.tenant_id(), call.deadline).status());
  RELANCE_RETURN_IF_ERROR(index_->Refresh(*parts_.store, call.deadline));
  auto page = index_->List(request.tenant_id(), ParsePlace(cursor), size + 1);
  v1::ListPlacementsResponse response;
  if (static_cast<int>(page.size()) > size) {
    page.pop_back();
    response.set_next_page_token(rpc::MakePageToken(PlaceText(page.back().first), filter));
  }
  std::vector<store::AccountKey> keys;
  for (const auto& [place, key] : page) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  RELANCE_ASSIGN_OR_RETURN(auto read, ReadAccounts(*parts_.store, keys, kWhole, call.deadline));
  std::map<store::AccountKey, AccountView> views;
  for (size_t i = 0; i < keys.size(); ++i) {
    RELANCE_RETURN_IF_ERROR(read[i].status());
    views.emplace(keys[i], *std::move(read[i]));
  }
  RELANCE_ASSIGN_OR_RETURN(const auto days,
                           ReadRemittanceDays(*parts_.store, request.tenant_id(), call.deadline));
  for (const auto& [place, key] : page) {
    RELANCE_ASSIGN_OR_RETURN(*response.add_placements(), PlacementToProto(views.at(key), place.id, days));
  }
  return response;
}

absl::StatusOr<v1::ReportFromAgencyResponse> HandoffServiceImpl::Report(
    const rpc::CallContext& call, const v1::ReportFromAgencyRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const AgencyReport report, CheckReport(request));
  const auto taken = handoff::ReportFromAgency(parts_, report, call.deadline);
  if (ReasonOf(taken.status()) == kAccountNotFound) {
    return DomainError(absl::StatusCode::kNotFound, kPlacementNotFound, "no such placement",
                       {{"placementId", report.placement_id}});
  }
  RELANCE_RETURN_IF_ERROR(taken.status());
  if (!taken->replayed) CountReport(ReportKind(report));
  if (taken->money) {
    RELANCE_RETURN_IF_ERROR(
        PassToLedger(parts_, report.key, report.placement_id, std::nullopt, call).status());
  }
  v1::ReportFromAgencyResponse response;
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_placement(),
                           Read(report.key, report.placement_id, call.deadline));
  response.set_replayed(taken->replayed);
  return response;
}

absl::StatusOr<v1::RecallPlacementResponse> HandoffServiceImpl::Recall(
    const rpc::CallContext& call, const v1::RecallPlacementRequest& request) {
  RELANCE_RETURN_IF_ERROR(CheckReason(request.reason()));
  RELANCE_ASSIGN_OR_RETURN(const std::string actor, CheckActor(request.actor()));
  RELANCE_ASSIGN_OR_RETURN(const auto key, KeyOfPlacement(request.tenant_id(), request.placement_id()));
  // Also finds out whether there is such an account.
  RELANCE_RETURN_IF_ERROR(Read(key, request.placement_id(), call.deadline).status());
  RELANCE_RETURN_IF_ERROR(
      handoff::RecallPlacement(parts_, key, request.placement_id(), request.reason(), actor, call.deadline));
  v1::RecallPlacementResponse response;
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_placement(), Read(key, request.placement_id(), call.deadline));
  return response;
}

absl::StatusOr<v1::ExportCaseResponse> HandoffServiceImpl::Export(const rpc::CallContext& call,
                                                                  const v1::ExportCaseRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const auto key, KeyOfPlacement(request.tenant_id(), request.placement_id()));
  RELANCE_ASSIGN_OR_RETURN(const v1::Placement placement, Read(key, request.placement_id(), call.deadline));
  // The order in which PlaceAccount stores them.
  const std::map<std::string, int> formats = {{"json", 0}, {"csv", 1}};
  const auto format = formats.find(request.format());
  if (format == formats.end() || format->second >= placement.documents_size()) {
    return DomainError(absl::StatusCode::kInvalidArgument, kFormatUnknown, "a case file is json or csv",
                       {{"format", request.format()}});
  }
  v1::ExportCaseResponse response;
  response.set_sha256(placement.documents(format->second));
  RELANCE_ASSIGN_OR_RETURN(*response.mutable_content(), parts_.documents->Get(response.sha256()));
  response.set_file_name(absl::StrCat(placement.placement_id(), ".", request.format()));
  return response;
}

grpc::Status HandoffServiceImpl::PutAgency(grpc::ServerContext* context, const v1::PutAgencyRequest* request,
                                           v1::PutAgencyResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Put(call, *request); });
}

grpc::Status HandoffServiceImpl::ListAgencies(grpc::ServerContext* context,
                                              const v1::ListAgenciesRequest* request,
                                              v1::ListAgenciesResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return List(call, *request); });
}

grpc::Status HandoffServiceImpl::PlaceAccount(grpc::ServerContext* context,
                                              const v1::PlaceAccountRequest* request,
                                              v1::PlaceAccountResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Place(call, *request); });
}

grpc::Status HandoffServiceImpl::GetPlacement(grpc::ServerContext* context,
                                              const v1::GetPlacementRequest* request,
                                              v1::GetPlacementResponse* response) {
  return calls_.HandleUnary(
      context, response, [&](const rpc::CallContext& call) -> absl::StatusOr<v1::GetPlacementResponse> {
        RELANCE_ASSIGN_OR_RETURN(const auto key,
                                 KeyOfPlacement(request->tenant_id(), request->placement_id()));
        v1::GetPlacementResponse found;
        RELANCE_ASSIGN_OR_RETURN(*found.mutable_placement(),
                                 Read(key, request->placement_id(), call.deadline));
        return found;
      });
}

grpc::Status HandoffServiceImpl::ListPlacements(grpc::ServerContext* context,
                                                const v1::ListPlacementsRequest* request,
                                                v1::ListPlacementsResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return List(call, *request); });
}

grpc::Status HandoffServiceImpl::ReportFromAgency(grpc::ServerContext* context,
                                                  const v1::ReportFromAgencyRequest* request,
                                                  v1::ReportFromAgencyResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Report(call, *request); });
}

grpc::Status HandoffServiceImpl::RecallPlacement(grpc::ServerContext* context,
                                                 const v1::RecallPlacementRequest* request,
                                                 v1::RecallPlacementResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Recall(call, *request); });
}

grpc::Status HandoffServiceImpl::ExportCase(grpc::ServerContext* context,
                                            const v1::ExportCaseRequest* request,
                                            v1::ExportCaseResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Export(call, *request); });
}

}  // namespace relance::handoff
