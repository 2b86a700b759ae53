#include "common/rpc/retry.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::rpc {
namespace {

using ::testing::ElementsAre;

class RetryTest : public ::testing::Test {
 protected:
  RetryTest() {
    world_.sleep = [this](absl::Duration pause) {
      pauses_.push_back(pause);
      now_ += absl::ToChronoNanoseconds(pause);
    };
    world_.now = [this] { return now_; };
    world_.random = [] { return 0.0; };  // half of the back-off
  }
  // Fails with `code` until the `good`-th attempt.
  absl::Status Run(absl::StatusCode code, int good, Idempotency idempotency = Idempotency::kIdempotent) {
    return Retry({}, idempotency, deadline_, world_,
                 [&] { return ++attempts_ == good ? absl::OkStatus() : absl::Status(code, "no"); });
  }
  std::chrono::steady_clock::time_point now_{}, deadline_ = now_ + std::chrono::seconds(10);
  std::vector<absl::Duration> pauses_;
  int attempts_ = 0;
  RetryWorld world_;
};

TEST_F(RetryTest, UnavailableIsTriedAgainWithGrowingPauses) {
  EXPECT_TRUE(Run(absl::StatusCode::kUnavailable, 4).ok());
  EXPECT_THAT(pauses_, ElementsAre(absl::Milliseconds(25), absl::Milliseconds(50), absl::Milliseconds(100)));
}

TEST_F(RetryTest, TheAttemptsAreBounded) {
  EXPECT_EQ(Run(absl::StatusCode::kUnavailable, 5).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(attempts_, 4);
}

TEST_F(RetryTest, NothingElseIsTriedAgain) {
  for (int code = 1; code <= 16; ++code) {
    if (code == static_cast<int>(absl::StatusCode::kUnavailable)) continue;
    attempts_ = 0;
    EXPECT_FALSE(Run(static_cast<absl::StatusCode>(code), 2).ok());
    EXPECT_EQ(attempts_, 1) << code;
  }
}

TEST_F(RetryTest, WhatIsNotIdempotentIsTriedOnce) {
  EXPECT_FALSE(Run(absl::StatusCode::kUnavailable, 2, Idempotency::kNotIdempotent).ok());
  EXPECT_EQ(attempts_, 1);
}

TEST_F(RetryTest, NoPauseEndsAtOrAfterTheDeadline) {
  deadline_ = now_ + std::chrono::milliseconds(75);  // the pauses are 25 and 50
  EXPECT_FALSE(Run(absl::StatusCode::kUnavailable, 3).ok());
  EXPECT_EQ(attempts_, 2);
  attempts_ = 0;
  deadline_ = now_ + std::chrono::milliseconds(76);
  EXPECT_TRUE(Run(absl::StatusCode::kUnavailable, 3).ok());
}

TEST_F(RetryTest, ValuesComeThrough) {
  const absl::StatusOr<int> value =
      RetryFor<int>({}, Idempotency::kIdempotent, deadline_, world_, [&]() -> absl::StatusOr<int> {
        if (++attempts_ < 2) return absl::UnavailableError("no");
        return 7;
      });
  EXPECT_EQ(*value, 7);
}

TEST_F(RetryTest, TheRealWorldHasAllParts) {
  const RetryWorld real = RetryWorld::Real();
  const auto before = real.now();
  EXPECT_LE(before, real.now());
  for (int i = 0; i < 100; ++i) {
    const double random = real.random();
    EXPECT_TRUE(random >= 0 && random < 1) << random;
  }
  real.sleep(absl::ZeroDuration());
}

}  // namespace
}  // namespace relance::rpc
