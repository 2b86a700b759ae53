#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "common/account/account_view.h"
#include "services/ledger/account_field.h"

namespace relance::ledger {

// One account as the rules look at it. What money names is found by the name, whatever the size of the
// account: each table is made when it is first asked for.
//
// Points into what it was made of, which may go on settling items (TakeIn), and adding deductions; nothing
// else. Not thread-safe.
class AccountLook {
 public:
  using Item = state::v1::Item;
  using Items = std::vector<const Item*>;

  explicit AccountLook(const LedgerAccount& account);
  explicit AccountLook(const AccountView& view);

  const std::string& code() const { return code_; }
  const state::v1::Attributes& attributes() const;

  // Items that were open when this was made; open_minor() says whether they are. Debits by due day (none
  // last), credits by issue day, then id.
  const Items& debits() const { return debits_; }
  const Items& credits() const { return credits_; }
  // How many items are settled, as far as at hand: they speak against, never for.
  size_t settled_items() const { return settled_.size() + settled_since_.size(); }

  // Of debits() and credit notes of credits(), in their order: those that `number` (a spelling of their
  // number, or a short number in upper case) names; those of `reference`, in the form of ReferencesOf, before
  // ReferenceFits; debits that were told with an end-to-end id.
  const Items& OfNumber(absl::string_view number) const;
  Items OfReference(const std::string& reference) const;
  const Items& OfTransfer(absl::string_view end_to_end_id) const;
  // The settled debit of the lowest id that has this spelling of its number; null: none.
  const Item* SettledOfNumber(absl::string_view spelling) const;
  // Settled items that were returned, by the end-to-end id.
  Items ReturnedOfTransfer(absl::string_view end_to_end_id) const;
  // Payments of this amount, open or settled.
  const Items& PaymentsOf(int64_t amount_minor) const;

  // The item may have been settled since this was made, or added as a deduction.
  void TakeIn(const Item& item);

 private:
  using ByText = absl::flat_hash_map<std::string, Items>;

  void Add(const Item& item);
  void SortOpen();
  void MakeNumbers() const;
  void MakeTransfers() const;

  std::string code_;
  const LedgerAccount* account_ = nullptr;
  const state::v1::Attributes* attributes_ = nullptr;  // of a view
  Items debits_, credits_, settled_;
  absl::flat_hash_set<uint64_t> settled_since_;

  mutable bool numbers_known_ = false, settled_known_ = false, transfers_known_ = false;
  mutable bool references_known_ = false, payments_known_ = false;
  mutable ByText by_number_, by_reference_, by_transfer_, returned_;
  mutable absl::flat_hash_map<std::string, const Item*> settled_by_number_;
  mutable absl::flat_hash_map<int64_t, Items> payments_;
};

// What one payment may pay of an account, and be paid less: of its currency, no return, nothing that a person
// refused for it.
class Eligible {
 public:
  Eligible(const state::v1::Item& payment, const AccountLook& look);
  // Open, too.
  bool IsDebit(const state::v1::Item& item) const;
  bool IsCredit(const state::v1::Item& item) const;

 private:
  const state::v1::Item& payment_;
  const AccountLook& look_;
  const std::set<uint64_t> refused_;
};

}  // namespace relance::ledger
