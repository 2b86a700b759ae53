#include "services/ledger/posting_service.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "common/account/account_view.h"
#include "common/evidence/evidence.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/account_editor.h"
#include "services/ledger/apply_books.h"
#include "services/ledger/cash/move_payment.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/cash/weigh_accounts.h"
#include "services/ledger/company_key.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/join_accounts.h"
#include "services/ledger/ledger_metrics.h"
#include "services/ledger/match_payment.h"
#include "services/ledger/meet_notification.h"
#include "services/ledger/post_items.h"
#include "services/ledger/return_payment.h"

namespace relance::ledger {
namespace {

constexpr int kFreshnessRetriesMax = 32;

// Whether accounts that are only similar to what money says may get it without a person.
bool PostsSimilar(const TenantContext& tenant) {
  const int permille = tenant.config.match_confidence_permille();
  return permille != 0 && permille <= kSimilarConfidenceMax;
}

// Moves one source forward; false: it was known as far. Sources are kept by name.
bool MoveSource(const std::string& source, int32_t day, const std::string& import_id,
                state::v1::Freshness* freshness) {
  auto* sources = freshness->mutable_sources();
  const auto place = std::find_if(sources->begin(), sources->end(),
                                  [&](const state::v1::SourceFreshness& s) { return s.source() >= source; });
  if (place != sources->end() && place->source() == source) {
    if (place->day() >= day) return false;
    place->set_day(day);
    place->set_import_id(import_id);
    return true;
  }
  const auto by_day = [](const state::v1::SourceFreshness& a, const state::v1::SourceFreshness& b) {
    return a.day() < b.day();
  };
  const auto index = place - sources->begin();
  state::v1::SourceFreshness* added = sources->Add();
  added->set_source(source);
  added->set_day(day);
  added->set_import_id(import_id);
  std::rotate(sources->begin() + index, sources->end() - 1, sources->end());
  if (sources->size() > kSourcesMax) {
    sources->erase(std::min_element(sources->begin(), sources->end(), by_day));
  }
  return true;
}

}  // namespace

absl::Status PostingService::Route(const TenantContext& tenant, const AccountIndex& index, Gathered* gathered,
                                   Outcome* outcome, store::Deadline deadline) {
  std::vector<IncomingItem>& items = gathered->to_route;
  std::vector<std::optional<Destination>> destinations(items.size());
  // Only what its words do not settle is weighed against the accounts as they are.
  std::vector<size_t> weighed;
  std::vector<std::vector<AccountCandidate>> candidates;
  const bool similar = PostsSimilar(tenant);
  for (size_t i = 0; i < items.size(); ++i) {
    const IncomingItem& item = items[i];
    std::optional<std::string> account = index.HolderOf(item.item.id());
    if (!account.has_value() && item.takes_back) account = index.PayerOfTransfer(item.item.end_to_end_id());
    if (!account.has_value() && !item.to_match) account = index.Route(item.facts);
    if (account.has_value()) {
      destinations[i] = Destination{*account, {}};
    } else if (item.to_match) {
      std::vector<AccountCandidate> of_one = index.Candidates(item.facts, similar);
      if (NeedsWeighing(of_one)) {
        weighed.push_back(i);
        candidates.push_back(std::move(of_one));
      } else {
        destinations[i] = ChooseAccount(item.item, item.facts, of_one, nullptr, 0);
      }
    }
  }
  if (!weighed.empty()) {
    RELANCE_ASSIGN_OR_RETURN(const AccountViews views,
                             ReadCandidates(*store_, tenant.config.id(), candidates, deadline));
    for (size_t k = 0; k < weighed.size(); ++k) {
      IncomingItem& item = items[weighed[k]];
      item.item.set_open_minor(item.item.amount_minor());
      destinations[weighed[k]] = ChooseAccount(item.item, item.facts, candidates[k], &views,
                                               tenant.config.match_confidence_permille());
    }
  }
  // A return may follow its payment in the same file.
  absl::flat_hash_map<std::string, size_t> transfers;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].to_match) transfers.emplace(items[i].item.end_to_end_id(), i);
  }
  for (size_t i = 0; i < items.size(); ++i) {
    if (destinations[i].has_value() || !items[i].takes_back || items[i].item.end_to_end_id().empty())
      continue;
    const auto payment = transfers.find(items[i].item.end_to_end_id());
    if (payment == transfers.end() || !destinations[payment->second].has_value()) continue;
    destinations[i] = Destination{destinations[payment->second]->account, {}};
  }
  for (size_t i = 0; i < items.size(); ++i) {
    std::string account = kUnidentifiedAccount;
    if (destinations[i].has_value()) {
      account = destinations[i]->account;
      items[i].payer = destinations[i]->payer;
    }
    if (account == kUnidentifiedAccount) ++outcome->unidentified;
    gathered->accounts[account].items.push_back(std::move(items[i]));
  }
  gathered->to_route.clear();
  return absl::OkStatus();
}

