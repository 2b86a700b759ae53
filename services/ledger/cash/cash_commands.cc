#include "services/ledger/cash/cash_commands.h"

#include <algorithm>
#include <climits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/account/account_view.h"
#include "common/documents/sha256.h"
#include "common/rpc/proto_types.h"
#include "common/rpc/request_id.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/account_editor.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/agreement/compare_account.h"
#include "services/ledger/allocate.h"
#include "services/ledger/cash/deductions.h"
#include "services/ledger/cash/move_payment.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/errors.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/ledger_metrics.h"
#include "services/ledger/match_payment.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/to_proto.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

bool IsLettering(const state::v1::Allocation& a) {
  return a.undone_day() == 0 && a.rule() == state::v1::MATCH_RULE_LETTERING;
}

bool IsLettered(const Item& item) {
  return !item.lettering().empty() ||
         std::any_of(item.allocations().begin(), item.allocations().end(), IsLettering);
}

absl::Status Lettered(uint64_t id) {
  return ItemState(kLetteredByBooks, "the books have lettered it: it is corrected there", id);
}

absl::Status CurrencyMismatch() {
  return Invalid("CURRENCY_MISMATCH", "the amount has another currency than the item");
}

std::string ProposalText(uint64_t hash) { return absl::StrFormat("%016x", hash); }

absl::Status ProposalGone(const std::string& proposal) {
  return DomainError(absl::StatusCode::kAborted, kProposalGone,
                     "there is no such proposal any more: the items have changed",
                     {{"proposalId", proposal.substr(0, 32)}});
}

// Who decided stands beside what the rule saw.
Match WithActor(Match match, const std::string& actor) {
  for (MatchPart& part : match.parts) {
    part.evidence = part.evidence.empty() ? actor : absl::StrCat(part.evidence, " ", actor);
  }
  return match;
}

// A payer is forgotten with the last payment of its that pays anything here.
void ForgetPayer(const PaymentFacts& facts, LedgerAccount* account) {
  const std::string key = PayerKey(facts);
  bool pays = key.empty();
  account->ForEach([&](const Item& item) {
    if (item.kind() != state::v1::ITEM_KIND_PAYMENT || PayerKey(FactsOf(item)) != key) return;
    for (const auto& a : item.allocations()) {
      pays |= a.undone_day() == 0 && a.rule() != state::v1::MATCH_RULE_COUNTERPART;
    }
  });
  const auto& known = account->attributes().payer_ibans();
  if (pays || std::find(known.begin(), known.end(), key) == known.end()) return;
  auto* payers = account->mutable_attributes()->mutable_payer_ibans();
  payers->erase(std::remove(payers->begin(), payers->end(), key), payers->end());
}

// The chunks of a payment and its counterpart; all of them for one that goes by another id.
std::vector<std::string> FieldsFor(const LedgerAccount& account, uint64_t payment) {
  const uint64_t ids[] = {payment, CounterpartOf(payment)};
  std::vector<std::string> fields = account.FieldsForItems(ids);
  if (!fields.empty() || account.FindByAnyId(payment) != nullptr) return fields;
  return account.FieldsForAll();
}

std::string RuleName(state::v1::MatchRule rule) { return state::v1::MatchRule_Name(rule); }

}  // namespace

std::vector<AccountCandidate> CandidatesOf(const AccountIndex& index, const std::string& account,
                                           const Item& payment, const PaymentFacts& facts) {
  std::vector<AccountCandidate> candidates;
  if (payment.has_words()) candidates = index.Candidates(facts, true);
  if (account == kUnidentifiedAccount) return candidates;
  const bool known = std::any_of(candidates.begin(), candidates.end(),
                                 [&](const AccountCandidate& c) { return c.account == account; });
  if (known) return candidates;
  AccountCandidate own{account, true, {}};
  // Banks say who paid; the books, tables and programs say whose money it is.
  const bool is_said = !payment.has_words() || !IsToldByBank(payment) || payment.source() == kSourceFec ||
                       payment.source() == kSourceRpc;
  if (is_said) own.payer.kind = PayerStanding::Kind::kSaid;
  if (const std::string other = index.PayerOf(facts, account); !other.empty() && payment.has_words()) {
    own.payer = {PayerStanding::Kind::kOtherAccount, other};
  }
  candidates.insert(candidates.begin(), std::move(own));
  return candidates;
}

