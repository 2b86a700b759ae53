#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/worker/account_handler.h"
#include "services/scenario/outbox_sender.h"
#include "services/scenario/replan_tenant.h"
#include "services/scenario/scenario_directory.h"

namespace relance::scenario {

// Decides about accounts that changed or whose day has come, and sends what was decided.
class ScenarioHandler : public worker::AccountHandler {
 public:
  explicit ScenarioHandler(SenderWorld world)
      : world_(world), sender_(world), in_force_(world.store, world.scenarios) {}

  ViewSpec Spec() const override { return {.items = true}; }
  // Risk ranks; it does not decide who is written to.
  bool Heeds(absl::string_view service) const override { return service != "risk"; }

  // Writes the plan when it differs from the stored one; the account of unidentified money has none.
  absl::StatusOr<std::optional<store::AccountWrite>> Process(const AccountView& view,
                                                             const TenantContext& tenant) override;

  // The worker calls this too when the configuration of a tenant has changed: then its accounts are planned
  // anew.
  absl::StatusOr<worker::OutboxResult> DeliverOutbox(const store::Lease& lease,
                                                     const std::vector<TenantPtr>& tenants) override;

  const OutboxSender& sender() const { return sender_; }

 private:
  const SenderWorld world_;
  OutboxSender sender_;
  ScenarioInForce in_force_;
};

}  // namespace relance::scenario