absl::StatusOr<PostingService::Outcome> PostingService::Post(const TenantContext& tenant, Gathered* gathered,
                                                             store::Deadline deadline) {
  Outcome outcome;
  const std::string& tenant_id = tenant.config.id();
  AccountIndex& index = indexes_->Of(tenant_id);
  // Money is looked for among everything that is stored; books bring their accounts along.
  const bool by_index = !gathered->to_route.empty();
  MetEntries met;
  if (by_index) {
    RELANCE_RETURN_IF_ERROR(index.Refresh(*store_, deadline));
    RELANCE_ASSIGN_OR_RETURN(met, MeetOtherMessage(*store_, tenant_id, index, &gathered->to_route, deadline));
    outcome.result.unchanged += met.known;
    RELANCE_RETURN_IF_ERROR(Route(tenant, index, gathered, &outcome, deadline));
  }
  if (!gathered->documents.empty()) {
    RELANCE_RETURN_IF_ERROR(index.Refresh(*store_, deadline));
    bool any_made = false;
    for (IncomingDocument& document : gathered->documents) {
      const std::string code = index.AccountOf(document);
      any_made |= IsMadeCode(code);
      gathered->accounts[code].documents.push_back(std::move(document));
    }
    if (any_made) RELANCE_RETURN_IF_ERROR(NoteMadeAccounts(tenant_id, deadline));
    gathered->documents.clear();
  }
  PaymentTerms terms{PaymentTerms::Kind::kNet, 30, 0};
  if (auto own = ParsePaymentTerms(tenant.config.default_terms()); own.ok()) terms = *own;

  std::vector<AccountEdit> edits;
  edits.reserve(gathered->accounts.size());
  std::vector<PostResult> results(gathered->accounts.size());
  for (auto& [code, incoming] : gathered->accounts) {
    incoming.tenant_terms = terms;
    incoming.match_confidence_permille = tenant.config.match_confidence_permille();
    if (!incoming.make_items) incoming.rows_hash = RowsHash(incoming);
    PostResult* result = &results[edits.size()];
    IncomingAccount* told = &incoming;
    AccountEdit& edit = edits.emplace_back();
    edit.key = {tenant_id, code};
    edit.sum_first = told->rows_hash != 0;
    edit.needs = [told](const LedgerAccount& account) {
      if (!IsTold(account, *told)) told->MakeItems();
      return FieldsForPosting(account, *told);
    };
    edit.edit = [this, told, result, &tenant](const store::AccountRecord& record, LedgerAccount* account,
                                              store::AccountWrite* write) {
      *result = PostItems(*told, account);
      AddReturnEvidence(record, *account, now_(), tenant, write);
      return absl::OkStatus();
    };
    edit.done = [&index, &outcome, result, told](const LedgerAccount& account,
                                                 const store::WriteResult& stored, bool written) {
      outcome.result.Add(*result);
      if (told->make_items) told->items = {};
      if (!written) return;
      ++outcome.accounts_changed;
      index.Learn(account, stored.version);
    };
  }
  RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, absl::MakeSpan(edits), deadline));
  RELANCE_RETURN_IF_ERROR(SettleReplaced(*store_, tenant_id, met.replaced, deadline));
  CountPosted(outcome.result);
  CountUnidentified(outcome.unidentified);
  return outcome;
}

