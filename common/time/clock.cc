#include "common/time/clock.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"

namespace relance {
namespace {

// The longest single wait: a wait until InfiniteFuture would overflow the library's arithmetic.
constexpr absl::Duration kWaitMax = absl::Hours(1);

}  // namespace

absl::Time RealClock::TimeNow() { return absl::Now(); }

void RealClock::Sleep(absl::Duration duration) { absl::SleepFor(duration); }

bool RealClock::AwaitWithDeadline(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                                  const std::function<bool()>& condition, absl::Time deadline) {
  while (!condition()) {
    const absl::Duration left = deadline - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    changed.wait_for(lock, absl::ToChronoNanoseconds(std::min(left, kWaitMax)));
  }
  return true;
}

Clock& RealClock::Get() {
  static RealClock* const clock = new RealClock;
  return *clock;
}

}  // namespace relance
