#include "services/handoff/placement_state.h"

namespace relance::handoff {
namespace {

using State = state::v1::PlacementState;
constexpr State kPlaced = state::v1::PLACEMENT_STATE_PLACED;
constexpr State kAccepted = state::v1::PLACEMENT_STATE_ACCEPTED;
constexpr State kRejected = state::v1::PLACEMENT_STATE_REJECTED;
constexpr State kRecallPending = state::v1::PLACEMENT_STATE_RECALL_PENDING;
constexpr State kRecalled = state::v1::PLACEMENT_STATE_RECALLED;
constexpr State kClosedPaid = state::v1::PLACEMENT_STATE_CLOSED_PAID;
constexpr State kClosedUnpaid = state::v1::PLACEMENT_STATE_CLOSED_UNPAID;

Transition To(State from, State to) { return {from == to ? Verdict::kStays : Verdict::kMoves, to}; }
Transition Only(State state, State expected) {
  return state == expected ? Transition{Verdict::kStays, state} : Transition{Verdict::kOver, state};
}

}  // namespace

bool IsOver(State state) { return state != kPlaced && state != kAccepted && state != kRecallPending; }

Transition Next(State state, PlacementEvent event) {
  const bool over = IsOver(state);
  switch (event) {
    case PlacementEvent::kAccepted:
      if (over) return {Verdict::kOver, state};
      // A reference that comes late does not take the recall back.
      return To(state, state == kRecallPending ? kRecallPending : kAccepted);
    case PlacementEvent::kRejected:
      if (over) return Only(state, kRejected);
      return To(state, state == kRecallPending ? kRecalled : kRejected);
    case PlacementEvent::kRecallAsked:
      return over ? Transition{Verdict::kOver, state} : To(state, kRecallPending);
    case PlacementEvent::kRecallObjected:
      if (over) return {Verdict::kOver, state};
      return state == kRecallPending ? To(state, kAccepted) : Transition{Verdict::kNotAsked, state};
    case PlacementEvent::kRecallConfirmed:
      if (over) return Only(state, kRecalled);
      return state == kRecallPending ? To(state, kRecalled) : Transition{Verdict::kNotAsked, state};
    case PlacementEvent::kClosedPaid:
    case PlacementEvent::kSettled:
      return over ? Only(state, kClosedPaid) : To(state, kClosedPaid);
    case PlacementEvent::kClosedUnpaid:
    case PlacementEvent::kSettledOtherwise:
      return over ? Only(state, kClosedUnpaid) : To(state, kClosedUnpaid);
  }
  return {Verdict::kOver, state};
}

absl::string_view StateWord(State state) {
  switch (state) {
    case kPlaced:
      return "placed";
    case kAccepted:
      return "accepted";
    case kRejected:
      return "rejected";
    case kRecallPending:
      return "recall_pending";
    case kRecalled:
      return "recalled";
    case kClosedPaid:
      return "closed_paid";
    case kClosedUnpaid:
      return "closed_unpaid";
    default:
      return "unspecified";
  }
}

}  // namespace relance::handoff
