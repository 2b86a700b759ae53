#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "relance/state/v1/tenant.pb.h"

namespace relance {

// Names of a tenant's configuration documents.
inline constexpr char kTenantDocument[] = "tenant";        // state.v1.TenantConfig
inline constexpr char kClockDocument[] = "clock";          // state.v1.TenantClock
inline constexpr char kFreshnessDocument[] = "freshness";  // state.v1.Freshness

// A tenant as a decision needs it: what it wants, what day it is, how new its data is.
struct TenantContext {
  state::v1::TenantConfig config;
  state::v1::Freshness freshness;
  absl::CivilDay business_date;
  bool test_clock = false;
  int64_t config_version = 0;
  int64_t clock_version = 0;
  int64_t freshness_version = 0;
};
using TenantPtr = std::shared_ptr<const TenantContext>;

// Reads tenants from the store. Thread-safe.
//
// `now` gives the instant for tenants in real time; the business date is the civil day in the tenant's zone.
class TenantDirectory {
 public:
  TenantDirectory(store::Store* store, std::function<absl::Time()> now);

  // The tenant as it is stored now. Errors: NOT_FOUND / TENANT_NOT_FOUND.
  absl::StatusOr<TenantPtr> Get(absl::string_view tenant, store::Deadline deadline);

  // All tenants as they are stored now, by id.
  absl::StatusOr<std::vector<TenantPtr>> All(store::Deadline deadline);

 private:
  absl::StatusOr<TenantPtr> Load(const std::string& tenant, store::Deadline deadline);

  store::Store* const store_;
  const std::function<absl::Time()> now_;
};

}  // namespace relance
