#pragma once

#include <string>
#include <vector>

#include "common/account/account_view.h"
#include "common/status/check.h"
#include "common/store/store.h"
#include "common/time/day.h"
#include "relance/state/v1/ledger.pb.h"

// Accounts in a store, for tests that read them: as the ledger writes them, in one chunk.
namespace relance::ledger::testing {

inline int32_t DayOf(int year, int month, int day) { return DayNumber(absl::CivilDay(year, month, day)); }

inline state::v1::Item MakeStoredItem(uint64_t id, state::v1::ItemKind kind, int64_t amount_minor,
                                      int32_t issue_day, const std::string& source) {
  state::v1::Item item;
  item.set_id(id);
  item.set_kind(kind);
  item.set_issue_day(issue_day);
  item.set_amount_minor(amount_minor);
  item.set_open_minor(amount_minor);
  item.set_currency("EUR");
  item.set_source(source);
  return item;
}

// Replaces an account; open and settled items are told apart by their open amount.
inline void PutAccount(store::Store* store, const store::AccountKey& key,
                       const std::vector<state::v1::Item>& items, state::v1::Attributes attributes = {}) {
  const store::Deadline deadline = store::After(absl::Seconds(10));
  state::v1::LedgerSum sum;
  *sum.mutable_attributes() = std::move(attributes);
  state::v1::ItemChunk open, settled;
  for (const state::v1::Item& item : items) {
    *(item.open_minor() != 0 ? open : settled).add_items() = item;
    if (item.open_minor() == 0) continue;
    state::v1::Balance* balance = nullptr;
    for (auto& known : *sum.mutable_balances()) {
      if (known.currency() == item.currency()) balance = &known;
    }
    if (balance == nullptr) {
      balance = sum.add_balances();
      balance->set_currency(item.currency());
    }
    balance->set_open_minor(balance->open_minor() + item.open_minor());
    if (item.open_minor() > 0) balance->set_debit_minor(balance->debit_minor() + item.open_minor());
    if (item.open_minor() < 0) balance->set_credit_minor(balance->credit_minor() - item.open_minor());
  }
  sum.set_open_chunks(1);
  sum.set_history_chunks(1);
  sum.set_open_items(open.items_size());
  sum.set_history_items(settled.items_size());
  const auto record = store->Read({{{key, {}, false}}}, deadline);
  RELANCE_CHECK(record.ok());
  store::AccountWrite write;
  write.key = key;
  write.read_versions = {{store::kLedgerOwner, (*record)[0].versions[store::kLedgerOwner]}};
  write.set = {{kSumField, sum.SerializeAsString()},
               {ItemsField(0), open.SerializeAsString()},
               {HistoryField(0), settled.SerializeAsString()}};
  store::CommitBatch batch;
  batch.partition = store->PartitionOf(key);
  batch.writes.push_back(std::move(write));
  const auto results = store->Commit({&batch, 1}, deadline);
  RELANCE_CHECK(results.ok() && (*results)[0].ok() &&
                (*(*results)[0])[0].outcome == store::WriteOutcome::kApplied);
}

}  // namespace relance::ledger::testing
