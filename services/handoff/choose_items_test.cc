#include "services/handoff/choose_items.h"

#include <functional>
#include <string>

#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/handoff/errors.h"
#include "services/handoff/testing/handoff_world.h"

namespace relance::handoff {
namespace {

using testing::DayOf;
using testing::Invoice;

const int32_t kToday = DayOf(2025, 6, 30);

AccountView View() {
  AccountView view;
  view.key = {"verger", "C1"};
  view.exists = true;
  view.items = {Invoice(1, kToday - 100, 10'000), Invoice(2, kToday - 1, 5'000), Invoice(3, kToday, 7'000)};
  return view;
}

void Dispute(state::v1::Item* item, int32_t resolved = 0) {
  item->mutable_dispute()->set_opened_day(kToday - 5);
  item->mutable_dispute()->set_resolved_day(resolved);
}
void Place(AccountView* view, uint64_t item, state::v1::PlacementState state) {
  auto* placement = view->placements.add_placements();
  placement->set_id("verger-C1-1");
  placement->set_state(state);
  placement->add_items()->set_item(item);
}
void Deadline(AccountView* view, uint64_t item, int32_t day) {
  auto* position = view->plan.add_positions();
  position->set_item(item);
  position->set_deadline_day(day);
}
void Promise(AccountView* view, state::v1::PromiseState state, std::vector<uint64_t> items) {
  auto* promise = view->plan.add_promises();
  promise->set_state(state);
  for (uint64_t item : items) promise->add_items(item);
}
state::v1::Item Credit(uint64_t id, int64_t minor, const std::string& currency = "EUR") {
  state::v1::Item credit = Invoice(id, kToday - 10, -minor, currency);
  credit.set_kind(state::v1::ITEM_KIND_CREDIT_NOTE);
  return credit;
}

struct Row {
  std::string name;
  std::function<void(AccountView*)> change;
  std::vector<uint64_t> asked;
  std::string expected;  // ids, or the reason
};

std::string Chosen(const absl::StatusOr<std::vector<const state::v1::Item*>>& items) {
  if (!items.ok()) return ReasonOf(items.status());
  std::string text;
  for (const auto* item : *items) text += (text.empty() ? "" : " ") + std::to_string(item->id());
  return text;
}

TEST(ChooseItemsTest, EveryRuleAndItsEdge) {
  const Row rows[] = {
      {"overdue from the day after the due date", [](AccountView*) {}, {}, "1 2"},
      {"asked for one", [](AccountView*) {}, {2}, "2"},
      {"asked for twice", [](AccountView*) {}, {2, 2, 1}, "1 2"},
      {"not due yet", [](AccountView*) {}, {3}, kItemNotOverdue},
      {"unknown", [](AccountView*) {}, {9}, kItemNotFound},
      {"disputed is left out", [](AccountView* v) { Dispute(&v->items[0]); }, {}, "2"},
      {"disputed is refused", [](AccountView* v) { Dispute(&v->items[0]); }, {1, 2}, kItemDisputed},
      {"dispute resolved", [](AccountView* v) { Dispute(&v->items[0], kToday); }, {1}, "1"},
      {"placed is left out", [](AccountView* v) { Place(v, 1, state::v1::PLACEMENT_STATE_PLACED); }, {}, "2"},
      {"placed is refused",
       [](AccountView* v) { Place(v, 1, state::v1::PLACEMENT_STATE_ACCEPTED); },
       {1},
       kAlreadyPlaced},
      {"recall pending holds",
       [](AccountView* v) { Place(v, 1, state::v1::PLACEMENT_STATE_RECALL_PENDING); },
       {1},
       kAlreadyPlaced},
      {"recalled may be placed again",
       [](AccountView* v) { Place(v, 1, state::v1::PLACEMENT_STATE_RECALLED); },
       {1},
       "1"},
      {"settled", [](AccountView* v) { v->history = {Invoice(8, kToday - 50, 100)}; }, {8}, kNothingToPlace},
      {"a credit", [](AccountView* v) { v->items.push_back(Credit(8, 10)); }, {8}, kNothingToPlace},
      {"no due date is left out", [](AccountView* v) { v->items[0].clear_due_day(); }, {}, "2"},
      {"deadline today still runs", [](AccountView* v) { Deadline(v, 1, kToday); }, {}, "2"},
      {"deadline yesterday is over", [](AccountView* v) { Deadline(v, 1, kToday - 1); }, {}, "1 2"},
      {"promised is left out",
       [](AccountView* v) { Promise(v, state::v1::PROMISE_STATE_RUNNING, {1}); },
       {},
       "2"},
      {"all promised",
       [](AccountView* v) { Promise(v, state::v1::PROMISE_STATE_RUNNING, {}); },
       {},
       kNothingToPlace},
      {"broken promise holds nothing",
       [](AccountView* v) { Promise(v, state::v1::PROMISE_STATE_BROKEN, {1}); },
       {},
       "1 2"},
      {"promised but asked for",
       [](AccountView* v) { Promise(v, state::v1::PROMISE_STATE_RUNNING, {1}); },
       {1},
       "1"},
      {"credits cover", [](AccountView* v) { v->items.push_back(Credit(8, 15'000)); }, {}, kNothingToPlace},
      {"credits do not cover", [](AccountView* v) { v->items.push_back(Credit(8, 14'999)); }, {}, "1 2"},
      {"credits of another currency",
       [](AccountView* v) { v->items.push_back(Credit(8, 99'999, "USD")); },
       {},
       "1 2"},
      {"insolvent today",
       [](AccountView* v) { v->sum.mutable_attributes()->set_insolvent_day(kToday); },
       {1},
       kDebtorInsolvent},
      {"insolvent tomorrow",
       [](AccountView* v) { v->sum.mutable_attributes()->set_insolvent_day(kToday + 1); },
       {1},
       "1"},
      {"nobody's money", [](AccountView* v) { v->key.account = "~unidentified"; }, {}, kNothingToPlace},
      {"nothing at all", [](AccountView* v) { v->items.clear(); }, {}, kNothingToPlace},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    AccountView view = View();
    row.change(&view);
    EXPECT_EQ(Chosen(ChooseItems(view, row.asked, kToday)), row.expected);
  }
}

TEST(ChooseItemsTest, FC62_NotBeforeTheDeadlineGrantedInTheLastLetter) {
  AccountView view = View();
  Deadline(&view, 1, kToday);
  const auto refused = ChooseItems(view, {1}, kToday);
  EXPECT_EQ(ReasonOf(refused.status()), kDeadlineRunning);
  EXPECT_EQ(ErrorInfoOf(refused.status()).metadata.at("until"), "2025-06-30");
  EXPECT_EQ(Chosen(ChooseItems(view, {1}, kToday + 1)), "1");
}

TEST(ChooseItemsTest, BoundedWithTheOldestFirst) {
  AccountView view = View();
  view.items.clear();
  for (uint64_t id = 1; id <= kItemsPerPlacementMax + 1; ++id)
    view.items.push_back(Invoice(id, kToday - 50, 100));
  const auto items = ChooseItems(view, {}, kToday);
  ASSERT_TRUE(items.ok());
  EXPECT_EQ(items->size(), kItemsPerPlacementMax);
  EXPECT_EQ(items->back()->id(), kItemsPerPlacementMax);
}

}  // namespace
}  // namespace relance::handoff