absl::StatusOr<PostingService::Outcome> PostingService::ApplyOpenings(const TenantContext& tenant,
                                                                      const std::vector<int32_t>& openings,
                                                                      store::Deadline deadline) {
  Outcome outcome;
  AccountIndex& index = indexes_->Of(tenant.config.id());
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(const auto keys, store_->ListAccounts(tenant.config.id(), partition, deadline));
    std::vector<AccountEdit> edits;
    std::vector<int> lettered(keys.size());
    for (const store::AccountKey& key : keys) {
      if (key.account == kUnidentifiedAccount) continue;
      int* count = &lettered[edits.size()];
      AccountEdit& edit = edits.emplace_back();
      edit.key = key;
      edit.sum_first = true;
      edit.needs = [](const LedgerAccount& account) {
        return account.sum().open_items() == 0 ? std::vector<std::string>() : account.FieldsForAll();
      };
      edit.edit = [&openings, count](const store::AccountRecord&, LedgerAccount* account,
                                     store::AccountWrite*) {
        *count = account->sum().open_items() == 0 ? 0 : ApplyBooks(openings, account);
        return absl::OkStatus();
      };
      edit.done = [&outcome, &index, count](const LedgerAccount& account, const store::WriteResult& stored,
                                            bool written) {
        if (!written) return;
        if (*count > 0) outcome.result.allocations[state::v1::MATCH_RULE_LETTERING] += *count;
        ++outcome.accounts_changed;
        index.Learn(account, stored.version);
      };
    }
    RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, absl::MakeSpan(edits), deadline));
  }
  return outcome;
}

