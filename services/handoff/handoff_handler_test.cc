#include "services/handoff/handoff_handler.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/evidence/evidence.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/handoff/pass_to_ledger.h"
#include "services/handoff/place_account.h"
#include "services/handoff/recall_placement.h"
#include "services/handoff/report_from_agency.h"
#include "services/handoff/testing/handoff_world.h"

namespace relance::handoff {
namespace {

using testing::DayOf;
using testing::Invoice;
using testing::kRequest1;
using testing::kTenant;
using testing::Soon;
using testing::World;
using Json = nlohmann::json;

const store::AccountKey kKey = {kTenant, "C1"};
constexpr char kPlacement[] = "verger-C1-1";

void PlaceTwo(World& world) {
  world.books.Add("C1", {Invoice(1, DayOf(2025, 3, 1), 10'000), Invoice(2, DayOf(2025, 3, 31), 5'000)});
  RELANCE_CHECK(PlaceAccount(world.Parts(), {kRequest1, kKey, {}, "user:u1"}, Soon()).ok());
}

class HandoffHandlerTest : public ::testing::Test {
 protected:
  HandoffHandlerTest() {
    // Paid in part before it was placed: no news to the agency.
    world_.books.Add("C1", {Invoice(1, DayOf(2025, 3, 1), 10'000), Invoice(2, DayOf(2025, 3, 31), 5'000)});
    Pay(40, 1, 1'000);
    RELANCE_CHECK(PlaceAccount(world_.Parts(), {kRequest1, kKey, {}, "user:u1"}, Soon()).ok());
    world_.Work();
  }
  void Pay(uint64_t payment, uint64_t item, int64_t minor,
           state::v1::ItemKind kind = state::v1::ITEM_KIND_PAYMENT) {
    world_.books.Settle("C1", payment, kind, item, minor, DayOf(2025, 6, 30));
  }
  state::v1::Placement Placement() { return world_.Placement("C1"); }
  Json File(const std::string& name) {
    const auto files = world_.Delivered();
    const auto it = files.find(absl::StrCat("verger-C1-1-", name, ".json"));
    return it == files.end() ? Json() : Json::parse(it->second);
  }

  World world_;
};

TEST_F(HandoffHandlerTest, A2_APaymentToTheCreditorIsToldOnce) {
  Pay(50, 1, 3'000);
  world_.Work();
  world_.Work();
  const Json message = File("2-direct-payment");
  ASSERT_TRUE(message.is_object());
  EXPECT_EQ(message["message_id"], "verger-C1-1/2");
  ASSERT_EQ(message["lines"].size(), 1u);
  EXPECT_EQ(message["lines"][0]["item_id"], "0000000000000001");
  EXPECT_EQ(message["lines"][0]["direct_paid"], "30.00");
  EXPECT_EQ(message["lines"][0]["remaining"], "60.00");
  EXPECT_EQ(message["trailer"]["lines"], 1);
  EXPECT_EQ(Placement().direct_paid_minor(), 3'000);
  EXPECT_EQ(Placement().items(0).direct_paid_minor(), 3'000);
  EXPECT_EQ(world_.Delivered().size(), 3u);
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_PLACED);
}

TEST_F(HandoffHandlerTest, A2_ADirectPaymentThatTheBankTakesBackIsToldAsNegative) {
  Pay(50, 1, 3'000);
  world_.Work();
  world_.books.TakeBack("C1", 50, DayOf(2025, 6, 30));
  world_.Work();
  EXPECT_EQ(File("3-direct-payment")["lines"][0]["direct_paid"], "-30.00");
  EXPECT_EQ(Placement().direct_paid_minor(), 0);
}

TEST_F(HandoffHandlerTest, ACreditNoteIsToldAsCredit) {
  Pay(50, 2, 2'000, state::v1::ITEM_KIND_CREDIT_NOTE);
  world_.Work();
  EXPECT_EQ(File("2-credit")["lines"][0]["credited"], "20.00");
  EXPECT_EQ(Placement().direct_paid_minor(), 0);
}

TEST_F(HandoffHandlerTest, MoneyOfTheAgencyIsNoDirectPayment) {
  const AgencyReport report{"R1", kKey, kPlacement,
                            PaymentReport{"Z1", absl::CivilDay(2025, 6, 29), {9'000, "EUR"}, ""}, "h"};
  ASSERT_TRUE(ReportFromAgency(world_.Parts(), report, Soon()).ok());
  world_.Work();
  EXPECT_EQ(Placement().direct_paid_minor(), 0);
  EXPECT_EQ(world_.Delivered().size(), 2u);
}

TEST_F(HandoffHandlerTest, ClosedAsPaidWhenAllIsSettledAndTheAgencyIsTold) {
  Pay(50, 1, 9'000);
  Pay(51, 2, 5'000);
  world_.Work();
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_CLOSED_PAID);
  EXPECT_EQ(Placement().close_reason(), "Paid");
  EXPECT_EQ(File("3-close")["reason"], "Paid");
  EXPECT_EQ(Placement().direct_paid_minor(), 14'000);
  const auto delivered = world_.Delivered().size();
  world_.Work();
  EXPECT_EQ(world_.Delivered().size(), delivered);
  const AccountView view = world_.books.Read("C1");
  EXPECT_TRUE(VerifyEvidenceChain(world_.Evidence("C1"), view.evidence_head).empty());
}

TEST_F(HandoffHandlerTest, ClosedAsUnpaidWhenWrittenOffOrCredited) {
  Pay(50, 1, 9'000, state::v1::ITEM_KIND_WRITE_OFF);
  Pay(51, 2, 5'000);
  world_.Work();
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_CLOSED_UNPAID);
  EXPECT_EQ(Placement().close_reason(), "WrittenOff");
}

TEST_F(HandoffHandlerTest, CreditsAloneAreNoPayment) {
  Pay(50, 1, 9'000, state::v1::ITEM_KIND_CREDIT_NOTE);
  Pay(51, 2, 5'000, state::v1::ITEM_KIND_CREDIT_NOTE);
  world_.Work();
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_CLOSED_UNPAID);
  EXPECT_EQ(Placement().close_reason(), "Credited");
}

TEST_F(HandoffHandlerTest, NotClosedWhileTheLedgerDoesNotKnowAll) {
  const AgencyReport report{"R1", kKey, kPlacement,
                            PaymentReport{"Z1", absl::CivilDay(2025, 6, 29), {500, "EUR"}, ""}, "h"};
  ASSERT_TRUE(ReportFromAgency(world_.Parts(), report, Soon()).ok());
  world_.ledger.failures = 1'000;
  Pay(50, 1, 9'000);
  Pay(51, 2, 5'000);
  world_.Work();
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_PLACED);
  world_.ledger.failures = 0;
  world_.Work();
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_CLOSED_PAID);
}

TEST_F(HandoffHandlerTest, SettledWhileARecallIsPendingIsClosedAsPaid) {
  ASSERT_TRUE(RecallPlacement(world_.Parts(), kKey, kPlacement, "CREDITOR_DECISION", "user:u", Soon()).ok());
  Pay(50, 1, 9'000);
  Pay(51, 2, 5'000);
  world_.Work();
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_CLOSED_PAID);
}

TEST_F(HandoffHandlerTest, ADocumentStoreThatFailsDelaysTheNewsOnly) {
  // The folder of the documents is away while the news comes.
  std::filesystem::rename(world_.root() + "/documents", world_.root() + "/away");
  { std::ofstream(world_.root() + "/documents") << "a file in its place"; }
  Pay(50, 1, 3'000);
  world_.Work();
  EXPECT_EQ(Placement().direct_paid_minor(), 0);
  std::filesystem::remove(world_.root() + "/documents");
  std::filesystem::rename(world_.root() + "/away", world_.root() + "/documents");
  world_.Work();
  EXPECT_EQ(Placement().direct_paid_minor(), 3'000);
  EXPECT_TRUE(File("2-direct-payment").is_object());
  EXPECT_EQ(world_.OutboxSize(), 0u);
}

// Every file is there once, whatever call of the store the worker was cut at.
TEST(HandoffWorkerTest, EveryCrashPointDeliversOnce) {
  int points = 0;
  for (const auto when : {store::FaultyStore::When::kBefore, store::FaultyStore::When::kAfter}) {
    for (int n = 1; n < 200; ++n) {
      SCOPED_TRACE(absl::StrCat("call ", n,
                                when == store::FaultyStore::When::kAfter ? " answered nobody" : " failed"));
      World world;
      PlaceTwo(world);
      world.books.Settle("C1", 50, state::v1::ITEM_KIND_PAYMENT, 1, 10'000, DayOf(2025, 6, 30));
      world.books.Settle("C1", 51, state::v1::ITEM_KIND_PAYMENT, 2, 5'000, DayOf(2025, 6, 30));
      world.store.FailCall(n, "", DomainError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "cut"),
                           when);
      const int before = world.store.calls("");
      world.Work();
      // Behind the last call there is nothing to cut.
      if (world.store.calls("") - before < n) break;
      world.Work();
      const auto files = world.Delivered();
      EXPECT_EQ(files.size(), 4u);
      EXPECT_EQ(files.count("verger-C1-1-2-direct-payment.json"), 1u);
      EXPECT_EQ(files.count("verger-C1-1-3-close.json"), 1u);
      EXPECT_EQ(world.Placement("C1").state(), state::v1::PLACEMENT_STATE_CLOSED_PAID);
      EXPECT_EQ(world.Placement("C1").direct_paid_minor(), 15'000);
      EXPECT_TRUE(world.Placement("C1").delivered());
      EXPECT_EQ(world.OutboxSize(), 0u);
      ++points;
    }
  }
  EXPECT_GT(points, 60);
}

}  // namespace
}  // namespace relance::handoff
