#include "services/ledger/indicators/open_metrics.h"

#include <cmath>
#include <cstdlib>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace relance::ledger {
namespace {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
}

// The shortest that reads back as the same number.
std::string Number(double value) {
  for (int digits = 15; digits < 17; ++digits) {
    std::string text = absl::StrFormat("%.*g", digits, value);
    if (std::strtod(text.c_str(), nullptr) == value) return text;
  }
  return absl::StrFormat("%.17g", value);
}

}  // namespace

std::string WriteOpenMetrics(const std::vector<TimedSamples>& moments, absl::string_view job) {
  const std::vector<GaugeFamilySpec>& families = GaugeFamilies();
  // By family and label values: the lines of a series, in order of time.
  std::vector<std::map<std::vector<std::string>, std::string>> series(families.size());
  for (const TimedSamples& moment : moments) {
    for (const GaugeSample& sample : moment.samples) {
      if (!std::isfinite(sample.value)) continue;
      const GaugeFamilySpec& family = families[sample.family];
      std::string& lines = series[sample.family][sample.labels];
      absl::StrAppend(&lines, family.name, family.is_counter ? "_total" : "", "{");
      for (size_t l = 0; l < sample.labels.size(); ++l) {
        absl::StrAppend(&lines, l == 0 ? "" : ",", family.labels[l], "=\"", Escaped(sample.labels[l]), "\"");
      }
      if (!job.empty()) absl::StrAppend(&lines, ",job=\"", Escaped(job), "\"");
      absl::StrAppend(&lines, "} ", Number(sample.value), " ", moment.unix_seconds, "\n");
    }
  }
  std::string text;
  for (size_t f = 0; f < families.size(); ++f) {
    const GaugeFamilySpec& family = families[f];
    if (series[f].empty()) continue;
    absl::StrAppend(&text, "# TYPE ", family.name, family.is_counter ? " counter\n" : " gauge\n");
    if (family.unit[0] != '\0') absl::StrAppend(&text, "# UNIT ", family.name, " ", family.unit, "\n");
    absl::StrAppend(&text, "# HELP ", family.name, " ", Escaped(family.help), "\n");
    for (const auto& [labels, lines] : series[f]) absl::StrAppend(&text, lines);
  }
  return text + "# EOF\n";
}

int64_t LastSecond(absl::CivilDay day, absl::TimeZone zone) {
  return absl::ToUnixSeconds(absl::FromCivil(absl::CivilSecond(day + 1), zone)) - 1;
}

}  // namespace relance::ledger
