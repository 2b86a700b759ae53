#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/account/account_view.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"

namespace relance::worker {

// How a pass over an outbox ended.
enum class OutboxResult {
  kEmpty,    // nothing is left
  kWaiting,  // what is left waits for something outside, e.g. fresh data
  kRetry,    // something failed and should be tried again soon; the day is not done
};

// What a service does with an account that changed or whose timer is due. Called from the worker's thread
// only.
class AccountHandler {
 public:
  virtual ~AccountHandler() = default;

  // What Process wants to see beside the small fields.
  virtual ViewSpec Spec() const = 0;

  // Whether a change that another service made to an account is to be looked at; the service's own commands
  // are always.
  virtual bool Heeds(absl::string_view service) const {
    (void)service;
    return true;
  }

  // Decides about one account on the business date of its tenant; nothing when nothing is to be written.
  // Called again with a newer view when a version moved on, so it must depend on its arguments alone. The
  // write's timer must be later than the business date, or cleared: that ends the day for this account. An
  // error leaves the account out of this pass; the rest goes on.
  virtual absl::StatusOr<std::optional<store::AccountWrite>> Process(const AccountView& view,
                                                                     const TenantContext& tenant) = 0;

  // Delivers what waits in the outbox of a partition. Each effect is committed with `lease`.
  virtual absl::StatusOr<OutboxResult> DeliverOutbox(const store::Lease& lease,
                                                     const std::vector<TenantPtr>& tenants) {
    (void)lease;
    (void)tenants;
    return OutboxResult::kEmpty;
  }
};

}  // namespace relance::worker
