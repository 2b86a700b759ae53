#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/money/money.h"

namespace relance::stories {

// One thing that happens or is asked in a story: "payment P1 debtor=D1 amount=EUR/50.00 -> OK". Answers that
// take more than one line stand below it, each behind an indented "->".
struct StoryLine {
  int number = 0;  // in the file
  std::string word;
  std::vector<std::string> names;              // what stands without a "="
  std::map<std::string, std::string> options;  // "amount" -> "EUR/50.00"
  bool has_answer = false;
  std::vector<std::string> answers;  // "none": empty

  // The only name. Errors: INVALID_ARGUMENT.
  absl::StatusOr<std::string> Name() const;
  // An option; the first form fails without it, the second gives "".
  absl::StatusOr<std::string> Required(const std::string& option) const;
  std::string Optional(const std::string& option) const;
};

// All lines of a story. '#' at the start of a word opens a remark, "..." hold words together.
// Errors: INVALID_ARGUMENT, with "<file>:<line>: ".
absl::StatusOr<std::vector<StoryLine>> ParseStory(absl::string_view text, absl::string_view file);

// "EUR/50.00" and back.
absl::StatusOr<Money> ParseAmount(const std::string& text);
std::string AmountText(const Money& amount);

}  // namespace relance::stories
