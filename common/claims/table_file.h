#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/claims/rate.h"
#include "common/claims/rate_tables.h"
#include "common/money/money.h"

// The files of dated tables: one row a line, columns named in the first line, # begins a comment, no quotes.
namespace relance::claims {

// A line of a table. Its errors are INVALID_ARGUMENT / RATE_TABLE_MALFORMED and name file, line and field.
struct TableRow {
  std::string file;
  int line = 0;
  std::vector<std::string> fields;

  absl::Status Malformed(absl::string_view field, absl::string_view why) const;
  absl::StatusOr<absl::CivilDay> Day(size_t column, absl::string_view name) const;
  // Empty: nothing.
  absl::StatusOr<std::optional<absl::CivilDay>> DayOrNone(size_t column, absl::string_view name) const;
  absl::StatusOr<Rate> Percent(size_t column, absl::string_view name) const;
  // "40.00 EUR", not negative.
  absl::StatusOr<Money> Amount(size_t column, absl::string_view name) const;
  absl::StatusOr<Verification> Status(size_t column) const;
};

// Bounds: RateTables::kRowsMax rows, RateTables::kLineLengthMax bytes a line.
absl::StatusOr<std::vector<TableRow>> ReadTable(absl::string_view file, absl::string_view csv,
                                                const std::vector<std::string>& columns);

}  // namespace relance::claims
