#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/claims/rate.h"
#include "common/money/money.h"

namespace relance::claims {

// How far the value of a row was checked against public sources. A statement that rests on less than
// kVerified must be looked at by a person before it goes into an act.
enum class Verification { kUnverified, kSecondary, kVerified };

// One rate over a period, both days inclusive.
struct RatePeriod {
  absl::CivilDay from;
  absl::CivilDay to;
  Rate rate;
  Verification status = Verification::kUnverified;
  std::string source;
};

// Which day's reference rate a day of interest takes.
enum class Anchor {
  kHalfYear,  // 1 January or 1 July before it (Directive 2011/7/EU art. 2(7))
  kRunStart,  // that of the half-year in which interest began to run, for the whole run
};

enum class RateRounding { kNone, kUpToHalfPoint };

// The law of one country or kind of debtor, over a period: rate = rounding(reference + margin).
struct Regime {
  std::string name;
  absl::CivilDay from;
  // Empty: in force, no end known.
  std::optional<absl::CivilDay> to;
  std::string reference;
  Anchor anchor = Anchor::kHalfYear;
  Rate margin;
  RateRounding rounding = RateRounding::kNone;
  // Flat, for each item paid late.
  Money indemnity;
  // Days of a year, 360 or 365; also in leap years.
  int denominator = 365;
  Verification status = Verification::kUnverified;
  std::string source;
};

// The dated tables. A value; once filled, it is only read, from any thread.
class RateTables {
 public:
  // Those of common/claims/data, built in.
  static const RateTables& BuiltIn();

  // Adds the rows of a rate file (columns rate, from, to, percent, status, source) or of a regime file (the
  // columns are told in data/regimes.csv). Lines that begin with # and empty lines are skipped; the first
  // other line holds the names of the columns. No quotes, no commas inside a field. All or nothing.
  //
  // Bounds:  kRowsMax rows a file, kLineLengthMax bytes a line.
  // Errors:  INVALID_ARGUMENT / RATE_TABLE_MALFORMED: message and metadata name file, line and field.
  //          RATE_TABLE_OVERLAP: two rows hold for one day.
  absl::Status AddRates(absl::string_view file, absl::string_view csv);
  absl::Status AddRegimes(absl::string_view file, absl::string_view csv);
  static constexpr size_t kRowsMax = 10'000;
  static constexpr size_t kLineLengthMax = 1'000;

  // The rate `name` on `day`.
  // Errors: FAILED_PRECONDITION / RATE_MISSING: names rate and day; nothing is extrapolated.
  absl::StatusOr<RatePeriod> RateOn(absl::string_view name, absl::CivilDay day) const;

  // The regime `name` as it stood on `day`.
  // Errors: INVALID_ARGUMENT / REGIME_UNKNOWN; FAILED_PRECONDITION / REGIME_MISSING: no row for that day.
  absl::StatusOr<Regime> RegimeOn(absl::string_view name, absl::CivilDay day) const;

 private:
  std::map<std::string, std::vector<RatePeriod>> rates_;
  std::map<std::string, std::vector<Regime>> regimes_;
};

// 1 January or 1 July on or before `day`; that date written "2025-S2".
absl::CivilDay HalfYearStart(absl::CivilDay day);
std::string HalfYearName(absl::CivilDay day);

}  // namespace relance::claims
