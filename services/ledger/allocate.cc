#include "services/ledger/allocate.h"

#include <algorithm>
#include <set>
#include <vector>

#include "services/ledger/account_sum.h"

namespace relance::ledger {
namespace {

using state::v1::Allocation;
using state::v1::Item;

bool Stands(const Allocation& allocation) { return allocation.undone_day() == 0; }

void SettleCredit(Item* credit) {
  int32_t day = 0;
  for (const Allocation& allocation : credit->allocations()) {
    if (Stands(allocation)) day = std::max(day, allocation.day());
  }
  credit->set_settled_day(credit->open_minor() == 0 ? day : 0);
}

// Allocations lie in one order whatever order they were made in: equal content has equal bytes.
void SortAllocations(Item* credit) {
  std::sort(credit->mutable_allocations()->begin(), credit->mutable_allocations()->end(),
            [](const Allocation& a, const Allocation& b) {
              return std::make_tuple(a.day(), a.item(), a.rule(), a.undone_day()) <
                     std::make_tuple(b.day(), b.item(), b.rule(), b.undone_day());
            });
}

// The debits lose what was allocated to them; their days are found anew among what still stands.
void Reopen(LedgerAccount* account, const std::map<uint64_t, int64_t>& freed) {
  std::map<uint64_t, int32_t> paid_day;
  account->ForEach([&](const Item& credit) {
    for (const Allocation& allocation : credit.allocations()) {
      if (!Stands(allocation) || freed.count(allocation.item()) == 0) continue;
      int32_t& day = paid_day[allocation.item()];
      day = std::max(day, allocation.day());
    }
  });
  for (const auto& [id, minor] : freed) {
    if (account->Find(id) == nullptr) continue;
    Item& debit = account->Edit(id);
    debit.set_open_minor(debit.open_minor() + minor);
    debit.set_paid_day(paid_day[id]);
    debit.set_settled_day(debit.open_minor() == 0 ? debit.paid_day() : 0);
  }
}

}  // namespace

int64_t Allocate(LedgerAccount* account, uint64_t credit_id, uint64_t debit_id, int64_t minor_max,
                 int32_t day, const AllocationReason& reason) {
  const Item* credit_now = account->Find(credit_id);
  const Item* debit_now = account->Find(debit_id);
  if (credit_now == nullptr || debit_now == nullptr || credit_now->currency() != debit_now->currency())
    return 0;
  const int64_t minor = std::min({-credit_now->open_minor(), debit_now->open_minor(), minor_max});
  if (minor <= 0) return 0;
  Item& credit = account->Edit(credit_id);
  Item& debit = account->Edit(debit_id);
  day = std::max({day, credit.issue_day(), debit.issue_day()});

  Allocation* allocation = nullptr;
  for (Allocation& known : *credit.mutable_allocations()) {
    if (Stands(known) && known.item() == debit_id && known.day() == day && known.rule() == reason.rule &&
        known.evidence() == reason.evidence) {
      allocation = &known;
    }
  }
  if (allocation == nullptr) {
    allocation = credit.add_allocations();
    allocation->set_item(debit_id);
    allocation->set_day(day);
    allocation->set_rule(reason.rule);
    allocation->set_evidence(reason.evidence);
  }
  allocation->set_amount_minor(allocation->amount_minor() + minor);
  SortAllocations(&credit);
  credit.set_open_minor(credit.open_minor() + minor);
  SettleCredit(&credit);

  debit.set_open_minor(debit.open_minor() - minor);
  debit.set_paid_day(std::max(debit.paid_day(), day));
  debit.set_settled_day(debit.open_minor() == 0 ? debit.paid_day() : 0);
  if (credit.kind() == state::v1::ITEM_KIND_WRITE_OFF) debit.set_written_off(true);
  return minor;
}

int64_t RemoveAllocations(LedgerAccount* account, uint64_t credit_id, const AllocationFilter& filter) {
  const Item* now = account->Find(credit_id);
  if (now == nullptr || std::none_of(now->allocations().begin(), now->allocations().end(),
                                     [&](const Allocation& a) { return Stands(a) && filter(a); })) {
    return 0;
  }
  Item& credit = account->Edit(credit_id);
  std::map<uint64_t, int64_t> freed;
  int64_t sum = 0;
  auto* allocations = credit.mutable_allocations();
  allocations->erase(std::remove_if(allocations->begin(), allocations->end(),
                                    [&](const Allocation& allocation) {
                                      if (!Stands(allocation) || !filter(allocation)) return false;
                                      freed[allocation.item()] += allocation.amount_minor();
                                      sum += allocation.amount_minor();
                                      return true;
                                    }),
                     allocations->end());
  credit.set_open_minor(credit.open_minor() - sum);
  SettleCredit(&credit);
  Reopen(account, freed);
  return sum;
}

int64_t UndoAllocations(LedgerAccount* account, uint64_t credit_id, int32_t undone_day,
                        const AllocationFilter& filter) {
  if (account->Find(credit_id) == nullptr) return 0;
  Item& credit = account->Edit(credit_id);
  std::map<uint64_t, int64_t> freed;
  int64_t sum = 0;
  for (Allocation& allocation : *credit.mutable_allocations()) {
    if (!Stands(allocation) || !filter(allocation)) continue;
    allocation.set_undone_day(undone_day);
    freed[allocation.item()] += allocation.amount_minor();
    sum += allocation.amount_minor();
  }
  if (sum == 0) return 0;
  SortAllocations(&credit);
  credit.set_open_minor(credit.open_minor() - sum);
  SettleCredit(&credit);
  Reopen(account, freed);
  return sum;
}

int64_t AllocatedTo(const LedgerAccount& account, uint64_t debit) {
  int64_t sum = 0;
  account.ForEach([&](const Item& credit) {
    for (const Allocation& allocation : credit.allocations()) {
      if (Stands(allocation) && allocation.item() == debit) sum += allocation.amount_minor();
    }
  });
  return sum;
}

void ChangeAmount(LedgerAccount* account, uint64_t id, int64_t amount_minor) {
  const Item& now = *account->Find(id);
  const bool debit = IsDebit(now);
  const int64_t allocated =
      debit ? now.amount_minor() - now.open_minor() : now.open_minor() - now.amount_minor();
  int64_t excess = allocated - std::max<int64_t>(debit ? amount_minor : -amount_minor, 0);
  // Newest first: what came last has to go first.
  std::vector<std::pair<uint64_t, Allocation>> standing;
  if (excess > 0) {
    account->ForEach([&](const Item& credit) {
      for (const Allocation& allocation : credit.allocations()) {
        if (Stands(allocation) && (debit ? allocation.item() == id : credit.id() == id)) {
          standing.emplace_back(credit.id(), allocation);
        }
      }
    });
    std::stable_sort(standing.begin(), standing.end(),
                     [](const auto& a, const auto& b) { return a.second.day() > b.second.day(); });
  }
  for (const auto& [credit, allocation] : standing) {
    if (excess <= 0) break;
    const std::string bytes = allocation.SerializeAsString();
    const int64_t freed = RemoveAllocations(
        account, credit, [&](const Allocation& other) { return other.SerializeAsString() == bytes; });
    excess -= freed;
    if (excess < 0) {
      Allocate(account, credit, allocation.item(), -excess, allocation.day(),
               {allocation.rule(), allocation.evidence()});
      excess = 0;
    }
  }
  Item& item = account->Edit(id);
  item.set_open_minor(item.open_minor() + amount_minor - item.amount_minor());
  item.set_amount_minor(amount_minor);
  if (item.open_minor() != 0) {
    item.set_settled_day(0);
  } else if (debit) {
    item.set_settled_day(std::max(item.paid_day(), item.issue_day()));
  } else {
    SettleCredit(&item);
  }
}

}  // namespace relance::ledger
