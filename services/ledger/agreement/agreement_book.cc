#include "services/ledger/agreement/agreement_book.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/account/account_view.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/agreement/statement_chain.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {
namespace {

using state::v1::AccountDisagreement;
using state::v1::AgreementRecord;
using state::v1::BankAccountRecord;

constexpr size_t kSumsPerRead = 2048;
constexpr size_t kAccountsPerRead = 32;
constexpr int kPutRetriesMax = 32;
constexpr char kBankPrefix[] = "bank/";

std::string PrefixOf(const std::string& currency) { return absl::StrCat("agreement/", currency, "/"); }

std::string NameOf(const std::string& currency, int32_t day) {
  return absl::StrCat(PrefixOf(currency), absl::FormatCivilTime(DayFromNumber(day)));
}

// The documents of a currency, oldest first.
absl::StatusOr<std::vector<std::string>> NamesOf(store::Store& store, const std::string& tenant,
                                                 const std::string& currency, store::Deadline deadline) {
  return store.ListDocuments(tenant, PrefixOf(currency), deadline);
}

absl::StatusOr<std::vector<AgreementRecord>> Load(store::Store& store, const std::string& tenant,
                                                  const std::vector<std::string>& names,
                                                  store::Deadline deadline) {
  std::vector<AgreementRecord> records;
  if (names.empty()) return records;
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store.GetDocuments(tenant, names, deadline));
  for (const store::Document& document : documents) {
    AgreementRecord record;
    if (document.version != 0 && record.ParseFromString(document.value)) records.push_back(std::move(record));
  }
  return records;
}

int64_t OpenOf(const state::v1::LedgerSum& sum, const std::string& currency) {
  for (const auto& balance : sum.balances()) {
    if (balance.currency() == currency) return balance.open_minor();
  }
  return 0;
}

// FNV-1a: the same in every process and release.
std::string BankName(const std::string& account, const std::string& currency) {
  uint64_t hash = 14695981039346656037ull;
  for (const char c : absl::StrCat(account, "/", currency)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  }
  return absl::StrFormat("%s%016x", kBankPrefix, hash);
}

// One comparison under way.
class Comparison {
 public:
  Comparison(store::Store* store, const DayOfItem& day_of, const std::string& tenant, BooksTold* told)
      : store_(store), day_of_(day_of), tenant_(tenant), told_(told), day_(DayNumber(told->day)) {
    record_.set_currency(told->currency);
    record_.set_day(day_);
    record_.set_from_day(DayNumber(told->from_day));
    record_.set_lines(told->lines);
  }

  absl::Status Run(store::Deadline deadline) {
    for (int partition = 0; partition < store_->partitions(); ++partition) {
      RELANCE_ASSIGN_OR_RETURN(const auto keys, store_->ListAccounts(tenant_, partition, deadline));
      for (size_t from = 0; from < keys.size(); from += kSumsPerRead) {
        const size_t count = std::min(kSumsPerRead, keys.size() - from);
        RELANCE_RETURN_IF_ERROR(LookAtSums(absl::MakeConstSpan(keys).subspan(from, count), deadline));
      }
    }
    // Accounts that are in the books and not in the ledger.
    for (const auto& [account, books] : told_->balances) Add(account, books, AccountPosition());
    return absl::OkStatus();
  }

  AgreementRecord Finish(const std::optional<AgreementRecord>& before, const std::string& import_id) {
    absl::flat_hash_map<std::string, const AccountDisagreement*> known;
    if (before.has_value()) {
      for (const AccountDisagreement& account : before->differing()) known[account.account()] = &account;
    }
    std::sort(differing_.begin(), differing_.end(),
              [](const AccountDisagreement& a, const AccountDisagreement& b) {
                const int64_t left = std::llabs(DifferenceOf(a)), right = std::llabs(DifferenceOf(b));
                return left != right ? left > right : a.account() < b.account();
              });
    record_.set_import_id(import_id);
    record_.set_accounts_differing(static_cast<int64_t>(differing_.size()));
    if (differing_.size() > kDisagreementsMax) differing_.resize(kDisagreementsMax);
    for (AccountDisagreement& account : differing_) {
      const auto it = known.find(account.account());
      account.set_since_import(it == known.end() ? import_id : it->second->since_import());
      account.set_since_day(it == known.end() ? day_ : it->second->since_day());
      *record_.add_differing() = std::move(account);
    }
    if (record_.accounts_differing() > 0) {
      const bool goes_on = before.has_value() && before->accounts_differing() > 0;
      record_.set_since_import(goes_on ? before->since_import() : import_id);
      record_.set_since_day(goes_on ? before->since_day() : day_);
    }
    return std::move(record_);
  }

