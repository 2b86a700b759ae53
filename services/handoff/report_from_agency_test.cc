#include "services/handoff/report_from_agency.h"

#include "absl/strings/str_cat.h"
#include "common/evidence/evidence.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "gtest/gtest.h"
#include "services/handoff/errors.h"
#include "services/handoff/pass_to_ledger.h"
#include "services/handoff/place_account.h"
#include "services/handoff/placement_state.h"
#include "services/handoff/recall_placement.h"
#include "services/handoff/remittance.h"
#include "services/handoff/testing/handoff_world.h"

namespace relance::handoff {
namespace {

using testing::DayOf;
using testing::Invoice;
using testing::kRequest1;
using testing::kTenant;
using testing::Soon;
using testing::World;

constexpr char kPlacement[] = "verger-C1-1";
const store::AccountKey kKey = {kTenant, "C1"};

PaymentReport Money(const std::string& id, int64_t minor, absl::CivilDay day = absl::CivilDay(2025, 6, 20)) {
  return {id, day, {minor, "EUR"}, ""};
}

void PlaceTwo(World& world) {
  world.books.Add("C1", {Invoice(1, DayOf(2025, 3, 1), 10'000), Invoice(2, DayOf(2025, 3, 31), 5'000)});
  RELANCE_CHECK(PlaceAccount(world.Parts(), {kRequest1, kKey, {}, "user:u1"}, Soon()).ok());
}

// What the RPC does: takes the report, then tells the ledger.
template <typename Content>
absl::Status Report(World& world, const std::string& report_id, Content content,
                    const std::string& hash = "") {
  const AgencyReport report{report_id, kKey, kPlacement, std::move(content), hash.empty() ? report_id : hash};
  const auto taken = ReportFromAgency(world.Parts(), report, Soon());
  if (!taken.ok() || !taken->money) return taken.status();
  return PassToLedger(world.Parts(), kKey, kPlacement, std::nullopt, rpc::BackgroundCall(absl::Seconds(30)))
      .status();
}

int64_t Open(World& world, uint64_t id) {
  for (const auto& item : world.books.Read("C1").items) {
    if (item.id() == id) return item.open_minor();
  }
  return 0;
}

class ReportFromAgencyTest : public ::testing::Test {
 protected:
  ReportFromAgencyTest() { PlaceTwo(world_); }
  template <typename Content>
  std::string Reason(const std::string& report_id, Content content) {
    return ReasonOf(Report(world_, report_id, std::move(content)));
  }
  state::v1::Placement Placement() { return world_.Placement("C1"); }

  World world_;
};

TEST_F(ReportFromAgencyTest, AcceptedThenClosed) {
  ASSERT_TRUE(Report(world_, "R1", AcceptedReport{"A-778"}).ok());
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_ACCEPTED);
  EXPECT_EQ(Placement().agency_reference(), "A-778");
  EXPECT_EQ(Reason("R2", ClosedReport{"Paid"}), kNotPaid);
  ASSERT_TRUE(Report(world_, "R3", ClosedReport{"DebtorInsolventBankrupt"}).ok());
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_CLOSED_UNPAID);
  EXPECT_EQ(Reason("R4", AcceptedReport{"A-779"}), kPlacementOver);
  EXPECT_EQ(Placement().agency_reference(), "A-778");
  EXPECT_EQ(Reason("R5", RejectedReport{"NO"}), kPlacementOver);
  const AccountView view = world_.books.Read("C1");
  EXPECT_TRUE(VerifyEvidenceChain(world_.Evidence("C1"), view.evidence_head).empty());
}

TEST_F(ReportFromAgencyTest, SameReportOnceAndAnotherUnderItsIdRefused) {
  ASSERT_TRUE(Report(world_, "R1", RejectedReport{"NoMandate"}, "h1").ok());
  ASSERT_TRUE(Report(world_, "R1", RejectedReport{"NoMandate"}, "h1").ok());
  EXPECT_EQ(ReasonOf(Report(world_, "R1", AcceptedReport{"A"}, "h2")), kReportIdReused);
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_REJECTED);
  EXPECT_EQ(world_.Evidence("C1").size(), 2u);
}

