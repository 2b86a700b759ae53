#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance::samples {

// What came of a call.
struct CallAnswer {
  enum class Outcome { kPromised, kDisputed, kNoAnswer, kRefused, kMessageLeft };

  Outcome outcome = Outcome::kNoAnswer;
  absl::CivilDay promise_day;  // kPromised
  int64_t promise_minor = 0;   // kPromised
  std::string reason;          // kDisputed, kRefused: UPPER_SNAKE
};

// The one place that knows how relancectl wants it:
//   scenario call TENANT ACCOUNT [--contact ID] --outcome OUTCOME
//       [--promise-date DAY --amount DECIMAL --currency EUR] [--reason TEXT]
// Words with other characters than letters, digits and ._-/@+ are in single quotes, as a shell reads them.
std::string CallCommand(absl::string_view tenant, absl::string_view account, absl::string_view contact,
                        const CallAnswer& answer);

}  // namespace relance::samples
