#include "services/handoff/placement_state.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace relance::handoff {
namespace {

// One row an event, one column a state. "=" stays, "x" over, "?" not asked for, else the state it moves to.
TEST(PlacementStateTest, EveryEventInEveryState) {
  const std::string states[] = {"placed",   "accepted",    "recall_pending", "rejected",
                                "recalled", "closed_paid", "closed_unpaid"};
  const state::v1::PlacementState values[] = {
      state::v1::PLACEMENT_STATE_PLACED,         state::v1::PLACEMENT_STATE_ACCEPTED,
      state::v1::PLACEMENT_STATE_RECALL_PENDING, state::v1::PLACEMENT_STATE_REJECTED,
      state::v1::PLACEMENT_STATE_RECALLED,       state::v1::PLACEMENT_STATE_CLOSED_PAID,
      state::v1::PLACEMENT_STATE_CLOSED_UNPAID};
  struct Row {
    PlacementEvent event;
    std::string name;
    std::string cells;  // in the order of `states`
  };
  const Row rows[] = {
      {PlacementEvent::kAccepted, "accepted", "accepted = = x x x x"},
      {PlacementEvent::kRejected, "rejected", "rejected rejected recalled = x x x"},
      {PlacementEvent::kRecallAsked, "recall", "recall_pending recall_pending = x x x x"},
      {PlacementEvent::kRecallObjected, "objection", "? ? accepted x x x x"},
      {PlacementEvent::kRecallConfirmed, "confirmed", "? ? recalled x = x x"},
      {PlacementEvent::kClosedPaid, "paid", "closed_paid closed_paid closed_paid x x = x"},
      {PlacementEvent::kClosedUnpaid, "unpaid", "closed_unpaid closed_unpaid closed_unpaid x x x ="},
      {PlacementEvent::kSettled, "settled", "closed_paid closed_paid closed_paid x x = x"},
      {PlacementEvent::kSettledOtherwise, "otherwise", "closed_unpaid closed_unpaid closed_unpaid x x x ="},
  };
  for (const Row& row : rows) {
    const std::vector<std::string> cells = absl::StrSplit(row.cells, ' ');
    ASSERT_EQ(cells.size(), 7u);
    for (size_t i = 0; i < cells.size(); ++i) {
      SCOPED_TRACE(absl::StrCat(row.name, " when ", states[i]));
      const Transition next = Next(values[i], row.event);
      std::string got;
      switch (next.verdict) {
        case Verdict::kMoves:
          got = std::string(StateWord(next.to));
          break;
        case Verdict::kStays:
          got = "=";
          break;
        case Verdict::kOver:
          got = "x";
          break;
        case Verdict::kNotAsked:
          got = "?";
          break;
      }
      EXPECT_EQ(got, cells[i]);
      EXPECT_EQ(IsOver(values[i]), i >= 3);
    }
  }
}

}  // namespace
}  // namespace relance::handoff
