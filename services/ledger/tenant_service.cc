#include "services/ledger/tenant_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/errors.h"
#include "services/ledger/tenant_config.h"

namespace relance::ledger {
namespace {

constexpr int kPageSize = 50;
constexpr int kPageSizeMax = 1000;

v1::Tenant AsStored(const TenantContext& context) {
  v1::Tenant tenant = TenantToProto(context.config);
  if (context.test_clock) *tenant.mutable_test_clock_date() = rpc::DayToProto(context.business_date);
  return tenant;
}

std::string Etag(int64_t version) { return absl::StrCat("v", version); }

}  // namespace

absl::StatusOr<v1::CreateTenantResponse> TenantServiceImpl::Create(const v1::Tenant& tenant,
                                                                   store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const state::v1::TenantConfig config, TenantFromProto(tenant));
  state::v1::TenantClock clock;
  if (tenant.has_test_clock_date()) {
    RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay day,
                             rpc::DayFromProto(tenant.test_clock_date(), "tenant.test_clock_date"));
    clock.set_test_day(DayNumber(day));
  }
  v1::CreateTenantResponse response;
  const auto there = directory_->Get(config.id(), deadline);
  if (there.ok()) {
    if ((*there)->config.SerializeAsString() != config.SerializeAsString() ||
        (*there)->test_clock != clock.has_test_day()) {
      return DomainError(absl::StatusCode::kAlreadyExists, kTenantExists,
                         "the tenant exists with another configuration", {{"tenant", config.id()}});
    }
    response.set_existed(true);
    *response.mutable_tenant() = AsStored(**there);
    return response;
  }
  if (!absl::IsNotFound(there.status())) return there.status();
  // The clock first: with its configuration the tenant is there for every service, and must have its day by
  // then.
  const std::string clock_name = kClockDocument;
  RELANCE_ASSIGN_OR_RETURN(const auto documents,
                           store_->GetDocuments(config.id(), {&clock_name, 1}, deadline));
  const auto put_clock =
      store_->PutDocument(config.id(), clock_name, clock.SerializeAsString(), documents[0].version, deadline);
  if (!put_clock.ok() && !absl::IsAborted(put_clock.status())) return put_clock.status();
  const auto put = store_->PutDocument(config.id(), kTenantDocument, config.SerializeAsString(), 0, deadline);
  // Somebody else created it meanwhile: compare with that.
  if (!put.ok() && absl::IsAborted(put.status())) return Create(tenant, deadline);
  if (!put.ok()) return put.status();
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr stored, directory_->Get(config.id(), deadline));
  *response.mutable_tenant() = AsStored(*stored);
  return response;
}

absl::StatusOr<v1::GetTenantResponse> TenantServiceImpl::Get(const std::string& tenant,
                                                             store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr context, directory_->Get(tenant, deadline));
  v1::GetTenantResponse response;
  *response.mutable_tenant() = AsStored(*context);
  response.set_etag(Etag(context->config_version));
  *response.mutable_business_date() = rpc::DayToProto(context->business_date);
  for (const store::Service service :
       {store::Service::kRisk, store::Service::kScenario, store::Service::kHandoff}) {
    RELANCE_ASSIGN_OR_RETURN(const Standing standing, StandingOf(*store_, tenant, service, deadline));
    v1::ServiceProgress* progress = response.add_progress();
    progress->set_service(std::string(store::ServiceName(service)));
    if (standing.worked_to.has_value())
      *progress->mutable_worked_to_date() = rpc::DayToProto(*standing.worked_to);
    progress->set_feed_lag(standing.feed_lag);
  }
  const state::v1::Freshness& freshness = context->freshness;
  if (freshness.has_ledger_day()) {
    *response.mutable_ledger_date() = rpc::DayToProto(DayFromNumber(freshness.ledger_day()));
  }
  if (freshness.has_bank_day())
    *response.mutable_bank_date() = rpc::DayToProto(DayFromNumber(freshness.bank_day()));
  for (const state::v1::SourceFreshness& known : freshness.sources()) {
    v1::SourceFreshness* source = response.add_sources();
    source->set_source(known.source());
    *source->mutable_date() = rpc::DayToProto(DayFromNumber(known.day()));
    source->set_import_id(known.import_id());
  }
  return response;
}

