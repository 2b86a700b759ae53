#include "services/ledger/agreement/compare_account.h"

#include <algorithm>

namespace relance::ledger {
namespace {

using state::v1::Item;

// Counterparts by which last year's items stand for an opening line (plan_books.h).
constexpr absl::string_view kCarried = "carried";
constexpr absl::string_view kBooks = "fec";
constexpr absl::string_view kBanks[] = {"camt053", "camt054", "coda", "cfonb120", "mt940"};

bool IsBankSource(const Item& item) {
  return std::find(std::begin(kBanks), std::end(kBanks), item.source()) != std::end(kBanks);
}

}  // namespace

bool IsToldByBooks(const Item& item) {
  if (item.source() == kBooks || item.source() == kCarried || !item.control_account().empty()) return true;
  // Money that the bank told first: the line of the books that confirmed it is its alias.
  return IsBankSource(item) && item.aliases_size() > 0;
}

bool IsToldByBank(const Item& item) { return IsBankSource(item) || !item.bank_key().empty(); }

AccountPosition PositionOf(const AccountView& view, absl::string_view currency, int32_t day,
                           const DayOfItem& day_of) {
  AccountPosition position;
  for (const auto* items : {&view.items, &view.history}) {
    for (const Item& item : *items) {
      if (item.currency() != currency) continue;
      const bool in_books = IsToldByBooks(item);
      if ((in_books ? day_of(item) : item.issue_day()) > day) continue;
      position.items_minor += item.amount_minor();
      if (in_books) continue;
      (IsToldByBank(item) ? position.transit_bank_minor : position.transit_other_minor) +=
          item.amount_minor();
    }
  }
  return position;
}

}  // namespace relance::ledger
