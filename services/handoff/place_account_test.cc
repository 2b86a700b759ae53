#include "services/handoff/place_account.h"

#include <thread>

#include "absl/strings/match.h"
#include "common/evidence/evidence.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/handoff/errors.h"
#include "services/handoff/recall_placement.h"
#include "services/handoff/report_from_agency.h"
#include "services/handoff/testing/handoff_world.h"

namespace relance::handoff {
namespace {

using testing::DayOf;
using testing::Invoice;
using testing::kRequest1;
using testing::kRequest2;
using testing::kTenant;
using testing::Soon;
using testing::World;

class PlaceAccountTest : public ::testing::Test {
 protected:
  PlaceAccountTest() {
    world_.books.Add("C1", {Invoice(1, DayOf(2025, 3, 1), 10'000), Invoice(2, DayOf(2025, 3, 31), 5'000)});
  }
  absl::StatusOr<PlaceResult> Place(const std::string& request_id = kRequest1,
                                    std::vector<uint64_t> items = {}) {
    return PlaceAccount(world_.Parts(), {request_id, {kTenant, "C1"}, std::move(items), "user:u1"}, Soon());
  }
  std::string Reason(const absl::StatusOr<PlaceResult>& result) { return ReasonOf(result.status()); }

  World world_;
};

TEST_F(PlaceAccountTest, KeepsWhatWasPlacedWithItsEvidenceAndFiles) {
  const auto placed = Place();
  ASSERT_TRUE(placed.ok()) << placed.status();
  EXPECT_EQ(placed->placement_id, "verger-C1-1");
  EXPECT_FALSE(placed->replayed);
  const auto placement = world_.Placement("C1");
  EXPECT_EQ(placement.agency_id(), "recouvra");
  EXPECT_EQ(placement.state(), state::v1::PLACEMENT_STATE_PLACED);
  EXPECT_EQ(placement.placed_day(), DayOf(2025, 6, 30));
  ASSERT_EQ(placement.items_size(), 2);
  EXPECT_EQ(placement.items(0).item(), 1u);
  EXPECT_EQ(placement.items(0).placed_minor(), 10'000);
  ASSERT_EQ(placement.documents_size(), 2);
  EXPECT_TRUE(world_.documents.Exists(placement.documents(0)));

  const auto evidence = world_.Evidence("C1");
  const AccountView view = world_.books.Read("C1");
  EXPECT_TRUE(VerifyEvidenceChain(evidence, view.evidence_head).empty());
  state::v1::EvidenceRecord record;
  ASSERT_TRUE(record.ParseFromString(evidence.back()));
  EXPECT_EQ(record.kind(), "placement.made");
  EXPECT_EQ(record.subject(), "verger-C1-1");
  EXPECT_EQ(record.actor(), "user:u1");
  EXPECT_EQ(record.known_size(), 2);
  EXPECT_EQ(record.documents_size(), 2);

  world_.Work();
  const auto files = world_.Delivered();
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files.count("verger-C1-1-1-case.json"), 1u);
  EXPECT_EQ(files.count("verger-C1-1-1-case.csv"), 1u);
  EXPECT_EQ(files.at("verger-C1-1-1-case.json"), *world_.documents.Get(placement.documents(0)));
  EXPECT_TRUE(world_.Placement("C1").delivered());
  EXPECT_EQ(world_.OutboxSize(), 0u);
}

TEST_F(PlaceAccountTest, SameRequestIsAnsweredAndAnotherPayloadRefused) {
  ASSERT_TRUE(Place().ok());
  const auto again = Place();
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->placement_id, "verger-C1-1");
  EXPECT_EQ(Reason(Place(kRequest1, {1})), kRequestIdReused);
  EXPECT_EQ(world_.books.Read("C1").placements.placements_size(), 1);
}

TEST_F(PlaceAccountTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(
      ReasonOf(PlaceAccount(world_.Parts(), {kRequest1, {"nobody", "C1"}, {}, "user:u"}, Soon()).status()),
      "TENANT_NOT_FOUND");
  EXPECT_EQ(
      ReasonOf(PlaceAccount(world_.Parts(), {kRequest1, {kTenant, "C9"}, {}, "user:u"}, Soon()).status()),
      kAccountNotFound);
  world_.config.set_agency_id("");
  world_.PutTenant();
  EXPECT_EQ(Reason(Place()), kNoAgency);
  world_.config.set_agency_id("unregistered");
  world_.PutTenant();
  EXPECT_EQ(Reason(Place()), kNoAgency);
}

TEST_F(PlaceAccountTest, ADebtorIsNeverWithTwoAgencies) {
  ASSERT_TRUE(Place(kRequest1, {1}).ok());
  ASSERT_TRUE(PutAgency(*world_.base, kTenant, World::SomeAgency("other"), Soon()).ok());
  world_.config.set_agency_id("other");
  world_.PutTenant();
  const auto second = Place(kRequest2, {2});
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->placement_id, "verger-C1-2");
  EXPECT_EQ(world_.Placement("C1", 1).agency_id(), "recouvra");
}

