#include <utility>

#include "absl/strings/str_cat.h"
#include "common/account/item_id.h"
#include "common/documents/sha256.h"
#include "common/rpc/proto_types.h"
#include "common/rpc/request_id.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/errors.h"
#include "services/scenario/plan_edits.h"
#include "services/scenario/scenario_service.h"
#include "services/scenario/to_proto.h"

// The commands of people on one account: the part of ScenarioServiceImpl that writes plans.
namespace relance::scenario {
namespace {

constexpr size_t kActorBytesMax = 64;

absl::Status Invalid(absl::string_view reason, absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message, {{"field", std::string(field)}});
}

// "user:<id>", with or without its prefix; a program names itself "service:<name>".
absl::StatusOr<std::string> ActorOf(const std::string& actor) {
  if (actor.size() > kActorBytesMax) return Invalid(kRequestInvalid, "actor", "longer than 64 bytes");
  if (actor.rfind("service:", 0) == 0 || actor.rfind("user:", 0) == 0) return actor;
  return absl::StrCat("user:", actor.empty() ? "unknown" : actor);
}

template <typename Request>
absl::StatusOr<PlanCommand> CommandOf(const Request& request) {
  PlanCommand command;
  command.account = {request.tenant_id(), request.account_id()};
  RELANCE_ASSIGN_OR_RETURN(command.actor, ActorOf(request.actor()));
  return command;
}

// The same for a request that is kept by its id.
template <typename Request>
absl::StatusOr<PlanCommand> KeptCommandOf(const Request& request) {
  RELANCE_ASSIGN_OR_RETURN(PlanCommand command, CommandOf(request));
  RELANCE_ASSIGN_OR_RETURN(command.request_id, rpc::CanonicalRequestId(request.request_id()));
  Request payload = request;
  payload.clear_request_id();
  command.payload_hash = documents::Sha256Hex(
      absl::StrCat(Request::descriptor()->full_name(), "\n", payload.SerializeAsString()));
  return command;
}

absl::StatusOr<std::vector<uint64_t>> ItemsOf(const google::protobuf::RepeatedPtrField<std::string>& ids,
                                              absl::string_view reason) {
  std::vector<uint64_t> items;
  for (const std::string& text : ids) {
    const auto id = ParseItemId(text);
    if (!id.has_value()) return Invalid(reason, "item_ids", "not the id of an item");
    items.push_back(*id);
  }
  return items;
}

template <typename Response>
absl::StatusOr<Response> ResponseOf(const absl::StatusOr<PlanCommands::Result>& result) {
  if (!result.ok()) return result.status();
  Response response;
  if (!response.ParseFromString(result->answer)) {
    return absl::InternalError("the kept answer of the request does not parse");
  }
  return response;
}

// The items that a debtor contests on the phone: those it names, else the oldest overdue one.
std::vector<uint64_t> DisputedItems(const CommandScope& scope, const std::vector<uint64_t>& named) {
  if (!named.empty()) return named;
  const auto oldest = OldestOverdue(scope.view, scope.tenant);
  return oldest.has_value() ? std::vector<uint64_t>{*oldest} : std::vector<uint64_t>();
}

template <typename Response>
absl::StatusOr<std::string> PlanAnswer(const CommandScope& scope, const state::v1::Plan& plan) {
  Response response;
  *response.mutable_plan() = ToProto(scope.view, plan);
  return response.SerializeAsString();
}

}  // namespace

grpc::Status ScenarioServiceImpl::RecordCall(grpc::ServerContext* context,
                                             const v1::RecordCallRequest* request,
                                             v1::RecordCallResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Call(call, *request); });
}
grpc::Status ScenarioServiceImpl::RecordPromise(grpc::ServerContext* context,
                                                const v1::RecordPromiseRequest* request,
                                                v1::RecordPromiseResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Promise(call, *request); });
}
grpc::Status ScenarioServiceImpl::PauseAccount(grpc::ServerContext* context,
                                               const v1::PauseAccountRequest* request,
                                               v1::PauseAccountResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Pause(call, *request); });
}
grpc::Status ScenarioServiceImpl::ResumeAccount(grpc::ServerContext* context,
                                                const v1::ResumeAccountRequest* request,
                                                v1::ResumeAccountResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Resume(call, *request); });
}
grpc::Status ScenarioServiceImpl::ResolveContact(grpc::ServerContext* context,
                                                 const v1::ResolveContactRequest* request,
                                                 v1::ResolveContactResponse* response) {
  return calls_.HandleUnary(context, response,
                            [&](const rpc::CallContext& call) { return Resolve(call, *request); });
}

