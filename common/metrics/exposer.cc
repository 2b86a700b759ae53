#include "common/metrics/exposer.h"

#include <prometheus/exposer.h>

#include <exception>
#include <memory>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "common/metrics/at_scrape.h"
#include "common/metrics/metrics.h"
#include "common/metrics/process_collector.h"
#include "common/status/domain_error.h"

namespace relance::metrics {
namespace {

constexpr size_t kServerThreads = 2;

}  // namespace

absl::StatusOr<int> ServeMetrics(const std::string& address) {
  static std::mutex& mutex = *new std::mutex;
  static prometheus::Exposer* exposer = nullptr;
  std::lock_guard<std::mutex> lock(mutex);
  if (exposer != nullptr) {
    return DomainError(absl::StatusCode::kAlreadyExists, "METRICS_ALREADY_SERVED",
                       "metrics are served already");
  }
  // prometheus-cpp holds collectables weakly; the registry lives as long as the process.
  static auto& registry = *new std::shared_ptr<prometheus::Collectable>(&ProcessRegistry(), [](auto*) {});
  static auto& process = *new std::shared_ptr<prometheus::Collectable>(std::make_shared<ProcessCollector>());
  static auto& functions = *new std::shared_ptr<prometheus::Collectable>(&ScrapeFunctions(), [](auto*) {});
  try {
    exposer = new prometheus::Exposer(address, kServerThreads);
    exposer->RegisterCollectable(registry);
    exposer->RegisterCollectable(process);
    exposer->RegisterCollectable(functions);
    return exposer->GetListeningPorts().front();
  } catch (const std::exception&) {  // CivetException: the only way it reports an address it cannot have
    return DomainError(absl::StatusCode::kUnavailable, "METRICS_ADDRESS_IN_USE",
                       absl::StrCat("cannot serve metrics on ", address), {{"address", address}});
  }
}

}  // namespace relance::metrics
