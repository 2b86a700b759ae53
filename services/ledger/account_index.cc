#include "services/ledger/account_index.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/identifiers/text.h"
#include "common/status/status_macros.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/find_numbers.h"
#include "services/ledger/match_payment.h"

namespace relance::ledger {
namespace {

constexpr size_t kAccountsPerRead = 512;
constexpr int kFeedEntriesPerRead = 256;

// Kinds of entries.
constexpr char kNumber = 'n', kReference = 'r', kPayer = 'p', kName = 'a', kTransfer = 'e', kMoney = 'i';

std::vector<int> AllPartitions(const store::Store& store) {
  std::vector<int> partitions(store.partitions());
  std::iota(partitions.begin(), partitions.end(), 0);
  return partitions;
}

std::string IdText(uint64_t id) { return absl::StrCat(id); }

}  // namespace

std::string NormaliseName(absl::string_view name) {
  std::string normal;
  bool gap = false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && !absl::ascii_isalnum(byte)) {
      gap = !normal.empty();
      continue;
    }
    if (gap) normal.push_back(' ');
    gap = false;
    normal.push_back(absl::ascii_toupper(byte));
  }
  return normal;
}

uint64_t AccountIndex::Key(char kind, absl::string_view value) {
  return StableHash(absl::StrCat(absl::string_view(&kind, 1), value));
}

std::optional<uint32_t> AccountIndex::FindLocked(char kind, absl::string_view value) const {
  if (value.empty()) return std::nullopt;
  const auto it = entries_.find(Key(kind, value));
  if (it == entries_.end()) return std::nullopt;
  return it->second;
}

std::optional<std::string> AccountIndex::NameLocked(std::optional<uint32_t> account) const {
  if (!account.has_value() || *account == kSeveral) return std::nullopt;
  return accounts_[*account].code;
}

uint32_t AccountIndex::AccountLocked(const std::string& code) {
  const auto [it, is_new] = by_code_.try_emplace(code, static_cast<uint32_t>(accounts_.size()));
  if (is_new) accounts_.push_back({code, 0});
  return it->second;
}

void AccountIndex::AddLocked(char kind, absl::string_view value, uint32_t account) {
  if (value.empty()) return;
  const uint64_t key = Key(kind, value);
  if (entries_.size() >= kIndexEntriesMax && !entries_.contains(key)) return;
  const auto [it, is_new] = entries_.try_emplace(key, account);
  if (!is_new && it->second != account) it->second = kSeveral;
}

void AccountIndex::AddItemLocked(const state::v1::Item& item, uint32_t account) {
  if (item.kind() == state::v1::ITEM_KIND_PAYMENT || item.kind() == state::v1::ITEM_KIND_RETURN) {
    AddLocked(kMoney, IdText(item.id()), account);
    for (const uint64_t alias : item.aliases()) AddLocked(kMoney, IdText(alias), account);
    AddLocked(kTransfer, item.end_to_end_id(), account);
    return;
  }
  // What lies on ~unidentified says nothing about whose it is.
  if (accounts_[account].code == kUnidentifiedAccount) return;
  for (const std::string& spelling : SpellingsOfNumber(item.number())) AddLocked(kNumber, spelling, account);
  AddLocked(kReference, identifiers::Normalise(item.reference()), account);
}

void AccountIndex::AddAttributesLocked(const state::v1::Attributes& attributes, uint32_t account) {
  if (accounts_[account].code == kUnidentifiedAccount) return;
  AddLocked(kName, NormaliseName(attributes.name()), account);
  for (const std::string& payer : attributes.payer_ibans()) AddLocked(kPayer, payer, account);
}

void AccountIndex::Learn(const LedgerAccount& account, int64_t version) {
  std::lock_guard<std::mutex> lock(mutex_);
  // Whoever asks first reads every account anyway.
  if (!in_use_) return;
  const uint32_t index = AccountLocked(account.key().account);
  // A version in between that somebody else wrote comes by the feed.
  if (accounts_[index].version == account.version()) accounts_[index].version = version;
  AddAttributesLocked(account.attributes(), index);
  account.VisitChanges([&](const state::v1::Item*, const state::v1::Item* after) {
    if (after != nullptr) AddItemLocked(*after, index);
  });
}

absl::Status AccountIndex::TakeIn(store::Store& store, const std::vector<store::AccountKey>& keys,
                                  store::Deadline deadline) {
  for (size_t from = 0; from < keys.size(); from += kAccountsPerRead) {
    const size_t count = std::min(keys.size() - from, kAccountsPerRead);
    RELANCE_ASSIGN_OR_RETURN(const auto views,
                             ReadAccounts(store, absl::MakeConstSpan(keys).subspan(from, count),
                                          {.items = true, .history = true}, deadline));
    std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& view : views) {
      if (!view.ok()) return view.status();
      const uint32_t index = AccountLocked(view->key.account);
      accounts_[index].version = view->versions[store::kLedgerOwner];
      AddAttributesLocked(view->sum.attributes(), index);
      for (const auto& item : view->items) AddItemLocked(item, index);
      for (const auto& item : view->history) AddItemLocked(item, index);
    }
  }
  return absl::OkStatus();
}

