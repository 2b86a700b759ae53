#include "common/metrics/at_scrape.h"

#include <iterator>
#include <mutex>
#include <thread>

namespace relance::metrics {
namespace {

class Functions : public prometheus::Collectable {
 public:
  void Add(ScrapeFunction collect) {
    std::lock_guard<std::mutex> lock(mutex_);
    functions_.push_back(std::move(collect));
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::vector<ScrapeFunction> functions;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      functions = functions_;
    }
    // The HTTP server's threads have a stack of 100 KB, which a function that asks the store may not fit
    // into.
    std::vector<prometheus::MetricFamily> all;
    std::thread([&] {
      for (const ScrapeFunction& collect : functions) {
        std::vector<prometheus::MetricFamily> families = collect();
        all.insert(all.end(), std::make_move_iterator(families.begin()),
                   std::make_move_iterator(families.end()));
      }
    }).join();
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ScrapeFunction> functions_;
};

Functions& TheFunctions() {
  static Functions& functions = *new Functions;
  return functions;
}

}  // namespace

void AtScrape(ScrapeFunction collect) { TheFunctions().Add(std::move(collect)); }

prometheus::Collectable& ScrapeFunctions() { return TheFunctions(); }

prometheus::MetricFamily MakeFamily(const std::string& name, const std::string& help,
                                    prometheus::MetricType type) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

void AddSample(prometheus::MetricFamily* family, double value,
               const std::vector<std::pair<std::string, std::string>>& labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, text] : labels) metric.label.push_back({name, text});
  if (family->type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family->metric.push_back(std::move(metric));
}

}  // namespace relance::metrics
