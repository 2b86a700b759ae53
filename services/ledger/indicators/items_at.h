#pragma once

#include <cstdint>
#include <vector>

#include "common/account/account_view.h"

namespace relance::ledger {

// An item as it stood at the end of a day.
struct ItemAt {
  const state::v1::Item* item = nullptr;
  int64_t open_minor = 0;  // signed
};

// The items of an account that were issued by then, open or not: by due day (none last), then id. Agrees with
// projection::BalancesAt. Requires: the view holds items and history, and outlives the result.
std::vector<ItemAt> ItemsAt(const AccountView& view, int32_t day);

}  // namespace relance::ledger
