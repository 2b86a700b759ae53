#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "absl/time/time.h"

namespace relance {

// Where time comes from. Domain code has none: it takes a business date. Workers, servers and retry loops are
// given one of these, so that tests move time themselves. The names are those of abseil's newer absl::Clock.
//
// Threads: all methods may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual absl::Time TimeNow() = 0;

  // Blocks for `duration`; returns at once when it is zero or negative.
  virtual void Sleep(absl::Duration duration) = 0;

  // Waits on `changed` until `condition` holds or `deadline` has passed; the value of `condition` at the end.
  // `lock` is held on entry, while `condition` runs and on return; whoever makes the condition true notifies
  // `changed`.
  virtual bool AwaitWithDeadline(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                                 const std::function<bool()>& condition, absl::Time deadline) = 0;
};

// The clock of the machine.
class RealClock : public Clock {
 public:
  absl::Time TimeNow() override;
  void Sleep(absl::Duration duration) override;
  bool AwaitWithDeadline(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                         const std::function<bool()>& condition, absl::Time deadline) override;

  // The one of the process. Never destroyed.
  static Clock& Get();
};

}  // namespace relance
