#pragma once

#include <cstdint>

#include "common/time/calendar.h"
#include "services/scenario/account_facts.h"
#include "services/scenario/scenario.h"

namespace relance::scenario {

// The next step of one item.
struct NextStep {
  int index = -1;   // into the scenario's steps; -1: none is left
  int32_t day = 0;  // the first day on which it may be made, as far as the item alone goes
};

// The first step behind the item's last one that the item and its account qualify for (FC-04, FC-13).
//
// Entry: an item without a position enters at the first step whose window (until_days) is open, however late
// it is, and
//        never at a handoff. The windows of steps before the due date hold for every item.
// Day:   due day + offset, min_days_after_previous behind the step before, and behind the deadline that the
// last letter
//        granted (FC-62). A day in the past means now: what was missed is caught up.
NextStep ChooseNextStep(const ItemFacts& item, const AccountFacts& facts,
                        const state::v1::Attributes& attributes, const Scenario& scenario, int32_t today);

// The first day, neither before `day` nor before `today`, on which the account may be contacted by `step`:
// the spacing between contacts that really happened (FC-07; a handoff is none), then a business day.
int32_t FirstContactDay(const Step& step, int32_t day, int32_t today, int32_t last_contact_day,
                        const Scenario& scenario, const Calendar& calendar);

}  // namespace relance::scenario
