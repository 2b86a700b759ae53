#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/store/store.h"
#include "services/ledger/account_field.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {

inline constexpr size_t kIndexEntriesMax =
    60'000'000;  // about 1.2 GB; beyond, nothing new is learnt and payments go to
                 // ~unidentified rather than to a wrong account

inline constexpr size_t kIndexListMax = 16;  // accounts of one payer, group or similar name; more say nothing
inline constexpr size_t kCandidatesMax = 12;  // accounts that one payment is weighed against

// The name of a debtor as it is compared: letters and digits, ASCII in upper case, one space between words.
std::string NormaliseName(absl::string_view name);

// An account that money may belong to.
struct AccountCandidate {
  std::string account;
  // It is named by a reference or number, or the payer is known as it. Otherwise something is only similar.
  bool is_strong = false;
  PayerStanding payer;  // of the payer towards this account
};

// Finds the account that money belongs to, within one tenant: by document number, structured reference, payer
// account, name, the bank's transfer id; by what is similar to these; by who pays for whom. In memory, built
// from the accounts at first use and kept current by own writes and the feed; it only proposes, and what it
// proposes is matched against the account as it is stored.
//
// Entries are 64-bit hashes; what is known of two accounts names none. Entries are never taken back: a number
// that an account once had still leads there. Thread-safe.
class AccountIndex {
 public:
  explicit AccountIndex(std::string tenant) : tenant_(std::move(tenant)) {}

  // Takes in what was written since the last call. Errors: those of the store.
  absl::Status Refresh(store::Store& store, store::Deadline deadline);
  // Takes in an account just written, at its new version. Cheaper than to wait for the feed. Nothing before
  // the first Refresh.
  void Learn(const LedgerAccount& account, int64_t version);

  bool KnowsNumber(absl::string_view normalised_number) const;
  // The account of a payment: by reference, by document number, by payer account, by exact name; nullopt when
  // none says or the strongest that says names several accounts.
  std::optional<std::string> Route(const PaymentFacts& facts) const;
  // All accounts that a payment may belong to, the likeliest first, at most kCandidatesMax: those that it
  // names, those of the payer, those that the payer pays for or that are of its group, and, where none of
  // these is, those with a similar number or name.
  // The last takes by far the most time, and is left out unless `with_similar`.
  std::vector<AccountCandidate> Candidates(const PaymentFacts& facts, bool with_similar) const;
  // Another account that this payer is known as; empty: none, or this one as well.
  std::string PayerOf(const PaymentFacts& facts, const std::string& account) const;
  // Accounts with money that is not allocated, ~unidentified first, then by code.
  std::vector<std::string> AccountsWithMoney() const;
  // Changes whenever something new is known.
  int64_t generation() const;

  // The account that holds the money of this id already.
  std::optional<std::string> HolderOf(uint64_t item) const;
  // Whether money of this entry of the bank (BankEntryOf) is there, and the one account that holds it.
  bool KnowsEntry(absl::string_view bank_entry) const;
  std::optional<std::string> HolderOfEntry(absl::string_view bank_entry) const;
  // The account of an electronic invoice, by what says it first: it is there already; the code of an account
  // is among the buyer's; the one account of that company; the account that has its number, then the one that
  // has the buyer's name, unless they are known as another company's. Else the code that a new account gets:
  // the company's key, the buyer's own code, or "NAME:" with its name.
  std::string AccountOf(const IncomingDocument& document) const;
  // Accounts that electronic invoices made (IsMadeCode), each with those that may be of the same debtor: they
  // have a number or the company in common.
  std::map<std::string, std::set<std::string>> Joins() const;
  // This one was looked at: it is answered again when more is known of it, or after a new build.
  void ForgetJoin(const std::string& made);
  // The account of the payment with this end-to-end id.
  std::optional<std::string> PayerOfTransfer(absl::string_view end_to_end_id) const;

  size_t entries() const;

 private:
  struct Account {
    std::string code;
    int64_t version = 0;
    uint64_t name = 0, parent = 0;  // hashes; 0: none
    std::vector<std::string> pays_for;
    bool has_money = false;
    std::vector<uint64_t> companies;  // hashes of CompanyKeys
    bool is_made = false;             // IsMadeCode
  };
  struct Found {
    std::vector<uint32_t> accounts;  // each once, in order
    void Add(uint32_t account);
  };
  static constexpr uint32_t kSeveral = UINT32_MAX;

  static uint64_t Key(char kind, absl::string_view value);
  std::optional<uint32_t> FindLocked(char kind, absl::string_view value) const;
  std::optional<std::string> NameLocked(std::optional<uint32_t> account) const;
  uint32_t AccountLocked(const std::string& code);
  void AddLocked(char kind, absl::string_view value, uint32_t account);
  void AddToListLocked(char kind, absl::string_view value, uint32_t account);
  const std::vector<uint32_t>& ListLocked(char kind, absl::string_view value) const;
  void SeeSumLocked(const state::v1::LedgerSum& sum, uint32_t account);
  void FindNamedLocked(const PaymentFacts& facts, Found* by_reference, Found* by_number) const;
  void AddCompaniesLocked(const state::v1::Attributes& attributes, uint32_t account);
  bool IsOtherCompanyLocked(uint32_t account, const IncomingDocument& document) const;
  void FindSimilarLocked(const PaymentFacts& facts, Found* found) const;
  void FindGroupLocked(uint32_t account, Found* found) const;
  bool IsGroupLocked(uint32_t a, uint32_t b) const;
  PayerStanding StandingLocked(const std::vector<uint32_t>& payers, uint32_t account) const;
  void AddItemLocked(const state::v1::Item& item, uint32_t account);
  void AddAttributesLocked(const state::v1::Attributes& attributes, uint32_t account);
  absl::Status Build(store::Store& store, store::Deadline deadline);
  absl::Status TakeIn(store::Store& store, const std::vector<store::AccountKey>& keys,
                      store::Deadline deadline);

  const std::string tenant_;
  std::mutex refresh_mutex_;        // one refresh at a time; held without mutex_ while the store is read
  std::vector<int64_t> positions_;  // of the feed, by partition; empty: not built

  mutable std::mutex mutex_;
  bool in_use_ = false;  // built, or about to be
  std::vector<Account> accounts_;
  absl::flat_hash_map<std::string, uint32_t> by_code_;
  absl::flat_hash_map<uint64_t, uint32_t> entries_;
  std::map<uint32_t, std::set<uint32_t>> joins_;                // made accounts
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> lists_;  // payers, groups, similar names
  int64_t generation_ = 0;
};

// The indexes of all tenants. Thread-safe.
class AccountIndexes {
 public:
  // Lasts as long as this.
  AccountIndex& Of(const std::string& tenant);

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<AccountIndex>> by_tenant_;
};

}  // namespace relance::ledger
