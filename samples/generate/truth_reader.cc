#include "samples/generate/truth_reader.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "samples/generate/truth_writer.h"
#include "samples/toolkit/csv.h"
#include "samples/toolkit/output.h"

namespace relance::samples {
namespace {

constexpr size_t kTruthBytesMax = size_t{4} << 30;

absl::Status Malformed(absl::string_view file, int line) {
  return DomainError(absl::StatusCode::kInvalidArgument, "TRUTH_MALFORMED",
                     absl::StrCat(file, ":", line, ": malformed"),
                     {{"file", std::string(file)}, {"line", absl::StrCat(line)}});
}

// Calls `row` with the cells of each line after the label and the header, if `account_column` holds a wanted
// account.
template <typename RowFunction>
absl::Status ForEachRow(absl::string_view bytes, absl::string_view file, absl::string_view header,
                        size_t account_column, const std::set<std::string>& wanted, RowFunction row) {
  int number = 0;
  bool header_seen = false;
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const absl::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == absl::string_view::npos ? bytes.size() : end + 1);
    ++number;
    if (absl::StartsWith(line, "#")) continue;
    if (!header_seen) {
      if (absl::StrCat(line, "\n") != header) return Malformed(file, number);
      header_seen = true;
      continue;
    }
    RELANCE_ASSIGN_OR_RETURN(const std::vector<std::string> cells, SplitCsvLine(line));
    if (cells.size() <= account_column) return Malformed(file, number);
    if (!wanted.contains(cells[account_column])) continue;
    if (!row(cells)) return Malformed(file, number);
  }
  return absl::OkStatus();
}

bool ReadAccount(const std::vector<std::string>& cells, Truth& truth) {
  if (cells.size() != 17) return false;
  TruthAccount& account = truth.accounts[cells[0]];
  account.tenant = cells[1];
  if (!absl::SimpleAtoi(cells[8], &account.promise_kept_percent)) return false;
  if (!absl::SimpleAtoi(cells[9], &account.answers_percent)) return false;
  if (cells[11].empty()) return true;
  const auto day = ParseIsoDay(cells[11]);
  if (day.ok()) account.insolvent_on = *day;
  return day.ok();
}

bool ReadEvent(const std::vector<std::string>& cells, Truth& truth) {
  if (cells.size() != 6) return false;
  const auto day = ParseIsoDay(cells[0]);
  const auto amount = ParseDecimalMinor(cells[4], 2);
  if (!day.ok() || !amount.ok()) return false;
  const std::string& event = cells[2];
  if (cells[3].empty() || event == "paid_twice") return true;  // Settles nothing.
  TruthItem& item = truth.accounts[cells[1]].items[cells[3]];
  if (event == "opened" || event == "invoiced") {
    const auto due = ParseIsoDay(cells[5]);
    if (!due.ok()) return false;
    item.due = *due;
    item.disputed_from = item.disputed_until = kNoDay;
    item.changes.push_back({*day, *amount, false});
  } else if (event == "credited") {
    item.changes.push_back({*day, -*amount, false});
  } else if (event == "paid") {
    item.changes.push_back({*day, -*amount, true});
  } else if (event == "returned") {
    item.changes.push_back({*day, *amount, false});
  } else if (event == "dispute_opened") {
    item.disputed_from = *day;
    item.dispute_reason = cells[5];
  } else if (event == "dispute_resolved") {
    item.disputed_until = *day;
  } else {
    return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Truth> ParseTruth(absl::string_view accounts_csv, absl::string_view events_csv,
                                 const std::set<std::string>& wanted) {
  Truth truth;
  RELANCE_RETURN_IF_ERROR(
      ForEachRow(accounts_csv, "accounts.csv", kTruthAccountsHeader, 0, wanted,
                 [&truth](const std::vector<std::string>& cells) { return ReadAccount(cells, truth); }));
  RELANCE_RETURN_IF_ERROR(
      ForEachRow(events_csv, "events.csv", kTruthEventsHeader, 1, wanted,
                 [&truth](const std::vector<std::string>& cells) { return ReadEvent(cells, truth); }));
  return truth;
}

absl::StatusOr<Truth> ReadTruth(const std::string& folder, const std::set<std::string>& wanted) {
  RELANCE_ASSIGN_OR_RETURN(const std::string accounts,
                           ReadWholeFile(absl::StrCat(folder, "/accounts.csv"), kTruthBytesMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string events,
                           ReadWholeFile(absl::StrCat(folder, "/events.csv"), kTruthBytesMax));
  return ParseTruth(accounts, events, wanted);
}

int64_t OpenMinorAt(const TruthItem& item, absl::CivilDay day) {
  int64_t open = 0;
  for (const TruthItem::Change& change : item.changes) {
    if (change.day < day) open += change.amount_minor;
  }
  return open;
}

}  // namespace relance::samples
