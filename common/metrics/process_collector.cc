#include "common/metrics/process_collector.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace relance::metrics {
namespace {

std::string ReadSmallFile(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// Seconds since 1970 when the computer started; 0 when unknown.
double BootTimeSeconds() {
  const std::string text = ReadSmallFile("/proc/stat");
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    double seconds = 0;
    if (absl::ConsumePrefix(&line, "btime ") && absl::SimpleAtod(line, &seconds)) return seconds;
  }
  return 0;
}

// -1 when the folder cannot be read.
int CountOpenFiles(const std::string& folder) {
  DIR* const directory = opendir(folder.c_str());
  if (directory == nullptr) return -1;
  int count = 0;
  while (const dirent* entry = readdir(directory)) count += entry->d_name[0] != '.';
  closedir(directory);
  return count - 1;  // without the one that opendir holds
}

prometheus::MetricFamily Single(const char* name, const char* help, prometheus::MetricType type,
                                double value) {
  prometheus::MetricFamily family{name, help, type, {}};
  prometheus::ClientMetric metric;
  (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace

bool ParseProcStat(absl::string_view line, ProcStat* stat) {
  const size_t name_end = line.rfind(')');
  if (name_end == absl::string_view::npos) return false;
  // Fields after the name, counted from "state" = 0; proc(5) numbers them from 3.
  const std::vector<absl::string_view> fields =
      absl::StrSplit(line.substr(name_end + 1), ' ', absl::SkipWhitespace());
  double user = 0, system = 0;
  if (fields.size() < 22 || !absl::SimpleAtod(fields[11], &user) || !absl::SimpleAtod(fields[12], &system) ||
      !absl::SimpleAtod(fields[17], &stat->threads) || !absl::SimpleAtod(fields[19], &stat->start_ticks) ||
      !absl::SimpleAtod(fields[20], &stat->virtual_bytes) ||
      !absl::SimpleAtod(fields[21], &stat->resident_pages)) {
    return false;
  }
  stat->cpu_ticks = user + system;
  return true;
}

std::vector<prometheus::MetricFamily> ProcessCollector::Collect() const {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  const double ticks_per_second = sysconf(_SC_CLK_TCK);
  ProcStat stat;
  if (ParseProcStat(ReadSmallFile(proc_ + "/stat"), &stat)) {
    families.push_back(Single("process_cpu_seconds_total", "User and system CPU time in seconds",
                              MetricType::Counter, stat.cpu_ticks / ticks_per_second));
    families.push_back(Single("process_resident_memory_bytes", "Resident memory in bytes", MetricType::Gauge,
                              stat.resident_pages * sysconf(_SC_PAGESIZE)));
    families.push_back(Single("process_virtual_memory_bytes", "Virtual memory in bytes", MetricType::Gauge,
                              stat.virtual_bytes));
    families.push_back(Single("process_threads", "Threads of the process", MetricType::Gauge, stat.threads));
    if (const double boot = BootTimeSeconds(); boot > 0) {
      families.push_back(Single("process_start_time_seconds", "Start of the process in seconds since 1970",
                                MetricType::Gauge, boot + stat.start_ticks / ticks_per_second));
    }
  }
  if (const int open = CountOpenFiles(proc_ + "/fd"); open >= 0) {
    families.push_back(Single("process_open_fds", "Open file descriptors", MetricType::Gauge, open));
  }
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    families.push_back(Single("process_max_fds", "Limit of open file descriptors", MetricType::Gauge,
                              static_cast<double>(limit.rlim_cur)));
  }
  return families;
}

}  // namespace relance::metrics
