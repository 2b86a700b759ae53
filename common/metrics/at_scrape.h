#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

// Figures that are made when Prometheus asks, for what keeps its own totals.
namespace relance::metrics {

using ScrapeFunction = std::function<std::vector<prometheus::MetricFamily>()>;

// Calls `collect` at each scrape from now on. It must be thread-safe and quick, and outlive the process's
// last scrape.
void AtScrape(ScrapeFunction collect);

// What AtScrape registered, as one collectable. Never destroyed.
prometheus::Collectable& ScrapeFunctions();

// One family for a ScrapeFunction: a counter or a gauge with one sample a set of labels.
prometheus::MetricFamily MakeFamily(const std::string& name, const std::string& help,
                                    prometheus::MetricType type);
void AddSample(prometheus::MetricFamily* family, double value,
               const std::vector<std::pair<std::string, std::string>>& labels = {});

}  // namespace relance::metrics