struct CashCommands::Asked {
  const char* name;
  std::string request_id;
  std::string payload_hash;
  std::string actor;
  TenantPtr tenant;
  store::AccountKey key;  // where the money lies

  store::AccountKey KeyOf(const std::string& account) const { return {key.tenant, account}; }
};

template <typename Request>
absl::StatusOr<CashCommands::Asked> CashCommands::Begin(const char* name, const Request& request,
                                                        store::Deadline deadline) {
  Asked asked;
  asked.name = name;
  RELANCE_ASSIGN_OR_RETURN(asked.request_id, rpc::CanonicalRequestId(request.request_id()));
  RELANCE_ASSIGN_OR_RETURN(asked.tenant, directory_->Get(request.tenant_id(), deadline));
  asked.actor = ActorOf(request.actor());
  asked.key = {request.tenant_id(), request.account_id()};
  Request payload = request;
  payload.set_request_id(asked.request_id);
  asked.payload_hash = documents::Sha256Hex(absl::StrCat(name, payload.SerializeAsString()));
  return asked;
}

template <typename Response>
absl::StatusOr<std::optional<Response>> CashCommands::Before(const Asked& asked, store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const auto before, store_->FindRequest(asked.key, asked.request_id, deadline));
  if (!before.has_value()) return std::optional<Response>();
  if (before->first != asked.payload_hash) return RequestReused(asked.request_id);
  RELANCE_ASSIGN_OR_RETURN(Response response, Replay<Response>(before->second));
  return std::optional<Response>(std::move(response));
}

template <typename Response>
absl::StatusOr<Response> CashCommands::Commit(const Asked& asked, const std::string& account_id,
                                              v1::Item* (Response::*item)(), Response response,
                                              const Act& act, store::Deadline deadline) {
  const store::AccountKey key = asked.KeyOf(account_id);
  store::WriteResult stored;
  AccountIndex& index = indexes_->Of(key.tenant);
  AccountEdit edit;
  edit.key = key;
  edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
  edit.edit = [&](const store::AccountRecord& record, LedgerAccount* account,
                  store::AccountWrite* write) -> absl::Status {
    if (!account->exists() && key.account != kUnidentifiedAccount) return AccountMissing(key);
    CommandScene scene{*asked.tenant, asked.request_id, record, *account, now_(), write};
    RELANCE_ASSIGN_OR_RETURN(const uint64_t shown, act(scene));
    const auto lookup = [&](uint64_t id) { return account->Find(id); };
    RELANCE_ASSIGN_OR_RETURN(*(response.*item)(),
                             ItemToProto(*account->Find(shown), asked.tenant->business_date, lookup));
    write->request_id = asked.request_id;
    write->request_payload_hash = asked.payload_hash;
    write->request_response = response.SerializeAsString();
    return absl::OkStatus();
  };
  edit.done = [&](const LedgerAccount& account, const store::WriteResult& result, bool) {
    stored = result;
    if (result.outcome == store::WriteOutcome::kApplied) index.Learn(account, result.version);
  };
  RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, {&edit, 1}, deadline));
  if (stored.outcome == store::WriteOutcome::kReused) return RequestReused(asked.request_id);
  if (stored.outcome == store::WriteOutcome::kReplayed) return Replay<Response>(stored.response);
  return response;
}