absl::StatusOr<PostingService::Outcome> PostingService::RematchUnidentified(const TenantContext& tenant,
                                                                            store::Deadline deadline) {
  Outcome outcome;
  const std::string& tenant_id = tenant.config.id();
  const store::AccountKey key{tenant_id, kUnidentifiedAccount};
  RELANCE_ASSIGN_OR_RETURN(const auto unidentified,
                           ReadAccounts(*store_, {&key, 1}, {.items = true}, deadline));
  RELANCE_RETURN_IF_ERROR(unidentified[0].status());
  std::vector<const state::v1::Item*> waiting;
  bool returns = false;
  for (const state::v1::Item& item : unidentified[0]->items) {
    returns |= IsWaitingReturn(item);
    if (LooksForItems(item) && waiting.size() < kRematchMax) waiting.push_back(&item);
  }
  if (waiting.empty() && !returns) return outcome;
  AccountIndex& index = indexes_->Of(tenant_id);
  RELANCE_RETURN_IF_ERROR(index.Refresh(*store_, deadline));
  const int64_t generation = index.generation();
  {
    std::lock_guard<std::mutex> lock(rematched_mutex_);
    if (rematched_[tenant_id] == generation) return outcome;
  }
  const bool similar = PostsSimilar(tenant);
  std::vector<PaymentFacts> facts;
  std::vector<std::vector<AccountCandidate>> candidates;
  std::vector<std::vector<AccountCandidate>> to_read;
  for (const state::v1::Item* item : waiting) {
    facts.push_back(FactsOf(*item));
    candidates.push_back(index.Candidates(facts.back(), similar));
    if (NeedsWeighing(candidates.back())) to_read.push_back(candidates.back());
  }
  RELANCE_ASSIGN_OR_RETURN(const AccountViews views, ReadCandidates(*store_, tenant_id, to_read, deadline));

  struct Arrival {
    state::v1::Item payment;
    PaymentFacts facts;
    MatchOptions options;
  };
  std::map<std::string, std::vector<Arrival>> arrivals;
  std::vector<uint64_t> gone;
  for (size_t i = 0; i < waiting.size(); ++i) {
    const std::optional<std::string> holder = index.HolderOf(waiting[i]->id());
    if (holder.has_value() && *holder != kUnidentifiedAccount) {
      // It arrived there before a crash.
      gone.push_back(waiting[i]->id());
      continue;
    }
    const int permille = tenant.config.match_confidence_permille();
    const auto destination = ChooseAccount(*waiting[i], facts[i], candidates[i],
                                           NeedsWeighing(candidates[i]) ? &views : nullptr, permille);
    if (!destination.has_value()) continue;
    arrivals[destination->account].push_back(
        {*waiting[i], std::move(facts[i]), {permille, destination->payer}});
    gone.push_back(waiting[i]->id());
  }
  std::vector<AccountEdit> edits;
  std::vector<PostResult> results(arrivals.size());
  for (auto& [code, arrived] : arrivals) {
    AccountEdit& edit = edits.emplace_back();
    PostResult* result = &results[edits.size() - 1];
    edit.key = {tenant_id, code};
    edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
    edit.edit = [this, result, &tenant, &all = arrived](const store::AccountRecord& record,
                                                        LedgerAccount* account, store::AccountWrite* write) {
      // As if the bank told it now: the books may have told the same money before.
      IncomingAccount incoming;
      for (const Arrival& arrival : all) {
        incoming.match_confidence_permille = arrival.options.confidence_permille;
        if (const state::v1::Item* known = account->FindByAnyId(arrival.payment.id()); known != nullptr) {
          // It was here before, and had been given away.
          const uint64_t id = known->id();
          TakeIn(arrival.payment, account);
          MatchPayment(id, arrival.facts, account, arrival.options);
          continue;
        }
        IncomingItem& told = incoming.items.emplace_back();
        told.item = ForAnotherAccount(arrival.payment);
        told.to_match = true;
        told.facts = arrival.facts;
        told.payer = arrival.options.payer;
      }
      *result = PostItems(incoming, account);
      // It is not new to the ledger.
      result->created = result->changed = result->unchanged = 0;
      AddReturnEvidence(record, *account, now_(), tenant, write);
      return absl::OkStatus();
    };
    edit.done = [&index, &outcome, result](const LedgerAccount& account, const store::WriteResult& stored,
                                           bool written) {
      outcome.result.Add(*result);
      if (!written) return;
      ++outcome.accounts_changed;
      index.Learn(account, stored.version);
    };
  }
  RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, absl::MakeSpan(edits), deadline));
  RELANCE_RETURN_IF_ERROR(LeaveUnidentified(tenant_id, gone, deadline));
  if (returns) {
    RELANCE_RETURN_IF_ERROR(TakeReturnsHome(tenant, unidentified[0]->items, &outcome, deadline));
  }
  CountPosted(outcome.result);
  std::lock_guard<std::mutex> lock(rematched_mutex_);
  rematched_[tenant_id] = generation;
  return outcome;
}

