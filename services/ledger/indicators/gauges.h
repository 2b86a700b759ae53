#pragma once

#include <string>
#include <vector>

#include "services/ledger/indicators/series.h"

// The portfolio as gauges: the same names, labels and values for what Prometheus scrapes now and for what is
// exported of the past, so that both make one line. Amounts are in units of the label `currency`.
namespace relance::ledger {

// A family of gauges (or the one counter), by name without the suffix of a counter.
struct GaugeFamilySpec {
  const char* name;
  const char* help;
  const char* unit;                 // empty: the name carries none
  std::vector<std::string> labels;  // names, in the order of GaugeSample::values
  bool is_counter = false;          // the sample has _total behind the name
};
const std::vector<GaugeFamilySpec>& GaugeFamilies();

struct GaugeSample {
  int family = 0;                   // index in GaugeFamilies()
  std::vector<std::string> labels;  // values
  double value = 0;                 // NaN: there is none
};

// What the figures of a portfolio come to. `figures` is made with the edges 30, 60, 90 and kDsoPeriodDays;
// `unidentified`: open money of unknown payers, positive. Always the same families and labels.
std::vector<GaugeSample> GaugesOf(const std::string& tenant, const std::string& currency,
                                  const FiguresAt& figures, Amount unidentified);

}  // namespace relance::ledger
