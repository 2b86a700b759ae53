#pragma once

#include <cstdint>

#include "common/account/account_view.h"
#include "common/time/calendar.h"
#include "relance/state/v1/plan.pb.h"

namespace relance::scenario {

// Judges the running promises of `plan` by what is open of their items in `view` on `today`.
//
// Kept as soon as the promised amount is paid; otherwise on the day after `hold_until_day`: partial when
// something was paid, else broken. Paid is what the items' open amounts have fallen by since the promise was
// given, at least 0. A promise that was kept runs again when its items are open again (the bank took the
// payment back), and is judged by what is paid now.
void JudgePromises(const AccountView& view, int32_t today, state::v1::Plan* plan);

// The last day on which a promise holds the scenario: `grace_days` business days after the promised day.
int32_t HoldUntilDay(int32_t promised_day, int grace_days, const Calendar& calendar);

// What is open of `items` in `view`, in `currency`.
int64_t OpenMinor(const AccountView& view, const google::protobuf::RepeatedField<uint64_t>& items,
                  absl::string_view currency);

}  // namespace relance::scenario
