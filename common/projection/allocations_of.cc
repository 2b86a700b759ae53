#include "common/projection/allocations_of.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"

namespace relance::projection {
namespace {

using state::v1::Item;

// What is open of an item beside what its allocations explain: then the books say no more than that it was so
// from the day it was last paid on. Keeps "today" equal to the open amounts whatever the source.
int64_t Unexplained(const Item& item, int64_t allocated) {
  return item.amount_minor() > 0 ? item.amount_minor() - allocated - item.open_minor()
                                 : item.open_minor() - item.amount_minor() - allocated;
}

int32_t DayOfUnexplained(const Item& item) {
  if (item.settled_day() != 0) return std::max(item.settled_day(), item.issue_day());
  return std::max(item.paid_day(), item.issue_day());
}

}  // namespace

std::vector<AllocationTable::Row> AllocationsOf(absl::Span<const Item* const> items) {
  std::vector<AllocationTable::Row> rows;
  absl::flat_hash_map<uint64_t, int32_t> place;
  for (size_t n = 0; n < items.size(); ++n) place[items[n]->id()] = static_cast<int32_t>(n);
  std::vector<int64_t> explained(items.size(), 0);
  for (size_t n = 0; n < items.size(); ++n) {
    for (const auto& allocation : items[n]->allocations()) {
      AllocationTable::Row row;
      row.day = allocation.day();
      if (allocation.undone_day() != 0) row.undone_day = allocation.undone_day();
      row.amount = allocation.amount_minor();
      row.credit = static_cast<int32_t>(n);
      const auto debit = place.find(allocation.item());
      if (debit != place.end()) row.debit = debit->second;
      if (row.undone_day == kNoDay) {
        explained[n] += row.amount;
        if (row.debit != kNoRow) explained[row.debit] += row.amount;
      }
      rows.push_back(row);
    }
  }
  for (size_t n = 0; n < items.size(); ++n) {
    const int64_t rest = Unexplained(*items[n], explained[n]);
    if (rest == 0) continue;
    AllocationTable::Row row;
    row.day = DayOfUnexplained(*items[n]);
    row.amount = rest;
    (items[n]->amount_minor() > 0 ? row.debit : row.credit) = static_cast<int32_t>(n);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace relance::projection