absl::StatusOr<bool> CashCommands::GiveAwayAt(const Asked& asked, uint64_t payment,
                                              const std::string& response, store::Deadline deadline) {
  AccountIndex& index = indexes_->Of(asked.key.tenant);
  bool given = false;
  AccountEdit edit;
  edit.key = asked.key;
  const bool unidentified = asked.key.account == kUnidentifiedAccount;
  edit.sum_first = unidentified;
  edit.needs = [&](const LedgerAccount& account) {
    return unidentified ? FieldsFor(account, payment) : account.FieldsForAll();
  };
  edit.edit = [&](const store::AccountRecord& record, LedgerAccount* account,
                  store::AccountWrite* write) -> absl::Status {
    CommandScene scene{*asked.tenant, asked.request_id, record, *account, now_(), write};
    GiveAway(payment, scene.today(), account);
    const Item* item = account->FindByAnyId(payment);
    given = item != nullptr && IsGivenAway(*item);
    if (!given) return absl::OkStatus();
    if (!unidentified) ForgetPayer(FactsOf(*item), account);
    scene.Witness(asked.actor, "payment.moved", item->id(), {});
    write->request_id = asked.request_id;
    write->request_payload_hash = asked.payload_hash;
    write->request_response = response;
    return absl::OkStatus();
  };
  edit.done = [&](const LedgerAccount& account, const store::WriteResult& result, bool) {
    if (result.outcome == store::WriteOutcome::kApplied) index.Learn(account, result.version);
  };
  RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, {&edit, 1}, deadline));
  return given;
}

absl::Status CashCommands::TakeBackFrom(const Asked& asked, const std::string& target, uint64_t payment,
                                        store::Deadline deadline) {
  AccountEdit edit;
  edit.key = asked.KeyOf(target);
  edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
  edit.edit = [&](const store::AccountRecord&, LedgerAccount* account, store::AccountWrite*) {
    const Item* item = account->FindByAnyId(payment);
    if (item == nullptr) return absl::OkStatus();
    const uint64_t id = item->id();
    RemoveDiscounts(id, 0, account);
    RemoveAllocations(account, id, [](const auto&) { return true; });
    account->Remove(id);
    return absl::OkStatus();
  };
  return EditAccounts(*store_, {&edit, 1}, deadline);
}

template <typename Response>
absl::StatusOr<Response> CashCommands::CommitMoved(const Asked& asked, const std::string& target,
                                                   uint64_t payment, Response response, const Act& act,
                                                   store::Deadline deadline) {
  response.set_account_id(target);
  RELANCE_ASSIGN_OR_RETURN(Response answer, Commit<Response>(asked, target, &Response::mutable_payment,
                                                             std::move(response), act, deadline));
  if (target == asked.key.account) return answer;
  RELANCE_ASSIGN_OR_RETURN(const bool given,
                           GiveAwayAt(asked, payment, answer.SerializeAsString(), deadline));
  if (given) return answer;
  // Somebody else allocated it in between: the money is there, not here.
  RELANCE_RETURN_IF_ERROR(TakeBackFrom(asked, target, payment, deadline));
  return DomainError(absl::StatusCode::kAborted, kAccountContended,
                     "the payment was allocated by somebody else meanwhile",
                     {{"tenant", asked.key.tenant}, {"account", asked.key.account}});
}

absl::Status CashCommands::Remember(const Asked& asked, const PaymentFacts& facts, const std::string& account,
                                    store::Deadline deadline) {
  AccountIndex& index = indexes_->Of(asked.key.tenant);
  const std::string other = index.PayerOf(facts, account);
  if (account == kUnidentifiedAccount || PayerKey(facts).empty()) return absl::OkStatus();
  AccountEdit edit;
  edit.key = asked.KeyOf(other.empty() ? account : other);
  edit.sum_first = true;
  edit.edit = [&](const store::AccountRecord&, LedgerAccount* known, store::AccountWrite*) {
    if (!known->exists()) return absl::OkStatus();
    if (other.empty()) {
      LearnPayer(facts, known);
      return absl::OkStatus();
    }
    const auto& pays_for = known->attributes().pays_for();
    const bool knows = std::find(pays_for.begin(), pays_for.end(), account) != pays_for.end();
    if (!knows && pays_for.size() < static_cast<int>(kIndexListMax)) {
      known->mutable_attributes()->add_pays_for(account);
    }
    return absl::OkStatus();
  };
  edit.done = [&](const LedgerAccount& known, const store::WriteResult& result, bool written) {
    if (written) index.Learn(known, result.version);
  };
  return EditAccounts(*store_, {&edit, 1}, deadline);
}

