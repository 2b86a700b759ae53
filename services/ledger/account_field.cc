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
#include "google/protobuf/io/coded_stream.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/book_day.h"
#include "services/ledger/errors.h"
#include "services/ledger/incoming.h"

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
auto SettledOrder(const Item* item) { return std::make_tuple(item->settled_day(), item->id()); }
auto IssueOrder(const Item* item) { return std::make_tuple(item->issue_day(), item->id()); }

// Adds an item to the bytes of an ItemChunk, as protobuf encodes an element of ItemChunk.items: so a chunk is
// made without a copy of its items.
void AppendElement(absl::string_view item, std::string* chunk) {
  constexpr int kLengthDelimited = 2;
  constexpr int kVarint32BytesMax = 5;
  using google::protobuf::io::CodedOutputStream;
  uint8_t head[2 * kVarint32BytesMax];
  uint8_t* end = CodedOutputStream::WriteTagToArray(
      state::v1::ItemChunk::kItemsFieldNumber << 3 | kLengthDelimited, head);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(item.size()), end);
  chunk->append(reinterpret_cast<const char*>(head), end - head);
  chunk->append(item.data(), item.size());
}

}  // namespace

std::vector<std::string> LedgerAccount::FirstFields() { return {kSumField, ItemsField(0), HistoryField(0)}; }

std::vector<std::string> LedgerAccount::SumField() { return {kSumField}; }

