#include "services/handoff/recall_placement.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/handoff/agency_message.h"
#include "services/handoff/edit_account.h"
#include "services/handoff/errors.h"
#include "services/handoff/placement_edit.h"
#include "services/handoff/placement_state.h"

namespace relance::handoff {

absl::Status RecallPlacement(const HandoffParts& parts, const store::AccountKey& key,
                             const std::string& placement_id, const std::string& reason,
                             const std::string& actor, store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, parts.tenants->Get(key.tenant, deadline));
  const int32_t today = DayNumber(tenant->business_date);
  return EditAccount(*parts.store, key, {.items = false, .history = false}, std::nullopt, deadline,
                     [&](const AccountView& view) -> absl::StatusOr<std::optional<store::AccountWrite>> {
                       PlacementEdit edit(view, *parts.documents, parts.now(), today, actor);
                       state::v1::Placement* placement = edit.Find(placement_id);
                       if (placement == nullptr) {
                         return DomainError(absl::StatusCode::kNotFound, kPlacementNotFound,
                                            "no such placement", {{"placementId", placement_id}});
                       }
                       const Transition next = Next(placement->state(), PlacementEvent::kRecallAsked);
                       if (next.verdict == Verdict::kStays) return std::optional<store::AccountWrite>();
                       if (next.verdict != Verdict::kMoves) {
                         const std::string state(StateWord(placement->state()));
                         return DomainError(absl::StatusCode::kFailedPrecondition, kPlacementOver,
                                            absl::StrCat("the placement is ", state),
                                            {{"placementId", placement_id}, {"state", state}});
                       }
                       const int number = PlacementEdit::NextMessage(placement);
                       placement->set_close_reason(reason);
                       RELANCE_ASSIGN_OR_RETURN(const std::string document,
                                                edit.Send(*placement, number, "recall", "json",
                                                          AgencyMessage("recall", *placement, number,
                                                                        tenant->business_date, reason, {})));
                       edit.Move(next.to, "placement.recall_asked", placement).add_documents(document);
                       return std::make_optional(edit.Finish());
                     })
      .status();
}

}  // namespace relance::handoff
