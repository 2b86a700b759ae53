#include "services/ledger/account_field.h"

#include <algorithm>
#include <climits>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/errors.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

int ChunkOf(uint64_t id, int chunks) {
  return static_cast<int>(id % static_cast<uint64_t>(std::max(chunks, 1)));
}

absl::Status Corrupt(const store::AccountKey& key, absl::string_view field) {
  return DomainError(absl::StatusCode::kInternal, "ACCOUNT_CORRUPT",
                     absl::StrCat("field ", field, " does not parse"),
                     {{"tenant", key.tenant}, {"account", key.account}, {"field", std::string(field)}});
}

auto DueOrder(const Item* item) {
  return std::make_tuple(item->has_due_day() ? item->due_day() : INT_MAX, item->id());
}
auto IssueOrder(const Item* item) { return std::make_tuple(item->issue_day(), item->id()); }

}  // namespace

std::vector<std::string> LedgerAccount::FirstFields() { return {kSumField, ItemsField(0), HistoryField(0)}; }

absl::StatusOr<LedgerAccount> LedgerAccount::Load(const store::AccountRecord& record) {
  LedgerAccount account;
  account.key_ = record.key;
  account.version_ = record.versions[store::kLedgerOwner];
  if (const auto it = record.fields.find(kSumField); it != record.fields.end()) {
    if (!account.sum_.ParseFromString(it->second)) return Corrupt(record.key, kSumField);
    account.sum_before_ = it->second;
  }
  account.open_chunks_ = account.sum_.open_chunks();
  account.history_chunks_ = account.sum_.history_chunks();
  RELANCE_RETURN_IF_ERROR(account.ParseFields(record));
  return account;
}

absl::Status LedgerAccount::AddFields(const store::AccountRecord& record) {
  if (record.versions[store::kLedgerOwner] != version_) {
    return DomainError(absl::StatusCode::kAborted, kAccountContended, "the account changed while it was read",
                       {{"tenant", key_.tenant}, {"account", key_.account}});
  }
  return ParseFields(record);
}

absl::Status LedgerAccount::ParseFields(const store::AccountRecord& record) {
  const auto parse = [&](bool open, int k, std::set<int>* loaded) -> absl::Status {
    const std::string field = open ? ItemsField(k) : HistoryField(k);
    const auto it = record.fields.find(field);
    if (it == record.fields.end()) return absl::OkStatus();
    if (!loaded->insert(k).second) return absl::OkStatus();
    state::v1::ItemChunk chunk;
    if (!chunk.ParseFromString(it->second)) return Corrupt(record.key, field);
    for (Item& item : *chunk.mutable_items()) {
      const uint64_t id = item.id();
      for (const uint64_t alias : item.aliases()) aliases_[alias] = id;
      items_[id].item = std::move(item);
    }
    return absl::OkStatus();
  };
  for (int k = 0; k < open_chunks_; ++k) RELANCE_RETURN_IF_ERROR(parse(true, k, &open_loaded_));
  for (int k = 0; k < history_chunks_; ++k) RELANCE_RETURN_IF_ERROR(parse(false, k, &history_loaded_));
  return absl::OkStatus();
}

std::vector<std::string> LedgerAccount::FieldsForItems(absl::Span<const uint64_t> ids) const {
  std::set<std::string> fields;
  for (const uint64_t id : ids) {
    const int open = ChunkOf(id, open_chunks_);
    const int settled = ChunkOf(id, history_chunks_);
    if (open_chunks_ > 0 && open_loaded_.count(open) == 0) fields.insert(ItemsField(open));
    if (history_chunks_ > 0 && history_loaded_.count(settled) == 0) fields.insert(HistoryField(settled));
  }
  return {fields.begin(), fields.end()};
}

std::vector<std::string> LedgerAccount::FieldsForOpen() const {
  std::vector<std::string> fields;
  for (int k = 0; k < open_chunks_; ++k) {
    if (open_loaded_.count(k) == 0) fields.push_back(ItemsField(k));
  }
  return fields;
}

std::vector<std::string> LedgerAccount::FieldsForAll() const {
  std::vector<std::string> fields = FieldsForOpen();
  for (int k = 0; k < history_chunks_; ++k) {
    if (history_loaded_.count(k) == 0) fields.push_back(HistoryField(k));
  }
  return fields;
}

const Item* LedgerAccount::Find(uint64_t id) const {
  const auto it = items_.find(id);
  return it == items_.end() ? nullptr : &it->second.item;
}

const Item* LedgerAccount::FindByAnyId(uint64_t id) const {
  if (const Item* item = Find(id)) return item;
  const auto it = aliases_.find(id);
  return it == aliases_.end() ? nullptr : Find(it->second);
}

Item& LedgerAccount::Edit(uint64_t id) {
  const auto it = items_.find(id);
  RELANCE_CHECK(it != items_.end());
  Entry& entry = it->second;
  if (!entry.is_new && !entry.before.has_value()) entry.before = entry.item;
  touched_.insert(id);
  return entry.item;
}

