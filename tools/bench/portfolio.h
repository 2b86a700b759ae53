#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "relance/ledger/v1/ledger_service.pb.h"

namespace relance::bench {

inline constexpr char kTenant[] = "bench";
inline constexpr int kBiggestAccount = 5'000;  // invoices
inline constexpr int kRowsPerBatch = 1'000;    // of a sync over gRPC
// The day on which everything happens. Invoices fall due 25 to 84 days later: the figures are of the nightly
// work on every account, not of letters.
inline constexpr absl::CivilDay kBusinessDay(2026, 3, 2);

// A made-up ledger whose accounts are as unequal as real ones: rank r has a share of the invoices of about
// r^-0.8, the biggest at most kBiggestAccount, each at least one. Rows are made when they are asked for.
// Equal arguments, equal rows.
class Portfolio {
 public:
  // Requires: invoices >= accounts >= 1.
  Portfolio(int accounts, int64_t invoices);

  int accounts() const { return static_cast<int>(first_.size()) - 1; }
  int64_t invoices() const { return first_.back(); }
  int SizeOf(int account) const { return static_cast<int>(first_[account + 1] - first_[account]); }
  int64_t FirstOf(int account) const { return first_[account]; }
  std::string CodeOf(int account) const;
  // The account whose size is nearest to `size`.
  int AccountOfSize(int size) const;

  // Invoice number `serial` as its source tells it after `revision` corrections: each makes its amount
  // larger. The first invoice of an account brings the account's attributes.
  ledger::v1::SyncItem Row(int account, int64_t serial, int revision) const;

  // Whether the invoice is among the 1 % that a correction touches, and how many these are, in how many
  // accounts.
  bool Changes(int64_t serial) const;
  int64_t changed_invoices() const { return changed_invoices_; }
  int64_t changed_accounts() const { return changed_accounts_; }

  // The rows as batches of a sync: all, with the changing ones at `revision`; or these alone.
  std::vector<ledger::v1::SyncItemsRequest> Batches(const std::string& sync_id, int revision,
                                                    bool changed_only) const;

 private:
  std::vector<int64_t> first_;  // by account: number of its first invoice; one more at the end
  int64_t changed_invoices_ = 0;
  int64_t changed_accounts_ = 0;
};

}  // namespace relance::bench
