#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace relance::ledger {

// The text that identifies a source line: normalised fields, each ended by U+001F. No field contains one,
// because readers turn control characters into spaces.
class CanonicalText {
 public:
  CanonicalText& Add(absl::string_view field) {
    text_.append(field.data(), field.size());
    text_.push_back('\x1f');
    return *this;
  }
  CanonicalText& Add(int64_t number);
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// XXH3 with 64 bits of `canonical`. Stable for ever: ids in the store depend on it.
uint64_t SourceHash(absl::string_view canonical);

// Counts how many equal hashes came before. 9 to 18 bytes per 7/8 to 7/16 full slot: about 20 to 40 bytes a
// hash.
class OrdinalCounter {
 public:
  uint32_t Next(uint64_t hash) { return counts_[hash]++; }
  size_t size() const { return counts_.size(); }
  void Clear() { counts_ = {}; }

 private:
  absl::flat_hash_map<uint64_t, uint32_t> counts_;
};

// a + b, held at the ends of int64: totals of hostile files must not be undefined.
inline int64_t AddSaturated(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return b > 0 ? INT64_MAX : INT64_MIN;
  return sum;
}

}  // namespace relance::ledger