absl::Status ScenarioServiceImpl::OpenDisputes(const rpc::CallContext& call,
                                               const v1::RecordCallRequest& request,
                                               const PlanCommand& command,
                                               const v1::RecordCallResponse& response) {
  for (const std::string& id : response.disputed_item_ids()) {
    const auto item = ParseItemId(id);
    if (!item.has_value()) return absl::InternalError("the kept answer names no item");
    const absl::Status opened = world_.ledger->OpenDispute(
        call, command.account, *item, request.reason().empty() ? "DISPUTED_BY_PHONE" : request.reason(),
        request.actor(), rpc::DeriveRequestId({"scenario", "dispute", command.request_id, id}));
    // It was disputed or settled meanwhile: there is nothing left to dispute.
    const std::string reason = ReasonOf(opened);
    if (!opened.ok() && reason != "ALREADY_DISPUTED" && reason != "ITEM_SETTLED") return opened;
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::RecordCallResponse> ScenarioServiceImpl::Call(const rpc::CallContext& call,
                                                                 const v1::RecordCallRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(PlanCommand command, KeptCommandOf(request));
  if (!IsCallOutcome(request.outcome()))
    return Invalid(kOutcomeInvalid, "outcome", "not an outcome of a call");
  PromiseInput promise;
  if (request.outcome() == "promised") {
    const auto date = rpc::DayFromProto(request.promised_date(), "promised_date");
    if (!date.ok()) return Invalid(kPromiseInvalid, "promised_date", "a promise has a date");
    promise.promised_date = *date;
    if (request.has_promised_amount()) {
      RELANCE_ASSIGN_OR_RETURN(promise.amount,
                               rpc::MoneyFromProto(request.promised_amount(), "promised_amount"));
    }
    RELANCE_ASSIGN_OR_RETURN(promise.items, ItemsOf(request.item_ids(), kPromiseInvalid));
  }
  command.details["outcome"] = request.outcome();
  if (!request.reason().empty()) command.details["reason"] = request.reason().substr(0, kReasonBytesMax);
  RELANCE_ASSIGN_OR_RETURN(const std::vector<uint64_t> named, ItemsOf(request.item_ids(), kOutcomeInvalid));
  std::vector<uint64_t> disputed;
  const auto edit = [&](const CommandScope& scope, state::v1::Plan* plan) -> absl::Status {
    if (request.outcome() == "disputed") disputed = DisputedItems(scope, named);
    RELANCE_RETURN_IF_ERROR(EndCall(scope.view, scope.scenario, scope.tenant, request.contact_key(),
                                    request.outcome(), command.request_id.substr(0, 8), plan)
                                .status());
    if (request.outcome() != "promised") return absl::OkStatus();
    return AddPromise(scope.view, scope.tenant, promise, plan).status();
  };
  const auto answer = [&](const CommandScope& scope,
                          const state::v1::Plan& plan) -> absl::StatusOr<std::string> {
    v1::RecordCallResponse made;
    *made.mutable_plan() = ToProto(scope.view, plan);
    for (uint64_t item : disputed) made.add_disputed_item_ids(ItemIdText(item));
    return made.SerializeAsString();
  };
  const auto result = commands_.Run(command, edit, answer, call.deadline);
  RELANCE_ASSIGN_OR_RETURN(auto response, ResponseOf<v1::RecordCallResponse>(result));
  response.set_replayed(result->replayed);
  // The plan first. The other way round, our own worker saw the dispute and withdrew the call before it was
  // recorded, and a repeat after a lost answer chose the next item, because the oldest one was disputed by
  // then.
  RELANCE_RETURN_IF_ERROR(OpenDisputes(call, request, command, response));
  return response;
}

absl::StatusOr<v1::RecordPromiseResponse> ScenarioServiceImpl::Promise(
    const rpc::CallContext& call, const v1::RecordPromiseRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const PlanCommand command, KeptCommandOf(request));
  PromiseInput promise;
  const auto date = rpc::DayFromProto(request.promised_date(), "promised_date");
  if (!date.ok()) return Invalid(kPromiseInvalid, "promised_date", "a promise has a date");
  promise.promised_date = *date;
  if (request.has_amount()) {
    RELANCE_ASSIGN_OR_RETURN(promise.amount, rpc::MoneyFromProto(request.amount(), "amount"));
  }
  RELANCE_ASSIGN_OR_RETURN(promise.items, ItemsOf(request.item_ids(), kPromiseInvalid));
  std::string promise_id;
  const auto edit = [&](const CommandScope& scope, state::v1::Plan* plan) -> absl::Status {
    RELANCE_ASSIGN_OR_RETURN(promise_id, AddPromise(scope.view, scope.tenant, promise, plan));
    return absl::OkStatus();
  };
  const auto answer = [&](const CommandScope& scope,
                          const state::v1::Plan& plan) -> absl::StatusOr<std::string> {
    v1::RecordPromiseResponse response;
    *response.mutable_plan() = ToProto(scope.view, plan);
    for (const auto& made : plan.promises()) {
      if (made.id() == promise_id) *response.mutable_promise() = ToProto(made);
    }
    return response.SerializeAsString();
  };
  const auto result = commands_.Run(command, edit, answer, call.deadline);
  RELANCE_ASSIGN_OR_RETURN(auto response, ResponseOf<v1::RecordPromiseResponse>(result));
  response.set_replayed(result->replayed);
  return response;
}

absl::StatusOr<v1::PauseAccountResponse> ScenarioServiceImpl::Pause(const rpc::CallContext& call,
                                                                    const v1::PauseAccountRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const PlanCommand command, KeptCommandOf(request));
  const auto until = rpc::DayFromProto(request.until_date(), "until_date");
  if (!until.ok()) return Invalid(kPauseInvalid, "until_date", "a pause has a last day");
  const auto edit = [&](const CommandScope& scope, state::v1::Plan* plan) {
    return AddPause(scope.tenant, *until, request.reason(), request.actor(), plan);
  };
  const auto result = commands_.Run(command, edit, PlanAnswer<v1::PauseAccountResponse>, call.deadline);
  RELANCE_ASSIGN_OR_RETURN(auto response, ResponseOf<v1::PauseAccountResponse>(result));
  response.set_replayed(result->replayed);
  return response;
}