TEST_F(ReportFromAgencyTest, UnknownPlacement) {
  const AgencyReport report{"R1", kKey, "verger-C1-9", AcceptedReport{"A"}, "h"};
  EXPECT_EQ(ReasonOf(ReportFromAgency(world_.Parts(), report, Soon()).status()), kPlacementNotFound);
}

TEST_F(ReportFromAgencyTest, RecallIsConfirmedOrObjectedTo) {
  EXPECT_EQ(Reason("R0", RecallConfirmedReport{}), kNotRecalled);
  ASSERT_TRUE(RecallPlacement(world_.Parts(), kKey, kPlacement, "DISPUTE_UPHELD", "user:u1", Soon()).ok());
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_RECALL_PENDING);
  ASSERT_TRUE(Report(world_, "R1", RecallObjectedReport{"plan agreed"}).ok());
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_ACCEPTED);
  ASSERT_TRUE(RecallPlacement(world_.Parts(), kKey, kPlacement, "CREDITOR_DECISION", "user:u1", Soon()).ok());
  // Asked twice, it is asked once.
  ASSERT_TRUE(RecallPlacement(world_.Parts(), kKey, kPlacement, "CREDITOR_DECISION", "user:u1", Soon()).ok());
  ASSERT_TRUE(Report(world_, "R2", RecallConfirmedReport{}).ok());
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_RECALLED);
  EXPECT_EQ(Placement().close_reason(), "CREDITOR_DECISION");
  EXPECT_EQ(ReasonOf(RecallPlacement(world_.Parts(), kKey, kPlacement, "AGAIN", "user:u1", Soon())),
            kPlacementOver);
  world_.Work();
  const auto files = world_.Delivered();
  EXPECT_EQ(files.count("verger-C1-1-2-recall.json"), 1u);
  EXPECT_EQ(files.count("verger-C1-1-3-recall.json"), 1u);
  EXPECT_EQ(files.size(), 4u);
}

