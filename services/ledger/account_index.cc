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
#include "common/status/utf8.h"
#include "common/store/validation.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/cash/similar_text.h"
#include "services/ledger/company_key.h"
#include "services/ledger/complete_item.h"
#include "services/ledger/find_numbers.h"
#include "services/ledger/match_payment.h"
#include "services/ledger/meet_notification.h"

namespace relance::ledger {
namespace {

constexpr size_t kAccountsPerRead = 512;
constexpr int kFeedEntriesPerRead = 256;

// Kinds of entries.
constexpr char kNumber = 'n', kReference = 'r', kPayer = 'p', kName = 'a', kTransfer = 'e', kMoney = 'i',
               kBankEntry = 'b';
constexpr char kCompany = 'l', kDocument = 'd';
// Kinds of lists, beside kPayer.
constexpr char kGroup = 'g', kCoreName = 'c', kNameStart = 's';

constexpr size_t kSimilarWordsMax = 8;  // of one payment, that are looked up with every slip

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
  if (is_new) {
    accounts_.push_back({code, 0});
    accounts_.back().is_made = IsMadeCode(code);
  }
  return it->second;
}

void AccountIndex::AddLocked(char kind, absl::string_view value, uint32_t account) {
  if (value.empty()) return;
  const uint64_t key = Key(kind, value);
  if (entries_.size() >= kIndexEntriesMax && !entries_.contains(key)) return;
  const auto [it, is_new] = entries_.try_emplace(key, account);
  if (is_new) ++generation_;
  if (is_new || it->second == account) return;
  if (kind != kMoney && kind != kTransfer && it->second != kSeveral &&
      accounts_[it->second].is_made != accounts_[account].is_made) {
    // An account that an invoice made gives way to one of the books.
    const uint32_t made = accounts_[account].is_made ? account : it->second;
    const uint32_t other = made == account ? it->second : account;
    if (kind == kNumber && accounts_[other].code != kUnidentifiedAccount) joins_[made].insert(other);
    it->second = other;
    return;
  }
  if (kind == kDocument) {
    it->second = account;
    return;
  }
  if (kind == kMoney || kind == kTransfer) {
    // Money that went from ~unidentified to its account left a settled line behind.
    if (accounts_[account].code == kUnidentifiedAccount) return;
    const bool found_home = it->second != kSeveral && accounts_[it->second].code == kUnidentifiedAccount;
    if (found_home || kind == kMoney) {
      it->second = account;
      return;
    }
  }
  it->second = kSeveral;
}

void AccountIndex::AddToListLocked(char kind, absl::string_view value, uint32_t account) {
  if (value.empty()) return;
  const uint64_t key = Key(kind, value);
  if (lists_.size() >= kIndexEntriesMax && !lists_.contains(key)) return;
  std::vector<uint32_t>& list = lists_[key];
  if (list.size() > kIndexListMax || std::find(list.begin(), list.end(), account) != list.end()) return;
  list.push_back(account);
  ++generation_;
}

const std::vector<uint32_t>& AccountIndex::ListLocked(char kind, absl::string_view value) const {
  static const auto& none = *new std::vector<uint32_t>;
  if (value.empty()) return none;
  const auto it = lists_.find(Key(kind, value));
  // What is common to many says nothing.
  return it == lists_.end() || it->second.size() > kIndexListMax ? none : it->second;
}

void AccountIndex::SeeSumLocked(const state::v1::LedgerSum& sum, uint32_t account) {
  accounts_[account].has_money =
      std::any_of(sum.balances().begin(), sum.balances().end(),
                  [](const state::v1::Balance& balance) { return balance.unapplied_minor() > 0; });
}

void AccountIndex::Found::Add(uint32_t account) {
  if (std::find(accounts.begin(), accounts.end(), account) == accounts.end()) accounts.push_back(account);
}

void AccountIndex::AddItemLocked(const state::v1::Item& item, uint32_t account) {
  if (item.kind() == state::v1::ITEM_KIND_PAYMENT || item.kind() == state::v1::ITEM_KIND_RETURN) {
    AddLocked(kMoney, IdText(item.id()), account);
    for (const uint64_t alias : item.aliases()) AddLocked(kMoney, IdText(alias), account);
    AddLocked(kTransfer, item.end_to_end_id(), account);
    AddLocked(kBankEntry, BankEntryOf(item, item.source()), account);
    return;
  }
  // What lies on ~unidentified says nothing about whose it is.
  if (accounts_[account].code == kUnidentifiedAccount) return;
  if (HasDocument(item)) {
    AddLocked(kDocument, IdText(item.id()), account);
    for (const uint64_t alias : item.aliases()) AddLocked(kDocument, IdText(alias), account);
  }
  for (const std::string& spelling : SpellingsOfNumber(item.number())) AddLocked(kNumber, spelling, account);
  AddLocked(kReference, identifiers::Normalise(item.reference()), account);
}

void AccountIndex::AddAttributesLocked(const state::v1::Attributes& attributes, uint32_t account) {
  if (accounts_[account].code == kUnidentifiedAccount) return;
  AddCompaniesLocked(attributes, account);
  const std::string name = NormaliseName(attributes.name());
  AddLocked(kName, name, account);
  const std::string core = CoreName(attributes.name());
  AddToListLocked(kCoreName, core, account);
  if (core.size() >= kCoreNameStart) AddToListLocked(kNameStart, core.substr(0, kCoreNameStart), account);
  for (const std::string& payer : attributes.payer_ibans()) AddToListLocked(kPayer, payer, account);
  Account& known = accounts_[account];
  known.name = name.empty() ? 0 : Key(kGroup, name);
  const std::string parent = NormaliseName(attributes.parent());
  known.parent = parent.empty() ? 0 : Key(kGroup, parent);
  AddToListLocked(kGroup, parent, account);
  if (known.pays_for.size() != static_cast<size_t>(attributes.pays_for_size())) {
    known.pays_for.assign(attributes.pays_for().begin(), attributes.pays_for().end());
    ++generation_;
  }
}

void AccountIndex::AddCompaniesLocked(const state::v1::Attributes& attributes, uint32_t account) {
  const std::vector<std::string> keys =
      CompanyKeys(attributes.legal_id(), "", attributes.vat_id(), attributes.country());
  Account& known = accounts_[account];
  known.companies.clear();
  for (const std::string& key : keys) {
    known.companies.push_back(Key(kCompany, key));
    // An account that is named by the key is found by it anyway, and gives way to one of the books.
    if (known.is_made) continue;
    AddLocked(kCompany, key, account);
    const auto made = by_code_.find(key);
    if (made != by_code_.end() && made->second != account) joins_[made->second].insert(account);
  }
}

bool AccountIndex::IsOtherCompanyLocked(uint32_t account, const IncomingDocument& document) const {
  const std::vector<uint64_t>& known = accounts_[account].companies;
  if (known.empty() || document.companies.empty()) return false;
  return std::none_of(document.companies.begin(), document.companies.end(), [&](const std::string& key) {
    return std::find(known.begin(), known.end(), Key(kCompany, key)) != known.end();
  });
}

std::map<std::string, std::set<std::string>> AccountIndex::Joins() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::map<std::string, std::set<std::string>> joins;
  for (const auto& [made, others] : joins_) {
    for (const uint32_t other : others) joins[accounts_[made].code].insert(accounts_[other].code);
  }
  return joins;
}