TEST_F(PlaceAccountTest, TwoAtOnceGiveOnePlacement) {
  absl::StatusOr<PlaceResult> other;
  world_.store.BeforeCall(1, "Commit", [&] { other = Place(kRequest2); });
  EXPECT_EQ(Reason(Place(kRequest1)), kNothingToPlace);
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(world_.books.Read("C1").placements.placements_size(), 1);
}

TEST_F(PlaceAccountTest, ThreadsNeverPlaceAnItemTwice) {
  std::vector<std::thread> threads;
  std::vector<std::string> outcomes(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::string id = absl::StrCat("00000000-0000-4000-8000-00000000010", i);
      const auto placed = Place(id, {1, 2});
      outcomes[i] = placed.ok() ? "placed" : ReasonOf(placed.status());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "placed"), 1);
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), kAlreadyPlaced), 7);
  EXPECT_EQ(world_.books.Read("C1").placements.placements_size(), 1);
}

TEST_F(PlaceAccountTest, APaymentThatLandsInBetweenIsSeen) {
  world_.store.BeforeCall(1, "Commit", [&] {
    world_.books.Settle("C1", 50, state::v1::ITEM_KIND_PAYMENT, 1, 10'000, DayOf(2025, 6, 30));
  });
  ASSERT_TRUE(Place().ok());
  ASSERT_EQ(world_.Placement("C1").items_size(), 1);
  EXPECT_EQ(world_.Placement("C1").items(0).item(), 2u);
}

TEST_F(PlaceAccountTest, EveryCrashPointLeavesOnePlacementAfterTheRepeat) {
  int points = 0;
  for (const auto when : {store::FaultyStore::When::kBefore, store::FaultyStore::When::kAfter}) {
    for (int n = 1; n < 40; ++n) {
      SCOPED_TRACE(absl::StrCat("call ", n,
                                when == store::FaultyStore::When::kAfter ? " answered nobody" : " failed"));
      World world;
      world.books.Add("C1", {Invoice(1, DayOf(2025, 3, 1), 10'000)});
      const PlaceRequest request{kRequest1, {kTenant, "C1"}, {1}, "user:u1"};
      const int before = world.store.calls("");
      world.store.FailCall(n, "", DomainError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "cut"),
                           when);
      const auto first = PlaceAccount(world.Parts(), request, Soon());
      if (world.store.calls("") - before < n) break;
      ++points;
      const auto again = PlaceAccount(world.Parts(), request, Soon());
      ASSERT_TRUE(again.ok()) << again.status();
      EXPECT_EQ(again->placement_id, "verger-C1-1");
      world.Work();
      EXPECT_EQ(world.books.Read("C1").placements.placements_size(), 1);
      EXPECT_EQ(world.Delivered().size(), 2u);
      EXPECT_EQ(world.Evidence("C1").size(), 1u);
      if (first.ok()) {
        EXPECT_EQ(first->placement_id, "verger-C1-1");
      }
    }
  }
  EXPECT_GT(points, 6);
}

TEST_F(PlaceAccountTest, FC68_TheLastStateIsDefined) {
  ASSERT_TRUE(Place(kRequest1, {1}).ok());
  // Unpaid and given back, it may be placed again; nothing is left without a state.
  AgencyReport report{"R1", {kTenant, "C1"}, "verger-C1-1", ClosedReport{"DebtorUntraceable"}, "h1"};
  ASSERT_TRUE(ReportFromAgency(world_.Parts(), report, Soon()).ok());
  EXPECT_EQ(world_.Placement("C1").state(), state::v1::PLACEMENT_STATE_CLOSED_UNPAID);
  EXPECT_EQ(world_.Placement("C1").close_reason(), "DebtorUntraceable");
  EXPECT_EQ(world_.Placement("C1").closed_day(), DayOf(2025, 6, 30));
  ASSERT_TRUE(Place(kRequest2, {1}).ok());
  EXPECT_EQ(world_.Placement("C1", 1).state(), state::v1::PLACEMENT_STATE_PLACED);
}

}  // namespace
}  // namespace relance::handoff