 private:
  absl::Status LookAtSums(absl::Span<const store::AccountKey> keys, store::Deadline deadline) {
    std::vector<store::AccountRead> reads;
    for (const store::AccountKey& key : keys) reads.push_back({key, {kSumField}, false});
    RELANCE_ASSIGN_OR_RETURN(const auto records, store_->Read(reads, deadline));
    std::vector<store::AccountKey> doubtful;
    for (const store::AccountRecord& record : records) {
      RELANCE_ASSIGN_OR_RETURN(const AccountView view, DecodeAccount(record));
      const int64_t open = OpenOf(view.sum, told_->currency);
      const auto told = told_->balances.find(record.key.account);
      const int64_t books = told == told_->balances.end() ? 0 : told->second;
      if (open == books && record.key.account != kUnidentifiedAccount) {
        AccountPosition position;
        position.items_minor = open;
        Take(record.key.account, position);
      } else {
        doubtful.push_back(record.key);
      }
    }
    for (size_t from = 0; from < doubtful.size(); from += kAccountsPerRead) {
      const size_t count = std::min(kAccountsPerRead, doubtful.size() - from);
      RELANCE_ASSIGN_OR_RETURN(const auto views,
                               ReadAccounts(*store_, absl::MakeConstSpan(doubtful).subspan(from, count),
                                            {.items = true, .history = true}, deadline));
      for (const auto& view : views) {
        if (!view.ok()) return view.status();
        const AccountPosition position = PositionOf(*view, told_->currency, day_, day_of_);
        if (view->key.account == kUnidentifiedAccount) {
          // Money that the books have told has been taken from there.
          record_.set_unidentified_minor(position.transit_minor());
        } else {
          Take(view->key.account, position);
        }
      }
    }
    return absl::OkStatus();
  }

  void Take(const std::string& account, const AccountPosition& position) {
    int64_t books = 0;
    if (const auto told = told_->balances.find(account); told != told_->balances.end()) {
      books = told->second;
      told_->balances.erase(told);
    }
    Add(account, books, position);
  }

  void Add(const std::string& account, int64_t books, const AccountPosition& position) {
    record_.set_accounts(record_.accounts() + 1);
    record_.set_books_minor(record_.books_minor() + books);
    record_.set_items_minor(record_.items_minor() + position.items_minor);
    record_.set_transit_bank_minor(record_.transit_bank_minor() + position.transit_bank_minor);
    record_.set_transit_other_minor(record_.transit_other_minor() + position.transit_other_minor);
    if (books == position.in_books_minor()) return;
    AccountDisagreement& differing = differing_.emplace_back();
    differing.set_account(account);
    differing.set_books_minor(books);
    differing.set_items_minor(position.items_minor);
    differing.set_in_transit_minor(position.transit_minor());
  }

  store::Store* const store_;
  const DayOfItem& day_of_;
  const std::string& tenant_;
  BooksTold* const told_;
  const int32_t day_;
  AgreementRecord record_;
  std::vector<AccountDisagreement> differing_;
};

}  // namespace

int64_t DifferenceOf(const AccountDisagreement& account) {
  return account.books_minor() - (account.items_minor() - account.in_transit_minor());
}

int64_t DifferenceOf(const AgreementRecord& record) {
  const int64_t in_transit = record.transit_bank_minor() + record.transit_other_minor();
  return record.books_minor() - (record.items_minor() - in_transit);
}

absl::StatusOr<bool> AgreementBook::IsWhole(const std::string& tenant, const BooksTold& told,
                                            store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const auto before, Newest(tenant, told.currency, DayNumber(told.day), deadline));
  if (!before.has_value()) return true;
  if (DayNumber(told.from_day) > before->from_day()) return told.has_opening;
  return told.lines >= before->lines();
}

absl::StatusOr<AgreementRecord> AgreementBook::Compare(const std::string& tenant, BooksTold told,
                                                       const std::string& import_id,
                                                       store::Deadline deadline) const {
  const std::string currency = told.currency;
  const int32_t day = DayNumber(told.day);
  Comparison comparison(store_, day_of_, tenant, &told);
  RELANCE_RETURN_IF_ERROR(comparison.Run(deadline));
  RELANCE_ASSIGN_OR_RETURN(const auto before, Newest(tenant, currency, day, deadline));
  AgreementRecord record = comparison.Finish(before, import_id);
  record.set_compared_seconds(absl::ToUnixSeconds(now_()));
  const std::string name = NameOf(currency, day);
  for (int attempt = 0;; ++attempt) {
    RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, {&name, 1}, deadline));
    const auto put =
        store_->PutDocument(tenant, name, record.SerializeAsString(), documents[0].version, deadline);
    if (put.ok()) return record;
    if (!absl::IsAborted(put.status()) || attempt == kPutRetriesMax) return put.status();
  }
}

