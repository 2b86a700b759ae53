#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "common/account/account_view.h"
#include "common/store/testing/fake_store.h"

namespace relance::projection::testing {

// Writes accounts into a FakeStore as their owners would, for tests of what reads portfolios. Ends the test
// program when a write is refused.
class Portfolio {
 public:
  Portfolio();

  store::FakeStore& ledger() { return ledger_; }
  std::unique_ptr<store::FakeStore> As(store::Service service) { return ledger_.As(service); }

  // A tenant on a test clock that stands at `day` (ISO). Again: moves the clock.
  void Tenant(const std::string& tenant, const std::string& currency, absl::string_view day);

  // Each call writes the account anew. Days are ISO; an empty due day is none.
  void Attributes(const store::AccountKey& key, const std::function<void(state::v1::Attributes&)>& change);
  // Debits have a positive amount, credits a negative one. Returns the id of the item.
  uint64_t Item(const store::AccountKey& key, state::v1::ItemKind kind, int64_t minor,
                absl::string_view issued, absl::string_view due = "", const std::string& currency = "EUR");
  uint64_t Invoice(const store::AccountKey& key, int64_t minor, absl::string_view issued,
                   absl::string_view due, const std::string& currency = "EUR");
  // Money received, of which all is allocated to `debit` from `day` on (0: nothing is).
  uint64_t Pay(const store::AccountKey& key, int64_t minor, absl::string_view day, uint64_t debit = 0);
  // Takes the allocations of a payment back from `day` on.
  void Undo(const store::AccountKey& key, uint64_t credit, absl::string_view day);
  void Dispute(const store::AccountKey& key, uint64_t item, int64_t minor, absl::string_view opened,
               absl::string_view resolved = "");

  void Plan(const store::AccountKey& key, const state::v1::Plan& plan);
  void Risk(const store::AccountKey& key, double late_probability);
  void Case(const store::AccountKey& key, const state::v1::Case& placements);

 private:
  struct Account {
    state::v1::LedgerSum sum;
    std::map<uint64_t, state::v1::Item> items;
    int64_t versions[store::kOwnerCount] = {0, 0, 0, 0};
  };
  void WriteLedger(const store::AccountKey& key);
  void Commit(store::FakeStore* store, store::Owner owner, const store::AccountKey& key,
              std::vector<std::pair<std::string, std::string>> fields);

  store::FakeStore ledger_;
  std::unique_ptr<store::FakeStore> risk_, scenario_, handoff_;
  std::map<store::AccountKey, Account> accounts_;
  std::map<std::string, int64_t> clock_versions_;
  uint64_t next_id_ = 0;
};

}  // namespace relance::projection::testing