absl::Status AccountIndex::Build(store::Store& store, store::Deadline deadline) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    in_use_ = true;
  }
  const std::vector<int> partitions = AllPartitions(store);
  // The ends first: what is written while the accounts are read is read again.
  RELANCE_ASSIGN_OR_RETURN(std::vector<int64_t> ends, store.FeedEnds(partitions, deadline));
  for (const int partition : partitions) {
    RELANCE_ASSIGN_OR_RETURN(const auto keys, store.ListAccounts(tenant_, partition, deadline));
    RELANCE_RETURN_IF_ERROR(TakeIn(store, keys, deadline));
  }
  positions_ = std::move(ends);
  return absl::OkStatus();
}

absl::Status AccountIndex::Refresh(store::Store& store, store::Deadline deadline) {
  std::lock_guard<std::mutex> lock(refresh_mutex_);
  if (positions_.empty()) return Build(store, deadline);
  const std::vector<int> partitions = AllPartitions(store);
  RELANCE_ASSIGN_OR_RETURN(const std::vector<int64_t> ends, store.FeedEnds(partitions, deadline));
  std::set<store::AccountKey> changed;
  while (true) {
    std::vector<store::FeedPosition> behind;
    for (const int partition : partitions) {
      if (positions_[partition] < ends[partition]) behind.push_back({partition, positions_[partition]});
    }
    if (behind.empty()) break;
    RELANCE_ASSIGN_OR_RETURN(const auto reads, store.ReadFeed(behind, kFeedEntriesPerRead, deadline));
    for (const store::FeedRead& read : reads) {
      if (read.gap) {
        positions_.clear();
        return Build(store, deadline);
      }
      for (const store::FeedEntry& entry : read.entries) {
        positions_[read.partition] = std::max(positions_[read.partition], entry.position);
        if (entry.service != "ledger") continue;
        for (const auto& [key, version] : entry.accounts) {
          if (key.tenant != tenant_) continue;
          std::lock_guard<std::mutex> state_lock(mutex_);
          const auto it = by_code_.find(key.account);
          if (it == by_code_.end() || accounts_[it->second].version < version) changed.insert(key);
        }
      }
      // An end without an entry: nothing to wait for.
      if (read.entries.empty()) positions_[read.partition] = ends[read.partition];
    }
  }
  return TakeIn(store, {changed.begin(), changed.end()}, deadline);
}

bool AccountIndex::KnowsNumber(absl::string_view normalised_number) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return FindLocked(kNumber, normalised_number).has_value();
}

std::optional<std::string> AccountIndex::Route(const PaymentFacts& facts) const {
  std::lock_guard<std::mutex> lock(mutex_);
  // Accounts that the references (the numbers) name. Several accounts: this kind of evidence names none.
  const auto one = [&](const std::set<uint32_t>& named) -> std::optional<std::string> {
    return named.size() == 1 ? NameLocked(*named.begin()) : std::nullopt;
  };
  std::set<uint32_t> named;
  for (const std::string& reference : ReferencesOf(facts)) {
    if (const auto hit = FindLocked(kReference, reference)) named.insert(*hit);
    if (absl::StartsWith(reference, "RF") && reference.size() > 4) {
      if (const auto hit = FindLocked(kNumber, NormaliseNumber(reference.substr(4)))) named.insert(*hit);
    }
  }
  if (auto account = one(named)) return account;
  named.clear();
  const auto known = [&](absl::string_view number) { return FindLocked(kNumber, number).has_value(); };
  const auto add = [&](const std::string& number) {
    if (const auto hit = FindLocked(kNumber, number)) named.insert(*hit);
  };
  for (const std::string& document : facts.documents) add(NormaliseNumber(document));
  for (const std::string& reference : facts.references) add(NormaliseNumber(reference));
  for (const std::string& text : facts.texts) {
    for (const std::string& number : FindNumbers(text, known)) add(number);
  }
  named.erase(kSeveral);
  if (auto account = one(named)) return account;
  if (auto account = NameLocked(FindLocked(kPayer, facts.payer_account))) return account;
  return NameLocked(FindLocked(kName, NormaliseName(facts.payer_name)));
}

std::optional<std::string> AccountIndex::HolderOf(uint64_t item) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return NameLocked(FindLocked(kMoney, IdText(item)));
}

std::optional<std::string> AccountIndex::PayerOfTransfer(absl::string_view end_to_end_id) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return NameLocked(FindLocked(kTransfer, end_to_end_id));
}

size_t AccountIndex::entries() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return entries_.size();
}

AccountIndex& AccountIndexes::Of(const std::string& tenant) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::unique_ptr<AccountIndex>& index = by_tenant_[tenant];
  if (index == nullptr) index = std::make_unique<AccountIndex>(tenant);
  return *index;
}

}  // namespace relance::ledger
