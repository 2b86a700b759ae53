#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace relance::projection {

// Words of selection (regions, sectors, ...) as small numbers. A word lives as long as some account has it,
// so the dictionary is bounded by the accounts; the number of a word that is gone is given to another. Number
// 0 is the empty word, for ever. A value; not thread-safe.
class Dictionary {
 public:
  Dictionary() : words_(1), uses_(1, 1) {}

  // The number of `word`, with one use more.
  int32_t Acquire(absl::string_view word) {
    if (word.empty()) return 0;
    const std::string text(word);
    const auto found = numbers_.find(text);
    if (found != numbers_.end()) {
      ++uses_[found->second];
      return found->second;
    }
    int32_t number = static_cast<int32_t>(words_.size());
    if (free_.empty()) {
      words_.push_back(text);
      uses_.push_back(1);
    } else {
      number = free_.back();
      free_.pop_back();
      words_[number] = text;
      uses_[number] = 1;
    }
    numbers_[text] = number;
    return number;
  }

  // One use less.
  void Release(int32_t number) {
    if (number == 0 || --uses_[number] > 0) return;
    numbers_.erase(words_[number]);
    words_[number].clear();
    free_.push_back(number);
  }

  // The number of `word`; -1 when no account has it.
  int32_t Find(absl::string_view word) const {
    if (word.empty()) return 0;
    const auto found = numbers_.find(std::string(word));
    return found == numbers_.end() ? -1 : found->second;
  }

  const std::string& word(int32_t number) const { return words_[number]; }
  // Numbers are below this.
  int32_t size() const { return static_cast<int32_t>(words_.size()); }

 private:
  std::vector<std::string> words_;
  std::vector<int32_t> uses_;
  std::vector<int32_t> free_;
  absl::flat_hash_map<std::string, int32_t> numbers_;
};

}  // namespace relance::projection