void AccountIndex::ForgetJoin(const std::string& made) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (const auto it = by_code_.find(made); it != by_code_.end()) joins_.erase(it->second);
}

std::string AccountIndex::AccountOf(const IncomingDocument& document) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const state::v1::Item& item = document.instalments[0];
  const auto found = [&](std::optional<uint32_t> account) {
    return account.has_value() && *account != kSeveral && accounts_[*account].code != kUnidentifiedAccount;
  };
  if (const auto hit = FindLocked(kDocument, IdText(item.id())); found(hit)) return accounts_[*hit].code;
  for (const std::string& code : document.codes) {
    const auto it = by_code_.find(code);
    if (it != by_code_.end() && found(it->second) && !IsOtherCompanyLocked(it->second, document)) return code;
  }
  for (const std::string& key : document.companies) {
    if (const auto hit = FindLocked(kCompany, key); found(hit)) return accounts_[*hit].code;
  }
  std::vector<std::optional<uint32_t>> hits = {FindLocked(kNumber, NormaliseNumber(item.number()))};
  for (const std::string& number : document.preceding) {
    hits.push_back(FindLocked(kNumber, NormaliseNumber(number)));
  }
  hits.push_back(FindLocked(kName, NormaliseName(document.buyer.name())));
  for (const auto& hit : hits) {
    if (found(hit) && !IsOtherCompanyLocked(*hit, document)) return accounts_[*hit].code;
  }
  if (!document.companies.empty()) return document.companies[0];
  if (!document.codes.empty()) return document.codes[0].substr(0, store::kAccountLengthMax);
  return CleanUtf8(absl::StrCat("NAME:", NormaliseName(document.buyer.name())), store::kAccountLengthMax);
}

