#include "services/scenario/judge_promises.h"

#include <algorithm>
#include <unordered_set>

#include "common/money/rounding.h"
#include "common/time/day.h"

namespace relance::scenario {

int64_t OpenMinor(const AccountView& view, const google::protobuf::RepeatedField<uint64_t>& items,
                  absl::string_view currency) {
  const std::unordered_set<uint64_t> wanted(items.begin(), items.end());
  int64_t open = 0;
  for (const state::v1::Item& item : view.items) {
    if (wanted.count(item.id()) == 0 || item.currency() != currency || item.open_minor() <= 0) continue;
    open = AddMinor(open, item.open_minor()).value_or(INT64_MAX);
  }
  return open;
}

int32_t HoldUntilDay(int32_t promised_day, int grace_days, const Calendar& calendar) {
  return DayNumber(calendar.AddBusinessDays(DayFromNumber(promised_day), grace_days));
}

namespace {

// What a promise was kept with was taken back: it runs again, to be judged by what is paid now.
void TakeBack(const AccountView& view, state::v1::PlanCounts* counts, state::v1::Promise* promise) {
  const int64_t open = OpenMinor(view, promise->items(), promise->currency());
  if (promise->open_then_minor() - open >= promise->amount_minor()) return;
  promise->set_state(state::v1::PROMISE_STATE_RUNNING);
  promise->clear_judged_day();
  promise->clear_paid_minor();
  counts->set_promises_kept(std::max(counts->promises_kept() - 1, 0));
}

}  // namespace

void JudgePromises(const AccountView& view, int32_t today, state::v1::Plan* plan) {
  for (state::v1::Promise& promise : *plan->mutable_promises()) {
    if (promise.state() == state::v1::PROMISE_STATE_KEPT) TakeBack(view, plan->mutable_counts(), &promise);
    if (promise.state() != state::v1::PROMISE_STATE_RUNNING) continue;
    const int64_t open = OpenMinor(view, promise.items(), promise.currency());
    const int64_t paid = std::max<int64_t>(0, promise.open_then_minor() - open);
    const bool kept = paid >= promise.amount_minor();
    if (!kept && today <= promise.hold_until_day()) continue;
    promise.set_state(kept       ? state::v1::PROMISE_STATE_KEPT
                      : paid > 0 ? state::v1::PROMISE_STATE_PARTIAL
                                 : state::v1::PROMISE_STATE_BROKEN);
    promise.set_judged_day(today);
    promise.set_paid_minor(paid);
    auto* counts = plan->mutable_counts();
    if (kept) {
      counts->set_promises_kept(counts->promises_kept() + 1);
    } else {
      counts->set_promises_broken(counts->promises_broken() + 1);
    }
  }
}

}  // namespace relance::scenario
