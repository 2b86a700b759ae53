#include "common/claims/table_file.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"

namespace relance::claims {

absl::Status TableRow::Malformed(absl::string_view field, absl::string_view why) const {
  return DomainError(absl::StatusCode::kInvalidArgument, "RATE_TABLE_MALFORMED",
                     absl::StrCat(file, " line ", line, ", ", field, ": ", why),
                     {{"file", file}, {"line", absl::StrCat(line)}, {"field", std::string(field)}});
}

absl::StatusOr<absl::CivilDay> TableRow::Day(size_t column, absl::string_view name) const {
  const absl::StatusOr<absl::CivilDay> day = ParseIsoDay(fields[column]);
  if (!day.ok()) return Malformed(name, day.status().message());
  return *day;
}

absl::StatusOr<std::optional<absl::CivilDay>> TableRow::DayOrNone(size_t column,
                                                                  absl::string_view name) const {
  if (fields[column].empty()) return std::optional<absl::CivilDay>();
  const absl::StatusOr<absl::CivilDay> day = Day(column, name);
  if (!day.ok()) return day.status();
  return std::optional<absl::CivilDay>(*day);
}

absl::StatusOr<Rate> TableRow::Percent(size_t column, absl::string_view name) const {
  const absl::StatusOr<Rate> rate = ParsePercent(fields[column]);
  if (!rate.ok()) return Malformed(name, rate.status().message());
  return *rate;
}

absl::StatusOr<Money> TableRow::Amount(size_t column, absl::string_view name) const {
  const std::vector<std::string> parts = absl::StrSplit(fields[column], ' ');
  if (parts.size() != 2) return Malformed(name, "it is an amount, a space and a currency");
  const absl::StatusOr<Money> money = ParseMoney(parts[0], parts[1], {DecimalStyle::Mark::kPoint, 0});
  if (!money.ok()) return Malformed(name, money.status().message());
  if (money->minor < 0) return Malformed(name, "negative");
  return *money;
}

absl::StatusOr<Verification> TableRow::Status(size_t column) const {
  const std::string& word = fields[column];
  if (word == "verified") return Verification::kVerified;
  if (word == "secondary") return Verification::kSecondary;
  if (word == "unverified") return Verification::kUnverified;
  return Malformed("status", "not one of the known words");
}

absl::StatusOr<std::vector<TableRow>> ReadTable(absl::string_view file, absl::string_view csv,
                                                const std::vector<std::string>& columns) {
  std::vector<TableRow> rows;
  TableRow place{std::string(file), 0, {}};
  bool header = false;
  for (absl::string_view line : absl::StrSplit(csv, '\n')) {
    ++place.line;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line.front() == '#') continue;
    if (line.size() > RateTables::kLineLengthMax) return place.Malformed("line", "too long");
    std::vector<std::string> fields = absl::StrSplit(line, ',');
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
    rows.push_back({place.file, place.line, std::move(fields)});
  }
  return rows;
}

}  // namespace relance::claims
