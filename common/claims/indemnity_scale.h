#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/claims/rate_tables.h"
#include "common/money/money.h"

namespace relance::claims {

// What a scale gives for a balance.
struct ScaledIndemnity {
  Money amount;
  bool verified = true;
  std::string source;
};

// Flat indemnities that grow with what is owed, by steps and by date. A value; once filled, it is only read,
// from any thread.
class IndemnityScales {
 public:
  // Those of common/claims/data, built in.
  static const IndemnityScales& BuiltIn();

  // Adds the rows of a file (columns are told in data/indemnity_scales.csv). All or nothing. Rows of one
  // scale and period ascend by `above`. Errors: INVALID_ARGUMENT / RATE_TABLE_MALFORMED: message and metadata
  // name file, line and field.
  absl::Status Add(absl::string_view file, absl::string_view csv);

  // base + percent of what is above the step of `balance`, rounded half up, at most the cap; 0 for a balance
  // of 0 or less.
  // Errors, first match wins: FAILED_PRECONDITION / SCALE_MISSING: names scale and day; nothing is
  // extrapolated. INVALID_ARGUMENT / CURRENCY_MISMATCH; OUT_OF_RANGE / AMOUNT_OVERFLOW.
  absl::StatusOr<ScaledIndemnity> AmountOn(absl::string_view scale, absl::CivilDay day,
                                           const Money& balance) const;

 private:
  struct Step {
    absl::CivilDay from;
    std::optional<absl::CivilDay> to;
    Money above, base, cap;
    Rate percent;
    Verification status = Verification::kUnverified;
    std::string source;
  };
  std::map<std::string, std::vector<Step>> scales_;
};

}  // namespace relance::claims