absl::Status AgreementBook::TakeStatements(const std::string& tenant,
                                           const std::vector<BankStatement>& statements,
                                           const std::map<std::string, absl::CivilDay>& days,
                                           const std::string& import_id, store::Deadline deadline) const {
  std::map<std::pair<std::string, std::string>, std::vector<state::v1::StatementBalance>> by_account;
  for (const BankStatement& statement : statements) {
    auto& balances = by_account[{statement.account, statement.currency}];
    // What tells of movements alone (camt.054) is no link of the chain.
    if (!statement.opening_minor.has_value() || !statement.closing_minor.has_value() ||
        !statement.closing_day.has_value()) {
      continue;
    }
    state::v1::StatementBalance& balance = balances.emplace_back();
    balance.set_id(statement.id);
    balance.set_opening_minor(*statement.opening_minor);
    balance.set_closing_minor(*statement.closing_minor);
    balance.set_closing_day(DayNumber(*statement.closing_day));
    if (statement.balance_checked) balance.set_difference_minor(statement.difference_minor);
    balance.set_import_id(import_id);
  }
  for (const auto& [account, balances] : by_account) {
    const auto day = days.find(account.first);
    RELANCE_RETURN_IF_ERROR(PutStatements(tenant, account.first, account.second, balances,
                                          day == days.end() ? std::nullopt : std::make_optional(day->second),
                                          deadline));
  }
  return absl::OkStatus();
}

absl::Status AgreementBook::PutStatements(const std::string& tenant, const std::string& account,
                                          const std::string& currency,
                                          const std::vector<state::v1::StatementBalance>& statements,
                                          std::optional<absl::CivilDay> known_until,
                                          store::Deadline deadline) const {
  const std::string name = BankName(account, currency);
  for (int attempt = 0;; ++attempt) {
    RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, {&name, 1}, deadline));
    BankAccountRecord record;
    if (!record.ParseFromString(documents[0].value)) record.Clear();
    record.set_account(account);
    record.set_currency(currency);
    if (known_until.has_value()) {
      record.set_known_until_day(std::max(record.known_until_day(), DayNumber(*known_until)));
    }
    for (const auto& statement : statements) AddStatement(statement, &record);
    std::string bytes = record.SerializeAsString();
    if (bytes == documents[0].value) return absl::OkStatus();
    const auto put = store_->PutDocument(tenant, name, bytes, documents[0].version, deadline);
    if (put.ok()) return absl::OkStatus();
    if (!absl::IsAborted(put.status()) || attempt == kPutRetriesMax) return put.status();
  }
}

absl::StatusOr<std::optional<AgreementRecord>> AgreementBook::Newest(const std::string& tenant,
                                                                     const std::string& currency, int32_t day,
                                                                     store::Deadline deadline) const {
  const int32_t before = day == INT32_MAX ? day : day + 1;
  RELANCE_ASSIGN_OR_RETURN(auto records, History(tenant, currency, before, 1, deadline));
  if (records.empty()) return std::nullopt;
  return std::move(records[0]);
}

absl::StatusOr<std::vector<AgreementRecord>> AgreementBook::History(const std::string& tenant,
                                                                    const std::string& currency,
                                                                    int32_t before_day, int limit,
                                                                    store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const auto names, NamesOf(*store_, tenant, currency, deadline));
  std::vector<std::string> wanted;
  const std::string end = before_day == INT32_MAX ? "" : NameOf(currency, before_day);
  for (auto name = names.rbegin(); name != names.rend() && static_cast<int>(wanted.size()) < limit; ++name) {
    if (end.empty() || *name < end) wanted.push_back(*name);
  }
  return Load(*store_, tenant, wanted, deadline);
}

absl::StatusOr<std::vector<BankAccountRecord>> AgreementBook::BankAccounts(const std::string& tenant,
                                                                           store::Deadline deadline) const {
  RELANCE_ASSIGN_OR_RETURN(const auto names, store_->ListDocuments(tenant, kBankPrefix, deadline));
  std::vector<BankAccountRecord> records;
  if (names.empty()) return records;
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store_->GetDocuments(tenant, names, deadline));
  for (const store::Document& document : documents) {
    BankAccountRecord record;
    if (document.version != 0 && record.ParseFromString(document.value)) records.push_back(std::move(record));
  }
  std::sort(records.begin(), records.end(), [](const BankAccountRecord& a, const BankAccountRecord& b) {
    return std::tie(a.account(), a.currency()) < std::tie(b.account(), b.currency());
  });
  return records;
}

}  // namespace relance::ledger