absl::Status PostingService::TakeReturnsHome(const TenantContext& tenant,
                                             absl::Span<const state::v1::Item> unidentified, Outcome* outcome,
                                             store::Deadline deadline) {
  const std::string& tenant_id = tenant.config.id();
  AccountIndex& index = indexes_->Of(tenant_id);
  std::map<std::string, std::vector<const state::v1::Item*>> by_account;
  for (const state::v1::Item& item : unidentified) {
    if (!IsWaitingReturn(item)) continue;
    std::optional<std::string> account = index.HolderOf(item.id());
    if (account.value_or(kUnidentifiedAccount) == kUnidentifiedAccount) {
      account = index.PayerOfTransfer(item.end_to_end_id());
    }
    if (account.value_or(kUnidentifiedAccount) != kUnidentifiedAccount) by_account[*account].push_back(&item);
  }
  std::vector<AccountEdit> edits;
  std::vector<std::vector<uint64_t>> gone(by_account.size());
  for (const auto& [code, returns] : by_account) {
    std::vector<uint64_t>* home = &gone[edits.size()];
    AccountEdit& edit = edits.emplace_back();
    edit.key = {tenant_id, code};
    edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
    edit.edit = [this, home, &tenant, &returns = returns](
                    const store::AccountRecord& record, LedgerAccount* account, store::AccountWrite* write) {
      home->clear();
      for (const state::v1::Item* item : returns) {
        if (account->FindByAnyId(item->id()) != nullptr) {
          // It arrived there before a crash.
          home->push_back(item->id());
          continue;
        }
        const auto payment = FindReturnedPayment(*item, FactsOf(*item), *account);
        if (!payment.has_value()) continue;
        ReturnPayment(*payment, ForAnotherAccount(*item), item->issue_day(), account);
        home->push_back(item->id());
      }
      AddReturnEvidence(record, *account, now_(), tenant, write);
      return absl::OkStatus();
    };
    edit.done = [outcome, &index, home](const LedgerAccount& account, const store::WriteResult& stored,
                                        bool written) {
      if (!written) return;
      outcome->result.payments_returned += static_cast<int64_t>(home->size());
      ++outcome->accounts_changed;
      index.Learn(account, stored.version);
    };
  }
  RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, absl::MakeSpan(edits), deadline));
  std::vector<uint64_t> all_gone;
  for (const auto& ids : gone) all_gone.insert(all_gone.end(), ids.begin(), ids.end());
  return LeaveUnidentified(tenant_id, all_gone, deadline);
}

absl::Status PostingService::LeaveUnidentified(const std::string& tenant_id, absl::Span<const uint64_t> gone,
                                               store::Deadline deadline) {
  if (gone.empty()) return absl::OkStatus();
  AccountIndex& index = indexes_->Of(tenant_id);
  AccountEdit settle;
  settle.key = {tenant_id, kUnidentifiedAccount};
  settle.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
  settle.edit = [gone](const store::AccountRecord&, LedgerAccount* account, store::AccountWrite*) {
    for (const uint64_t id : gone) GiveAway(id, 0, account);
    return absl::OkStatus();
  };
  settle.done = [&index](const LedgerAccount& account, const store::WriteResult& stored, bool written) {
    if (written) index.Learn(account, stored.version);
  };
  return EditAccounts(*store_, {&settle, 1}, deadline);
}

absl::Status PostingService::NoteMadeAccounts(const std::string& tenant, store::Deadline deadline) {
  const std::string name = kMadeAccountsDocument;
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, {&name, 1}, deadline));
  if (!documents[0].value.empty()) return absl::OkStatus();
  const auto put = store_->PutDocument(tenant, name, "1", documents[0].version, deadline);
  return put.ok() || absl::IsAborted(put.status()) ? absl::OkStatus() : put.status();
}

absl::StatusOr<PostingService::Outcome> PostingService::JoinMadeAccounts(const TenantContext& tenant,
                                                                         store::Deadline deadline) {
  Outcome outcome;
  const std::string& tenant_id = tenant.config.id();
  const std::string name = kMadeAccountsDocument;
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant_id, {&name, 1}, deadline));
  if (documents[0].value.empty()) return outcome;
  AccountIndex& index = indexes_->Of(tenant_id);
  RELANCE_RETURN_IF_ERROR(index.Refresh(*store_, deadline));
  for (const auto& [made, others] : index.Joins()) {
    std::vector<store::AccountKey> keys = {{tenant_id, made}};
    for (const std::string& other : others) keys.push_back({tenant_id, other});
    RELANCE_ASSIGN_OR_RETURN(const auto views,
                             ReadAccounts(*store_, keys, {.items = true, .history = true}, deadline));
    const AccountView* real = nullptr;
    bool several = false;
    for (const auto& view : views) {
      if (!view.ok()) return view.status();
      if (&view == &views[0] || !IsSameDebtor(*views[0], *view)) continue;
      several |= real != nullptr;
      real = &*view;
    }
    if (real == nullptr || several) {
      index.ForgetJoin(made);
      continue;
    }
    Gathered gathered;
    IncomingAccount& content = gathered.accounts[real->key.account];
    content = ContentOf(*views[0]);
    if (content.items.empty() && content.documents.empty()) {
      index.ForgetJoin(made);
      continue;
    }
    RELANCE_ASSIGN_OR_RETURN(const Outcome joined, Post(tenant, &gathered, deadline));
    outcome.result.Add(joined.result);
    outcome.accounts_changed += joined.accounts_changed;
    AccountEdit edit;
    edit.key = {tenant_id, made};
    edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
    edit.edit = [&tenant](const store::AccountRecord&, LedgerAccount* account, store::AccountWrite*) {
      GiveAwayContent(DayNumber(tenant.business_date), account);
      return absl::OkStatus();
    };
    edit.done = [&](const LedgerAccount& account, const store::WriteResult& stored, bool written) {
      if (!written) return;
      ++outcome.accounts_changed;
      index.Learn(account, stored.version);
    };
    RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, {&edit, 1}, deadline));
    index.ForgetJoin(made);
  }
  return outcome;
}

