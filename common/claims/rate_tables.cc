#include "common/claims/rate_tables.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/claims/embedded.h"
#include "common/claims/table_file.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance::claims {
namespace {

using Fields = std::vector<std::string>;

const Fields kRateColumns = {"rate", "from", "to", "percent", "status", "source"};
const Fields kRegimeColumns = {"regime",   "from",      "to",          "reference", "anchor", "margin",
                               "rounding", "indemnity", "denominator", "status",    "source"};

template <typename Value>
absl::StatusOr<Value> ReadWord(const TableRow& row, size_t column, absl::string_view name,
                               const std::vector<std::pair<absl::string_view, Value>>& words) {
  for (const auto& [word, value] : words) {
    if (row.fields[column] == word) return value;
  }
  return row.Malformed(name, "not one of the known words");
}

absl::StatusOr<RatePeriod> ReadRate(const TableRow& row) {
  RatePeriod period;
  RELANCE_ASSIGN_OR_RETURN(period.from, row.Day(1, "from"));
  RELANCE_ASSIGN_OR_RETURN(period.to, row.Day(2, "to"));
  RELANCE_ASSIGN_OR_RETURN(period.rate, row.Percent(3, "percent"));
  RELANCE_ASSIGN_OR_RETURN(period.status, row.Status(4));
  period.source = row.fields[5];
  if (period.to < period.from) return row.Malformed("to", "before from");
  return period;
}

absl::StatusOr<Regime> ReadRegime(const TableRow& row) {
  Regime regime;
  regime.name = row.fields[0];
  RELANCE_ASSIGN_OR_RETURN(regime.from, row.Day(1, "from"));
  RELANCE_ASSIGN_OR_RETURN(regime.to, row.DayOrNone(2, "to"));
  regime.reference = row.fields[3];
  RELANCE_ASSIGN_OR_RETURN(
      regime.anchor, ReadWord<Anchor>(row, 4, "anchor",
                                      {{"half_year", Anchor::kHalfYear}, {"run_start", Anchor::kRunStart}}));
  RELANCE_ASSIGN_OR_RETURN(regime.margin, row.Percent(5, "margin"));
  RELANCE_ASSIGN_OR_RETURN(regime.rounding,
                           ReadWord<RateRounding>(row, 6, "rounding",
                                                  {{"none", RateRounding::kNone},
                                                   {"up_to_half_point", RateRounding::kUpToHalfPoint}}));
  RELANCE_ASSIGN_OR_RETURN(regime.indemnity, row.Amount(7, "indemnity"));
  RELANCE_ASSIGN_OR_RETURN(regime.denominator,
                           ReadWord<int>(row, 8, "denominator", {{"365", 365}, {"360", 360}}));
  RELANCE_ASSIGN_OR_RETURN(regime.status, row.Status(9));
  regime.source = row.fields[10];
  if (regime.to.has_value() && *regime.to < regime.from) return row.Malformed("to", "before from");
  return regime;
}

absl::CivilDay LastDay(const RatePeriod& period) { return period.to; }
absl::CivilDay LastDay(const Regime& regime) { return regime.to.value_or(absl::CivilDay::max()); }

// Puts `row` into its place by date.
template <typename Period>
absl::Status Insert(const TableRow& place, absl::string_view name, Period row, std::vector<Period>* periods) {
  const auto after = std::find_if(periods->begin(), periods->end(),
                                  [&](const Period& other) { return other.from > row.from; });
  const bool overlaps = (after != periods->begin() && LastDay(*std::prev(after)) >= row.from) ||
                        (after != periods->end() && LastDay(row) >= after->from);
  if (overlaps) {
    return DomainError(
        absl::StatusCode::kInvalidArgument, "RATE_TABLE_OVERLAP",
        absl::StrCat(place.file, " line ", place.line, ": two rows of ", name, " hold for one day"),
        {{"file", place.file},
         {"line", absl::StrCat(place.line)},
         {"field", "from"},
         {"name", std::string(name)}});
  }
  periods->insert(after, std::move(row));
  return absl::OkStatus();
}

template <typename Period>
const Period* FindPeriod(const std::vector<Period>& periods, absl::CivilDay day) {
  const auto after =
      std::find_if(periods.begin(), periods.end(), [&](const Period& period) { return period.from > day; });
  if (after == periods.begin()) return nullptr;
  const Period& period = *std::prev(after);
  return LastDay(period) >= day ? &period : nullptr;
}

}  // namespace

