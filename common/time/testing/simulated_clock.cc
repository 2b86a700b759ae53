#include "common/time/testing/simulated_clock.h"

#include <vector>

namespace relance {

absl::Time SimulatedClock::TimeNow() {
  std::lock_guard<std::mutex> hold(mutex_);
  return now_;
}

void SimulatedClock::Sleep(absl::Duration duration) {
  std::unique_lock<std::mutex> hold(mutex_);
  const absl::Time end = now_ + duration;
  ++sleepers_;
  slept_.notify_all();
  moved_.wait(hold, [&] { return now_ >= end; });
  --sleepers_;
}

bool SimulatedClock::AwaitWithDeadline(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                                       const std::function<bool()>& condition, absl::Time deadline) {
  Waiter self{lock.mutex(), &changed};
  {
    std::lock_guard<std::mutex> hold(mutex_);
    waiters_.insert(&self);
    ++sleepers_;
    slept_.notify_all();
  }
  while (true) {
    const bool holds = condition();
    std::unique_lock<std::mutex> hold(mutex_);
    if (!holds && now_ < deadline) {
      hold.unlock();
      // SetTime notifies with the caller's lock held, so nothing is lost between the check above and this
      // wait.
      changed.wait(lock);
      continue;
    }
    if (self.pins == 0) {
      waiters_.erase(&self);
      --sleepers_;
      return holds;
    }
    // SetTime wants the caller's lock to notify this very waiter: give it way, then look again.
    lock.unlock();
    unpinned_.wait(hold, [&] { return self.pins == 0; });
    hold.unlock();
    lock.lock();
  }
}

void SimulatedClock::SetTime(absl::Time now) {
  std::vector<Waiter*> pinned;
  {
    std::lock_guard<std::mutex> hold(mutex_);
    now_ = now;
    pinned.assign(waiters_.begin(), waiters_.end());
    for (Waiter* waiter : pinned) ++waiter->pins;
    moved_.notify_all();
  }
  for (Waiter* waiter : pinned) {
    {
      std::lock_guard<std::mutex> hold(*waiter->mutex);
      waiter->changed->notify_all();
    }
    std::lock_guard<std::mutex> hold(mutex_);
    --waiter->pins;
    unpinned_.notify_all();
  }
}

void SimulatedClock::AdvanceTime(absl::Duration duration) { SetTime(TimeNow() + duration); }

void SimulatedClock::BlockUntilSleepers(int count) {
  std::unique_lock<std::mutex> hold(mutex_);
  slept_.wait(hold, [&] { return sleepers_ >= count; });
}

}  // namespace relance
