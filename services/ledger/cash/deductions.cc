#include "services/ledger/cash/deductions.h"

#include <climits>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"

namespace relance::ledger {

using state::v1::Item;

uint64_t DiscountId(uint64_t payment, uint64_t debit) {
  return StableHash(absl::StrCat("discount/", payment, "/", debit));
}

void AddDeduction(uint64_t id, uint64_t debit, int64_t minor, int32_t day, absl::string_view reason,
                  state::v1::MatchRule rule, absl::string_view source, LedgerAccount* account) {
  const Item* reduced = account->Find(debit);
  if (reduced == nullptr || minor <= 0 || account->FindByAnyId(id) != nullptr) return;
  Item deduction;
  deduction.set_id(id);
  deduction.set_kind(state::v1::ITEM_KIND_DEDUCTION);
  deduction.set_issue_day(day);
  deduction.set_amount_minor(-minor);
  deduction.set_open_minor(-minor);
  deduction.set_currency(reduced->currency());
  deduction.set_source(std::string(source));
  deduction.set_reason(std::string(reason));
  account->Add(std::move(deduction));
  Allocate(account, id, debit, minor, day, {rule, std::string(reason)});
}

void RemoveDiscounts(uint64_t payment, uint64_t debit, LedgerAccount* account) {
  const Item* item = account->Find(payment);
  if (item == nullptr) return;
  std::set<uint64_t> debits;
  for (const auto& allocation : item->allocations()) {
    if (debit == 0 || allocation.item() == debit) debits.insert(allocation.item());
  }
  for (const uint64_t paid : debits) {
    const uint64_t id = DiscountId(payment, paid);
    if (account->Find(id) == nullptr) continue;
    RemoveAllocations(account, id, [](const auto&) { return true; });
    account->Remove(id);
  }
}

void TidyDeductions(LedgerAccount* account) {
  std::vector<uint64_t> loose;
  account->ForEach([&](const Item& item) {
    if (item.kind() == state::v1::ITEM_KIND_DEDUCTION && item.open_minor() != 0) loose.push_back(item.id());
  });
  for (const uint64_t id : loose) {
    const Item& item = *account->Find(id);
    const int64_t used = item.amount_minor() - item.open_minor();
    if (used == 0) {
      account->Remove(id);
    } else {
      ChangeAmount(account, id, used);
    }
  }
}

}  // namespace relance::ledger