absl::StatusOr<v1::ListTenantsResponse> TenantServiceImpl::List(const v1::ListTenantsRequest& request,
                                                                store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const int size, rpc::PageSize(request.page_size(), kPageSize, kPageSizeMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string after, rpc::ParsePageToken(request.page_token(), "tenants"));
  RELANCE_ASSIGN_OR_RETURN(const auto tenants, directory_->All(deadline));
  v1::ListTenantsResponse response;
  for (const TenantPtr& tenant : tenants) {
    if (!after.empty() && tenant->config.id() <= after) continue;
    if (response.tenants_size() == size) {
      response.set_next_page_token(rpc::MakePageToken(response.tenants(size - 1).tenant_id(), "tenants"));
      break;
    }
    *response.add_tenants() = AsStored(*tenant);
  }
  return response;
}

absl::StatusOr<v1::UpdateTenantResponse> TenantServiceImpl::Update(const v1::UpdateTenantRequest& request,
                                                                   store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const state::v1::TenantConfig config, TenantFromProto(request.tenant()));
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr before, directory_->Get(config.id(), deadline));
  const auto mismatch = [&] {
    return DomainError(absl::StatusCode::kAborted, kEtagMismatch, "the tenant has changed since it was read",
                       {{"tenant", config.id()}});
  };
  if (request.etag() != Etag(before->config_version)) return mismatch();
  const auto put = store_->PutDocument(config.id(), kTenantDocument, config.SerializeAsString(),
                                       before->config_version, deadline);
  if (!put.ok()) return absl::IsAborted(put.status()) ? mismatch() : put.status();
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr after, directory_->Get(config.id(), deadline));
  v1::UpdateTenantResponse response;
  *response.mutable_tenant() = AsStored(*after);
  response.set_etag(Etag(after->config_version));
  return response;
}

grpc::Status TenantServiceImpl::CreateTenant(grpc::ServerContext* context,
                                             const v1::CreateTenantRequest* request,
                                             v1::CreateTenantResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return Create(request->tenant(), call.deadline);
  });
}

grpc::Status TenantServiceImpl::GetTenant(grpc::ServerContext* context, const v1::GetTenantRequest* request,
                                          v1::GetTenantResponse* response) {
  return calls_.HandleUnary(context, response, [&](const rpc::CallContext& call) {
    return Get(request->tenant_id(), call.deadline);
  });
}

grpc::Status TenantServiceImpl::ListTenants(grpc::ServerContext* context,
                                            const v1::ListTenantsRequest* request,
                                            v1::ListTenantsResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return List(*request, call.deadline); });
}

grpc::Status TenantServiceImpl::UpdateTenant(grpc::ServerContext* context,
                                             const v1::UpdateTenantRequest* request,
                                             v1::UpdateTenantResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Update(*request, call.deadline); });
}

grpc::Status TenantServiceImpl::AdvanceClock(grpc::ServerContext* context,
                                             const v1::AdvanceClockRequest* request,
                                             grpc::ServerWriter<v1::AdvanceClockResponse>* writer) {
  return calls_.Handle(context, [&](const rpc::CallContext& call) -> absl::Status {
    std::optional<absl::CivilDay> to;
    if (request->has_to_date()) {
      RELANCE_ASSIGN_OR_RETURN(to, rpc::DayFromProto(request->to_date(), "to_date"));
    }
    return clocks_->Advance(request->tenant_id(), to, call.deadline, call.cancelled,
                            [&](absl::CivilDay day, int64_t accounts_written) {
                              v1::AdvanceClockResponse response;
                              *response.mutable_business_date() = rpc::DayToProto(day);
                              response.set_accounts_written(accounts_written);
                              return writer->Write(response);
                            });
  });
}

}  // namespace relance::ledger
