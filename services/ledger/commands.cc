#include "services/ledger/commands.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/documents/sha256.h"
#include "common/identifiers/text.h"
#include "common/rpc/proto_types.h"
#include "common/rpc/request_id.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/account_editor.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"
#include "services/ledger/attributes.h"
#include "services/ledger/command_scene.h"
#include "services/ledger/errors.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/ledger_metrics.h"
#include "services/ledger/match_payment.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/return_payment.h"
#include "services/ledger/to_proto.h"

namespace relance::ledger {
using state::v1::Item;

template <typename Request, typename Response>
absl::StatusOr<Response> Commands::Run(const char* name, const Request& request,
                                       v1::Item* (Response::*item)(), store::Deadline deadline,
                                       const Act& act) {
  const auto run = [&]() -> absl::StatusOr<Response> {
    RELANCE_ASSIGN_OR_RETURN(const std::string request_id, rpc::CanonicalRequestId(request.request_id()));
    RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, directory_->Get(request.tenant_id(), deadline));
    const store::AccountKey key{request.tenant_id(), request.account_id()};
    Request payload = request;
    payload.set_request_id(request_id);
    const std::string payload_hash = documents::Sha256Hex(absl::StrCat(name, payload.SerializeAsString()));

    // Before any state: a repeat is answered even when the account has moved on since.
    RELANCE_ASSIGN_OR_RETURN(const auto before, store_->FindRequest(key, request_id, deadline));
    if (before.has_value()) {
      if (before->first != payload_hash) return RequestReused(request_id);
      return Replay<Response>(before->second);
    }

    Response response;
    store::WriteResult stored;
    AccountIndex& index = indexes_->Of(key.tenant);
    AccountEdit edit;
    edit.key = key;
    edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
    edit.edit = [&](const store::AccountRecord& record, LedgerAccount* account,
                    store::AccountWrite* write) -> absl::Status {
      if (!account->exists()) return AccountMissing(key);
      Scene scene{*tenant, request_id, record, *account, now_(), write};
      RELANCE_ASSIGN_OR_RETURN(const uint64_t shown, act(scene));
      const auto lookup = [&](uint64_t id) { return account->Find(id); };
      RELANCE_ASSIGN_OR_RETURN(*(response.*item)(),
                               ItemToProto(*account->Find(shown), tenant->business_date, lookup));
      write->request_id = request_id;
      write->request_payload_hash = payload_hash;
      write->request_response = response.SerializeAsString();
      return absl::OkStatus();
    };
    edit.done = [&](const LedgerAccount& account, const store::WriteResult& result, bool) {
      stored = result;
      if (result.outcome == store::WriteOutcome::kApplied) index.Learn(account, result.version);
    };
    RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, {&edit, 1}, deadline));
    if (stored.outcome == store::WriteOutcome::kReused) return RequestReused(request_id);
    if (stored.outcome == store::WriteOutcome::kReplayed) return Replay<Response>(stored.response);
    return response;
  };
  absl::StatusOr<Response> response = run();
  CountCommand(name, !response.ok() ? "refused" : response->replayed() ? "replayed" : "done");
  return response;
}

absl::StatusOr<v1::RecordPaymentResponse> Commands::RecordPayment(const v1::RecordPaymentRequest& request,
                                                                  store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const Money amount, rpc::MoneyFromProto(request.amount(), "amount"));
  if (amount.minor <= 0) return Invalid(kAmountNotPositive, "the amount of a payment is positive");
  std::optional<absl::CivilDay> day;
  if (request.has_payment_date()) {
    RELANCE_ASSIGN_OR_RETURN(day, rpc::DayFromProto(request.payment_date(), "payment_date"));
  }
  if (request.item_ids_size() > kCommandItemsMax || request.reference().size() > kReferenceBytesMax ||
      request.source().size() > kActorBytesMax) {
    return Invalid("FIELD_TOO_LONG", "at most 500 items, 512 bytes of reference and 128 of source");
  }
  const auto act = [&](Scene& scene) -> absl::StatusOr<uint64_t> {
    std::vector<uint64_t> targets;
    for (const std::string& text : request.item_ids()) {
      RELANCE_ASSIGN_OR_RETURN(const Item* target, scene.Find(text));
      targets.push_back(target->id());
    }
    Item payment;
    payment.set_id(SourceHash(CanonicalText().Add("rpc-payment").Add(scene.request_id).text()));
    payment.set_kind(state::v1::ITEM_KIND_PAYMENT);
    payment.set_issue_day(day.has_value() ? DayNumber(*day) : scene.today());
    payment.set_amount_minor(-amount.minor);
    payment.set_open_minor(-amount.minor);
    payment.set_currency(amount.currency);
    payment.set_reference(identifiers::Normalise(request.reference()));
    payment.set_source(request.source().empty() ? kSourceRpc : request.source());
    const uint64_t id = payment.id();
    if (scene.account.Find(id) != nullptr) return id;
    scene.account.Add(std::move(payment));
    for (const uint64_t target : targets) {
      Allocate(&scene.account, id, target, INT64_MAX, 0, {state::v1::MATCH_RULE_COMMAND, scene.request_id});
    }
    if (targets.empty() && !request.reference().empty()) {
      const PaymentFacts facts{.references = {request.reference()}, .texts = {request.reference()}};
      MatchPayment(id, facts, &scene.account,
                   {.confidence_permille = scene.tenant.config.match_confidence_permille(),
                    .payer = {.kind = PayerStanding::Kind::kSaid}});
    }
    const bool agency = absl::StartsWith(request.source(), "agency:");
    scene.Witness(agency ? request.source() : "service:ledger", "payment.recorded", id, {});
    return id;
  };
  return Run("record_payment", request, &v1::RecordPaymentResponse::mutable_payment, deadline, act);
}

