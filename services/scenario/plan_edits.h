#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/account/account_view.h"
#include "common/money/money.h"
#include "common/tenant/tenant_directory.h"
#include "services/scenario/scenario.h"

// What a person tells about an account, put onto its plan. Pure; the decision that follows is Decide's.
namespace relance::scenario {

inline constexpr int kPromiseDaysMax = 180;
inline constexpr int kPauseDaysMax = 365;
inline constexpr size_t kReasonBytesMax = 200;

// A promise as it is told.
struct PromiseInput {
  absl::CivilDay promised_date;
  std::optional<Money> amount;  // absent: all that is open of the items
  std::vector<uint64_t> items;  // empty: all that are overdue and not placed
};

// Adds a promise and returns its id. One that runs for any of the same items is replaced (FC-63).
// Errors, first match wins: INVALID_ARGUMENT / PROMISE_INVALID; FAILED_PRECONDITION / NOTHING_OWED.
absl::StatusOr<std::string> AddPromise(const AccountView& view, const TenantContext& tenant,
                                       const PromiseInput& input, state::v1::Plan* plan);

// Outcomes of a call: promised, disputed, no_answer, refused, message_left, paid.
bool IsCallOutcome(absl::string_view outcome);

// Ends the call `key` with `outcome`; with an empty key the open call, or else a call beside the scenario
// under the key "call/<by_hand_id>", which counts as the call step of overdue items that have one next
// (FC-07). The debtor counts as reached but for no_answer. Returns the key. Errors: NOT_FOUND /
// CONTACT_NOT_FOUND; FAILED_PRECONDITION / CONTACT_OVER.
absl::StatusOr<std::string> EndCall(const AccountView& view, const Scenario& scenario,
                                    const TenantContext& tenant, absl::string_view key,
                                    absl::string_view outcome, absl::string_view by_hand_id,
                                    state::v1::Plan* plan);

// Pauses from the business date to `until`, both included. Errors: INVALID_ARGUMENT / PAUSE_INVALID.
absl::Status AddPause(const TenantContext& tenant, absl::CivilDay until, absl::string_view reason,
                      absl::string_view actor, state::v1::Plan* plan);

// Says what became of an ambiguous or failed contact: it left on the business date, or it did not and goes
// anew. Errors: NOT_FOUND / CONTACT_NOT_FOUND; FAILED_PRECONDITION / CONTACT_NOT_AMBIGUOUS.
absl::Status ResolveContact(const Scenario& scenario, const TenantContext& tenant, absl::string_view key,
                            bool sent, state::v1::Plan* plan);

// The items that a dispute told on the phone is about when none are named: the oldest that is overdue and not
// held.
std::optional<uint64_t> OldestOverdue(const AccountView& view, const TenantContext& tenant);

}  // namespace relance::scenario
