#include "tools/bench/report.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace relance::bench {
namespace {

std::string Number(double value) {
  if (value >= 1000) return absl::StrFormat("%.0f", value);
  if (value >= 100) return absl::StrFormat("%.1f", value);
  if (value >= 10) return absl::StrFormat("%.2f", value);
  return absl::StrFormat("%.3f", value);
}

std::string Value(const std::vector<double>& values, const std::string& unit) {
  return values.empty() ? "-" : absl::StrCat(Number(Median(values)), " ", unit);
}

std::vector<double> RatiosOf(const std::vector<double>& floors, const std::vector<double>& measured) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(floors.size(), measured.size()); ++i) {
    if (floors[i] > 0) ratios.push_back(measured[i] / floors[i]);
  }
  return ratios;
}

using Cells = std::vector<std::string>;

Cells CellsOf(const Figure& line) {
  const std::vector<double> ratios = line.Ratios();
  std::string ratio = "-", target = "-", verdict = "-";
  if (!ratios.empty()) {
    ratio =
        absl::StrFormat("%.2f (%.2f-%.2f)", Median(ratios), *std::min_element(ratios.begin(), ratios.end()),
                        *std::max_element(ratios.begin(), ratios.end()));
  }
  if (line.target > 0) {
    target = absl::StrCat("<= ", Number(line.target), line.floor.empty() ? absl::StrCat(" ", line.unit) : "");
    verdict = line.measured_values.empty() ? "no figure" : line.Met() ? "met" : "MISSED";
  }
  const std::vector<double> cpu = line.CpuRatios();
  return {line.id,
          line.what,
          line.floor.empty() ? "-" : line.floor,
          Value(line.floor_values, line.unit),
          Value(line.measured_values, line.unit),
          ratio,
          target,
          verdict,
          cpu.empty() ? "-" : absl::StrFormat("%.2f", Median(cpu)),
          line.redis_us.empty()
              ? "-"
              : absl::StrFormat("%.1f + %.1f", Median(line.redis_us), Median(line.client_us))};
}

}  // namespace

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const size_t at =
      std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[at];
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<double> Figure::Ratios() const { return RatiosOf(floor_values, measured_values); }

std::vector<double> Figure::CpuRatios() const { return RatiosOf(floor_cpu, measured_cpu); }

bool Figure::Met() const {
  if (target == 0) return true;
  return Median(floor.empty() ? measured_values : Ratios()) <= target;
}

Figure& Report::Line(const std::string& id, const std::string& what, const std::string& floor,
                     const std::string& unit, double target) {
  for (Figure& line : lines_) {
    if (line.id == id && line.what == what) return line;
  }
  lines_.push_back({id, what, floor, unit, target, {}, {}, {}});
  return lines_.back();
}

void Report::Expect(const std::string& what, int64_t expected, int64_t found) {
  ++checks_;
  if (expected != found)
    disagreements_.push_back(absl::StrCat(what, ": expected ", expected, ", found ", found));
}

void Report::Print(std::ostream& out) const {
  for (const std::string& line : head_) out << line << "\n";
  out << "\n";
  std::vector<Cells> rows = {{"id", "what", "beside", "floor", "measured", "ratio (range)", "target",
                              "verdict", "CPU ratio", "CPU us/account: Redis + rest"}};
  // Lines were made in the order of the measurements; people look for T1, T2, ...
  std::vector<const Figure*> sorted;
  for (const Figure& line : lines_) sorted.push_back(&line);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Figure* a, const Figure* b) {
    return a->id.substr(0, a->id.find(' ')) < b->id.substr(0, b->id.find(' '));
  });
  for (const Figure* line : sorted) rows.push_back(CellsOf(*line));
  std::vector<size_t> widths(rows[0].size());
  for (const Cells& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  bool first = true;
  for (const Cells& row : rows) {
    out << "|";
    for (size_t i = 0; i < row.size(); ++i)
      out << " " << row[i] << std::string(widths[i] - row[i].size(), ' ') << " |";
    out << "\n";
    if (!std::exchange(first, false)) continue;
    out << "|";
    for (const size_t width : widths) out << std::string(width + 2, '-') << "|";
    out << "\n";
  }
  int met = 0, missed = 0;
  for (const Figure& line : lines_) {
    if (line.target > 0) ++(line.Met() && !line.measured_values.empty() ? met : missed);
  }
  out << "\n"
      << met << " targets met, " << missed << " missed; " << checks_ << " counts checked, "
      << disagreements_.size() << " disagree\n";
  for (const std::string& text : disagreements_) out << "DISAGREES: " << text << "\n";
}

}  // namespace relance::bench
