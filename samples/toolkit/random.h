#pragma once

#include <cstdint>

namespace relance::samples {

// A small seeded generator (splitmix64). The standard distributions differ between libraries, so that one
// seed would not give the same bytes everywhere; these are our own.
//
// Threads: none; a plain value.
class Random {
 public:
  // The stream of one subject: equal (seed, subject, purpose) give the same numbers whatever other streams
  // did.
  Random(uint64_t seed, uint64_t subject, uint64_t purpose = 0);

  uint64_t Next();
  // 0 .. bound-1. Requires: bound > 0.
  int64_t Below(int64_t bound);
  // low .. high, both included. Requires: low <= high.
  int64_t Between(int64_t low, int64_t high);
  // True `per_mille` times out of 1,000.
  bool Chance(int per_mille);
  // [0, 1).
  double Unit();
  // Mean 0, standard deviation 1, within +-6: the sum of twelve uniform numbers, which needs no libm.
  double Normal();
  // The whole number nearest to mean + spread x Normal().
  int NormalDays(double mean, double spread);
  // Days until the next event of a process with `per_day` events a day; at least 1, at most kGapDaysMax.
  int ExponentialDays(double per_day);
  static constexpr int kGapDaysMax = 20'000;

 private:
  uint64_t state_;
};

// A stable 64-bit hash of a text (FNV-1a), for streams that are keyed by a code.
uint64_t StableHash(const char* data, uint64_t size);

}  // namespace relance::samples
