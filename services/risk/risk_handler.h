#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/worker/account_handler.h"
#include "services/risk/prior_cache.h"

namespace relance::risk {

// Scores an account when the ledger changed it, the day after it was first seen, and every week: its segment
// moves too.
class RiskHandler : public worker::AccountHandler {
 public:
  // `priors` outlives the handler.
  explicit RiskHandler(PriorCache* priors, absl::Duration timeout = absl::Seconds(10))
      : priors_(priors), timeout_(timeout) {}

  ViewSpec Spec() const override { return {false, false}; }
  bool Heeds(absl::string_view service) const override { return service == "ledger"; }
  absl::StatusOr<std::optional<store::AccountWrite>> Process(const AccountView& view,
                                                             const TenantContext& tenant) override;

 private:
  PriorCache* const priors_;
  const absl::Duration timeout_;
};

// Makes the counter of every letter, at 0: a rate sees the first score too. Call at start.
void RegisterScoreCounters();

}  // namespace relance::risk
