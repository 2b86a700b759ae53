#include "services/ledger/quality/legal_limits.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/check.h"
#include "common/status/status_macros.h"

namespace relance::ledger {
namespace {

constexpr size_t kColumns = 8;
constexpr char kHeader[] = "rule,country,debtor,from,to,value,status,source";

absl::Status Malformed(int line, absl::string_view field) {
  return absl::InvalidArgumentError(absl::StrCat("legal limits: line ", line, ": ", field, " is malformed"));
}

absl::StatusOr<LegalLimit> ReadRow(const std::vector<std::string>& fields, int line) {
  LegalLimit row;
  if (fields[0] == "term_days") {
    row.rule = LegalRule::kTermDays;
  } else if (fields[0] == "term_month_days") {
    row.rule = LegalRule::kTermMonthDays;
  } else if (fields[0] == "limitation_years") {
    row.rule = LegalRule::kLimitationYears;
  } else {
    return Malformed(line, "rule");
  }
  row.country = fields[1];
  row.debtor = fields[2];
  if (!absl::ParseCivilTime(fields[3], &row.from)) return Malformed(line, "from");
  absl::CivilDay to;
  if (!fields[4].empty()) {
    if (!absl::ParseCivilTime(fields[4], &to) || to < row.from) return Malformed(line, "to");
    row.to = to;
  }
  if (!absl::SimpleAtoi(fields[5], &row.value) || row.value <= 0) return Malformed(line, "value");
  row.source = fields[7];
  return row;
}

}  // namespace

const LegalLimits& LegalLimits::BuiltIn() {
  static const LegalLimits& limits = *[] {
    auto* built = new LegalLimits();
    RELANCE_CHECK(built->Add(kLegalLimitsCsv).ok());
    return built;
  }();
  return limits;
}

absl::Status LegalLimits::Add(absl::string_view csv) {
  std::vector<LegalLimit> rows;
  bool header = false;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(csv, '\n')) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    if (!header) {
      if (line != kHeader) return Malformed(number, "header");
      header = true;
      continue;
    }
    const std::vector<std::string> fields = absl::StrSplit(line, absl::MaxSplits(',', kColumns - 1));
    if (fields.size() != kColumns) return Malformed(number, "row");
    RELANCE_ASSIGN_OR_RETURN(LegalLimit row, ReadRow(fields, number));
    rows.push_back(std::move(row));
  }
  rows_.insert(rows_.end(), rows.begin(), rows.end());
  return absl::OkStatus();
}

const LegalLimit* LegalLimits::On(LegalRule rule, absl::string_view country, absl::string_view debtor,
                                  absl::CivilDay day) const {
  for (const LegalLimit& row : rows_) {
    if (row.rule == rule && row.country == country && row.debtor == debtor && row.from <= day &&
        (!row.to.has_value() || day <= *row.to)) {
      return &row;
    }
  }
  return nullptr;
}

absl::CivilDay YearsAfter(absl::CivilDay day, int years) {
  const absl::CivilMonth month(day.year() + years, day.month());
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

}  // namespace relance::ledger