const RateTables& RateTables::BuiltIn() {
  static const RateTables* const tables = [] {
    auto* built = new RateTables;
    RELANCE_CHECK(built->AddRates("ecb_mro.csv", kEcbMroCsv).ok());
    RELANCE_CHECK(built->AddRates("fr_legal.csv", kFrLegalCsv).ok());
    RELANCE_CHECK(built->AddRegimes("regimes.csv", kRegimesCsv).ok());
    return built;
  }();
  return *tables;
}

absl::Status RateTables::AddRates(absl::string_view file, absl::string_view csv) {
  RELANCE_ASSIGN_OR_RETURN(const std::vector<TableRow> rows, ReadTable(file, csv, kRateColumns));
  auto rates = rates_;
  for (const TableRow& row : rows) {
    RELANCE_ASSIGN_OR_RETURN(RatePeriod period, ReadRate(row));
    RELANCE_RETURN_IF_ERROR(Insert(row, row.fields[0], std::move(period), &rates[row.fields[0]]));
  }
  rates_ = std::move(rates);
  return absl::OkStatus();
}

absl::Status RateTables::AddRegimes(absl::string_view file, absl::string_view csv) {
  RELANCE_ASSIGN_OR_RETURN(const std::vector<TableRow> rows, ReadTable(file, csv, kRegimeColumns));
  auto regimes = regimes_;
  for (const TableRow& row : rows) {
    RELANCE_ASSIGN_OR_RETURN(Regime regime, ReadRegime(row));
    RELANCE_RETURN_IF_ERROR(Insert(row, row.fields[0], std::move(regime), &regimes[row.fields[0]]));
  }
  regimes_ = std::move(regimes);
  return absl::OkStatus();
}

absl::StatusOr<RatePeriod> RateTables::RateOn(absl::string_view name, absl::CivilDay day) const {
  const auto periods = rates_.find(std::string(name));
  const RatePeriod* period = periods == rates_.end() ? nullptr : FindPeriod(periods->second, day);
  if (period != nullptr) return *period;
  return DomainError(
      absl::StatusCode::kFailedPrecondition, "RATE_MISSING",
      absl::StrCat("the rate ", name, " of ", FormatIsoDay(day), " (", HalfYearName(day),
                   ") is not in the tables"),
      {{"rate", std::string(name)}, {"day", FormatIsoDay(day)}, {"period", HalfYearName(day)}});
}

absl::StatusOr<Regime> RateTables::RegimeOn(absl::string_view name, absl::CivilDay day) const {
  const auto regimes = regimes_.find(std::string(name));
  if (regimes == regimes_.end()) {
    return DomainError(absl::StatusCode::kInvalidArgument, "REGIME_UNKNOWN",
                       absl::StrCat("there is no interest regime '", name, "'"),
                       {{"regime", std::string(name)}});
  }
  const Regime* regime = FindPeriod(regimes->second, day);
  if (regime != nullptr) return *regime;
  return DomainError(
      absl::StatusCode::kFailedPrecondition, "REGIME_MISSING",
      absl::StrCat("the interest regime ", name, " on ", FormatIsoDay(day), " is not in the tables"),
      {{"regime", std::string(name)}, {"day", FormatIsoDay(day)}});
}

absl::CivilDay HalfYearStart(absl::CivilDay day) {
  return absl::CivilDay(day.year(), day.month() < 7 ? 1 : 7, 1);
}

std::string HalfYearName(absl::CivilDay day) {
  return absl::StrCat(day.year(), day.month() < 7 ? "-S1" : "-S2");
}

}  // namespace relance::claims
