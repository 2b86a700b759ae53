#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "common/account/account_view.h"
#include "common/store/store.h"

namespace relance::scenario {

// Key of a contact in the outbox of its partition.
std::string OutboxKey(const store::AccountKey& key, absl::string_view contact_key);

// What a plan write says beside the plan.
struct PlanWriteInfo {
  absl::Time now;  // instant for the evidence
  int32_t business_day = 0;
  std::string actor;                           // "service:scenario", "user:<id>"
  std::map<std::string, std::string> details;  // go into each record, e.g. the reason a person gave
  bool all_versions = true;                    // false: only the plan's own version is checked
};

// The one way in which a plan is written: `after` replaces the plan of `view`, with its timer, the outbox in
// step with it (a message for each contact that is reserved or sending), and evidence of all that changed for
// the debtor:
//   contact.sent, call.made, contact.not_sent, contact.withdrawn, contact.expired, contact.failed,
//   contact.ambiguous, contact.resolved, promise.given, promise.kept, promise.partial, promise.broken,
//   promise.replaced, pause.set, pause.ended
store::AccountWrite MakePlanWrite(const AccountView& view, const state::v1::Plan& after,
                                  const PlanWriteInfo& info);

}  // namespace relance::scenario
