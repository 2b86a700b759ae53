#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/call_handler.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/scenario/v1/scenario_service.grpc.pb.h"
#include "services/scenario/clients.h"
#include "services/scenario/plan_commands.h"
#include "services/scenario/plan_index.h"
#include "services/scenario/render/template_set.h"
#include "services/scenario/scenario_directory.h"

namespace relance::scenario {

// What the service works with. All of it outlives the service.
struct ScenarioServiceWorld {
  store::Store* store = nullptr;
  TenantDirectory* tenants = nullptr;
  ScenarioDirectory* scenarios = nullptr;
  PlanIndex* index = nullptr;
  LedgerClient* ledger = nullptr;
  const render::TemplateSet* templates = nullptr;
  std::function<absl::Time()> now;
  std::function<void()> nudge;  // wakes the worker; may be null
};

// gRPC edge of ScenarioService: checks requests, calls the domain, maps the answer.
class ScenarioServiceImpl : public v1::ScenarioService::Service {
 public:
  ScenarioServiceImpl(rpc::CallHandler calls, ScenarioServiceWorld world);

  grpc::Status ApplyScenario(grpc::ServerContext* context, const v1::ApplyScenarioRequest* request,
                             v1::ApplyScenarioResponse* response) override;
  grpc::Status GetScenario(grpc::ServerContext* context, const v1::GetScenarioRequest* request,
                           v1::GetScenarioResponse* response) override;
  grpc::Status PreviewAccount(grpc::ServerContext* context, const v1::PreviewAccountRequest* request,
                              v1::PreviewAccountResponse* response) override;
  grpc::Status GetWorklist(grpc::ServerContext* context, const v1::GetWorklistRequest* request,
                           v1::GetWorklistResponse* response) override;
  grpc::Status ListContacts(grpc::ServerContext* context, const v1::ListContactsRequest* request,
                            v1::ListContactsResponse* response) override;
  grpc::Status GetPlan(grpc::ServerContext* context, const v1::GetPlanRequest* request,
                       v1::GetPlanResponse* response) override;
  grpc::Status RecordCall(grpc::ServerContext* context, const v1::RecordCallRequest* request,
                          v1::RecordCallResponse* response) override;
  grpc::Status RecordPromise(grpc::ServerContext* context, const v1::RecordPromiseRequest* request,
                             v1::RecordPromiseResponse* response) override;
  grpc::Status PauseAccount(grpc::ServerContext* context, const v1::PauseAccountRequest* request,
                            v1::PauseAccountResponse* response) override;
  grpc::Status ResumeAccount(grpc::ServerContext* context, const v1::ResumeAccountRequest* request,
                             v1::ResumeAccountResponse* response) override;
  grpc::Status ResolveContact(grpc::ServerContext* context, const v1::ResolveContactRequest* request,
                              v1::ResolveContactResponse* response) override;
  grpc::Status EnrolAccounts(grpc::ServerContext* context, const v1::EnrolAccountsRequest* request,
                             v1::EnrolAccountsResponse* response) override;

 private:
  absl::StatusOr<v1::ApplyScenarioResponse> Apply(const rpc::CallContext& call,
                                                  const v1::ApplyScenarioRequest& request);
  absl::StatusOr<v1::GetScenarioResponse> GetStored(const rpc::CallContext& call,
                                                    const v1::GetScenarioRequest& request);
  absl::StatusOr<v1::PreviewAccountResponse> Preview(const rpc::CallContext& call,
                                                     const v1::PreviewAccountRequest& request);
  absl::StatusOr<v1::GetWorklistResponse> Worklist(const rpc::CallContext& call,
                                                   const v1::GetWorklistRequest& request);
  absl::StatusOr<v1::ListContactsResponse> Contacts(const rpc::CallContext& call,
                                                    const v1::ListContactsRequest& request);
  absl::StatusOr<v1::ListContactsResponse> TenantContacts(const rpc::CallContext& call,
                                                          const v1::ListContactsRequest& request);
  absl::StatusOr<v1::RecordCallResponse> Call(const rpc::CallContext& call,
                                              const v1::RecordCallRequest& request);
  absl::Status OpenDisputes(const rpc::CallContext& call, const v1::RecordCallRequest& request,
                            const PlanCommand& command, const v1::RecordCallResponse& response);
  absl::StatusOr<v1::RecordPromiseResponse> Promise(const rpc::CallContext& call,
                                                    const v1::RecordPromiseRequest& request);
  absl::StatusOr<v1::PauseAccountResponse> Pause(const rpc::CallContext& call,
                                                 const v1::PauseAccountRequest& request);
  absl::StatusOr<v1::ResumeAccountResponse> Resume(const rpc::CallContext& call,
                                                   const v1::ResumeAccountRequest& request);
  absl::StatusOr<v1::ResolveContactResponse> Resolve(const rpc::CallContext& call,
                                                     const v1::ResolveContactRequest& request);
  absl::StatusOr<v1::EnrolAccountsResponse> Enrol(const rpc::CallContext& call,
                                                  const v1::EnrolAccountsRequest& request);

  const rpc::CallHandler calls_;
  const ScenarioServiceWorld world_;
  PlanCommands commands_;
};

}  // namespace relance::scenario