absl::StatusOr<v1::ReturnPaymentResponse> Commands::ReturnPayment(const v1::ReturnPaymentRequest& request,
                                                                  store::Deadline deadline) {
  std::optional<absl::CivilDay> day;
  if (request.has_return_date()) {
    RELANCE_ASSIGN_OR_RETURN(day, rpc::DayFromProto(request.return_date(), "return_date"));
  }
  if (!request.reason().empty() && !IsReasonCode(request.reason()))
    return Invalid(kReasonInvalid, "reason is UPPER_SNAKE");
  const auto act = [&](Scene& scene) -> absl::StatusOr<uint64_t> {
    RELANCE_ASSIGN_OR_RETURN(const Item* payment, scene.Find(request.item_id()));
    const uint64_t id = payment->id();
    if (payment->kind() != state::v1::ITEM_KIND_PAYMENT)
      return ItemState(kNotAPayment, "the item is not a payment", id);
    // Taken back before, by the bank's file or another command: the state is what was asked for.
    if (payment->returned_day() != 0) return id;
    Item taken_back;
    taken_back.set_id(StableHash(absl::StrCat("return/", id)));
    taken_back.set_kind(state::v1::ITEM_KIND_RETURN);
    taken_back.set_issue_day(
        std::max(day.has_value() ? DayNumber(*day) : scene.today(), payment->issue_day()));
    taken_back.set_amount_minor(-payment->amount_minor());
    taken_back.set_currency(payment->currency());
    taken_back.set_source(kSourceRpc);
    ledger::ReturnPayment(id, taken_back, taken_back.issue_day(), &scene.account);
    scene.Witness("service:ledger", "payment.returned", id,
                  {{"reason", request.reason()},
                   {"returned_date", FormatIsoDay(DayFromNumber(taken_back.issue_day()))}});
    return id;
  };
  return Run("return_payment", request, &v1::ReturnPaymentResponse::mutable_payment, deadline, act);
}

absl::StatusOr<v1::OpenDisputeResponse> Commands::OpenDispute(const v1::OpenDisputeRequest& request,
                                                              store::Deadline deadline) {
  if (!IsReasonCode(request.reason())) return Invalid(kReasonInvalid, "reason is UPPER_SNAKE");
  std::optional<Money> amount;
  if (request.has_amount()) {
    RELANCE_ASSIGN_OR_RETURN(amount, rpc::MoneyFromProto(request.amount(), "amount"));
    if (amount->minor <= 0) return Invalid(kAmountNotPositive, "the contested amount is positive");
  }
  const auto act = [&](Scene& scene) -> absl::StatusOr<uint64_t> {
    RELANCE_ASSIGN_OR_RETURN(const Item* found, scene.Find(request.item_id()));
    const uint64_t id = found->id();
    if (amount.has_value() && amount->currency != found->currency()) {
      return Invalid("CURRENCY_MISMATCH", "the contested amount has another currency than the item");
    }
    if (!IsDebit(*found)) return ItemState(kNotADebit, "only what the debtor owes can be disputed", id);
    if (!IsOpen(*found)) return ItemState(kItemSettled, "the item is settled", id);
    if (found->has_dispute() && found->dispute().resolved_day() == 0) {
      return ItemState(kAlreadyDisputed, "the item is disputed already", id);
    }
    Item& item = scene.account.Edit(id);
    item.clear_dispute();
    state::v1::Dispute* dispute = item.mutable_dispute();
    dispute->set_reason(request.reason());
    dispute->set_owner(request.owner().substr(0, kActorBytesMax));
    dispute->set_amount_minor(
        std::min(amount.has_value() ? amount->minor : item.open_minor(), item.open_minor()));
    dispute->set_opened_day(scene.today());
    scene.Witness(ActorOf(request.actor()), "dispute.opened", id,
                  {{"reason", request.reason()},
                   {"owner", dispute->owner()},
                   {"disputed_minor", absl::StrCat(dispute->amount_minor())}});
    return id;
  };
  return Run("open_dispute", request, &v1::OpenDisputeResponse::mutable_item, deadline, act);
}

