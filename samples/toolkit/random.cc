#include "samples/toolkit/random.h"

#include <algorithm>
#include <cmath>

#include "common/status/check.h"

namespace relance::samples {
namespace {

uint64_t Mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

constexpr uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

}  // namespace

Random::Random(uint64_t seed, uint64_t subject, uint64_t purpose)
    : state_(Mix(Mix(Mix(seed + kGolden) ^ (subject + kGolden)) ^ (purpose * kGolden + 1))) {}

uint64_t Random::Next() {
  state_ += kGolden;
  return Mix(state_);
}

int64_t Random::Below(int64_t bound) {
  RELANCE_CHECK(bound > 0);
  // The high half of a 128-bit product: no modulo bias that a portfolio could show.
  return static_cast<int64_t>((static_cast<unsigned __int128>(Next()) * static_cast<uint64_t>(bound)) >> 64);
}

int64_t Random::Between(int64_t low, int64_t high) { return low + Below(high - low + 1); }

bool Random::Chance(int per_mille) { return Below(1000) < per_mille; }

double Random::Unit() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

double Random::Normal() {
  // Six draws, two uniform numbers of 32 bits in each.
  double sum = 0;
  for (int i = 0; i < 6; ++i) {
    const uint64_t bits = Next();
    sum +=
        static_cast<double>(bits >> 32) * 0x1.0p-32 + static_cast<double>(bits & 0xffffffffULL) * 0x1.0p-32;
  }
  return sum - 6.0;
}

int Random::NormalDays(double mean, double spread) {
  return static_cast<int>(std::lround(mean + spread * Normal()));
}

int Random::ExponentialDays(double per_day) {
  if (per_day <= 0) return kGapDaysMax;
  const double days = -std::log(1.0 - Unit()) / per_day;
  return static_cast<int>(std::clamp(std::ceil(days), 1.0, static_cast<double>(kGapDaysMax)));
}

uint64_t StableHash(const char* data, uint64_t size) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (uint64_t i = 0; i < size; ++i) {
    hash = (hash ^ static_cast<unsigned char>(data[i])) * 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace relance::samples
