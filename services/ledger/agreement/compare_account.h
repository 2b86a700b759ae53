#pragma once

#include <cstdint>
#include <functional>

#include "absl/strings/string_view.h"
#include "common/account/account_view.h"

namespace relance::ledger {

// What the items of an account come to at the end of a day, in one currency, by who told of them.
struct AccountPosition {
  int64_t items_minor = 0;          // all that was owed
  int64_t transit_bank_minor = 0;   // of it, told by the bank and not by the books
  int64_t transit_other_minor = 0;  // of it, told by invoices, programs and people and not by the books

  int64_t transit_minor() const { return transit_bank_minor + transit_other_minor; }
  // What the books should say.
  int64_t in_books_minor() const { return items_minor - transit_minor(); }
};

// The day on which the books entered an item.
using DayOfItem = std::function<int32_t(const state::v1::Item& item)>;

// Whether the books told of an item, or it only carries a balance of the books forward.
bool IsToldByBooks(const state::v1::Item& item);
bool IsToldByBank(const state::v1::Item& item);

// Amounts of the items that were there at the end of `day`: allocations move money between items of one
// account and change nothing in their sum. Pure. Requires: the view holds items and history.
AccountPosition PositionOf(const AccountView& view, absl::string_view currency, int32_t day,
                           const DayOfItem& day_of);

}  // namespace relance::ledger
