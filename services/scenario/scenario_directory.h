#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "relance/state/v1/tenant.pb.h"
#include "services/scenario/scenario.h"

namespace relance::scenario {

using ScenarioPtr = std::shared_ptr<const Scenario>;

// A version of a scenario with its text.
struct StoredScenario {
  std::string id;
  int version = 0;  // 0: it comes with the program
  std::string yaml;
};

// The scenarios of tenants: documents "scenario/<id>/<version>", never changed. Where a tenant has stored
// none of an id, the one that comes with the program holds. Thread-safe.
class ScenarioDirectory {
 public:
  // `now` is for the age of what is remembered; kAgeMax later it is read again.
  ScenarioDirectory(store::Store* store, std::function<absl::Time()> now);
  static constexpr absl::Duration kAgeMax = absl::Seconds(5);

  // The newest version of the tenant's scenario; without an id of its own, the one that is meant for its
  // country. `version_at_least` forces a look at the store when what is remembered is older. Errors:
  // NOT_FOUND / SCENARIO_NOT_FOUND.
  absl::StatusOr<ScenarioPtr> Get(const state::v1::TenantConfig& tenant, int version_at_least,
                                  store::Deadline deadline);

  // One version, 0 the newest. Errors: NOT_FOUND / SCENARIO_NOT_FOUND.
  absl::StatusOr<StoredScenario> Find(absl::string_view tenant, absl::string_view id, int version,
                                      store::Deadline deadline);

  // Stores `yaml` as the next version; false in the pair when the newest version has this text already.
  // Errors: INVALID_ARGUMENT / SCENARIO_INVALID.
  absl::StatusOr<std::pair<StoredScenario, bool>> Apply(absl::string_view tenant, absl::string_view yaml,
                                                        store::Deadline deadline);

  // The id that a tenant's accounts run under.
  static std::string IdFor(const state::v1::TenantConfig& tenant);

 private:
  struct Remembered {
    ScenarioPtr scenario;
    absl::Time read;
  };
  // The number of the newest stored version; 0 when there is none.
  absl::StatusOr<int> NewestVersion(absl::string_view tenant, absl::string_view id, store::Deadline deadline);

  store::Store* const store_;
  const std::function<absl::Time()> now_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Remembered> remembered_;  // by tenant and id
};

}  // namespace relance::scenario
