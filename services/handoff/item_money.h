#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/account/account_view.h"
#include "common/claims/interest.h"

// What became of the amount of an item, from the credits of its account. Pure.
namespace relance::handoff {

// Money of this source came through an agency: "agency:<id>".
inline constexpr char kAgencySourcePrefix[] = "agency:";

// original = direct + agency + credited + remaining, always. Minor units of the item's currency.
struct ItemMoney {
  int64_t original_minor = 0;
  int64_t direct_minor = 0;     // payments to the creditor itself
  int64_t agency_minor = 0;     // payments to agencies
  int64_t credited_minor = 0;   // credit notes, write-offs, and what the books settled without saying how
  int64_t remaining_minor = 0;  // open
  std::vector<claims::Movement> movements;  // what settled it, by day

  int64_t paid_minor() const { return direct_minor + agency_minor; }
};

// By item. Items that the account no longer has are settled without saying how: `original` of them is 0.
// Requires: the view holds items and history.
std::map<uint64_t, ItemMoney> MoneyOfItems(const AccountView& view, const std::set<uint64_t>& items);

// An item that can be asked for: an invoice, an opening line, a debit note or a return, with an open amount.
bool IsOpenDebit(const state::v1::Item& item);

// A dispute on it stands.
bool IsDisputed(const state::v1::Item& item);

}  // namespace relance::handoff
