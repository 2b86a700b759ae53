#pragma once

#include <cstdint>
#include <deque>
#include <ostream>
#include <string>
#include <vector>

namespace relance::bench {

double Median(std::vector<double> values);                    // 0 of none
double Percentile(std::vector<double> values, double share);  // share in [0,1]; 0 of none

// One line of the table. What is compared is measured in the same round as its floor; the ratio of the line
// is the median of the rounds' ratios, so that a slow minute of the machine hits both sides.
struct Figure {
  std::string id;     // "T1 always"
  std::string what;   // "full sync, CAS and event"
  std::string floor;  // what it is compared with; empty: nothing
  std::string unit;   // "s", "ms", "us", "B"
  double target = 0;  // of the ratio (of the value, without a floor); 0: none, the line informs
  std::vector<double> floor_values;     // by round
  std::vector<double> measured_values;  // by round
  // CPU time of all processes that took part, by round; may be empty. Says more than time on a machine that
  // does other things too.
  std::vector<double> floor_cpu, measured_cpu;
  std::vector<double> redis_us, client_us;  // CPU time per account, of Redis and of the rest; may be empty

  void Add(double floor_value, double measured_value) {
    floor_values.push_back(floor_value);
    measured_values.push_back(measured_value);
  }
  std::vector<double> Ratios() const;     // empty without a floor
  std::vector<double> CpuRatios() const;  // empty without CPU times
  bool Met() const;                       // true without a target
};

// What a run found.
class Report {
 public:
  // The line of this id, made when it is new; lines are printed in the order in which they were made.
  Figure& Line(const std::string& id, const std::string& what, const std::string& floor,
               const std::string& unit, double target);
  // A line of the head: machine, sizes.
  void Say(std::string line) { head_.push_back(std::move(line)); }
  // Counts that must agree, or the figures are of something else.
  void Expect(const std::string& what, int64_t expected, int64_t found);

  const std::deque<Figure>& lines() const { return lines_; }
  int64_t checks() const { return checks_; }
  const std::vector<std::string>& disagreements() const { return disagreements_; }
  void Print(std::ostream& out) const;

 private:
  std::vector<std::string> head_;
  std::deque<Figure> lines_;
  int64_t checks_ = 0;
  std::vector<std::string> disagreements_;
};

}  // namespace relance::bench
