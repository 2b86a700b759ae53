#include "common/projection/balances_at.h"

#include <algorithm>

namespace relance::projection {
namespace {

void CopyIssued(const ItemTable& table, int32_t day, std::vector<int64_t>* out) {
  out->resize(table.size());
  for (int32_t i = 0; i < table.size(); ++i) (*out)[i] = table.issue_day[i] <= day ? table.amount[i] : 0;
}

void Add(const ScanResult& part, ScanResult* sum) {
  for (size_t k = 0; k < part.debit_minor.size(); ++k) {
    sum->debit_minor[k] += part.debit_minor[k];
    sum->debit_items[k] += part.debit_items[k];
  }
  sum->all_debit_minor += part.all_debit_minor;
  sum->all_credit_minor += part.all_credit_minor;
  sum->all_debit_items += part.all_debit_items;
  sum->all_credit_items += part.all_credit_items;
}

}  // namespace

BalancesAt::BalancesAt(const TenantColumns& tenant, int32_t currency, int32_t day)
    : columns_(tenant.currencies()[currency]), day_(day), is_now_(day >= columns_.newest_day) {
  if (is_now_) {
    open_ = columns_.open.open;
    return;
  }
  CopyIssued(columns_.open, day, &open_copy_);
  CopyIssued(columns_.settled, day, &settled_copy_);
  const AllocationTable& allocations = columns_.allocations;
  for (const auto& segments : tenant.accounts().segments) {
    for (const Segment& segment : segments) {
      if (segment.currency != currency) continue;
      // An item that was not issued yet stays at 0, whatever is allocated to it: allocations are never before
      // the issue, but of hostile input.
      const auto move = [&](int32_t n, int64_t minor) {
        if (n == kNoRow) return;
        const int32_t row = columns_.RowOf(segment, n);
        if (columns_.TableOf(segment, n).issue_day[row] > day) return;
        (n < segment.open.count ? open_copy_ : settled_copy_)[row] += minor;
      };
      for (int32_t i = segment.allocations.begin; i < segment.allocations.end(); ++i) {
        if (!allocations.StandsAt(i, day)) continue;
        move(allocations.debit[i], -allocations.amount[i]);
        move(allocations.credit[i], allocations.amount[i]);
      }
    }
  }
  open_ = open_copy_;
  settled_ = settled_copy_;
}

int64_t BalancesAt::Of(const Segment& segment, int32_t n) const {
  const int32_t row = columns_.RowOf(segment, n);
  if (n < segment.open.count) return open_[row];
  return is_now_ ? 0 : settled_[row];
}

int64_t BalancesAt::DisputedOf(int32_t account, const Segment& segment) const {
  const auto found = columns_.disputes.find(account);
  if (found == columns_.disputes.end()) return 0;
  int64_t sum = 0;
  for (const DisputeRow& dispute : found->second) {
    if (dispute.opened_day > day_ || day_ >= dispute.resolved_day) continue;
    sum += std::min(dispute.amount, std::max<int64_t>(Of(segment, dispute.item), 0));
  }
  return sum;
}

ScanResult ScanBalances(const CurrencyColumns& columns, const BalancesAt& balances,
                        absl::Span<const int32_t> thresholds) {
  const auto scan = columns.large_amounts ? ScanDueSlowly : ScanDue;
  ScanResult result = scan(columns.open.due_day, balances.open(), thresholds);
  if (!balances.settled().empty())
    Add(scan(columns.settled.due_day, balances.settled(), thresholds), &result);
  return result;
}

ScanResult ScanAccount(const CurrencyColumns& columns, const BalancesAt& balances, const Segment& segment,
                       absl::Span<const int32_t> thresholds) {
  const auto part = [](const auto& values, const Range& range) {
    return absl::MakeConstSpan(values.data() + range.begin, range.count);
  };
  ScanResult result = ScanDueSlowly(part(columns.open.due_day, segment.open),
                                    part(balances.open(), segment.open), thresholds);
  if (!balances.settled().empty()) {
    Add(ScanDueSlowly(part(columns.settled.due_day, segment.settled),
                      part(balances.settled(), segment.settled), thresholds),
        &result);
  }
  return result;
}

}  // namespace relance::projection