void AccountIndex::Learn(const LedgerAccount& account, int64_t version) {
  std::lock_guard<std::mutex> lock(mutex_);
  // Whoever asks first reads every account anyway.
  if (!in_use_) return;
  const uint32_t index = AccountLocked(account.key().account);
  // A version in between that somebody else wrote comes by the feed.
  if (accounts_[index].version == account.version()) accounts_[index].version = version;
  AddAttributesLocked(account.attributes(), index);
  SeeSumLocked(account.sum(), index);
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
      SeeSumLocked(view->sum, index);
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

void AccountIndex::FindNamedLocked(const PaymentFacts& facts, Found* by_reference, Found* by_number) const {
  const auto add = [&](char kind, absl::string_view value, Found* found) {
    if (const auto hit = FindLocked(kind, value); hit.has_value() && *hit != kSeveral) found->Add(*hit);
  };
  for (const std::string& reference : ReferencesOf(facts)) {
    add(kReference, reference, by_reference);
    if (absl::StartsWith(reference, "RF") && reference.size() > 4) {
      add(kNumber, NormaliseNumber(reference.substr(4)), by_reference);
    }
  }
  const auto known = [&](absl::string_view number) { return FindLocked(kNumber, number).has_value(); };
  for (const std::string& document : facts.documents) add(kNumber, NormaliseNumber(document), by_number);
  for (const std::string& reference : facts.references) add(kNumber, NormaliseNumber(reference), by_number);
  for (const std::string& text : SearchedTexts(facts)) {
    for (const std::string& number : FindNumbers(text, known)) add(kNumber, number, by_number);
  }
}

void AccountIndex::FindSimilarLocked(const PaymentFacts& facts, Found* found) const {
  size_t words = 0;
  for (const std::string& word : NumberWords(SearchedTexts(facts))) {
    if (++words > kSimilarWordsMax || found->accounts.size() >= kCandidatesMax) break;
    VisitSlips(word, [&](absl::string_view slip) {
      const auto hit = FindLocked(kNumber, slip);
      if (hit.has_value() && *hit != kSeveral) found->Add(*hit);
      return found->accounts.size() < kCandidatesMax;
    });
  }
  const std::string core = CoreName(facts.payer_name);
  for (const uint32_t account : ListLocked(kCoreName, core)) found->Add(account);
  if (core.size() < kCoreNameStart) return;
  for (const uint32_t account : ListLocked(kNameStart, core.substr(0, kCoreNameStart))) found->Add(account);
}

bool AccountIndex::IsGroupLocked(uint32_t a, uint32_t b) const {
  const Account& x = accounts_[a];
  const Account& y = accounts_[b];
  const auto is_parent = [](const Account& child, const Account& parent) {
    return child.parent != 0 &&
           (child.parent == parent.name || child.parent == Key(kGroup, NormaliseName(parent.code)));
  };
  return (x.parent != 0 && x.parent == y.parent) || is_parent(x, y) || is_parent(y, x);
}

void AccountIndex::FindGroupLocked(uint32_t account, Found* found) const {
  const Account& known = accounts_[account];
  for (const uint64_t key : {known.parent, known.name, Key(kGroup, NormaliseName(known.code))}) {
    const auto it = key == 0 ? lists_.end() : lists_.find(key);
    if (it == lists_.end() || it->second.size() > kIndexListMax) continue;
    for (const uint32_t member : it->second) found->Add(member);
  }
}

PayerStanding AccountIndex::StandingLocked(const std::vector<uint32_t>& payers, uint32_t account) const {
  PayerStanding standing;
  if (payers.empty() || std::find(payers.begin(), payers.end(), account) != payers.end()) return standing;
  const std::string& code = accounts_[account].code;
  for (const uint32_t payer : payers) {
    const auto& pays_for = accounts_[payer].pays_for;
    if (std::find(pays_for.begin(), pays_for.end(), code) == pays_for.end()) continue;
    return {PayerStanding::Kind::kPaysFor, accounts_[payer].code};
  }
  for (const uint32_t payer : payers) {
    if (IsGroupLocked(payer, account)) return {PayerStanding::Kind::kGroup, accounts_[payer].code};
  }
  return {PayerStanding::Kind::kOtherAccount, accounts_[payers[0]].code};
}

std::vector<AccountCandidate> AccountIndex::Candidates(const PaymentFacts& facts, bool with_similar) const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<uint32_t> payers = ListLocked(kPayer, PayerKey(facts));
  Found by_reference, by_number, strong;
  FindNamedLocked(facts, &by_reference, &by_number);
  for (const Found* found : {&by_reference, &by_number}) {
    for (const uint32_t account : found->accounts) strong.Add(account);
  }
  for (const uint32_t account : payers) strong.Add(account);
  // A name counts where no account of the payer is known.
  if (payers.empty()) {
    const auto named = FindLocked(kName, NormaliseName(facts.payer_name));
    if (named.has_value() && *named != kSeveral) {
      strong.Add(*named);
      payers.push_back(*named);
    }
  }
  Found all = strong;
  const bool is_named = !by_reference.accounts.empty() || !by_number.accounts.empty();
  for (const uint32_t payer : payers) {
    for (const std::string& code : accounts_[payer].pays_for) {
      if (const auto it = by_code_.find(code); it != by_code_.end()) all.Add(it->second);
    }
    if (!is_named) FindGroupLocked(payer, &all);
  }
  if (with_similar && strong.accounts.empty()) FindSimilarLocked(facts, &all);
  std::vector<AccountCandidate> candidates;
  for (size_t i = 0; i < std::min(all.accounts.size(), kCandidatesMax); ++i) {
    const uint32_t account = all.accounts[i];
    if (accounts_[account].code == kUnidentifiedAccount) continue;
    candidates.push_back(
        {accounts_[account].code, i < strong.accounts.size(), StandingLocked(payers, account)});
  }
  return candidates;
}

