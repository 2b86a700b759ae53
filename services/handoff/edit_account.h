#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/account/account_view.h"
#include "common/store/store.h"

namespace relance::handoff {

// How often an account that keeps changing is decided anew.
inline constexpr int kEditRoundsMax = 32;

// Decides about an account as it was read; nothing when nothing is to be written. May be called several
// times, each time with a newer view.
using EditDecision =
    std::function<absl::StatusOr<std::optional<store::AccountWrite>>(const AccountView& view)>;

struct EditResult {
  bool written = false;  // false: nothing was to be written
  bool replayed = false;
  std::string response;  // of the request, when it was replayed
};

// Reads, decides and commits one account until nobody came in between. `lease` is that of a worker.
// Errors: those of the store and of `decide`; ALREADY_EXISTS / REQUEST_ID_REUSED; ABORTED / ACCOUNT_BUSY
// after kEditRoundsMax. After UNAVAILABLE or DEADLINE_EXCEEDED the outcome is unknown: repeat it.
absl::StatusOr<EditResult> EditAccount(store::Store& store, const store::AccountKey& key,
                                       const ViewSpec& spec, const std::optional<store::Lease>& lease,
                                       store::Deadline deadline, const EditDecision& decide);

}  // namespace relance::handoff
