#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/account/account_view.h"

namespace relance::handoff {

inline constexpr size_t kItemsPerPlacementMax = 2'000;

// The account of money that nobody could be found for. It is nobody's debt.
inline constexpr char kUnidentifiedAccount[] = "~unidentified";

// Which items of an account go to the agency on the business day `today`. Pure.
//
// asked empty: all debits that are overdue, undisputed, not placed, not promised and without a running
// deadline, but not
//          in a currency in which open credits of the account cover them; at most kItemsPerPlacementMax,
//          oldest first.
// asked:   exactly those, or the first reason why one of them cannot go. A promise does not hold them back:
// who asks knows. Order:   by due day, then id: agency money settles the oldest first. Errors:  first match
// wins. FAILED_PRECONDITION / NOTHING_TO_PLACE (~unidentified), DEBTOR_INSOLVENT; of each asked item
//          NOT_FOUND / ITEM_NOT_FOUND, FAILED_PRECONDITION / ALREADY_PLACED, NOTHING_TO_PLACE, ITEM_DISPUTED,
//          ITEM_NOT_OVERDUE, DEADLINE_RUNNING; FAILED_PRECONDITION / NOTHING_TO_PLACE.
//
// The result points into `view`.
absl::StatusOr<std::vector<const state::v1::Item*>> ChooseItems(const AccountView& view,
                                                                const std::vector<uint64_t>& asked,
                                                                int32_t today);

}  // namespace relance::handoff
