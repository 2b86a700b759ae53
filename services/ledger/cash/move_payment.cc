#include "services/ledger/cash/move_payment.h"

#include <algorithm>
#include <climits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

// Keeps the books from taking a line of theirs for money that is not here any more.
uint64_t MarkOf(uint64_t payment) { return StableHash(absl::StrCat("moved-away/", payment)); }

}  // namespace

// As ReclaimUnidentified names it: the books may have found the account meanwhile.
uint64_t CounterpartOf(uint64_t payment) { return StableHash(absl::StrCat("identified/", payment)); }

Item ForAnotherAccount(const Item& payment) {
  Item item = payment;
  item.clear_allocations();
  item.clear_settled_day();
  item.clear_refused();
  item.set_open_minor(item.amount_minor());
  auto* aliases = item.mutable_aliases();
  const auto mark = std::find(aliases->begin(), aliases->end(), MarkOf(payment.id()));
  if (mark != aliases->end()) aliases->erase(mark);
  return item;
}

bool IsGivenAway(const Item& payment) {
  return std::any_of(payment.allocations().begin(), payment.allocations().end(), [&](const auto& a) {
    return a.undone_day() == 0 && a.item() == CounterpartOf(payment.id());
  });
}

void TakeIn(const Item& payment, LedgerAccount* account) {
  const Item* known = account->FindByAnyId(payment.id());
  if (known == nullptr) {
    account->Add(ForAnotherAccount(payment));
    return;
  }
  if (!IsGivenAway(*known)) return;
  const uint64_t id = known->id();
  const uint64_t counterpart = CounterpartOf(id);
  RemoveAllocations(account, id, [&](const auto& a) { return a.item() == counterpart; });
  account->Remove(counterpart);
  Item& item = account->Edit(id);
  auto* aliases = item.mutable_aliases();
  const auto mark = std::find(aliases->begin(), aliases->end(), MarkOf(id));
  if (mark != aliases->end()) aliases->erase(mark);
}

void GiveAway(uint64_t payment, int32_t day, LedgerAccount* account) {
  const Item* known = account->FindByAnyId(payment);
  if (known == nullptr || known->open_minor() != known->amount_minor() || known->open_minor() == 0) return;
  const uint64_t id = known->id();
  const uint64_t counterpart_id = CounterpartOf(id);
  if (account->Find(counterpart_id) != nullptr) return;
  const bool unidentified = account->key().account == kUnidentifiedAccount;
  const bool is_credit = known->open_minor() < 0;
  Item counterpart;
  counterpart.set_id(counterpart_id);
  counterpart.set_kind(!is_credit     ? state::v1::ITEM_KIND_CREDIT_NOTE
                       : unidentified ? state::v1::ITEM_KIND_DEBIT_NOTE
                                      : state::v1::ITEM_KIND_RETURN);
  counterpart.set_issue_day(known->issue_day());
  counterpart.set_amount_minor(-known->open_minor());
  counterpart.set_open_minor(-known->open_minor());
  counterpart.set_currency(known->currency());
  counterpart.set_source(known->source());
  counterpart.add_aliases(StableHash(absl::StrCat("moved-counterpart/", id)));
  account->Add(std::move(counterpart));
  if (!unidentified) account->AddAlias(id, MarkOf(id));
  Allocate(account, is_credit ? id : counterpart_id, is_credit ? counterpart_id : id, INT64_MAX, day,
           {state::v1::MATCH_RULE_COUNTERPART, kMovedEvidence});
}

}  // namespace relance::ledger
