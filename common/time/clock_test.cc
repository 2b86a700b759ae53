#include "common/time/clock.h"

#include <atomic>
#include <thread>

#include "common/time/testing/simulated_clock.h"
#include "gtest/gtest.h"

namespace relance {
namespace {

TEST(SimulatedClockTest, StandsUntilMoved) {
  SimulatedClock clock(absl::FromUnixSeconds(1000));
  EXPECT_EQ(clock.TimeNow(), absl::FromUnixSeconds(1000));
  clock.AdvanceTime(absl::Seconds(5));
  EXPECT_EQ(clock.TimeNow(), absl::FromUnixSeconds(1005));
  clock.SetTime(absl::FromUnixSeconds(900));
  EXPECT_EQ(clock.TimeNow(), absl::FromUnixSeconds(900));
  clock.Sleep(absl::ZeroDuration());
  clock.Sleep(absl::Seconds(-1));
}

TEST(SimulatedClockTest, SleepEndsOnTheDotAndNotBefore) {
  SimulatedClock clock;
  std::atomic<bool> awake{false};
  std::thread sleeper([&] {
    clock.Sleep(absl::Seconds(10));
    awake = true;
  });
  clock.BlockUntilSleepers(1);
  clock.AdvanceTime(absl::Seconds(9));
  clock.BlockUntilSleepers(1);
  EXPECT_FALSE(awake);
  clock.AdvanceTime(absl::Seconds(1));
  sleeper.join();
  EXPECT_TRUE(awake);
}

TEST(SimulatedClockTest, AwaitReturnsFalseAtTheDeadline) {
  SimulatedClock clock;
  bool result = true;
  std::thread waiter([&] {
    // Mutex and condition variable die with the wait: the clock must not touch them afterwards.
    std::mutex mutex;
    std::condition_variable changed;
    std::unique_lock<std::mutex> lock(mutex);
    result = clock.AwaitWithDeadline(
        lock, changed, [] { return false; }, absl::FromUnixSeconds(10));
  });
  clock.BlockUntilSleepers(1);
  clock.AdvanceTime(absl::Seconds(10));
  waiter.join();
  EXPECT_FALSE(result);
}

TEST(SimulatedClockTest, AwaitReturnsTrueWhenTheConditionHolds) {
  SimulatedClock clock;
  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;
  bool result = false;
  std::thread waiter([&] {
    std::unique_lock<std::mutex> lock(mutex);
    result = clock.AwaitWithDeadline(
        lock, changed, [&] { return ready; }, absl::InfiniteFuture());
  });
  clock.BlockUntilSleepers(1);
  {
    std::lock_guard<std::mutex> hold(mutex);
    ready = true;
  }
  changed.notify_all();
  waiter.join();
  EXPECT_TRUE(result);
}

TEST(SimulatedClockTest, ManyWaitersManySteps) {
  constexpr int kWaiters = 4;
  constexpr int kSteps = 200;
  SimulatedClock clock;
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kWaiters; ++i) {
    threads.emplace_back([&] {
      for (int step = 1; step <= kSteps; ++step) {
        std::mutex mutex;
        std::condition_variable changed;
        std::unique_lock<std::mutex> lock(mutex);
        EXPECT_FALSE(clock.AwaitWithDeadline(
            lock, changed, [] { return false; }, absl::FromUnixSeconds(step)));
      }
      ++done;
    });
  }
  for (int step = 1; step <= kSteps; ++step) clock.AdvanceTime(absl::Seconds(1));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kWaiters);
}

TEST(RealClockTest, AwaitLooksAtConditionAndDeadline) {
  Clock& clock = RealClock::Get();
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_lock<std::mutex> lock(mutex);
  EXPECT_TRUE(clock.AwaitWithDeadline(
      lock, changed, [] { return true; }, absl::InfinitePast()));
  EXPECT_FALSE(clock.AwaitWithDeadline(
      lock, changed, [] { return false; }, absl::InfinitePast()));
  EXPECT_TRUE(lock.owns_lock());
}

}  // namespace
}  // namespace relance
