#include "services/scenario/choose_step.h"

#include <algorithm>

#include "common/time/day.h"

namespace relance::scenario {

NextStep ChooseNextStep(const ItemFacts& item, const AccountFacts& facts,
                        const state::v1::Attributes& attributes, const Scenario& scenario, int32_t today) {
  const bool entering = item.position == nullptr;
  const int first = entering ? 0 : scenario.IndexOf(*item.position) + 1;
  const int32_t due_day = item.item->due_day();
  for (int i = first; i < static_cast<int>(scenario.steps.size()); ++i) {
    const Step& step = scenario.steps[i];
    if (entering && step.IsHandoff()) continue;
    if ((entering || step.IsPreDue()) && step.until_days.has_value() && today > due_day + *step.until_days)
      continue;
    if (!Matches(step.when, *item.item, attributes, facts, scenario)) continue;
    NextStep next{i, due_day + step.offset_days};
    if (!entering) {
      if (item.position->day() != 0) {
        next.day = std::max(next.day, item.position->day() + step.min_days_after_previous);
      }
      if (item.position->deadline_day() != 0)
        next.day = std::max(next.day, item.position->deadline_day() + 1);
    }
    return next;
  }
  return {};
}

int32_t FirstContactDay(const Step& step, int32_t day, int32_t today, int32_t last_contact_day,
                        const Scenario& scenario, const Calendar& calendar) {
  day = std::max(day, today);
  if (!step.IsHandoff() && last_contact_day != 0) {
    day = std::max(day, last_contact_day + scenario.min_days_between_contacts);
  }
  return DayNumber(calendar.BusinessDayOnOrAfter(DayFromNumber(day)));
}

}  // namespace relance::scenario
