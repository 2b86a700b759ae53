#include "services/ledger/return_payment.h"

#include <algorithm>
#include <vector>

#include "services/ledger/allocate.h"
#include "services/ledger/cash/deductions.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/find_numbers.h"
#include "services/ledger/match_payment.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

// Whether the return names something that `payment` had paid, or the payment itself.
bool NamesWhatWasPaid(const Item& payment, const PaymentFacts& facts,
                      const std::vector<std::string>& references, const LedgerAccount& account) {
  for (const auto& allocation : payment.allocations()) {
    const Item* paid = account.Find(allocation.item());
    if (paid == nullptr) continue;
    if (std::any_of(references.begin(), references.end(),
                    [&](const std::string& reference) { return ReferenceFits(reference, *paid); })) {
      return true;
    }
    const std::vector<std::string> spellings = SpellingsOfNumber(paid->number());
    const auto is_number = [&](absl::string_view candidate) {
      return std::find(spellings.begin(), spellings.end(), candidate) != spellings.end();
    };
    for (const std::string& document : facts.documents) {
      if (is_number(NormaliseNumber(document))) return true;
    }
    for (const std::string& text : SearchedTexts(facts)) {
      if (!FindNumbers(text, is_number).empty()) return true;
    }
  }
  return false;
}

}  // namespace

std::optional<uint64_t> FindReturnedPayment(const Item& taken_back, const PaymentFacts& facts,
                                            const LedgerAccount& account) {
  std::vector<const Item*> candidates;
  account.ForEach([&](const Item& item) {
    if (item.kind() != state::v1::ITEM_KIND_PAYMENT || item.returned_day() != 0) return;
    if (item.currency() != taken_back.currency() || item.amount_minor() != -taken_back.amount_minor()) return;
    const int age = taken_back.issue_day() - item.issue_day();
    if (age >= 0 && age <= kReturnDaysMax) candidates.push_back(&item);
  });
  const auto only = [](const std::vector<const Item*>& found) -> std::optional<uint64_t> {
    if (found.size() != 1) return std::nullopt;
    return found[0]->id();
  };
  std::vector<const Item*> named;
  if (!taken_back.end_to_end_id().empty()) {
    for (const Item* item : candidates) {
      if (item->end_to_end_id() == taken_back.end_to_end_id()) named.push_back(item);
    }
    if (!named.empty()) return only(named);
  }
  const std::vector<std::string> references = ReferencesOf(facts);
  for (const Item* item : candidates) {
    if (NamesWhatWasPaid(*item, facts, references, account)) named.push_back(item);
  }
  return only(named.empty() ? candidates : named);
}

void ReturnPayment(uint64_t payment, const Item& taken_back, int32_t day, LedgerAccount* account) {
  account->Edit(payment).set_returned_day(day);
  RemoveDiscounts(payment, 0, account);
  UndoAllocations(account, payment, day, [](const state::v1::Allocation& a) {
    return a.rule() != state::v1::MATCH_RULE_COUNTERPART;
  });
  if (account->Find(taken_back.id()) == nullptr) {
    Item& added = account->Add(taken_back);
    added.set_open_minor(added.amount_minor());
  }
  Allocate(account, payment, taken_back.id(), INT64_MAX, day, {state::v1::MATCH_RULE_COUNTERPART, "RETURN"});
}

bool IsWaitingReturn(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_RETURN && item.amount_minor() > 0 && !item.bank_key().empty() &&
         item.open_minor() == item.amount_minor();
}

int MeetWaitingReturns(LedgerAccount* account) {
  std::vector<uint64_t> waiting;
  account->ForEach([&](const Item& item) {
    if (IsWaitingReturn(item)) waiting.push_back(item.id());
  });
  int met = 0;
  for (const uint64_t id : waiting) {
    const Item taken_back = *account->Find(id);
    const auto payment = FindReturnedPayment(taken_back, FactsOf(taken_back), *account);
    if (!payment.has_value()) continue;
    ReturnPayment(*payment, taken_back, taken_back.issue_day(), account);
    ++met;
  }
  return met;
}

}  // namespace relance::ledger
