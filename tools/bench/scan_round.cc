#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/projection/scan.h"
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

}  // namespace relance::bench