absl::StatusOr<LedgerAccount> LedgerAccount::Load(const store::AccountRecord& record) {
  LedgerAccount account;
  account.key_ = record.key;
  account.version_ = record.versions[store::kLedgerOwner];
  if (const auto it = record.fields.find(kSumField); it != record.fields.end()) {
    if (!account.sum_.ParseFromString(it->second)) return Corrupt(record.key, kSumField);
    account.sum_before_ = it->second;
    account.attributes_before_ = account.attributes().SerializeAsString();
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

LedgerAccount::Entry& LedgerAccount::Touch(Entry& entry, uint64_t id) {
  changes_known_ = false;
  ++edits_;
  entry.bytes.clear();
  if (!entry.touched) {
    entry.touched = true;
    touched_.push_back(id);
  }
  return entry;
}

Item& LedgerAccount::Edit(uint64_t id) {
  const auto it = items_.find(id);
  RELANCE_CHECK(it != items_.end());
  Entry& entry = Touch(it->second, id);
  if (!entry.is_new && entry.before == nullptr) entry.before = std::make_unique<Item>(entry.item);
  return entry.item;
}

Item& LedgerAccount::Add(Item item) {
  const uint64_t id = item.id();
  const auto [it, added] = items_.try_emplace(id);
  RELANCE_CHECK(added);
  Entry& entry = Touch(it->second, id);
  // An item that was removed and comes again in the same edit is a change.
  if (const auto old = removed_.find(id); old != removed_.end()) {
    entry.before = std::make_unique<Item>(std::move(old->second));
    removed_.erase(old);
  } else {
    entry.is_new = true;
  }
  for (const uint64_t alias : item.aliases()) aliases_[alias] = id;
  entry.item = std::move(item);
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
  if (!it->second.is_new) removed_[id] = it->second.before != nullptr ? *it->second.before : it->second.item;
  items_.erase(it);
  ++edits_;
  changes_known_ = false;
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

const std::vector<LedgerAccount::Change>& LedgerAccount::Changes() const {
  if (changes_known_) return changes_;
  changes_.clear();
  for (const auto& [id, item] : removed_) changes_.push_back({&item, nullptr, nullptr});
  std::vector<uint64_t> ids = touched_;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const uint64_t id : ids) {
    const auto it = items_.find(id);
    if (it == items_.end() || !it->second.touched) continue;
    const Entry& entry = it->second;
    entry.bytes = entry.item.SerializeAsString();
    if (entry.is_new) {
      changes_.push_back({nullptr, &entry.item, &entry});
    } else if (entry.before->SerializeAsString() != entry.bytes) {
      changes_.push_back({entry.before.get(), &entry.item, &entry});
    }
  }
  changes_known_ = true;
  return changes_;
}

void LedgerAccount::VisitChanges(
    const std::function<void(const Item* before, const Item* after)>& visit) const {
  for (const Change& change : Changes()) visit(change.before, change.after);
}

bool LedgerAccount::changed() const { return !Changes().empty() || sum_.SerializeAsString() != sum_before_; }

bool LedgerAccount::ChangesWhatIsTold(const Change& change) {
  const Item* before = change.before;
  const Item* after = change.after;
  if (before == nullptr) return after->source() == kSourceSnapshot;
  if (after == nullptr) return true;
  return before->kind() != after->kind() || before->number() != after->number() ||
         before->issue_day() != after->issue_day() || before->has_due_day() != after->has_due_day() ||
         before->due_day() != after->due_day() || before->amount_minor() != after->amount_minor() ||
         before->currency() != after->currency() || before->reference() != after->reference() ||
         before->lettering() != after->lettering() || before->lettering_day() != after->lettering_day() ||
         BookDay(*before) != BookDay(*after);
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
  for (const Change& change : Changes()) {
    if (change.before != nullptr) --(IsOpen(*change.before) ? open : settled);
    if (change.after != nullptr) ++(IsOpen(*change.after) ? open : settled);
  }
  return {open, settled};
}

std::set<std::string> LedgerAccount::CurrenciesLosingOldest() const {
  std::set<std::string> losing;
  for (const auto& [before, after, entry] : Changes()) {
    if (before == nullptr || before->open_minor() <= 0 || !before->has_due_day()) continue;
    if (after != nullptr && after->open_minor() > 0 && after->has_due_day() &&
        after->due_day() <= before->due_day() && after->currency() == before->currency()) {
      continue;
    }
    for (const auto& balance : sum_.balances()) {
      if (balance.currency() == before->currency() && balance.oldest_due_day() == before->due_day()) {
        losing.insert(balance.currency());
      }
    }
  }
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
  for (const auto& [before, after, entry] : Changes()) {
    for (const Item* item : {before, after}) {
      if (item == nullptr) continue;
      const bool open = IsOpen(*item);
      const int chunks = open ? open_chunks_ : history_chunks_;
      const int k = ChunkOf(item->id(), chunks);
      if (chunks == 0 || (open ? open_loaded_ : history_loaded_).count(k) != 0) continue;
      missing.insert(open ? ItemsField(k) : HistoryField(k));
    }
  }
  return {missing.begin(), missing.end()};
}

void LedgerAccount::UpdateSum() {
  std::vector<Change> after;
  bool paid = false;
  for (const Change& change : Changes()) {
    if (change.before != nullptr) {
      Contribute(*change.before, change.before->SerializeAsString(), -1, &sum_);
      paid = paid || CountsAsPaid(*change.before);
    }
    if (change.after == nullptr) continue;
    after.push_back(change);
    paid = paid || CountsAsPaid(*change.after);
  }
  // Newly settled invoices enter the statistics in the order of their settlement, whatever their ids.
  if (paid) {
    std::sort(after.begin(), after.end(),
              [](const Change& a, const Change& b) { return SettledOrder(a.after) < SettledOrder(b.after); });
  }
  for (const Change& change : after) Contribute(*change.after, change.entry->bytes, +1, &sum_);
  if (paid && HasAll()) UpdateRecentDaysLate();
}

// With everything at hand the newest are known exactly, whatever order they came in.
void LedgerAccount::UpdateRecentDaysLate() {
  std::vector<const Item*> paid;
  for (const auto& [id, entry] : items_) {
    if (CountsAsPaid(entry.item)) paid.push_back(&entry.item);
  }
  std::sort(paid.begin(), paid.end(),
            [](const Item* a, const Item* b) { return SettledOrder(a) < SettledOrder(b); });
  auto* recent = sum_.mutable_stats()->mutable_recent_days_late();
  recent->Clear();
  for (size_t i = paid.size() - std::min<size_t>(paid.size(), kRecentDaysLateMax); i < paid.size(); ++i) {
    recent->Add(DaysLate(*paid[i]));
  }
}

void LedgerAccount::UpdateOldestDue(const std::set<std::string>& losing) {
  for (auto& balance : *sum_.mutable_balances()) {
    if (losing.count(balance.currency()) != 0) balance.clear_oldest_due_day();
  }
  const auto see = [&](const Item& item) {
    if (item.open_minor() <= 0 || !item.has_due_day()) return;
    state::v1::Balance* balance = BalanceOf(item.currency(), &sum_);
    if (!balance->has_oldest_due_day() || item.due_day() < balance->oldest_due_day()) {
      balance->set_oldest_due_day(item.due_day());
    }
  };
  // Only what changed can be older than the oldest, unless that is gone.
  if (losing.empty()) {
    for (const Change& change : Changes()) {
      if (change.after != nullptr) see(*change.after);
    }
  } else {
    for (const auto& [id, entry] : items_) see(entry.item);
  }
}

void LedgerAccount::WriteChunks(bool open, int chunks_before, int chunks_after, store::AccountWrite* write) {
  const auto name = [&](int k) { return open ? ItemsField(k) : HistoryField(k); };
  std::vector<bool> dirty(chunks_after, chunks_before != chunks_after);
  for (int k = chunks_after; k < chunks_before; ++k) write->erase.push_back(name(k));
  bool any = chunks_before != chunks_after && chunks_after > 0;
  if (chunks_before == chunks_after) {
    for (const auto& [before, after, entry] : Changes()) {
      for (const Item* item : {before, after}) {
        if (item != nullptr && IsOpen(*item) == open) any = dirty[ChunkOf(item->id(), chunks_after)] = true;
      }
    }
  }
  if (!any) return;
  std::vector<std::string> chunks(chunks_after);
  std::string bytes;
  for (const auto& [id, entry] : items_) {
    if (IsOpen(entry.item) != open) continue;
    const int k = ChunkOf(id, chunks_after);
    if (!dirty[k]) continue;
    if (entry.bytes.empty()) entry.item.SerializeToString(&bytes);
    AppendElement(entry.bytes.empty() ? bytes : entry.bytes, &chunks[k]);
  }
  for (int k = 0; k < chunks_after; ++k) {
    if (dirty[k]) write->set.emplace_back(name(k), std::move(chunks[k]));
  }
}

void LedgerAccount::Finish(store::AccountWrite* write) {
  RELANCE_CHECK(MissingFields().empty());
  write->key = key_;
  write->read_versions.emplace_back(store::kLedgerOwner, version_);
  const auto [open_after, settled_after] = CountsAfter();
  const int open_chunks = WantedChunks(open_after, open_chunks_, HasAllOpen());
  const int history_chunks = WantedChunks(settled_after, history_chunks_, HasAll());
  if (!Changes().empty()) {
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
  if (sum != sum_before_ && sum_.told_hash() != told_hash_) {
    const bool holds = told_hash_ == 0 && attributes().SerializeAsString() == attributes_before_ &&
                       std::none_of(Changes().begin(), Changes().end(), ChangesWhatIsTold);
    if (!holds) {
      sum_.set_told_hash(told_hash_);
      sum = sum_.SerializeAsString();
    }
  }
  if (sum != sum_before_) write->set.emplace_back(kSumField, std::move(sum));
}

}  // namespace relance::ledger
