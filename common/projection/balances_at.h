#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "common/projection/tenant_columns.h"

namespace relance::projection {

// What was open in one currency at the end of a civil day: amount minus the allocations that stood then;
// items issued later are 0. On and after CurrencyColumns::newest_day that is what is open now, and nothing is
// copied.
//
// Refers to `tenant`, which must not change meanwhile. O(items + allocations) for a past day.
class BalancesAt {
 public:
  BalancesAt(const TenantColumns& tenant, int32_t currency, int32_t day);
  BalancesAt(const BalancesAt&) = delete;

  int32_t day() const { return day_; }
  // The day is not before anything that is known.
  bool is_now() const { return is_now_; }
  // By row of CurrencyColumns::open.
  absl::Span<const int64_t> open() const { return open_; }
  // By row of CurrencyColumns::settled; empty when is_now(): all are 0.
  absl::Span<const int64_t> settled() const { return settled_; }
  // The n-th item of an account.
  int64_t Of(const Segment& segment, int32_t n) const;
  // The disputed part of what was open for an account.
  int64_t DisputedOf(int32_t account, const Segment& segment) const;

 private:
  const CurrencyColumns& columns_;
  const int32_t day_;
  const bool is_now_;
  std::vector<int64_t> open_copy_, settled_copy_;
  absl::Span<const int64_t> open_, settled_;
};

// The ageing scan over what was open: ScanDue, or ScanDueSlowly where the amounts are large.
ScanResult ScanBalances(const CurrencyColumns& columns, const BalancesAt& balances,
                        absl::Span<const int32_t> thresholds);
// The same for the items of one account.
ScanResult ScanAccount(const CurrencyColumns& columns, const BalancesAt& balances, const Segment& segment,
                       absl::Span<const int32_t> thresholds);

}  // namespace relance::projection
