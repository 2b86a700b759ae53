#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>

#include "absl/time/time.h"
#include "common/time/clock.h"

namespace relance {

// A clock that stands still until a test moves it. Sleep and AwaitWithDeadline block on simulated time only.
//
// Threads: all methods may be called from any thread. A test that wants another thread to be asleep before it
// moves time calls BlockUntilSleepers first; nothing has to sleep in real time.
class SimulatedClock : public Clock {
 public:
  explicit SimulatedClock(absl::Time now = absl::UnixEpoch()) : now_(now) {}

  absl::Time TimeNow() override;
  void Sleep(absl::Duration duration) override;
  bool AwaitWithDeadline(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                         const std::function<bool()>& condition, absl::Time deadline) override;

  // Moves time, also backwards (a clock that jumps is a case to test), and wakes those whose time has come.
  // The caller must not hold a lock that a thread in AwaitWithDeadline waits with.
  void SetTime(absl::Time now);
  void AdvanceTime(absl::Duration duration);

  // Returns when at least `count` threads wait in Sleep or AwaitWithDeadline.
  void BlockUntilSleepers(int count);

 private:
  // One thread inside AwaitWithDeadline, which waits on a condition variable of its caller.
  struct Waiter {
    std::mutex* mutex;
    std::condition_variable* changed;
    // How many SetTime calls still hold a pointer to it: it must not leave before.
    int pins = 0;
  };

  std::mutex mutex_;
  // Time moved; a sleeper came; a pin was taken off.
  std::condition_variable moved_;
  std::condition_variable slept_;
  std::condition_variable unpinned_;
  absl::Time now_;
  int sleepers_ = 0;
  std::set<Waiter*> waiters_;
};

}  // namespace relance
