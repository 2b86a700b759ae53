#include "services/handoff/item_money.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "common/time/day.h"

namespace relance::handoff {
namespace {

using claims::Movement;
using state::v1::Item;

void AddAllocations(const Item& credit, const std::set<uint64_t>& items,
                    std::map<uint64_t, ItemMoney>* money) {
  const bool payment = credit.kind() == state::v1::ITEM_KIND_PAYMENT;
  const bool agency = absl::StartsWith(credit.source(), kAgencySourcePrefix);
  for (const auto& allocation : credit.allocations()) {
    if (allocation.undone_day() != 0 || items.count(allocation.item()) == 0) continue;
    ItemMoney& of = (*money)[allocation.item()];
    int64_t& part = !payment ? of.credited_minor : agency ? of.agency_minor : of.direct_minor;
    part += allocation.amount_minor();
    of.movements.push_back({DayFromNumber(allocation.day()), allocation.amount_minor(),
                            payment ? Movement::Kind::kPayment : Movement::Kind::kCredit});
  }
}

// Takes `surplus` out of what is said to have settled the item: the newest last, credits before payments.
void Reduce(int64_t surplus, ItemMoney* money) {
  for (int64_t* part : {&money->credited_minor, &money->direct_minor, &money->agency_minor}) {
    const int64_t taken = std::min(surplus, *part);
    *part -= taken;
    surplus -= taken;
  }
  money->credited_minor -= surplus;
}

// Makes the parts add up with what the ledger says is open, which is the truth.
void Balance(const Item& item, ItemMoney* money) {
  money->original_minor = item.amount_minor();
  money->remaining_minor = item.open_minor();
  const int64_t settled = item.amount_minor() - item.open_minor();
  const int64_t rest = settled - money->paid_minor() - money->credited_minor;
  if (rest > 0) {
    // Settled by the books without an allocation. No interest is asked on it.
    money->credited_minor += rest;
    const int32_t day = item.has_due_day() ? item.due_day() : item.issue_day();
    money->movements.push_back({DayFromNumber(day), rest, Movement::Kind::kCredit});
  } else if (rest < 0) {
    Reduce(-rest, money);
    int64_t surplus = -rest;
    while (surplus > 0 && !money->movements.empty()) {
      const int64_t taken = std::min(surplus, money->movements.back().minor);
      surplus -= taken;
      money->movements.back().minor -= taken;
      if (money->movements.back().minor == 0) money->movements.pop_back();
    }
  }
}

}  // namespace

std::map<uint64_t, ItemMoney> MoneyOfItems(const AccountView& view, const std::set<uint64_t>& items) {
  std::map<uint64_t, ItemMoney> money;
  for (uint64_t item : items) money[item] = {};
  for (const Item& item : view.items) AddAllocations(item, items, &money);
  for (const Item& item : view.history) AddAllocations(item, items, &money);
  for (auto& [id, of] : money) {
    std::stable_sort(of.movements.begin(), of.movements.end(),
                     [](const Movement& a, const Movement& b) { return a.day < b.day; });
  }
  const auto balance = [&](const Item& item) {
    const auto it = money.find(item.id());
    if (it != money.end()) Balance(item, &it->second);
  };
  for (const Item& item : view.items) balance(item);
  for (const Item& item : view.history) balance(item);
  return money;
}

bool IsOpenDebit(const Item& item) {
  switch (item.kind()) {
    case state::v1::ITEM_KIND_INVOICE:
    case state::v1::ITEM_KIND_OPENING:
    case state::v1::ITEM_KIND_DEBIT_NOTE:
    case state::v1::ITEM_KIND_RETURN:
      return item.open_minor() > 0;
    default:
      return false;
  }
}

bool IsDisputed(const Item& item) {
  return item.has_dispute() && item.dispute().opened_day() != 0 && item.dispute().resolved_day() == 0;
}

}  // namespace relance::handoff