Item& LedgerAccount::Add(Item item) {
  const uint64_t id = item.id();
  RELANCE_CHECK(items_.count(id) == 0);
  Entry& entry = items_[id];
  // An item that was removed and comes again in the same edit is a change.
  if (const auto it = removed_.find(id); it != removed_.end()) {
    entry.before = std::move(it->second);
    removed_.erase(it);
  } else {
    entry.is_new = true;
  }
  for (const uint64_t alias : item.aliases()) aliases_[alias] = id;
  entry.item = std::move(item);
  touched_.insert(id);
  return entry.item;
}

void LedgerAccount::AddAlias(uint64_t id, uint64_t alias) {
  Edit(id).add_aliases(alias);
  aliases_[alias] = id;
}

void LedgerAccount::Remove(uint64_t id) {
  const auto it = items_.find(id);
  if (it == items_.end()) return;
  for (const uint64_t alias : it->second.item.aliases()) aliases_.erase(alias);
  if (!it->second.is_new) removed_[id] = it->second.before.has_value() ? *it->second.before : it->second.item;
  touched_.erase(id);
  items_.erase(it);
}

void LedgerAccount::ForEach(const std::function<void(const Item&)>& visit) const {
  for (const auto& [id, entry] : items_) visit(entry.item);
}

std::vector<const Item*> LedgerAccount::OpenDebits() const {
  std::vector<const Item*> found;
  for (const auto& [id, entry] : items_) {
    if (entry.item.open_minor() > 0) found.push_back(&entry.item);
  }
  std::sort(found.begin(), found.end(), [](auto* a, auto* b) { return DueOrder(a) < DueOrder(b); });
  return found;
}

std::vector<const Item*> LedgerAccount::OpenCredits() const {
  std::vector<const Item*> found;
  for (const auto& [id, entry] : items_) {
    if (entry.item.open_minor() < 0) found.push_back(&entry.item);
  }
  std::sort(found.begin(), found.end(), [](auto* a, auto* b) { return IssueOrder(a) < IssueOrder(b); });
  return found;
}

void LedgerAccount::VisitChanges(
    const std::function<void(const Item* before, const Item* after)>& visit) const {
  for (const auto& [id, item] : removed_) visit(&item, nullptr);
  for (const uint64_t id : touched_) {
    const Entry& entry = items_.at(id);
    if (entry.is_new) {
      visit(nullptr, &entry.item);
    } else if (entry.before->SerializeAsString() != entry.item.SerializeAsString()) {
      visit(&*entry.before, &entry.item);
    }
  }
}

bool LedgerAccount::changed() const {
  bool any = false;
  VisitChanges([&](const Item*, const Item*) { any = true; });
  return any || sum_.SerializeAsString() != sum_before_;
}

int LedgerAccount::WantedChunks(int items, int chunks, bool all_loaded) {
  int wanted = chunks;
  if (items > 0 && wanted == 0) wanted = 1;
  while (wanted > 0 && wanted < kChunksMax && items > kChunkItemsMean * wanted) wanted *= 2;
  while (all_loaded && wanted > 1 && items < kChunkItemsMeanLow * wanted) wanted /= 2;
  return wanted;
}

std::pair<int, int> LedgerAccount::CountsAfter() const {
  int open = sum_.open_items();
  int settled = sum_.history_items();
  VisitChanges([&](const Item* before, const Item* after) {
    if (before != nullptr) --(IsOpen(*before) ? open : settled);
    if (after != nullptr) ++(IsOpen(*after) ? open : settled);
  });
  return {open, settled};
}

std::set<std::string> LedgerAccount::CurrenciesLosingOldest() const {
  std::set<std::string> losing;
  VisitChanges([&](const Item* before, const Item* after) {
    if (before == nullptr || before->open_minor() <= 0 || !before->has_due_day()) return;
    if (after != nullptr && after->open_minor() > 0 && after->has_due_day() &&
        after->due_day() <= before->due_day() && after->currency() == before->currency()) {
      return;
    }
    for (const auto& balance : sum_.balances()) {
      if (balance.currency() == before->currency() && balance.oldest_due_day() == before->due_day()) {
        losing.insert(balance.currency());
      }
    }
  });
  return losing;
}

std::vector<std::string> LedgerAccount::MissingFields() const {
  std::set<std::string> missing;
  const auto want_all = [&](bool open) {
    for (const std::string& field : open ? FieldsForOpen() : FieldsForAll()) {
      if (open || field[0] == 'h') missing.insert(field);
    }
  };
  const auto [open_after, settled_after] = CountsAfter();
  const int open_chunks = WantedChunks(open_after, open_chunks_, HasAllOpen());
  const int history_chunks = WantedChunks(settled_after, history_chunks_, HasAll());
  if (open_chunks != open_chunks_ || !CurrenciesLosingOldest().empty()) want_all(true);
  if (history_chunks != history_chunks_) want_all(false);
  VisitChanges([&](const Item* before, const Item* after) {
    for (const Item* item : {before, after}) {
      if (item == nullptr) continue;
      const bool open = IsOpen(*item);
      const int chunks = open ? open_chunks_ : history_chunks_;
      const int k = ChunkOf(item->id(), chunks);
      if (chunks == 0 || (open ? open_loaded_ : history_loaded_).count(k) != 0) continue;
      missing.insert(open ? ItemsField(k) : HistoryField(k));
    }
  });
  return {missing.begin(), missing.end()};
}

