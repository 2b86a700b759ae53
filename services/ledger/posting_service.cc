#include "services/ledger/posting_service.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "common/evidence/evidence.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/account_editor.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/ledger_metrics.h"
#include "services/ledger/post_items.h"

namespace relance::ledger {
namespace {

constexpr int kFreshnessRetriesMax = 32;

}  // namespace

void PostingService::Route(const AccountIndex& index, Gathered* gathered, Outcome* outcome) {
  for (IncomingItem& item : gathered->to_route) {
    std::optional<std::string> account = index.HolderOf(item.item.id());
    if (!account.has_value() && item.takes_back) account = index.PayerOfTransfer(item.item.end_to_end_id());
    if (!account.has_value()) account = index.Route(item.facts);
    if (account.value_or(kUnidentifiedAccount) == kUnidentifiedAccount) ++outcome->unidentified;
    gathered->accounts[account.value_or(kUnidentifiedAccount)].items.push_back(std::move(item));
  }
  gathered->to_route.clear();
}

absl::StatusOr<PostingService::Outcome> PostingService::Post(const TenantContext& tenant, Gathered* gathered,
                                                             store::Deadline deadline) {
  Outcome outcome;
  const std::string& tenant_id = tenant.config.id();
  AccountIndex& index = indexes_->Of(tenant_id);
  // Money is looked for among everything that is stored; books bring their accounts along.
  const bool by_index = !gathered->to_route.empty();
  if (by_index) {
    RELANCE_RETURN_IF_ERROR(index.Refresh(*store_, deadline));
    Route(index, gathered, &outcome);
  }
  PaymentTerms terms{PaymentTerms::Kind::kNet, 30, 0};
  if (auto own = ParsePaymentTerms(tenant.config.default_terms()); own.ok()) terms = *own;

  std::vector<AccountEdit> edits;
  edits.reserve(gathered->accounts.size());
  std::vector<PostResult> results(gathered->accounts.size());
  for (auto& [code, incoming] : gathered->accounts) {
    incoming.tenant_terms = terms;
    incoming.rows_hash = RowsHash(incoming);
    PostResult* result = &results[edits.size()];
    IncomingAccount* told = &incoming;
    AccountEdit& edit = edits.emplace_back();
    edit.key = {tenant_id, code};
    edit.sum_first = told->rows_hash != 0;
    edit.needs = [told](const LedgerAccount& account) { return FieldsForPosting(account, *told); };
    edit.edit = [this, told, result, &tenant](const store::AccountRecord& record, LedgerAccount* account,
                                              store::AccountWrite* write) {
      *result = PostItems(*told, account);
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
  CountPosted(outcome.result);
  CountUnidentified(outcome.unidentified);
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
                                           store::Deadline deadline) {
  const std::string name = kFreshnessDocument;
  for (int attempt = 0;; ++attempt) {
    RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, {&name, 1}, deadline));
    state::v1::Freshness freshness;
    if (!freshness.ParseFromString(documents[0].value)) freshness.Clear();
    const int32_t number = DayNumber(day);
    const bool known = bank ? freshness.has_bank_day() && freshness.bank_day() >= number
                            : freshness.has_ledger_day() && freshness.ledger_day() >= number;
    if (known) return absl::OkStatus();
    if (bank) {
      freshness.set_bank_day(number);
    } else {
      freshness.set_ledger_day(number);
    }
    const auto put =
        store_->PutDocument(tenant, name, freshness.SerializeAsString(), documents[0].version, deadline);
    if (put.ok()) return absl::OkStatus();
    if (!absl::IsAborted(put.status()) || attempt == kFreshnessRetriesMax) return put.status();
  }
}

}  // namespace relance::ledger
