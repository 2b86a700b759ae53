#include "services/handoff/edit_account.h"

#include <utility>
#include <vector>

#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/handoff/errors.h"

namespace relance::handoff {

absl::StatusOr<EditResult> EditAccount(store::Store& store, const store::AccountKey& key,
                                       const ViewSpec& spec, const std::optional<store::Lease>& lease,
                                       store::Deadline deadline, const EditDecision& decide) {
  for (int round = 0; round < kEditRoundsMax; ++round) {
    RELANCE_ASSIGN_OR_RETURN(const AccountView view, ReadAccount(store, key, spec, deadline));
    RELANCE_ASSIGN_OR_RETURN(std::optional<store::AccountWrite> write, decide(view));
    if (!write.has_value()) return EditResult{};
    std::vector<store::CommitBatch> batches(1);
    batches[0].partition = store.PartitionOf(key);
    batches[0].lease = lease;
    const std::string request_id = write->request_id;
    batches[0].writes.push_back(*std::move(write));
    RELANCE_ASSIGN_OR_RETURN(auto results, store.Commit(batches, deadline));
    RELANCE_RETURN_IF_ERROR(results[0].status());
    const store::WriteResult& result = results[0]->front();
    switch (result.outcome) {
      case store::WriteOutcome::kApplied:
        return EditResult{true, false, ""};
      case store::WriteOutcome::kReplayed:
        return EditResult{true, true, result.response};
      case store::WriteOutcome::kReused:
        return DomainError(absl::StatusCode::kAlreadyExists, kRequestIdReused,
                           "request_id was used with another payload", {{"requestId", request_id}});
      case store::WriteOutcome::kStale:
        break;
    }
  }
  return DomainError(absl::StatusCode::kAborted, kAccountBusy, "the account keeps changing",
                     {{"tenant", key.tenant}, {"account", key.account}});
}

}  // namespace relance::handoff