absl::StatusOr<Item> CashCommands::OpenPayment(const Asked& asked, const std::string& id_text,
                                               store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const uint64_t id, ItemIdFromText(id_text));
  std::optional<Item> found;
  AccountEdit read;
  read.key = asked.key;
  read.sum_first = true;
  read.needs = [&](const LedgerAccount& account) { return FieldsFor(account, id); };
  read.edit = [&](const store::AccountRecord&, LedgerAccount* account, store::AccountWrite*) -> absl::Status {
    if (!account->exists()) return AccountMissing(asked.key);
    const Item* item = account->FindByAnyId(id);
    if (item != nullptr) found = *item;
    return absl::OkStatus();
  };
  RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, {&read, 1}, deadline));
  if (!found.has_value()) return ItemMissing(id);
  if (found->kind() != state::v1::ITEM_KIND_PAYMENT)
    return ItemState(kNotAPayment, "the item is not a payment", id);
  if (IsLettered(*found)) return Lettered(id);
  if (!IsOpen(*found)) return ItemState(kItemSettled, "nothing of the payment is left", id);
  return *std::move(found);
}

absl::StatusOr<AccountMatch> CashCommands::FindProposal(const Asked& asked, const Item& payment,
                                                        const std::string& proposal_id,
                                                        store::Deadline deadline) {
  AccountIndex& index = indexes_->Of(asked.key.tenant);
  RELANCE_RETURN_IF_ERROR(index.Refresh(*store_, deadline));
  const PaymentFacts facts = FactsOf(payment);
  const std::vector<AccountCandidate> candidates = CandidatesOf(index, asked.key.account, payment, facts);
  RELANCE_ASSIGN_OR_RETURN(const AccountViews views,
                           ReadCandidates(*store_, asked.key.tenant, {&candidates, 1}, deadline));
  for (AccountMatch& match : WeighAccounts(payment, facts, candidates, views)) {
    if (ProposalText(match.match.hash) == proposal_id) return std::move(match);
  }
  return ProposalGone(proposal_id);
}

