#include "common/metrics/metrics.h"

#include <prometheus/text_serializer.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/check.h"

namespace relance::metrics {
namespace {

template <typename Child>
prometheus::Family<Child>& Register(const std::string& name, const std::string& help,
                                    prometheus::Registry& registry) {
  if constexpr (std::is_same_v<Child, prometheus::Counter>) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  } else if constexpr (std::is_same_v<Child, prometheus::Gauge>) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  } else {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }
}

// Finds or makes the child. `add` takes the labels; called under the lock of the family.
template <typename Child, typename Add>
Child& FindOrAdd(const std::vector<std::string>& label_names,
                 std::initializer_list<absl::string_view> label_values, std::mutex& mutex,
                 absl::flat_hash_map<std::string, Child*>& children, const Add& add) {
  RELANCE_CHECK(label_values.size() == label_names.size());
  std::string key;
  for (absl::string_view value : label_values) absl::StrAppend(&key, value, absl::string_view("\0", 1));
  std::lock_guard<std::mutex> lock(mutex);
  auto found = children.find(key);
  if (found != children.end()) return *found->second;
  const bool overflow = children.size() >= kChildrenMax;
  std::map<std::string, std::string> labels;
  auto value = label_values.begin();
  for (const std::string& name : label_names) {
    labels[name] = overflow ? "other" : std::string(*value);
    ++value;
  }
  Child& child = add(labels);
  // The shared child is not remembered under each key: the map stays bounded too.
  if (!overflow) children.emplace(std::move(key), &child);
  return child;
}

}  // namespace

prometheus::Registry& ProcessRegistry() {
  static prometheus::Registry& registry = *new prometheus::Registry;
  return registry;
}

prometheus::Histogram::BucketBoundaries RpcBuckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};
}

prometheus::Histogram::BucketBoundaries BatchBuckets() {
  return {1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600};
}

template <typename Child>
Family<Child>::Family(const std::string& name, const std::string& help, std::vector<std::string> label_names,
                      prometheus::Registry& registry)
    : label_names_(std::move(label_names)), family_(Register<Child>(name, help, registry)) {}

template <typename Child>
Child& Family<Child>::With(std::initializer_list<absl::string_view> label_values) {
  return FindOrAdd<Child>(label_names_, label_values, mutex_, children_,
                          [&](const auto& labels) -> Child& { return family_.Add(labels); });
}

template class Family<prometheus::Counter>;
template class Family<prometheus::Gauge>;

HistogramFamily::HistogramFamily(const std::string& name, const std::string& help,
                                 prometheus::Histogram::BucketBoundaries buckets,
                                 std::vector<std::string> label_names, prometheus::Registry& registry)
    : label_names_(std::move(label_names)),
      buckets_(std::move(buckets)),
      family_(Register<prometheus::Histogram>(name, help, registry)) {}

prometheus::Histogram& HistogramFamily::With(std::initializer_list<absl::string_view> label_values) {
  return FindOrAdd<prometheus::Histogram>(
      label_names_, label_values, mutex_, children_,
      [&](const auto& labels) -> prometheus::Histogram& { return family_.Add(labels, buckets_); });
}

void SetBuildInfo(const std::string& service, const std::string& version, const std::string& revision,
                  prometheus::Registry& registry) {
  prometheus::BuildGauge()
      .Name("relance_build_info")
      .Help("Always 1; the labels say what runs")
      .Register(registry)
      .Add({{"service", service}, {"version", version}, {"revision", revision}})
      .Set(1);
}

std::string RenderText(const prometheus::Registry& registry) {
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace relance::metrics
