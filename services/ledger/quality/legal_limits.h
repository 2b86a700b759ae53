#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance::ledger {

// data/legal_limits.csv, put into the binary.
extern const char kLegalLimitsCsv[];

enum class LegalRule { kTermDays, kTermMonthDays, kLimitationYears };

// One row: what the law sets over a period, both days inclusive.
struct LegalLimit {
  LegalRule rule = LegalRule::kTermDays;
  std::string country;  // ISO 3166 alpha-2
  std::string debtor;   // private, public, consumer, carriage
  absl::CivilDay from;
  std::optional<absl::CivilDay> to;  // nothing: in force, no end known
  int value = 0;
  std::string source;
};

// The dated table of payment terms and limitation. A value; once filled, it is only read, from any thread.
class LegalLimits {
 public:
  static const LegalLimits& BuiltIn();

  // Adds the rows of a table in the form of data/legal_limits.csv. All or nothing.
  // Errors: INVALID_ARGUMENT, naming line and field.
  absl::Status Add(absl::string_view csv);

  // What holds on `day`; null: the table does not say, and nothing is extrapolated.
  const LegalLimit* On(LegalRule rule, absl::string_view country, absl::string_view debtor,
                       absl::CivilDay day) const;

 private:
  std::vector<LegalLimit> rows_;
};

// `day` and so many years: the same day of the month, else the last of it (C. civ. 2228, 2229).
absl::CivilDay YearsAfter(absl::CivilDay day, int years);

}  // namespace relance::ledger
