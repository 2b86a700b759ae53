#include "services/ledger/indicators/items_at.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "common/projection/allocations_of.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

int32_t DueDay(const Item& item) { return item.has_due_day() ? item.due_day() : projection::kNoDay; }

}  // namespace

std::vector<ItemAt> ItemsAt(const AccountView& view, int32_t day) {
  std::map<std::string, std::vector<const Item*>> by_currency;
  for (const auto* items : {&view.items, &view.history}) {
    for (const Item& item : *items) by_currency[item.currency()].push_back(&item);
  }
  std::vector<ItemAt> found;
  for (const auto& [currency, items] : by_currency) {
    std::vector<int64_t> open;
    for (const Item* item : items) open.push_back(item->amount_minor());
    for (const projection::AllocationTable::Row& row : projection::AllocationsOf(items)) {
      if (row.day > day || day >= row.undone_day) continue;
      if (row.debit != projection::kNoRow) open[row.debit] -= row.amount;
      if (row.credit != projection::kNoRow) open[row.credit] += row.amount;
    }
    for (size_t n = 0; n < items.size(); ++n) {
      if (items[n]->issue_day() <= day) found.push_back({items[n], open[n]});
    }
  }
  std::sort(found.begin(), found.end(), [](const ItemAt& a, const ItemAt& b) {
    return std::make_tuple(DueDay(*a.item), a.item->id()) < std::make_tuple(DueDay(*b.item), b.item->id());
  });
  return found;
}

}  // namespace relance::ledger
