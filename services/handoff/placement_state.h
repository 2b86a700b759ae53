#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "relance/state/v1/case.pb.h"

// Where a placement may go from where it stands. Pure.
namespace relance::handoff {

enum class PlacementEvent {
  kAccepted,         // the agency takes it
  kRejected,         // the agency refuses it, or gives it back
  kRecallAsked,      // the creditor wants it back
  kRecallObjected,   // the agency goes on with it
  kRecallConfirmed,  // the agency gave it back
  kClosedPaid,       // the agency ended it: paid
  kClosedUnpaid,     // the agency ended it: not paid
  kSettled,          // the ledger knows all of it as settled by payments
  kSettledOtherwise  // the ledger knows all of it as settled, a part not by payments
};

enum class Verdict {
  kMoves,     // to `to`
  kStays,     // it is there already: nothing to do
  kOver,      // PLACEMENT_OVER
  kNotAsked,  // NOT_RECALLED
};

struct Transition {
  Verdict verdict = Verdict::kOver;
  state::v1::PlacementState to = state::v1::PLACEMENT_STATE_UNSPECIFIED;
};

// Over: nothing is asked of the agency any more. Only what is not over holds its items.
bool IsOver(state::v1::PlacementState state);

// What `event` does to a placement in `state`.
Transition Next(state::v1::PlacementState state, PlacementEvent event);

// "placed", "accepted", ...: for metrics and files.
absl::string_view StateWord(state::v1::PlacementState state);

}  // namespace relance::handoff
