#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/clock.h"

namespace relance::ledger {

inline constexpr int kAdvanceDaysMax = 3'660;  // of one call

// Where a service stands with a tenant.
struct Standing {
  store::Service service = store::Service::kRisk;
  std::optional<absl::CivilDay> worked_to;  // in every partition
  int64_t feed_lag = 0;
};
absl::StatusOr<Standing> StandingOf(store::Store& store, const std::string& tenant, store::Service service,
                                    store::Deadline deadline);

// Moves test clocks day by day, each time waiting until the services that work by the clock have worked the
// day: every partition is worked to it, and every cursor is at the end of a feed that has come to rest.
// Thread-safe.
class ClockAdvancer {
 public:
  // All outlive this. `services` are those to wait for: risk, scenario, handoff. `clock` is for waiting only.
  ClockAdvancer(store::Store* store, TenantDirectory* directory, Clock* clock,
                std::vector<store::Service> services)
      : store_(store), directory_(directory), clock_(clock), services_(std::move(services)) {}

  // One day is done: its date and the accounts that were written meanwhile. False ends the call.
  using DayDone = std::function<bool(absl::CivilDay day, int64_t accounts_written)>;

  // To `to`, or without it only waits for what there is; `done` is called once a day.
  // Errors: NOT_FOUND / TENANT_NOT_FOUND; FAILED_PRECONDITION / REAL_CLOCK (with `to`); INVALID_ARGUMENT /
  // CLOCK_BACKWARDS, CLOCK_TOO_FAR; DEADLINE_EXCEEDED / SERVICE_LAGS; CANCELLED. The days that are done stay
  // done.
  absl::Status Advance(const std::string& tenant, std::optional<absl::CivilDay> to, store::Deadline deadline,
                       const std::function<bool()>& cancelled, const DayDone& done);

 private:
  absl::Status SetClock(const std::string& tenant, absl::CivilDay day, store::Deadline deadline);
  absl::Status Await(const std::string& tenant, absl::CivilDay day, store::Deadline deadline,
                     const std::function<bool()>& cancelled);
  // The service that has not worked `day`; nullopt when all have and the feed is at rest.
  absl::StatusOr<std::optional<store::Service>> Laggard(const std::string& tenant, absl::CivilDay day,
                                                        store::Deadline deadline);
  absl::StatusOr<int64_t> AccountsWritten(const std::vector<int64_t>& from, store::Deadline deadline);

  store::Store* const store_;
  TenantDirectory* const directory_;
  Clock* const clock_;
  const std::vector<store::Service> services_;
};

}  // namespace relance::ledger
