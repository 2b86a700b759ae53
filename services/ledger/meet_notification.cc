#include "services/ledger/meet_notification.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/status/status_macros.h"
#include "services/ledger/account_editor.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"
#include "services/ledger/readers/camt_reader.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

bool IsWhole(const Item& item) {
  return item.open_minor() == item.amount_minor() && item.amount_minor() != 0;
}

// Items of the statement that lie on ~unidentified as a whole, by their entry.
absl::StatusOr<std::map<std::string, std::vector<Item>>> WholeTotals(store::Store& store,
                                                                     const std::string& tenant,
                                                                     store::Deadline deadline) {
  const store::AccountKey key{tenant, kUnidentifiedAccount};
  RELANCE_ASSIGN_OR_RETURN(const auto views, ReadAccounts(store, {&key, 1}, {.items = true}, deadline));
  if (!views[0].ok()) return views[0].status();
  std::map<std::string, std::vector<Item>> totals;
  for (const Item& item : views[0]->items) {
    if (item.source() == kSourceCamt && IsWhole(item)) totals[BankEntryOf(item, kSourceCamt)].push_back(item);
  }
  return totals;
}

}  // namespace

std::string BankEntryOf(const Item& item, absl::string_view source) {
  if (item.source() != kSourceCamt && item.source() != kCamt054Source) return "";
  const absl::string_view key = item.bank_key();
  const size_t index = key.rfind('/');
  // Without a reference the key holds a hash of the content, which differs between the messages.
  if (index == absl::string_view::npos || absl::StrContains(key, "/#")) return "";
  return absl::StrCat(key.substr(0, index), "|", item.issue_day(), "|", item.kind(), "|", source);
}

absl::StatusOr<MetEntries> MeetOtherMessage(store::Store& store, const std::string& tenant,
                                            const AccountIndex& index, std::vector<IncomingItem>* to_route,
                                            store::Deadline deadline) {
  MetEntries met;
  // Entries that the other message told, with what is told of them now.
  std::map<std::string, std::vector<const IncomingItem*>> entries;
  bool on_unidentified = false;
  for (const IncomingItem& told : *to_route) {
    const bool notified = told.item.source() == kCamt054Source;
    const std::string entry = BankEntryOf(told.item, notified ? kSourceCamt : kCamt054Source);
    if (entry.empty() || !index.KnowsEntry(entry)) continue;
    entries[entry].push_back(&told);
    on_unidentified |= notified && index.HolderOfEntry(entry) == kUnidentifiedAccount;
  }
  if (entries.empty()) return met;
  std::map<std::string, std::vector<Item>> totals;
  if (on_unidentified) {
    RELANCE_ASSIGN_OR_RETURN(totals, WholeTotals(store, tenant, deadline));
  }
  absl::flat_hash_set<const IncomingItem*> left_out;
  for (const auto& [entry, items] : entries) {
    const auto total = totals.find(entry);
    if (total != totals.end() && total->second.size() == 1) {
      int64_t sum = 0;
      for (const IncomingItem* told : items) sum += told->item.amount_minor();
      if (sum == total->second[0].amount_minor()) {
        met.replaced.push_back(total->second[0].id());
        continue;
      }
    }
    for (const IncomingItem* told : items) {
      // What is stored under its own identity is a repeat, and goes its way.
      if (!index.HolderOf(told->item.id()).has_value()) left_out.insert(told);
    }
  }
  met.known = static_cast<int64_t>(left_out.size());
  std::vector<IncomingItem> rest;
  rest.reserve(to_route->size() - left_out.size());
  for (IncomingItem& told : *to_route) {
    if (!left_out.contains(&told)) rest.push_back(std::move(told));
  }
  *to_route = std::move(rest);
  return met;
}

absl::Status SettleReplaced(store::Store& store, const std::string& tenant,
                            const std::vector<uint64_t>& replaced, store::Deadline deadline) {
  if (replaced.empty()) return absl::OkStatus();
  AccountEdit edit;
  edit.key = {tenant, kUnidentifiedAccount};
  edit.needs = [](const LedgerAccount& account) { return account.FieldsForAll(); };
  edit.edit = [&replaced](const store::AccountRecord&, LedgerAccount* account, store::AccountWrite*) {
    for (const uint64_t id : replaced) {
      const Item* total = account->Find(id);
      const uint64_t counterpart_id = StableHash(absl::StrCat("replaced/", id));
      if (total == nullptr || !IsWhole(*total) || account->Find(counterpart_id) != nullptr) continue;
      Item counterpart;
      counterpart.set_id(counterpart_id);
      counterpart.set_kind(total->amount_minor() < 0 ? state::v1::ITEM_KIND_DEBIT_NOTE
                                                     : state::v1::ITEM_KIND_CREDIT_NOTE);
      counterpart.set_issue_day(total->issue_day());
      counterpart.set_amount_minor(-total->open_minor());
      counterpart.set_open_minor(-total->open_minor());
      counterpart.set_currency(total->currency());
      counterpart.set_source(kCamt054Source);
      const bool is_credit = total->amount_minor() < 0;
      const int32_t day = total->issue_day();
      account->Add(std::move(counterpart));
      Allocate(account, is_credit ? id : counterpart_id, is_credit ? counterpart_id : id, INT64_MAX, day,
               {state::v1::MATCH_RULE_COUNTERPART, "REPLACED_BY_DETAILS"});
    }
    return absl::OkStatus();
  };
  return EditAccounts(store, {&edit, 1}, deadline);
}

}  // namespace relance::ledger