absl::StatusOr<v1::AcceptProposalResponse> CashCommands::AcceptProposal(
    const v1::AcceptProposalRequest& request, store::Deadline deadline) {
  using Response = v1::AcceptProposalResponse;
  RELANCE_ASSIGN_OR_RETURN(const Asked asked, Begin("accept_proposal", request, deadline));
  RELANCE_ASSIGN_OR_RETURN(auto before, Before<Response>(asked, deadline));
  if (before.has_value()) return *std::move(before);
  RELANCE_ASSIGN_OR_RETURN(const uint64_t wanted, ItemIdFromText(request.payment_id()));
  // Half done before a crash: the money has arrived, and its answer is there.
  AccountIndex& index = indexes_->Of(asked.key.tenant);
  RELANCE_RETURN_IF_ERROR(index.Refresh(*store_, deadline));
  if (const auto holder = index.HolderOf(wanted); holder.has_value() && *holder != asked.key.account) {
    Asked there = asked;
    there.key.account = *holder;
    RELANCE_ASSIGN_OR_RETURN(auto answered, Before<Response>(there, deadline));
    if (answered.has_value()) {
      RELANCE_RETURN_IF_ERROR(GiveAwayAt(asked, wanted, answered->SerializeAsString(), deadline).status());
      return *std::move(answered);
    }
  }
  RELANCE_ASSIGN_OR_RETURN(const Item payment, OpenPayment(asked, request.payment_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const AccountMatch chosen,
                           FindProposal(asked, payment, request.proposal_id(), deadline));
  const bool moves = chosen.account != asked.key.account;
  if (moves && payment.open_minor() != payment.amount_minor()) {
    return ItemState(kPaymentAllocated, "a part of the payment is allocated here", payment.id());
  }
  const PaymentFacts facts = FactsOf(payment);
  const auto act = [&](CommandScene& scene) -> absl::StatusOr<uint64_t> {
    if (moves) TakeIn(payment, &scene.account);
    const Item* item = scene.account.FindByAnyId(payment.id());
    if (item == nullptr) return ItemMissing(payment.id());
    const uint64_t id = item->id();
    // As the account is now: the proposal is still there, or the items have changed.
    for (const Match& match : FindMatches(*item, facts, chosen.payer, AccountLook(scene.account))) {
      if (match.hash != chosen.match.hash) continue;
      ApplyMatch(id, WithActor(match, asked.actor), "", &scene.account);
      scene.Witness(asked.actor, "payment.proposal_accepted", id,
                    {{"rule", RuleName(match.rule)},
                     {"confidence_permille", absl::StrCat(match.confidence_permille)},
                     {"proposal", request.proposal_id()}});
      return id;
    }
    return ProposalGone(request.proposal_id());
  };
  RELANCE_ASSIGN_OR_RETURN(Response response, CommitMoved<Response>(asked, chosen.account, payment.id(),
                                                                    Response(), act, deadline));
  RELANCE_RETURN_IF_ERROR(Remember(asked, facts, chosen.account, deadline));
  CountProposal(chosen.match.rule, "accepted");
  return response;
}

absl::StatusOr<v1::RefuseProposalResponse> CashCommands::RefuseProposal(
    const v1::RefuseProposalRequest& request, store::Deadline deadline) {
  using Response = v1::RefuseProposalResponse;
  RELANCE_ASSIGN_OR_RETURN(const Asked asked, Begin("refuse_proposal", request, deadline));
  RELANCE_ASSIGN_OR_RETURN(auto before, Before<Response>(asked, deadline));
  if (before.has_value()) return *std::move(before);
  RELANCE_ASSIGN_OR_RETURN(const Item payment, OpenPayment(asked, request.payment_id(), deadline));
  RELANCE_ASSIGN_OR_RETURN(const AccountMatch chosen,
                           FindProposal(asked, payment, request.proposal_id(), deadline));
  const auto act = [&](CommandScene& scene) -> absl::StatusOr<uint64_t> {
    const Item* item = scene.account.FindByAnyId(payment.id());
    if (item == nullptr) return ItemMissing(payment.id());
    const uint64_t id = item->id();
    scene.account.Edit(id).add_refused(chosen.match.hash);
    scene.Witness(asked.actor, "payment.proposal_refused", id,
                  {{"rule", RuleName(chosen.match.rule)}, {"proposal", request.proposal_id()}});
    return id;
  };
  RELANCE_ASSIGN_OR_RETURN(
      Response response,
      Commit<Response>(asked, asked.key.account, &Response::mutable_payment, Response(), act, deadline));
  CountProposal(chosen.match.rule, "refused");
  return response;
}

absl::StatusOr<v1::AllocatePaymentResponse> CashCommands::AllocatePayment(
    const v1::AllocatePaymentRequest& request, store::Deadline deadline) {
  using Response = v1::AllocatePaymentResponse;
  RELANCE_ASSIGN_OR_RETURN(const Asked asked, Begin("allocate_payment", request, deadline));
  if (request.allocations_size() > kCommandItemsMax) {
    return Invalid("FIELD_TOO_LONG", "at most 500 allocations");
  }
  std::vector<std::optional<Money>> amounts;
  for (const v1::WantedAllocation& wanted : request.allocations()) {
    std::optional<Money>& amount = amounts.emplace_back();
    if (!wanted.has_amount()) continue;
    RELANCE_ASSIGN_OR_RETURN(amount, rpc::MoneyFromProto(wanted.amount(), "allocations.amount"));
    if (amount->minor <= 0) return Invalid(kAmountNotPositive, "an allocation is positive");
  }
  RELANCE_ASSIGN_OR_RETURN(auto before, Before<Response>(asked, deadline));
  if (before.has_value()) return *std::move(before);
  const std::string target =
      request.target_account_id().empty() ? asked.key.account : request.target_account_id();
  const bool moves = target != asked.key.account;
  RELANCE_ASSIGN_OR_RETURN(const uint64_t wanted_id, ItemIdFromText(request.payment_id()));
  if (moves) {
    Asked there = asked;
    there.key.account = target;
    RELANCE_ASSIGN_OR_RETURN(auto answered, Before<Response>(there, deadline));
    if (answered.has_value()) {
      RELANCE_RETURN_IF_ERROR(GiveAwayAt(asked, wanted_id, answered->SerializeAsString(), deadline).status());
      return *std::move(answered);
    }
  }
  RELANCE_ASSIGN_OR_RETURN(const Item payment, OpenPayment(asked, request.payment_id(), deadline));
  if (moves && payment.open_minor() != payment.amount_minor()) {
    return ItemState(kPaymentAllocated, "a part of the payment is allocated here", payment.id());
  }
  const PaymentFacts facts = FactsOf(payment);
  const auto act = [&](CommandScene& scene) -> absl::StatusOr<uint64_t> {
    if (moves) TakeIn(payment, &scene.account);
    const Item* item = scene.account.FindByAnyId(payment.id());
    if (item == nullptr) return ItemMissing(payment.id());
    const uint64_t id = item->id();
    for (int i = 0; i < request.allocations_size(); ++i) {
      RELANCE_ASSIGN_OR_RETURN(const Item* debit, scene.Find(request.allocations(i).item_id()));
      const uint64_t debit_id = debit->id();
      if (!IsDebit(*debit)) return ItemState(kNotADebit, "only a debit can be paid", debit_id);
      if (debit->currency() != payment.currency()) return CurrencyMismatch();
      if (amounts[i].has_value() && amounts[i]->currency != payment.currency()) return CurrencyMismatch();
      if (!IsOpen(*debit)) return ItemState(kItemSettled, "the item is settled", debit_id);
      const int64_t left = -scene.account.Find(id)->open_minor();
      const int64_t wanted = amounts[i].has_value() ? amounts[i]->minor : std::min(left, debit->open_minor());
      if (wanted <= 0 || wanted > std::min(left, debit->open_minor())) {
        return ItemState(kAmountTooLarge, "more than is open on the item, or left of the payment", debit_id);
      }
      Allocate(&scene.account, id, debit_id, wanted, 0, {state::v1::MATCH_RULE_COMMAND, asked.actor});
    }
    scene.Witness(asked.actor, "payment.allocated", id,
                  {{"items", absl::StrCat(request.allocations_size())}, {"account", target}});
    return id;
  };
  RELANCE_ASSIGN_OR_RETURN(Response response,
                           CommitMoved<Response>(asked, target, payment.id(), Response(), act, deadline));
  if (request.allocations_size() > 0 || moves) {
    RELANCE_RETURN_IF_ERROR(Remember(asked, facts, target, deadline));
  }
  CountCommand("allocate_payment", "done");
  return response;
}

absl::StatusOr<v1::UndoAllocationResponse> CashCommands::UndoAllocation(
    const v1::UndoAllocationRequest& request, store::Deadline deadline) {
  using Response = v1::UndoAllocationResponse;
  RELANCE_ASSIGN_OR_RETURN(const Asked asked, Begin("undo_allocation", request, deadline));
  if (request.item_ids_size() > kCommandItemsMax) return Invalid("FIELD_TOO_LONG", "at most 500 items");
  RELANCE_ASSIGN_OR_RETURN(auto before, Before<Response>(asked, deadline));
  if (before.has_value()) return *std::move(before);
  std::map<state::v1::MatchRule, int64_t> undone;
  const auto act = [&](CommandScene& scene) -> absl::StatusOr<uint64_t> {
    RELANCE_ASSIGN_OR_RETURN(const Item* payment, scene.Find(request.payment_id()));
    const uint64_t id = payment->id();
    if (payment->kind() != state::v1::ITEM_KIND_PAYMENT &&
        payment->kind() != state::v1::ITEM_KIND_CREDIT_NOTE)
      return ItemState(kNotAPayment, "the item is neither a payment nor a credit note", id);
    std::set<uint64_t> items;
    for (const std::string& text : request.item_ids()) {
      RELANCE_ASSIGN_OR_RETURN(const Item* item, scene.Find(text));
      items.insert(item->id());
    }
    undone.clear();
    std::set<uint64_t> debits;
    for (const auto& a : payment->allocations()) {
      if (a.undone_day() != 0 || (!items.empty() && items.count(a.item()) == 0)) continue;
      if (IsLettering(a)) return Lettered(id);
      // A return, a move: these have their own way back.
      if (a.rule() == state::v1::MATCH_RULE_COUNTERPART) continue;
      debits.insert(a.item());
      ++undone[a.rule()];
    }
    if (debits.empty()) return ItemState(kNotAllocated, "nothing of it is allocated to that", id);
    for (const uint64_t debit : debits) RemoveDiscounts(id, debit, &scene.account);
    const int64_t minor = UndoAllocations(&scene.account, id, scene.today(), [&](const auto& a) {
      return a.rule() != state::v1::MATCH_RULE_COUNTERPART && debits.count(a.item()) != 0;
    });
    Item& item = scene.account.Edit(id);
    for (const uint64_t debit : debits) {
      const uint64_t pair = HashOfPair(scene.account.key().account, debit);
      if (std::find(item.refused().begin(), item.refused().end(), pair) == item.refused().end()) {
        item.add_refused(pair);
      }
    }
    const PaymentFacts facts = FactsOf(item);
    ForgetPayer(facts, &scene.account);
    scene.Witness(asked.actor, "allocation.undone", id,
                  {{"items", absl::StrCat(debits.size())}, {"undone_minor", absl::StrCat(minor)}});
    return id;
  };
  RELANCE_ASSIGN_OR_RETURN(
      Response response,
      Commit<Response>(asked, asked.key.account, &Response::mutable_payment, Response(), act, deadline));
  for (const auto& [rule, count] : undone) CountProposal(rule, "undone");
  return response;
}

absl::StatusOr<v1::RecordDeductionResponse> CashCommands::RecordDeduction(
    const v1::RecordDeductionRequest& request, store::Deadline deadline) {
  using Response = v1::RecordDeductionResponse;
  RELANCE_ASSIGN_OR_RETURN(const Asked asked, Begin("record_deduction", request, deadline));
  if (!IsReasonCode(request.reason())) return Invalid(kReasonInvalid, "reason is UPPER_SNAKE");
  std::optional<Money> amount;
  if (request.has_amount()) {
    RELANCE_ASSIGN_OR_RETURN(amount, rpc::MoneyFromProto(request.amount(), "amount"));
    if (amount->minor <= 0) return Invalid(kAmountNotPositive, "a deduction is positive");
  }
  RELANCE_ASSIGN_OR_RETURN(auto before, Before<Response>(asked, deadline));
  if (before.has_value()) return *std::move(before);
  const auto act = [&](CommandScene& scene) -> absl::StatusOr<uint64_t> {
    RELANCE_ASSIGN_OR_RETURN(const Item* debit, scene.Find(request.item_id()));
    const uint64_t id = debit->id();
    if (amount.has_value() && amount->currency != debit->currency()) return CurrencyMismatch();
    if (!IsDebit(*debit)) return ItemState(kNotADebit, "only what the debtor owes can be reduced", id);
    if (!IsOpen(*debit)) return ItemState(kItemSettled, "the item is settled", id);
    const int64_t minor = amount.has_value() ? amount->minor : debit->open_minor();
    if (minor > debit->open_minor()) return ItemState(kAmountTooLarge, "more than is open on the item", id);
    const uint64_t deduction = SourceHash(CanonicalText().Add("rpc-deduction").Add(scene.request_id).text());
    AddDeduction(deduction, id, minor, scene.today(), request.reason(), state::v1::MATCH_RULE_COMMAND,
                 kSourceRpc, &scene.account);
    scene.Witness(asked.actor, "item.deducted", id,
                  {{"reason", request.reason()}, {"deducted_minor", absl::StrCat(minor)}});
    return deduction;
  };
  RELANCE_ASSIGN_OR_RETURN(
      Response response,
      Commit<Response>(asked, asked.key.account, &Response::mutable_deduction, Response(), act, deadline));
  CountCommand("record_deduction", "done");
  return response;
}

}  // namespace relance::ledger
