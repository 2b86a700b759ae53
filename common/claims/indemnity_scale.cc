#include "common/claims/indemnity_scale.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/claims/embedded.h"
#include "common/claims/table_file.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance::claims {

const IndemnityScales& IndemnityScales::BuiltIn() {
  static const IndemnityScales* const scales = [] {
    auto* built = new IndemnityScales;
    RELANCE_CHECK(built->Add("indemnity_scales.csv", kIndemnityScalesCsv).ok());
    return built;
  }();
  return *scales;
}

absl::Status IndemnityScales::Add(absl::string_view file, absl::string_view csv) {
  static const auto& columns = *new std::vector<std::string>{"scale",   "from", "to",     "above", "base",
                                                             "percent", "cap",  "status", "source"};
  RELANCE_ASSIGN_OR_RETURN(const std::vector<TableRow> rows, ReadTable(file, csv, columns));
  auto scales = scales_;
  for (const TableRow& row : rows) {
    Step step;
    RELANCE_ASSIGN_OR_RETURN(step.from, row.Day(1, "from"));
    RELANCE_ASSIGN_OR_RETURN(step.to, row.DayOrNone(2, "to"));
    RELANCE_ASSIGN_OR_RETURN(step.above, row.Amount(3, "above"));
    RELANCE_ASSIGN_OR_RETURN(step.base, row.Amount(4, "base"));
    RELANCE_ASSIGN_OR_RETURN(step.percent, row.Percent(5, "percent"));
    RELANCE_ASSIGN_OR_RETURN(step.cap, row.Amount(6, "cap"));
    RELANCE_ASSIGN_OR_RETURN(step.status, row.Status(7));
    step.source = row.fields[8];
    if (step.to.has_value() && *step.to < step.from) return row.Malformed("to", "before from");
    if (step.base.currency != step.above.currency || step.cap.currency != step.above.currency) {
      return row.Malformed("base", "another currency");
    }
    std::vector<Step>& steps = scales[row.fields[0]];
    if (!steps.empty() && steps.back().from == step.from && steps.back().above.minor >= step.above.minor) {
      return row.Malformed("above", "the steps of a scale ascend");
    }
    steps.push_back(std::move(step));
  }
  scales_ = std::move(scales);
  return absl::OkStatus();
}

absl::StatusOr<ScaledIndemnity> IndemnityScales::AmountOn(absl::string_view scale, absl::CivilDay day,
                                                          const Money& balance) const {
  const Step* found = nullptr;
  bool in_force = false;
  if (const auto steps = scales_.find(std::string(scale)); steps != scales_.end()) {
    for (const Step& step : steps->second) {
      if (day < step.from || (step.to.has_value() && day > *step.to)) continue;
      in_force = true;
      if (balance.minor > step.above.minor) found = &step;
      if (found == nullptr) found = &step;
    }
  }
  if (!in_force) {
    return DomainError(
        absl::StatusCode::kFailedPrecondition, "SCALE_MISSING",
        absl::StrCat("the indemnity scale ", scale, " on ", FormatIsoDay(day), " is not in the tables"),
        {{"scale", std::string(scale)}, {"day", FormatIsoDay(day)}});
  }
  ScaledIndemnity result{{0, found->base.currency}, found->status == Verification::kVerified, found->source};
  RELANCE_ASSIGN_OR_RETURN(const Money rest, Subtract(balance, found->above));
  if (balance.minor <= 0) return result;
  RELANCE_ASSIGN_OR_RETURN(const int64_t part,
                           MultiplyDivideHalfUp(rest.minor, found->percent.e8, 100 * kPercentE8));
  RELANCE_ASSIGN_OR_RETURN(const int64_t sum, AddMinor(found->base.minor, part));
  result.amount.minor = std::min(sum, found->cap.minor);
  return result;
}

}  // namespace relance::claims
