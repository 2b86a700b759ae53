#include "samples/generate/agenda.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace relance::samples {

Agenda::Agenda(absl::CivilDay begin, absl::CivilDay end)
    : begin_(begin),
      end_(end),
      bank_(HolidaySet::kTarget),
      days_(end - begin),
      next_banking_day_(end - begin) {
  for (size_t i = 0; i < next_banking_day_.size(); ++i) {
    const absl::CivilDay day = begin_ + static_cast<int64_t>(i);
    next_banking_day_[i] = static_cast<int32_t>(bank_.BusinessDayOnOrAfter(day) - begin_);
  }
}

bool Agenda::Schedule(absl::CivilDay day, const Action& action) {
  if (day < begin_ || day >= end_) return false;
  const size_t offset = next_banking_day_[day - begin_];
  if (offset >= days_.size()) return false;
  days_[offset].push_back(action);
  return true;
}

void Agenda::ScheduleFor(int32_t slot, absl::CivilDay day, Action::Type type, int64_t amount_minor,
                         LivingPayment::Outcome outcome) {
  if (Schedule(day, {type, outcome, items_[slot].account, slot, amount_minor})) Pin(slot);
}

std::vector<Action> Agenda::TakeDay(absl::CivilDay day) {
  std::vector<Action> actions = std::exchange(days_[day - begin_], {});
  std::stable_sort(actions.begin(), actions.end(), [](const Action& a, const Action& b) {
    return std::make_tuple(a.type, a.account, a.outcome) < std::make_tuple(b.type, b.account, b.outcome);
  });
  return actions;
}

int32_t Agenda::Hold(const LivingItem& item) {
  if (free_.empty()) {
    items_.push_back(item);
    pins_.push_back(1);
    return static_cast<int32_t>(items_.size()) - 1;
  }
  const int32_t slot = free_.back();
  free_.pop_back();
  items_[slot] = item;
  pins_[slot] = 1;
  return slot;
}

void Agenda::Unpin(int32_t slot) {
  if (--pins_[slot] == 0) free_.push_back(slot);
}

bool Agenda::IsBankingDay(absl::CivilDay day) const {
  return next_banking_day_[day - begin_] == static_cast<int32_t>(day - begin_);
}

}  // namespace relance::samples