absl::StatusOr<v1::ResolveDisputeResponse> Commands::ResolveDispute(const v1::ResolveDisputeRequest& request,
                                                                    store::Deadline deadline) {
  const auto act = [&](Scene& scene) -> absl::StatusOr<uint64_t> {
    RELANCE_ASSIGN_OR_RETURN(const Item* found, scene.Find(request.item_id()));
    const uint64_t id = found->id();
    if (!found->has_dispute() || found->dispute().resolved_day() != 0) {
      return ItemState(kNotDisputed, "the item is not disputed", id);
    }
    Item& item = scene.account.Edit(id);
    item.mutable_dispute()->set_resolved_day(scene.today());
    scene.Witness(ActorOf(request.actor()), "dispute.resolved", id, {{"reason", item.dispute().reason()}});
    return id;
  };
  return Run("resolve_dispute", request, &v1::ResolveDisputeResponse::mutable_item, deadline, act);
}

absl::StatusOr<v1::WriteOffItemResponse> Commands::WriteOffItem(const v1::WriteOffItemRequest& request,
                                                                store::Deadline deadline) {
  if (!IsReasonCode(request.reason())) return Invalid(kReasonInvalid, "reason is UPPER_SNAKE");
  const auto act = [&](Scene& scene) -> absl::StatusOr<uint64_t> {
    RELANCE_ASSIGN_OR_RETURN(const Item* item, scene.Find(request.item_id()));
    const uint64_t id = item->id();
    if (!IsDebit(*item)) return ItemState(kNotADebit, "only what the debtor owes can be written off", id);
    if (!IsOpen(*item)) return ItemState(kItemSettled, "the item is settled", id);
    Item write_off;
    write_off.set_id(SourceHash(CanonicalText().Add("rpc-write-off").Add(scene.request_id).text()));
    write_off.set_kind(state::v1::ITEM_KIND_WRITE_OFF);
    write_off.set_issue_day(scene.today());
    write_off.set_amount_minor(-item->open_minor());
    write_off.set_open_minor(-item->open_minor());
    write_off.set_currency(item->currency());
    write_off.set_source(kSourceRpc);
    const uint64_t credit = write_off.id();
    const std::string written_off = absl::StrCat(item->open_minor());
    scene.account.Add(std::move(write_off));
    Allocate(&scene.account, credit, id, INT64_MAX, scene.today(),
             {state::v1::MATCH_RULE_COUNTERPART, request.reason()});
    scene.Witness(ActorOf(request.actor()), "item.written_off", id,
                  {{"reason", request.reason()}, {"written_off_minor", written_off}});
    return id;
  };
  return Run("write_off_item", request, &v1::WriteOffItemResponse::mutable_item, deadline, act);
}

absl::StatusOr<v1::UpdateAccountResponse> Commands::UpdateAccount(const v1::UpdateAccountRequest& request,
                                                                  store::Deadline deadline) {
  state::v1::Attributes told;
  RELANCE_RETURN_IF_ERROR(AttributesFromProto(request.attributes(), &told));
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, directory_->Get(request.tenant_id(), deadline));
  const store::AccountKey key{request.tenant_id(), request.account_id()};
  v1::UpdateAccountResponse response;
  AccountIndex& index = indexes_->Of(key.tenant);
  AccountEdit edit;
  edit.key = key;
  edit.edit = [&](const store::AccountRecord& record, LedgerAccount* account,
                  store::AccountWrite* write) -> absl::Status {
    if (!account->exists()) return AccountMissing(key);
    if (!request.etag().empty() && request.etag() != EtagOf(key, account->version())) {
      return DomainError(absl::StatusCode::kAborted, kEtagMismatch,
                         "the account has changed since it was read",
                         {{"tenant", key.tenant}, {"account", key.account}});
    }
    const std::string before = account->attributes().SerializeAsString();
    MergeFromPerson(told, account->mutable_attributes());
    if (account->attributes().SerializeAsString() == before) return absl::OkStatus();
    EvidenceAppender appender = AppenderFor(record, now_(), *tenant, ActorOf(request.actor()));
    state::v1::EvidenceRecord& evidence = appender.Add("account.updated", key.account);
    (*evidence.mutable_details())["set_by_people"] = absl::StrJoin(account->attributes().edited(), ",");
    appender.Finish(write);
    return absl::OkStatus();
  };
  edit.done = [&](const LedgerAccount& account, const store::WriteResult& result, bool written) {
    response.mutable_account()->set_tenant_id(key.tenant);
    response.mutable_account()->set_account_id(key.account);
    AttributesToProto(account.attributes(), response.mutable_account()->mutable_attributes());
    response.mutable_account()->set_etag(EtagOf(key, written ? result.version : account.version()));
    if (written) index.Learn(account, result.version);
  };
  const absl::Status edited = EditAccounts(*store_, {&edit, 1}, deadline);
  CountCommand("update_account", edited.ok() ? "done" : "refused");
  if (!edited.ok()) return edited;
  return response;
}

}  // namespace relance::ledger
