#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/account/account_view.h"
#include "common/status/check.h"
#include "common/store/store.h"
#include "common/time/day.h"
#include "services/ledger/account_field.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/incoming.h"

// Accounts for tests, without a store.
namespace relance::ledger::testing {

inline int32_t Day(int year, int month, int day) { return DayNumber(absl::CivilDay(year, month, day)); }

inline state::v1::Item MakeItem(uint64_t id, state::v1::ItemKind kind, int64_t amount_minor,
                                int32_t issue_day, const std::string& number = "") {
  state::v1::Item item;
  item.set_id(id);
  item.set_kind(kind);
  item.set_number(number);
  item.set_issue_day(issue_day);
  item.set_amount_minor(amount_minor);
  item.set_open_minor(amount_minor);
  item.set_currency("EUR");
  item.set_source(kSourceCamt);
  return item;
}

inline state::v1::Item Invoice(uint64_t id, int64_t amount_minor, int32_t due_day,
                               const std::string& number = "") {
  state::v1::Item item = MakeItem(id, state::v1::ITEM_KIND_INVOICE, amount_minor, due_day - 30, number);
  item.set_due_day(due_day);
  item.set_source(kSourceFec);
  return item;
}

inline state::v1::Item Payment(uint64_t id, int64_t amount_minor, int32_t day) {
  return MakeItem(id, state::v1::ITEM_KIND_PAYMENT, -amount_minor, day);
}

// An account as a store holds it: fields and a version.
class StoredAccount {
 public:
  StoredAccount() { record_.key = {"t", "a"}; }

  // What a read of these fields would answer.
  store::AccountRecord Read(const std::vector<std::string>& fields) {
    reads_ += static_cast<int>(fields.size());
    store::AccountRecord record = record_;
    record.fields.clear();
    for (const std::string& field : fields) {
      if (const auto it = record_.fields.find(field); it != record_.fields.end()) record.fields.insert(*it);
    }
    return record;
  }

  LedgerAccount LoadFirst() { return *LedgerAccount::Load(Read(LedgerAccount::FirstFields())); }
  LedgerAccount LoadAll() {
    LedgerAccount account = LoadFirst();
    RELANCE_CHECK(account.AddFields(Read(account.FieldsForAll())).ok());
    return account;
  }

  // Reads what is missing, and writes. Returns the bytes written.
  size_t Commit(LedgerAccount* account) {
    while (true) {
      const std::vector<std::string> missing = account->MissingFields();
      if (missing.empty()) break;
      RELANCE_CHECK(account->AddFields(Read(missing)).ok());
    }
    store::AccountWrite write;
    account->Finish(&write);
    size_t bytes = 0;
    for (const auto& [field, value] : write.set) {
      record_.fields[field] = value;
      bytes += value.size();
    }
    for (const std::string& field : write.erase) record_.fields.erase(field);
    if (!write.set.empty()) ++record_.versions[store::kLedgerOwner];
    record_.exists = true;
    return bytes;
  }

  AccountView View() const { return *DecodeAccount(record_); }
  const std::map<std::string, std::string>& fields() const { return record_.fields; }
  int TakeReads() { return std::exchange(reads_, 0); }

 private:
  store::AccountRecord record_;
  int reads_ = 0;
};

// What is wrong with an account; empty: open amounts, allocations and totals agree.
inline std::string Disagreement(const AccountView& view) {
  std::map<uint64_t, int64_t> allocated;
  std::vector<const state::v1::Item*> all;
  for (const auto* items : {&view.items, &view.history}) {
    for (const state::v1::Item& item : *items) all.push_back(&item);
  }
  for (const state::v1::Item* item : all) {
    for (const auto& a : item->allocations()) {
      if (a.undone_day() != 0) continue;
      if (a.amount_minor() <= 0) return "an allocation is not positive";
      allocated[a.item()] += a.amount_minor();
      allocated[item->id()] -= a.amount_minor();
    }
  }
  state::v1::LedgerSum sum;
  for (const state::v1::Item* item : all) {
    if (item->open_minor() != item->amount_minor() - allocated[item->id()]) return "an open amount is wrong";
    if (item->open_minor() != 0 && (item->open_minor() > 0) != (item->amount_minor() > 0))
      return "a sign has flipped";
    if ((item->open_minor() == 0) != (item->settled_day() != 0)) return "a settled day is wrong";
    Contribute(*item, item->SerializeAsString(), +1, &sum);
  }
  DropEmptyBalances(&sum);
  if (sum.content_hash() != view.sum.content_hash()) return "the content hash is wrong";
  if (sum.open_items() != view.sum.open_items() || sum.history_items() != view.sum.history_items())
    return "counts";
  if (sum.balances_size() != view.sum.balances_size()) return "balances";
  for (int i = 0; i < sum.balances_size(); ++i) {
    state::v1::Balance* balance = sum.mutable_balances(i);
    for (const state::v1::Item& item : view.items) {
      if (item.open_minor() <= 0 || !item.has_due_day() || item.currency() != balance->currency()) continue;
      if (!balance->has_oldest_due_day() || item.due_day() < balance->oldest_due_day()) {
        balance->set_oldest_due_day(item.due_day());
      }
    }
    if (balance->SerializeAsString() != view.sum.balances(i).SerializeAsString()) return "a balance is wrong";
  }
  const auto& stats = view.sum.stats();
  if (stats.settled() != sum.stats().settled() || stats.late() != sum.stats().late() ||
      stats.days_late() != sum.stats().days_late() ||
      stats.days_late_squared() != sum.stats().days_late_squared() ||
      stats.settled_minor() != sum.stats().settled_minor()) {
    return "the payment statistics are wrong";
  }
  return "";
}

}  // namespace relance::ledger::testing