absl::StatusOr<v1::ResumeAccountResponse> ScenarioServiceImpl::Resume(
    const rpc::CallContext& call, const v1::ResumeAccountRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(const PlanCommand command, CommandOf(request));
  const auto edit = [](const CommandScope&, state::v1::Plan* plan) {
    plan->clear_pauses();
    return absl::OkStatus();
  };
  return ResponseOf<v1::ResumeAccountResponse>(
      commands_.Run(command, edit, PlanAnswer<v1::ResumeAccountResponse>, call.deadline));
}

absl::StatusOr<v1::ResolveContactResponse> ScenarioServiceImpl::Resolve(
    const rpc::CallContext& call, const v1::ResolveContactRequest& request) {
  RELANCE_ASSIGN_OR_RETURN(PlanCommand command, CommandOf(request));
  command.details["resolved"] = request.sent() ? "sent" : "not_sent";
  const auto edit = [&](const CommandScope& scope, state::v1::Plan* plan) {
    return scenario::ResolveContact(scope.scenario, scope.tenant, request.contact_key(), request.sent(),
                                    plan);
  };
  return ResponseOf<v1::ResolveContactResponse>(
      commands_.Run(command, edit, PlanAnswer<v1::ResolveContactResponse>, call.deadline));
}

}  // namespace relance::scenario
