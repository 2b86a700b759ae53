#include "services/ledger/cash/account_look.h"

#include <algorithm>
#include <climits>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/identifiers/text.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/cash/find_matches.h"
#include "services/ledger/find_numbers.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

constexpr size_t kRfHead = 4;  // "RF" and two check digits; what follows is the number

auto DueOrder(const Item* item) {
  return std::make_tuple(item->has_due_day() ? item->due_day() : INT_MAX, item->id());
}
auto IssueOrder(const Item* item) { return std::make_tuple(item->issue_day(), item->id()); }

bool IsCreditNote(const Item& item) { return item.kind() == state::v1::ITEM_KIND_CREDIT_NOTE; }

bool HasSpelling(const Item& item, absl::string_view spelling) {
  const std::vector<std::string> spellings = SpellingsOfNumber(item.number());
  return std::find(spellings.begin(), spellings.end(), spelling) != spellings.end();
}

template <typename Map, typename Key>
const AccountLook::Items& ItemsOf(const Map& map, const Key& key) {
  static const auto& none = *new AccountLook::Items;
  const auto it = map.find(key);
  return it == map.end() ? none : it->second;
}

}  // namespace

AccountLook::AccountLook(const LedgerAccount& account) : code_(account.key().account), account_(&account) {
  account.ForEach([this](const Item& item) { Add(item); });
  SortOpen();
}

AccountLook::AccountLook(const AccountView& view)
    : code_(view.key.account), attributes_(&view.sum.attributes()) {
  for (const Item& item : view.items) Add(item);
  for (const Item& item : view.history) Add(item);
  SortOpen();
}

const state::v1::Attributes& AccountLook::attributes() const {
  return account_ != nullptr ? account_->attributes() : *attributes_;
}

void AccountLook::Add(const Item& item) {
  Items& items = item.open_minor() > 0 ? debits_ : item.open_minor() < 0 ? credits_ : settled_;
  items.push_back(&item);
}

void AccountLook::SortOpen() {
  std::sort(debits_.begin(), debits_.end(),
            [](const Item* a, const Item* b) { return DueOrder(a) < DueOrder(b); });
  std::sort(credits_.begin(), credits_.end(),
            [](const Item* a, const Item* b) { return IssueOrder(a) < IssueOrder(b); });
}

void AccountLook::TakeIn(const Item& item) {
  if (item.open_minor() == 0) settled_since_.insert(item.id());
}

void AccountLook::MakeNumbers() const {
  if (std::exchange(numbers_known_, true)) return;
  const auto add = [&](const Item* item) {
    std::vector<std::string> spellings = SpellingsOfNumber(item->number());
    if (spellings.empty() && !item->number().empty()) {
      spellings.push_back(absl::AsciiStrToUpper(absl::StripAsciiWhitespace(item->number())));
    }
    for (std::string& spelling : spellings) by_number_[std::move(spelling)].push_back(item);
  };
  for (const Item* item : debits_) add(item);
  for (const Item* item : credits_) {
    if (IsCreditNote(*item)) add(item);
  }
}

const AccountLook::Items& AccountLook::OfNumber(absl::string_view number) const {
  MakeNumbers();
  return ItemsOf(by_number_, number);
}

AccountLook::Items AccountLook::OfReference(const std::string& reference) const {
  if (!std::exchange(references_known_, true)) {
    for (const Item* item : debits_) {
      if (item->reference().empty()) continue;
      by_reference_[identifiers::Normalise(item->reference())].push_back(item);
    }
  }
  Items found = ItemsOf(by_reference_, reference);
  if (!absl::StartsWith(reference, "RF") || reference.size() <= kRfHead) return found;
  // Both are in order by themselves; an item may be in both.
  for (const Item* item : OfNumber(absl::string_view(reference).substr(kRfHead))) {
    if (!IsCreditNote(*item)) found.push_back(item);
  }
  std::sort(found.begin(), found.end(),
            [](const Item* a, const Item* b) { return DueOrder(a) < DueOrder(b); });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void AccountLook::MakeTransfers() const {
  if (std::exchange(transfers_known_, true)) return;
  for (const Item* item : debits_) {
    if (!item->end_to_end_id().empty()) by_transfer_[item->end_to_end_id()].push_back(item);
  }
  for (const Items* items : {&debits_, &credits_, &settled_}) {
    for (const Item* item : *items) {
      if (item->returned_day() != 0) returned_[item->end_to_end_id()].push_back(item);
    }
  }
}

const AccountLook::Items& AccountLook::OfTransfer(absl::string_view end_to_end_id) const {
  MakeTransfers();
  return ItemsOf(by_transfer_, end_to_end_id);
}

AccountLook::Items AccountLook::ReturnedOfTransfer(absl::string_view end_to_end_id) const {
  MakeTransfers();
  Items settled;
  for (const Item* item : ItemsOf(returned_, end_to_end_id)) {
    if (item->open_minor() == 0) settled.push_back(item);
  }
  return settled;
}

const Item* AccountLook::SettledOfNumber(absl::string_view spelling) const {
  if (!std::exchange(settled_known_, true)) {
    for (const Item* item : settled_) {
      if (!IsDebit(*item)) continue;
      for (std::string& key : SpellingsOfNumber(item->number())) {
        const Item*& known = settled_by_number_[std::move(key)];
        if (known == nullptr || item->id() < known->id()) known = item;
      }
    }
  }
  const auto it = settled_by_number_.find(spelling);
  const Item* found = it == settled_by_number_.end() ? nullptr : it->second;
  for (const Item* item : OfNumber(spelling)) {
    if (item->open_minor() != 0 || !IsDebit(*item) || !HasSpelling(*item, spelling)) continue;
    if (found == nullptr || item->id() < found->id()) found = item;
  }
  return found;
}

const AccountLook::Items& AccountLook::PaymentsOf(int64_t amount_minor) const {
  if (!std::exchange(payments_known_, true)) {
    for (const Items* items : {&settled_, &credits_}) {
      for (const Item* item : *items) {
        if (item->kind() == state::v1::ITEM_KIND_PAYMENT) payments_[item->amount_minor()].push_back(item);
      }
    }
  }
  return ItemsOf(payments_, amount_minor);
}

Eligible::Eligible(const Item& payment, const AccountLook& look)
    : payment_(payment), look_(look), refused_(payment.refused().begin(), payment.refused().end()) {}

bool Eligible::IsDebit(const Item& item) const {
  return item.open_minor() > 0 && item.currency() == payment_.currency() &&
         item.kind() != state::v1::ITEM_KIND_RETURN &&
         (refused_.empty() || refused_.count(HashOfPair(look_.code(), item.id())) == 0);
}

bool Eligible::IsCredit(const Item& item) const {
  return item.open_minor() < 0 && item.currency() == payment_.currency();
}

}  // namespace relance::ledger
