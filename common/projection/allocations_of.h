#pragma once

#include <vector>

#include "absl/types/span.h"
#include "common/projection/item_table.h"
#include "relance/state/v1/ledger.pb.h"

namespace relance::projection {

// What moved between the items of one account and currency, undone or not, in order of the credits. `debit`
// and `credit` of a row are places in `items`.
//
// An open amount that allocations do not explain has been so since the item was last paid on, or issued: a
// row with one side only says so. Thus amounts minus what stands now are the open amounts, whatever the
// source.
std::vector<AllocationTable::Row> AllocationsOf(absl::Span<const state::v1::Item* const> items);

// Source of an item that closes what a whole picture no longer had.
inline constexpr char kAbsentSource[] = "snapshot";

}  // namespace relance::projection
