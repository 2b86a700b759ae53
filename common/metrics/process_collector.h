#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace relance::metrics {

// The usual process_* metrics, which prometheus-cpp lacks, read from /proc/self at each scrape:
// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
// process_max_fds, process_threads, process_start_time_seconds. What cannot be read is left out.
class ProcessCollector : public prometheus::Collectable {
 public:
  // `proc` is the folder of the process; another one in tests.
  explicit ProcessCollector(std::string proc = "/proc/self") : proc_(std::move(proc)) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::string proc_;
};

// The figures of one /proc/<pid>/stat line that are exported; times in clock ticks, memory in bytes and
// pages.
struct ProcStat {
  double cpu_ticks = 0;
  double threads = 0;
  double start_ticks = 0;
  double virtual_bytes = 0;
  double resident_pages = 0;
};
// False for a line that is not of that form. The name of the program, which may hold spaces and ')', is
// skipped.
bool ParseProcStat(absl::string_view line, ProcStat* stat);

}  // namespace relance::metrics
