#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/projection/scan.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "tools/bench/rounds.h"

namespace relance::bench {
namespace {

constexpr int kRepeats = 9;  // of each side, alternating; the round's figure is their median

struct Columns {
  std::vector<int32_t> due_day;
  std::vector<int64_t> open_minor;
};

// Made once for each size: they are large.
const Columns& ColumnsOf(int64_t rows) {
  static auto& made = *new std::map<int64_t, Columns>;
  Columns& columns = made[rows];
  if (!columns.due_day.empty()) return columns;
  columns.due_day.reserve(rows);
  columns.open_minor.reserve(rows);
  const int32_t today = DayNumber(kBusinessDay);
  uint64_t state = 88172645463325252u;
  for (int64_t i = 0; i < rows; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    columns.due_day.push_back(today - 150 + static_cast<int32_t>(state % 200));
    const auto amount = static_cast<int64_t>(100 + (state >> 20) % 2'000'000);
    columns.open_minor.push_back((state >> 50) % 20 == 0 ? -amount : amount);  // one in 20 is a credit
  }
  return columns;
}

// The columns as a table of PostgreSQL, read once.
absl::StatusOr<std::unique_ptr<PostgresServer>> LoadTable(const Columns& columns) {
  RELANCE_ASSIGN_OR_RETURN(auto server, PostgresServer::Start(false));
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/columns.tsv";
  {
    std::ofstream file(path);
    std::string text;
    for (size_t i = 0; i < columns.due_day.size(); ++i) {
      absl::StrAppend(&text, columns.due_day[i], "\t", columns.open_minor[i], "\n");
      if (text.size() < (1 << 20)) continue;
      file << text;
      text.clear();
    }
    file << text;
  }
  RELANCE_RETURN_IF_ERROR(
      server
          ->Run(absl::StrCat("create unlogged table aged (due_day int, open bigint);\n\\copy aged from '",
                             path, "'\nvacuum analyze aged;\nselect sum(open) from aged"))
          .status());
  return server;
}

double Milliseconds(absl::FunctionRef<void()> work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

absl::Status ScanRound(int64_t rows, Shared* shared) {
  const Columns& columns = ColumnsOf(rows);
  const int32_t today = DayNumber(kBusinessDay);
  // Overdue and the edges of 30, 60 and 90 days: the ageing, and with the totals the simple DSO.
  const std::vector<int32_t> thresholds = {today, today - 30, today - 60, today - 90};
  std::vector<int32_t> due_copy(columns.due_day.size(), 1);
  std::vector<int64_t> open_copy(columns.open_minor.size(), 1);
  std::vector<double> copies, scans;
  projection::ScanResult result;
  for (int i = 0; i < kRepeats; ++i) {
    copies.push_back(Milliseconds([&] {
      std::memcpy(due_copy.data(), columns.due_day.data(), due_copy.size() * sizeof(int32_t));
      std::memcpy(open_copy.data(), columns.open_minor.data(), open_copy.size() * sizeof(int64_t));
    }));
    scans.push_back(
        Milliseconds([&] { result = projection::ScanDue(columns.due_day, columns.open_minor, thresholds); }));
  }
  Figure& line = shared->report->Line(
      absl::StrCat("T6 ", rows >= 1'000'000 ? absl::StrCat(rows / 1'000'000, "M") : absl::StrCat(rows)),
      "ageing + DSO scan", "memcpy of its columns", "ms", 0.8);
  line.Add(Median(copies), Median(scans));
  const projection::ScanResult slow =
      projection::ScanDueSlowly(columns.due_day, columns.open_minor, thresholds);
  shared->report->Expect("T6 rows", rows, result.all_debit_items + result.all_credit_items);
  shared->report->Expect("T6 scan agrees with the slow one", 1,
                         result.debit_items == slow.debit_items && result.debit_minor == slow.debit_minor &&
                                 result.all_debit_minor == slow.all_debit_minor &&
                                 result.all_credit_minor == slow.all_credit_minor &&
                                 due_copy == columns.due_day && open_copy == columns.open_minor
                             ? 1
                             : 0);
  return absl::OkStatus();
}

absl::Status AgeingRound(int64_t rows, Shared* shared) {
  const Columns& columns = ColumnsOf(rows);
  if (shared->server == nullptr) {
    RELANCE_ASSIGN_OR_RETURN(shared->server, LoadTable(columns));
  }
  const int32_t today = DayNumber(kBusinessDay);
  const std::vector<int32_t> thresholds = {today, today - 30, today - 60, today - 90};
  std::string query =
      "\\timing on\nselect sum(open) filter (where open > 0), sum(open) filter (where open < 0)";
  for (const int32_t threshold : thresholds) {
    absl::StrAppend(&query, ", sum(open) filter (where open > 0 and due_day < ", threshold,
                    "), count(*) filter (where open > 0 and due_day < ", threshold, ")");
  }
  absl::StrAppend(&query, " from aged;");
  RELANCE_ASSIGN_OR_RETURN(const std::string answer, shared->server->Run(query));
  // "1|2|...\nTime: 123.456 ms"
  const std::vector<std::string> lines = absl::StrSplit(answer, '\n');
  double query_ms = 0;
  if (lines.size() < 2 ||
      !absl::SimpleAtod(absl::StripPrefix(lines[1].substr(0, lines[1].find(" ms")), "Time: "), &query_ms)) {
    return absl::InternalError("psql answers " + answer);
  }
  projection::ScanResult result;
  const double scan_ms =
      Milliseconds([&] { result = projection::ScanDue(columns.due_day, columns.open_minor, thresholds); });
  shared->report
      ->Line("T7 ageing", absl::StrCat("ageing of ", rows, " items"),
             "PostgreSQL: the query, warm, 2 workers", "ms", 0.02)
      .Add(query_ms, scan_ms);
  const std::vector<std::string> sums = absl::StrSplit(lines[0], '|');
  shared->report->Expect("T7 ageing: columns", 10, static_cast<int64_t>(sums.size()));
  shared->report->Expect("T7 ageing: open debits agree", 1,
                         sums[0] == absl::StrCat(static_cast<int64_t>(result.all_debit_minor)) ? 1 : 0);
  shared->report->Expect("T7 ageing: overdue agrees", 1,
                         sums[2] == absl::StrCat(static_cast<int64_t>(result.debit_minor[0])) ? 1 : 0);
  return absl::OkStatus();
}

}  // namespace relance::bench