void LedgerAccount::UpdateSum() {
  // Newly settled invoices enter the statistics in the order of their settlement, whatever their ids.
  std::vector<const Item*> after_items;
  VisitChanges([&](const Item* before, const Item* after) {
    if (before != nullptr) Contribute(*before, -1, &sum_);
    if (after != nullptr) after_items.push_back(after);
  });
  std::sort(after_items.begin(), after_items.end(), [](const Item* a, const Item* b) {
    return std::make_tuple(a->settled_day(), a->id()) < std::make_tuple(b->settled_day(), b->id());
  });
  for (const Item* item : after_items) Contribute(*item, +1, &sum_);
  if (HasAll()) {
    // With everything at hand the newest twelve are known exactly, whatever order they came in.
    std::vector<const Item*> paid;
    for (const auto& [id, entry] : items_) {
      if (CountsAsPaid(entry.item)) paid.push_back(&entry.item);
    }
    std::sort(paid.begin(), paid.end(), [](const Item* a, const Item* b) {
      return std::make_tuple(a->settled_day(), a->id()) < std::make_tuple(b->settled_day(), b->id());
    });
    auto* recent = sum_.mutable_stats()->mutable_recent_days_late();
    recent->Clear();
    for (size_t i = paid.size() - std::min<size_t>(paid.size(), kRecentDaysLateMax); i < paid.size(); ++i) {
      recent->Add(DaysLate(*paid[i]));
    }
  }
}

void LedgerAccount::UpdateOldestDue(const std::set<std::string>& losing) {
  for (auto& balance : *sum_.mutable_balances()) {
    if (losing.count(balance.currency()) != 0) balance.clear_oldest_due_day();
  }
  for (const auto& [id, entry] : items_) {
    if (entry.item.open_minor() <= 0 || !entry.item.has_due_day()) continue;
    state::v1::Balance* balance = BalanceOf(entry.item.currency(), &sum_);
    if (!balance->has_oldest_due_day() || entry.item.due_day() < balance->oldest_due_day()) {
      balance->set_oldest_due_day(entry.item.due_day());
    }
  }
}

void LedgerAccount::WriteChunks(bool open, int chunks_before, int chunks_after, store::AccountWrite* write) {
  const auto name = [&](int k) { return open ? ItemsField(k) : HistoryField(k); };
  std::set<int> dirty;
  if (chunks_before != chunks_after) {
    for (int k = 0; k < chunks_after; ++k) dirty.insert(k);
    for (int k = chunks_after; k < chunks_before; ++k) write->erase.push_back(name(k));
  } else {
    VisitChanges([&](const Item* before, const Item* after) {
      for (const Item* item : {before, after}) {
        if (item != nullptr && IsOpen(*item) == open) dirty.insert(ChunkOf(item->id(), chunks_after));
      }
    });
  }
  if (dirty.empty()) return;
  std::map<int, state::v1::ItemChunk> chunks;
  for (const int k : dirty) chunks[k];
  for (const auto& [id, entry] : items_) {
    if (IsOpen(entry.item) != open) continue;
    const auto it = chunks.find(ChunkOf(id, chunks_after));
    if (it != chunks.end()) *it->second.add_items() = entry.item;
  }
  for (const auto& [k, chunk] : chunks) write->set.emplace_back(name(k), chunk.SerializeAsString());
}

void LedgerAccount::Finish(store::AccountWrite* write) {
  RELANCE_CHECK(MissingFields().empty());
  write->key = key_;
  write->read_versions.emplace_back(store::kLedgerOwner, version_);
  const auto [open_after, settled_after] = CountsAfter();
  const int open_chunks = WantedChunks(open_after, open_chunks_, HasAllOpen());
  const int history_chunks = WantedChunks(settled_after, history_chunks_, HasAll());
  bool items_changed = false;
  VisitChanges([&](const Item*, const Item*) { items_changed = true; });
  if (items_changed) {
    WriteChunks(true, open_chunks_, open_chunks, write);
    WriteChunks(false, history_chunks_, history_chunks, write);
    const std::set<std::string> losing = CurrenciesLosingOldest();
    UpdateSum();
    UpdateOldestDue(losing);
    DropEmptyBalances(&sum_);
    sum_.set_open_chunks(open_chunks);
    sum_.set_history_chunks(history_chunks);
  }
  std::string sum = sum_.SerializeAsString();
  if (sum != sum_before_) write->set.emplace_back(kSumField, std::move(sum));
}

}  // namespace relance::ledger