absl::StatusOr<PostingService::Outcome> PostingService::SettleAbsentItems(
    const TenantContext& tenant, const std::vector<std::string>& sources,
    const absl::flat_hash_map<std::string, absl::flat_hash_set<uint64_t>>& seen, int32_t day,
    store::Deadline deadline) {
  static const auto& none = *new absl::flat_hash_set<uint64_t>;
  Outcome outcome;
  AccountIndex& index = indexes_->Of(tenant.config.id());
  for (int partition = 0; partition < store_->partitions(); ++partition) {
    RELANCE_ASSIGN_OR_RETURN(const auto keys, store_->ListAccounts(tenant.config.id(), partition, deadline));
    std::vector<AccountEdit> edits;
    std::vector<int> settled(keys.size());
    for (const store::AccountKey& key : keys) {
      const auto it = seen.find(key.account);
      const auto* known = it == seen.end() ? &none : &it->second;
      int* count = &settled[edits.size()];
      AccountEdit& edit = edits.emplace_back();
      edit.key = key;
      edit.needs = [](const LedgerAccount& account) { return account.FieldsForOpen(); };
      edit.edit = [&sources, known, day, count](const store::AccountRecord&, LedgerAccount* account,
                                                store::AccountWrite*) {
        *count = SettleAbsent(sources, *known, day, account);
        return absl::OkStatus();
      };
      edit.done = [&outcome, &index, count](const LedgerAccount& account, const store::WriteResult& stored,
                                            bool written) {
        outcome.result.absent_settled += *count;
        if (!written) return;
        ++outcome.accounts_changed;
        index.Learn(account, stored.version);
      };
    }
    RELANCE_RETURN_IF_ERROR(EditAccounts(*store_, absl::MakeSpan(edits), deadline));
  }
  CountPosted(outcome.result);
  return outcome;
}

absl::Status PostingService::MoveFreshness(const std::string& tenant, bool bank, absl::CivilDay day,
                                           const SourceDays& sources, const std::string& import_id,
                                           store::Deadline deadline) {
  const std::string name = kFreshnessDocument;
  for (int attempt = 0;; ++attempt) {
    RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, {&name, 1}, deadline));
    state::v1::Freshness freshness;
    if (!freshness.ParseFromString(documents[0].value)) freshness.Clear();
    const int32_t number = DayNumber(day);
    bool changed = false;
    if (bank && (!freshness.has_bank_day() || freshness.bank_day() < number)) {
      freshness.set_bank_day(number);
      changed = true;
    }
    if (!bank && (!freshness.has_ledger_day() || freshness.ledger_day() < number)) {
      freshness.set_ledger_day(number);
      changed = true;
    }
    for (const auto& [source, source_day] : sources) {
      changed |= MoveSource(source, DayNumber(source_day), import_id, &freshness);
    }
    if (!changed) return absl::OkStatus();
    const auto put =
        store_->PutDocument(tenant, name, freshness.SerializeAsString(), documents[0].version, deadline);
    if (put.ok()) return absl::OkStatus();
    if (!absl::IsAborted(put.status()) || attempt == kFreshnessRetriesMax) return put.status();
  }
}

}  // namespace relance::ledger
