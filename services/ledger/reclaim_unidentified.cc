#include "services/ledger/reclaim_unidentified.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/status/status_macros.h"
#include "services/ledger/account_editor.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"
#include "services/ledger/post_items.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

struct Receipt {
  std::string account;
  const Item* item;
};

bool Fits(const Item& payment, const Item& receipt) {
  return receipt.kind() == state::v1::ITEM_KIND_PAYMENT && receipt.amount_minor() == payment.amount_minor() &&
         receipt.currency() == payment.currency() &&
         std::abs(receipt.issue_day() - payment.issue_day()) <= kConfirmDaysMax;
}

// The receipt takes the payment's identity, unless it has another one's. `*is_done` tells whether it has it
// now.
AccountEdit TakeOver(const std::string& tenant, const Receipt& receipt, const Item& payment, bool* is_done) {
  AccountEdit edit;
  edit.key = {tenant, receipt.account};
  edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
  edit.edit = [id = receipt.item->id(), payment, is_done](const store::AccountRecord&, LedgerAccount* account,
                                                          store::AccountWrite*) {
    const Item* known = account->FindByAnyId(id);
    *is_done = false;
    if (known == nullptr) return absl::OkStatus();
    const bool has_it =
        std::find(known->aliases().begin(), known->aliases().end(), payment.id()) != known->aliases().end();
    if (!has_it) {
      if (known->aliases_size() != 0 || account->FindByAnyId(payment.id()) != nullptr)
        return absl::OkStatus();
      account->AddAlias(known->id(), payment.id());
      Item& item = account->Edit(known->id());
      item.set_bank_key(payment.bank_key());
      item.set_end_to_end_id(payment.end_to_end_id());
      if (payment.has_words()) *item.mutable_words() = payment.words();
    }
    *is_done = true;
    return absl::OkStatus();
  };
  return edit;
}

AccountEdit SettleThere(const std::string& tenant, const std::vector<Item>& payments) {
  AccountEdit edit;
  edit.key = {tenant, kUnidentifiedAccount};
  edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
  edit.edit = [payments](const store::AccountRecord&, LedgerAccount* account, store::AccountWrite*) {
    for (const Item& payment : payments) {
      const Item* known = account->Find(payment.id());
      const uint64_t id = StableHash(absl::StrCat("identified/", payment.id()));
      if (known == nullptr || known->open_minor() == 0 || account->Find(id) != nullptr) continue;
      Item counterpart;
      counterpart.set_id(id);
      counterpart.set_kind(state::v1::ITEM_KIND_DEBIT_NOTE);
      counterpart.set_issue_day(known->issue_day());
      counterpart.set_amount_minor(-known->open_minor());
      counterpart.set_open_minor(-known->open_minor());
      counterpart.set_currency(known->currency());
      counterpart.set_source(kSourceFec);
      account->Add(std::move(counterpart));
      Allocate(account, payment.id(), id, INT64_MAX, 0, {state::v1::MATCH_RULE_COUNTERPART, "IDENTIFIED"});
    }
    return absl::OkStatus();
  };
  return edit;
}

// Payments there that nobody has claimed.
absl::StatusOr<std::vector<Item>> Unclaimed(store::Store& store, const std::string& tenant,
                                            store::Deadline deadline) {
  const store::AccountKey key{tenant, kUnidentifiedAccount};
  RELANCE_ASSIGN_OR_RETURN(auto views, ReadAccounts(store, {&key, 1}, {.items = true}, deadline));
  if (!views[0].ok()) return views[0].status();
  std::vector<Item> payments;
  for (const Item& item : views[0]->items) {
    if (item.kind() == state::v1::ITEM_KIND_PAYMENT && item.open_minor() == item.amount_minor())
      payments.push_back(item);
  }
  return payments;
}

}  // namespace

absl::StatusOr<absl::flat_hash_set<int64_t>> UnidentifiedAmounts(store::Store& store,
                                                                 const std::string& tenant,
                                                                 store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const std::vector<Item> payments, Unclaimed(store, tenant, deadline));
  absl::flat_hash_set<int64_t> amounts;
  for (const Item& payment : payments) amounts.insert(payment.amount_minor());
  return amounts;
}

absl::StatusOr<int64_t> ReclaimUnidentified(store::Store& store, const std::string& tenant,
                                            const std::set<std::string>& told, store::Deadline deadline) {
  if (told.empty()) return 0;
  RELANCE_ASSIGN_OR_RETURN(const std::vector<Item> payments, Unclaimed(store, tenant, deadline));
  if (payments.empty()) return 0;

  // Receipts that the payments could be, read as they are stored: those with another identity are out.
  std::vector<store::AccountKey> keys;
  for (const std::string& code : told) keys.push_back({tenant, code});
  RELANCE_ASSIGN_OR_RETURN(const auto candidates,
                           ReadAccounts(store, keys, {.items = true, .history = true}, deadline));
  std::vector<Receipt> receipts;
  for (const auto& view : candidates) {
    if (!view.ok()) return view.status();
    for (const auto* items : {&view->items, &view->history}) {
      for (const Item& item : *items) {
        const bool ours =
            item.aliases_size() == 1 && std::any_of(payments.begin(), payments.end(),
                                                    [&](const Item& p) { return p.id() == item.aliases(0); });
        if (item.source() == kSourceFec && (item.aliases_size() == 0 || ours)) {
          receipts.push_back({view->key.account, &item});
        }
      }
    }
  }

  std::vector<AccountEdit> edits;
  std::vector<Item> chosen;
  std::set<std::string> used;
  std::vector<std::unique_ptr<bool>> done;
  for (const Item& payment : payments) {
    std::vector<const Receipt*> fitting;
    for (const Receipt& receipt : receipts) {
      if (Fits(payment, *receipt.item)) fitting.push_back(&receipt);
    }
    if (fitting.size() != 1) continue;
    const auto rivals = std::count_if(payments.begin(), payments.end(),
                                      [&](const Item& other) { return Fits(other, *fitting[0]->item); });
    // One edit of an account in a call; another payment of the same account waits for the next import.
    if (rivals != 1 || !used.insert(fitting[0]->account).second) continue;
    done.push_back(std::make_unique<bool>(false));
    edits.push_back(TakeOver(tenant, *fitting[0], payment, done.back().get()));
    chosen.push_back(payment);
  }
  if (edits.empty()) return 0;
  RELANCE_RETURN_IF_ERROR(EditAccounts(store, absl::MakeSpan(edits), deadline));
  std::vector<Item> identified;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (*done[i]) identified.push_back(chosen[i]);
  }
  AccountEdit settle = SettleThere(tenant, identified);
  RELANCE_RETURN_IF_ERROR(EditAccounts(store, {&settle, 1}, deadline));
  return static_cast<int64_t>(identified.size());
}

}  // namespace relance::ledger
