#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call_context.h"
#include "common/store/store.h"
#include "services/handoff/handoff_parts.h"

namespace relance::handoff {

struct PassResult {
  int recorded = 0;  // told to the ledger now
  int refused = 0;   // the ledger will not take them as things stand: a person has to look
};

// Tells the ledger of what agencies received for `placement_id` and it does not know yet, in the order in
// which it was told here, and notes that it knows. Safe at any crash and any number of times: the request_id
// of each call follows from placement and payment, and so do its arguments, so the ledger answers a repeat
// with the same payment. `lease` is that of a worker. Errors: UNAVAILABLE / LEDGER_UNAVAILABLE: it did not
// answer, or wants a repeat; those of EditAccount.
absl::StatusOr<PassResult> PassToLedger(const HandoffParts& parts, const store::AccountKey& key,
                                        const std::string& placement_id,
                                        const std::optional<store::Lease>& lease,
                                        const rpc::CallContext& call);

}  // namespace relance::handoff
