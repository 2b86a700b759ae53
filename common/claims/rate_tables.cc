#include "common/claims/rate_tables.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/claims/embedded.h"
#include "common/money/decimal_text.h"
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

// Where in a file something is wrong.
struct Place {
  std::string file;
  int line = 0;

  absl::Status Malformed(absl::string_view field, absl::string_view why) const {
    return DomainError(absl::StatusCode::kInvalidArgument, "RATE_TABLE_MALFORMED",
                       absl::StrCat(file, " line ", line, ", ", field, ": ", why),
                       {{"file", file}, {"line", absl::StrCat(line)}, {"field", std::string(field)}});
  }
};

struct Row {
  Place place;
  Fields fields;
};

absl::StatusOr<std::vector<Row>> ReadCsv(absl::string_view file, absl::string_view csv,
                                         const Fields& columns) {
  std::vector<Row> rows;
  Place place{std::string(file)};
  bool header = false;
  for (absl::string_view line : absl::StrSplit(csv, '\n')) {
    ++place.line;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line.front() == '#') continue;
    if (line.size() > RateTables::kLineLengthMax) return place.Malformed("line", "too long");
    Fields fields = absl::StrSplit(line, ',');
    if (!header) {
      if (fields != columns) {
        return place.Malformed("header", absl::StrCat("the columns are ", absl::StrJoin(columns, ",")));
      }
      header = true;
      continue;
    }
    if (fields.size() != columns.size()) {
      return place.Malformed("line", absl::StrCat("it has ", fields.size(), " fields, not ", columns.size()));
    }
    if (rows.size() == RateTables::kRowsMax) return place.Malformed("line", "too many rows");
    rows.push_back({place, std::move(fields)});
  }
  return rows;
}

absl::StatusOr<absl::CivilDay> ReadDay(const Row& row, size_t column) {
  const absl::StatusOr<absl::CivilDay> day = ParseIsoDay(row.fields[column]);
  if (!day.ok()) return row.place.Malformed(kRateColumns[column], day.status().message());
  return *day;
}

absl::StatusOr<Rate> ReadPercent(const Row& row, size_t column, absl::string_view name) {
  const absl::StatusOr<Rate> rate = ParsePercent(row.fields[column]);
  if (!rate.ok()) return row.place.Malformed(name, rate.status().message());
  return *rate;
}

template <typename Value>
absl::StatusOr<Value> ReadWord(const Row& row, size_t column, absl::string_view name,
                               const std::vector<std::pair<absl::string_view, Value>>& words) {
  for (const auto& [word, value] : words) {
    if (row.fields[column] == word) return value;
  }
  return row.place.Malformed(name, "not one of the known words");
}

absl::StatusOr<Verification> ReadStatus(const Row& row, size_t column) {
  return ReadWord<Verification>(row, column, "status",
                                {{"verified", Verification::kVerified},
                                 {"secondary", Verification::kSecondary},
                                 {"unverified", Verification::kUnverified}});
}

// "40.00 EUR".
absl::StatusOr<Money> ReadMoney(const Row& row, size_t column) {
  const std::vector<std::string> parts = absl::StrSplit(row.fields[column], ' ');
  if (parts.size() != 2) return row.place.Malformed("indemnity", "it is an amount, a space and a currency");
  const absl::StatusOr<Money> money = ParseMoney(parts[0], parts[1], {DecimalStyle::Mark::kPoint, 0});
  if (!money.ok()) return row.place.Malformed("indemnity", money.status().message());
  if (money->minor < 0) return row.place.Malformed("indemnity", "negative");
  return *money;
}

absl::StatusOr<RatePeriod> ReadRate(const Row& row) {
  RatePeriod period;
  RELANCE_ASSIGN_OR_RETURN(period.from, ReadDay(row, 1));
  RELANCE_ASSIGN_OR_RETURN(period.to, ReadDay(row, 2));
  RELANCE_ASSIGN_OR_RETURN(period.rate, ReadPercent(row, 3, "percent"));
  RELANCE_ASSIGN_OR_RETURN(period.status, ReadStatus(row, 4));
  period.source = row.fields[5];
  if (period.to < period.from) return row.place.Malformed("to", "before from");
  return period;
}

absl::StatusOr<Regime> ReadRegime(const Row& row) {
  Regime regime;
  regime.name = row.fields[0];
  RELANCE_ASSIGN_OR_RETURN(regime.from, ReadDay(row, 1));
  if (!row.fields[2].empty()) {
    RELANCE_ASSIGN_OR_RETURN(regime.to, ReadDay(row, 2));
  }
  regime.reference = row.fields[3];
  RELANCE_ASSIGN_OR_RETURN(
      regime.anchor, ReadWord<Anchor>(row, 4, "anchor",
                                      {{"half_year", Anchor::kHalfYear}, {"run_start", Anchor::kRunStart}}));
  RELANCE_ASSIGN_OR_RETURN(regime.margin, ReadPercent(row, 5, "margin"));
  RELANCE_ASSIGN_OR_RETURN(regime.rounding,
                           ReadWord<RateRounding>(row, 6, "rounding",
                                                  {{"none", RateRounding::kNone},
                                                   {"up_to_half_point", RateRounding::kUpToHalfPoint}}));
  RELANCE_ASSIGN_OR_RETURN(regime.indemnity, ReadMoney(row, 7));
  RELANCE_ASSIGN_OR_RETURN(regime.denominator,
                           ReadWord<int>(row, 8, "denominator", {{"365", 365}, {"360", 360}}));
  RELANCE_ASSIGN_OR_RETURN(regime.status, ReadStatus(row, 9));
  regime.source = row.fields[10];
  if (regime.to.has_value() && *regime.to < regime.from) return row.place.Malformed("to", "before from");
  return regime;
}

absl::CivilDay LastDay(const RatePeriod& period) { return period.to; }
absl::CivilDay LastDay(const Regime& regime) { return regime.to.value_or(absl::CivilDay::max()); }

// Puts `row` into its place by date.
template <typename Period>
absl::Status Insert(const Place& place, absl::string_view name, Period row, std::vector<Period>* periods) {
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
  RELANCE_ASSIGN_OR_RETURN(const std::vector<Row> rows, ReadCsv(file, csv, kRateColumns));
  auto rates = rates_;
  for (const Row& row : rows) {
    RELANCE_ASSIGN_OR_RETURN(RatePeriod period, ReadRate(row));
    RELANCE_RETURN_IF_ERROR(Insert(row.place, row.fields[0], std::move(period), &rates[row.fields[0]]));
  }
  rates_ = std::move(rates);
  return absl::OkStatus();
}

absl::Status RateTables::AddRegimes(absl::string_view file, absl::string_view csv) {
  RELANCE_ASSIGN_OR_RETURN(const std::vector<Row> rows, ReadCsv(file, csv, kRegimeColumns));
  auto regimes = regimes_;
  for (const Row& row : rows) {
    RELANCE_ASSIGN_OR_RETURN(Regime regime, ReadRegime(row));
    RELANCE_RETURN_IF_ERROR(Insert(row.place, row.fields[0], std::move(regime), &regimes[row.fields[0]]));
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
