// What the service refuses because of what is stored, not of what is asked.

#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/handoff/errors.h"
#include "services/handoff/place_account.h"
#include "services/handoff/testing/handoff_world.h"

namespace relance::handoff {
namespace {

using testing::DayOf;
using testing::Invoice;
using testing::kRequest1;
using testing::kTenant;
using testing::Soon;
using testing::World;

// Enough for any number of attempts to be disturbed.
constexpr int kRacesMax = 100;

class RefusalsTest : public ::testing::Test {
 protected:
  RefusalsTest() { world_.books.Add("C1", {Invoice(1, DayOf(2025, 3, 1), 10'000)}); }
  absl::StatusOr<PlaceResult> Place() {
    return PlaceAccount(world_.Parts(), {kRequest1, {kTenant, "C1"}, {}, "user:u1"}, Soon());
  }
  // The case field of the account, as somebody left it.
  void WriteCase(const state::v1::Case& cases) {
    const AccountView view = world_.books.Read("C1");
    store::AccountWrite write;
    write.key = view.key;
    write.read_versions = {{store::kCaseOwner, view.versions[store::kCaseOwner]}};
    write.set = {{kCaseField, cases.SerializeAsString()}};
    const store::CommitBatch batch{world_.base->PartitionOf(view.key), std::nullopt, {std::move(write)}, 0};
    const auto results = world_.base->Commit({&batch, 1}, Soon());
    ASSERT_TRUE(results.ok() && (*results)[0].ok());
  }
  static state::v1::Case PlacementsThatAreOver(int count) {
    state::v1::Case cases;
    cases.set_placement_count(count);
    for (int i = 1; i <= count; ++i) {
      auto* placement = cases.add_placements();
      placement->set_id(absl::StrCat("verger-C1-", i));
      placement->set_agency_id("recouvra");
      placement->set_state(state::v1::PLACEMENT_STATE_RECALLED);
      placement->set_placed_day(DayOf(2025, 6, 1));
      placement->set_closed_day(DayOf(2025, 6, 2));
    }
    return cases;
  }

  World world_;
};

TEST_F(RefusalsTest, AnAccountHasABoundedNumberOfPlacements) {
  WriteCase(PlacementsThatAreOver(kPlacementsPerAccountMax));
  const auto placed = Place();
  EXPECT_EQ(ReasonOf(placed.status()), kTooManyPlacements);
  EXPECT_TRUE(absl::IsResourceExhausted(placed.status()));
  WriteCase(PlacementsThatAreOver(kPlacementsPerAccountMax - 1));
  EXPECT_TRUE(Place().ok());
}

TEST_F(RefusalsTest, AnAccountThatKeepsChangingIsAskedForAgain) {
  for (int nth = 1; nth <= kRacesMax; ++nth) {
    world_.store.BeforeCall(
        nth, "Commit", [this, nth] { world_.books.Add("C1", {Invoice(100 + nth, DayOf(2025, 3, 1), 100)}); });
  }
  const auto placed = Place();
  EXPECT_EQ(ReasonOf(placed.status()), kAccountBusy);
  EXPECT_TRUE(absl::IsAborted(placed.status()));
}

}  // namespace
}  // namespace relance::handoff