std::string AccountIndex::PayerOf(const PaymentFacts& facts, const std::string& account) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const std::vector<uint32_t>& payers = ListLocked(kPayer, PayerKey(facts));
  const auto it = by_code_.find(account);
  if (payers.empty()) return "";
  if (it != by_code_.end() && std::find(payers.begin(), payers.end(), it->second) != payers.end()) return "";
  return accounts_[payers[0]].code;
}

std::vector<std::string> AccountIndex::AccountsWithMoney() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> codes;
  for (const Account& account : accounts_) {
    if (account.has_money) codes.push_back(account.code);
  }
  std::sort(codes.begin(), codes.end(), [](const std::string& a, const std::string& b) {
    return std::make_pair(a != kUnidentifiedAccount, a) < std::make_pair(b != kUnidentifiedAccount, b);
  });
  return codes;
}

int64_t AccountIndex::generation() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return generation_;
}

std::optional<std::string> AccountIndex::Route(const PaymentFacts& facts) const {
  std::lock_guard<std::mutex> lock(mutex_);
  // Several accounts: this kind of evidence names none.
  const auto one = [&](const std::vector<uint32_t>& named) -> std::optional<std::string> {
    return named.size() == 1 ? NameLocked(named[0]) : std::nullopt;
  };
  Found by_reference, by_number;
  FindNamedLocked(facts, &by_reference, &by_number);
  if (auto account = one(by_reference.accounts)) return account;
  if (auto account = one(by_number.accounts)) return account;
  if (auto account = one(ListLocked(kPayer, PayerKey(facts)))) return account;
  return NameLocked(FindLocked(kName, NormaliseName(facts.payer_name)));
}

std::optional<std::string> AccountIndex::HolderOf(uint64_t item) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return NameLocked(FindLocked(kMoney, IdText(item)));
}

bool AccountIndex::KnowsEntry(absl::string_view bank_entry) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return FindLocked(kBankEntry, bank_entry).has_value();
}

std::optional<std::string> AccountIndex::HolderOfEntry(absl::string_view bank_entry) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return NameLocked(FindLocked(kBankEntry, bank_entry));
}

std::optional<std::string> AccountIndex::PayerOfTransfer(absl::string_view end_to_end_id) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return NameLocked(FindLocked(kTransfer, end_to_end_id));
}

size_t AccountIndex::entries() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return entries_.size() + lists_.size();
}

AccountIndex& AccountIndexes::Of(const std::string& tenant) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::unique_ptr<AccountIndex>& index = by_tenant_[tenant];
  if (index == nullptr) index = std::make_unique<AccountIndex>(tenant);
  return *index;
}

}  // namespace relance::ledger