TEST_F(ReportFromAgencyTest, APaymentSettlesTheOldestFirst) {
  ASSERT_TRUE(Report(world_, "R1", Money("Z1", 12'000)).ok());
  EXPECT_EQ(Open(world_, 1), 0);
  EXPECT_EQ(Open(world_, 2), 3'000);
  ASSERT_EQ(Placement().payments_size(), 1);
  EXPECT_TRUE(Placement().payments(0).recorded());
  EXPECT_NE(Placement().payments(0).ledger_item(), 0u);
  const AccountView view = world_.books.Read("C1");
  EXPECT_EQ(view.history.back().source(), "agency:recouvra");
  EXPECT_EQ(world_.OutboxSize(), 2u);  // the case files alone
}

TEST_F(ReportFromAgencyTest, ARemittanceNamesWhatWasPassedOn) {
  const absl::CivilDay day(2025, 6, 22);
  ASSERT_TRUE(Report(world_, "R1", Money("Z1", 4'000)).ok());
  ASSERT_TRUE(Report(world_, "R2", Money("Z2", 3'000)).ok());
  ASSERT_TRUE(Report(world_, "R3", Money("Z3", 2'000)).ok());
  ASSERT_TRUE(Report(world_, "R4", Money("Z3", -2'000)).ok());
  EXPECT_EQ(Reason("R5", RemittanceReport{{"Z9"}, day}), kReportInvalid);  // never told
  EXPECT_EQ(Reason("R6", RemittanceReport{{"Z3"}, day}), kReportInvalid);  // taken back
  EXPECT_EQ(Reason("R7", RemittanceReport{{"Z1"}, absl::CivilDay(2025, 6, 19)}),
            kReportInvalid);  // before received
  EXPECT_EQ(Reason("R8", RemittanceReport{{"Z1"}, absl::CivilDay(2035, 1, 1)}), kReportInvalid);
  ASSERT_TRUE(Report(world_, "R9", RemittanceReport{{"Z1"}, day}).ok());
  EXPECT_EQ(Placement().payments(0).remitted_day(), DayNumber(day));
  EXPECT_EQ(Placement().payments(1).remitted_day(), 0);
  // Without names: all that waits.
  ASSERT_TRUE(Report(world_, "R10", RemittanceReport{}).ok());
  EXPECT_EQ(Placement().payments(0).remitted_day(), DayNumber(day));
  EXPECT_NE(Placement().payments(1).remitted_day(), 0);
  EXPECT_EQ(Placement().payments(2).remitted_day(), 0);
  EXPECT_EQ(Reason("R11", RemittanceReport{}), kReportInvalid);  // nothing is left
  EXPECT_EQ(world_.ledger.payments(), 3u);                       // the ledger had the money before
}

TEST(RemittanceTest, OverdueTheDayAfterTheLastOne) {
  struct Row {
    const char* name;
    int64_t minor;
    bool reversed, remitted;
    const char* agency;
    int32_t due;  // 0: never
  };
  const RemittanceDays days = {{"quick", 5}, {"slow", 60}};
  const Row rows[] = {{"agreed days", 100, false, false, "quick", 105},
                      {"an agency that is not registered any more: a month", 100, false, false, "gone", 130},
                      {"passed on", 100, false, true, "slow", 160},
                      {"a reversal", -100, false, false, "quick", 0},
                      {"taken back", 100, true, false, "quick", 0}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    state::v1::AgencyPayment payment;
    payment.set_received_day(100);
    payment.set_amount_minor(row.minor);
    payment.set_reversed(row.reversed);
    if (row.remitted) payment.set_remitted_day(101);
    EXPECT_EQ(RemittanceDueDay(payment, row.agency, days).value_or(0), row.due);
    EXPECT_FALSE(IsRemittanceOverdue(payment, row.agency, days, row.due));
    EXPECT_EQ(IsRemittanceOverdue(payment, row.agency, days, row.due + 1), row.due != 0 && !row.remitted);
  }
}

TEST_F(ReportFromAgencyTest, OnePaymentUnderTwoReportsIsOne) {
  ASSERT_TRUE(Report(world_, "R1", Money("Z1", 4'000)).ok());
  ASSERT_TRUE(Report(world_, "R2", Money("Z1", 4'000)).ok());
  EXPECT_EQ(world_.ledger.payments(), 1u);
  EXPECT_EQ(Open(world_, 1), 6'000);
  EXPECT_EQ(Reason("R3", Money("Z1", 4'001)), kPaymentIdReused);
}

TEST_F(ReportFromAgencyTest, WhatNoPaymentCanBe) {
  EXPECT_EQ(Reason("R1", Money("Z1", 1'000, absl::CivilDay(2025, 7, 1))), kReportInvalid);
  EXPECT_EQ(Reason("R2", Money("Z1", -1'000)), kReportInvalid);
  ASSERT_TRUE(Report(world_, "R3", Money("Z1", 1'000, absl::CivilDay(2025, 6, 30))).ok());
  EXPECT_EQ(Reason("R4", Money("Z2", -999)), kReportInvalid);
}

TEST_F(ReportFromAgencyTest, AReversalTakesItsPaymentBackOnce) {
  ASSERT_TRUE(Report(world_, "R1", Money("Z1", 4'000)).ok());
  ASSERT_TRUE(Report(world_, "R2", Money("Z2", 4'000)).ok());
  PaymentReport reversal = Money("Z3", -4'000);
  reversal.reverses_id = "Z1";
  ASSERT_TRUE(Report(world_, "R3", reversal).ok());
  ASSERT_TRUE(Report(world_, "R3", reversal).ok());
  EXPECT_EQ(Open(world_, 1), 6'000);
  EXPECT_TRUE(Placement().payments(0).reversed());
  EXPECT_FALSE(Placement().payments(1).reversed());
  reversal.payment_id = "Z4";
  EXPECT_EQ(Reason("R4", reversal), kReportInvalid);  // it stands no more
  // The agency names the payment itself.
  ASSERT_TRUE(Report(world_, "R5", Money("Z2", -4'000)).ok());
  EXPECT_EQ(Open(world_, 1), 10'000);
  EXPECT_EQ(world_.ledger.returns.size(), 2u);
}

TEST_F(ReportFromAgencyTest, MoneyCountsWhenThePlacementIsOver) {
  ASSERT_TRUE(Report(world_, "R1", ClosedReport{"Other"}).ok());
  ASSERT_TRUE(Report(world_, "R2", Money("Z1", 4'000)).ok());
  EXPECT_EQ(Open(world_, 1), 6'000);
  EXPECT_EQ(Placement().state(), state::v1::PLACEMENT_STATE_CLOSED_UNPAID);
}

TEST_F(ReportFromAgencyTest, ALedgerThatIsAwayGetsItFromTheWorker) {
  world_.ledger.failures = 3;
  EXPECT_EQ(Reason("R1", Money("Z1", 4'000)), kLedgerUnavailable);
  EXPECT_FALSE(Placement().payments(0).recorded());
  EXPECT_EQ(Reason("R2", Money("Z1", -4'000)), kLedgerUnavailable);
  world_.Work();
  EXPECT_TRUE(Placement().payments(0).recorded());
  EXPECT_TRUE(Placement().payments(1).recorded());
  EXPECT_EQ(world_.ledger.payments(), 1u);
  EXPECT_EQ(Open(world_, 1), 10'000);
  EXPECT_EQ(world_.OutboxSize(), 0u);
}

TEST_F(ReportFromAgencyTest, ALedgerThatRefusesLeavesItUnrecorded) {
  world_.ledger.failures = 1;
  world_.ledger.failure = DomainError(absl::StatusCode::kFailedPrecondition, "NOT_A_DEBIT", "no");
  ASSERT_TRUE(Report(world_, "R1", Money("Z1", 4'000)).ok());
  EXPECT_FALSE(Placement().payments(0).recorded());
  world_.Work();  // a person repaired it
  EXPECT_TRUE(Placement().payments(0).recorded());
}

TEST_F(ReportFromAgencyTest, AnItemThatTheBooksTookAwayLeavesTheMoneyOnTheAccount) {
  world_.ledger.unknown_items = {2};
  ASSERT_TRUE(Report(world_, "R1", Money("Z1", 4'000)).ok());
  EXPECT_TRUE(Placement().payments(0).recorded());
  EXPECT_EQ(Open(world_, 1), 10'000);
  EXPECT_EQ(world_.ledger.payments(), 1u);
}

TEST_F(ReportFromAgencyTest, AnItemThatComesBackAfterALostAnswerMakesNoSecondPayment) {
  world_.ledger.unknown_items = {2};
  world_.ledger.lose_answer = true;
  world_.ledger.failures = 1;
  EXPECT_EQ(Reason("R1", Money("Z1", 4'000)), kLedgerUnavailable);
  world_.ledger.unknown_items.clear();
  world_.Work();
  EXPECT_TRUE(Placement().payments(0).recorded());
  EXPECT_EQ(world_.ledger.payments(), 1u);
}

TEST(AgencyMoneyTest, ItemsBeyondWhatTheLedgerTakesInOneCallAreReached) {
  World world;
  std::vector<state::v1::Item> items;
  for (uint64_t id = 1; id <= 600; ++id) items.push_back(Invoice(id, DayOf(2025, 3, 1), 100));
  world.books.Add("C1", items);
  ASSERT_TRUE(PlaceAccount(world.Parts(), {kRequest1, kKey, {}, "user:u1"}, Soon()).ok());
  ASSERT_TRUE(Report(world, "R1", Money("Z1", 50'000)).ok());
  EXPECT_EQ(Open(world, 500), 0);
  EXPECT_EQ(Open(world, 501), 100);
  ASSERT_TRUE(Report(world, "R2", Money("Z2", 10'000)).ok());
  EXPECT_EQ(Open(world, 600), 0);
  EXPECT_LE(world.ledger.items_max, 500u);
}

TEST_F(ReportFromAgencyTest, BoundedInPayments) {
  AccountView view = world_.books.Read("C1");
  store::AccountWrite write;
  write.key = kKey;
  write.read_versions = {{store::kCaseOwner, view.versions[store::kCaseOwner]}};
  for (int i = 0; i < kPaymentsPerPlacementMax; ++i) {
    auto* payment = view.placements.mutable_placements(0)->add_payments();
    payment->set_id(absl::StrCat("P", i));
    payment->set_amount_minor(1);
    payment->set_currency("EUR");
    payment->set_recorded(true);
  }
  write.set = {{kCaseField, view.placements.SerializeAsString()}};
  const store::CommitBatch batch{world_.base->PartitionOf(kKey), std::nullopt, {write}, 0};
  ASSERT_TRUE(world_.base->Commit({&batch, 1}, Soon()).ok());
  EXPECT_EQ(Reason("R1", Money("Z1", 1)), kTooManyPayments);
}

// A payment and its reversal, cut at every call of the store before and after it counted, and at every call
// of the ledger: whatever is repeated, the ledger has one payment and one return, and the case says so.
TEST(AgencyMoneyTest, ExactlyOnceAtEveryCrashPoint) {
  int points = 0;
  for (const auto when : {store::FaultyStore::When::kBefore, store::FaultyStore::When::kAfter}) {
    for (int n = 1; n < 200; ++n) {
      SCOPED_TRACE(absl::StrCat("call ", n,
                                when == store::FaultyStore::When::kAfter ? " answered nobody" : " failed"));
      World world;
      PlaceTwo(world);
      const int before = world.store.calls("");
      world.store.FailCall(n, "", DomainError(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "cut"),
                           when);
      const bool told = Report(world, "R1", Money("Z1", 12'000)).ok();
      if (!told) {
        ASSERT_TRUE(Report(world, "R1", Money("Z1", 12'000)).ok());
      }
      world.Work();  // also cut, when n lies behind the report
      if (world.store.calls("") - before < n) break;
      world.Work();
      EXPECT_EQ(world.ledger.payments(), 1u);
      EXPECT_EQ(Open(world, 1), 0);
      EXPECT_EQ(Open(world, 2), 3'000);
      ASSERT_EQ(world.Placement("C1").payments_size(), 1);
      EXPECT_TRUE(world.Placement("C1").payments(0).recorded());
      EXPECT_EQ(world.OutboxSize(), 0u);
      EXPECT_EQ(world.Delivered().size(), 2u);
      ASSERT_TRUE(Report(world, "R2", Money("Z1", -12'000)).ok());
      EXPECT_EQ(world.ledger.returns.size(), 1u);
      EXPECT_EQ(Open(world, 1), 10'000);
      ++points;
    }
  }
  EXPECT_GT(points, 60);
}

TEST(AgencyMoneyTest, ADeadProcessBehindTheFirstCommitIsMadeGoodByTheWorker) {
  World world;
  PlaceTwo(world);
  const AgencyReport report{"R1", kKey, kPlacement, Money("Z1", 12'000), "h"};
  ASSERT_TRUE(ReportFromAgency(world.Parts(), report, Soon()).ok());
  EXPECT_EQ(world.ledger.payments(), 0u);
  world.Work();
  EXPECT_EQ(world.ledger.payments(), 1u);
  EXPECT_TRUE(world.Placement("C1").payments(0).recorded());
}

}  // namespace
}  // namespace relance::handoff
