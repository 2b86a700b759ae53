#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/ledger/indicators/gauges.h"

namespace relance::ledger {

// A moment of a portfolio's past.
struct TimedSamples {
  int64_t unix_seconds = 0;
  std::vector<GaugeSample> samples;
};

// OpenMetrics text of the past, family by family, each series in order of time, `# EOF` at the end. Samples
// without a value are left out, and so are families without a sample. A family has a UNIT where its name
// carries one.
//
// `job`:   a label of all series, as Prometheus gives it to what it scrapes; none when empty. What is scraped
//          has `instance` besides: without one it is of the past.
// Format:  github.com/prometheus/OpenMetrics 1.0, as `promtool tsdb create-blocks-from openmetrics` reads it.
std::string WriteOpenMetrics(const std::vector<TimedSamples>& moments, absl::string_view job);

// The last second of a civil day in a zone.
int64_t LastSecond(absl::CivilDay day, absl::TimeZone zone);

}  // namespace relance::ledger
