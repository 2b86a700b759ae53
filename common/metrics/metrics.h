#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Metrics of this process, for Prometheus.
//
//   static metrics::CounterFamily& refused =
//       *new metrics::CounterFamily("relance_ledger_lines_refused_total", "Lines of input that were refused",
//       {"reason"});
//   refused.With({"BAD_DATE"}).Increment();
//
// Labels come from small closed sets: no ids, names, contact data or amounts. A family keeps at most
// kChildrenMax children; further label values share one child whose labels all say "other", so that a mistake
// cannot exhaust the memory of this process or of Prometheus.
//
// Threads: all functions may be called from any thread. Families and children are never destroyed: keep
// references.
namespace relance::metrics {

inline constexpr size_t kChildrenMax = 500;

// The one registry of this process; never destroyed.
prometheus::Registry& ProcessRegistry();

// Upper bounds of histogram buckets, in seconds.
prometheus::Histogram::BucketBoundaries RpcBuckets();    // 0.5 ms to 5 s
prometheus::Histogram::BucketBoundaries BatchBuckets();  // 1 s to 1 h

// One metric name with its children, looked up by label values. With() costs a lock and a hash;
// prometheus-cpp's own Family::Add is about ten times dearer. Hot paths keep the reference that With()
// returns.
template <typename Child>
class Family {
 public:
  // Creates or, in the same registry, joins the family `name`. `help` is one sentence with the unit.
  Family(const std::string& name, const std::string& help, std::vector<std::string> label_names = {},
         prometheus::Registry& registry = ProcessRegistry());

  // The child with these label values, in the order of the label names, made on first use.
  Child& With(std::initializer_list<absl::string_view> label_values = {});

 private:
  const std::vector<std::string> label_names_;
  prometheus::Family<Child>& family_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, Child*> children_;  // by label values, each ended by a NUL
};

using CounterFamily = Family<prometheus::Counter>;
using GaugeFamily = Family<prometheus::Gauge>;

// As Family, with the buckets of every child.
class HistogramFamily {
 public:
  HistogramFamily(const std::string& name, const std::string& help,
                  prometheus::Histogram::BucketBoundaries buckets, std::vector<std::string> label_names = {},
                  prometheus::Registry& registry = ProcessRegistry());
  prometheus::Histogram& With(std::initializer_list<absl::string_view> label_values = {});

 private:
  const std::vector<std::string> label_names_;
  const prometheus::Histogram::BucketBoundaries buckets_;
  prometheus::Family<prometheus::Histogram>& family_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, prometheus::Histogram*> children_;
};

// Sets relance_build_info{service,version,revision} to 1.
void SetBuildInfo(const std::string& service, const std::string& version, const std::string& revision,
                  prometheus::Registry& registry = ProcessRegistry());

// The text that a scrape of `registry` would get.
std::string RenderText(const prometheus::Registry& registry = ProcessRegistry());

}  // namespace relance::metrics
