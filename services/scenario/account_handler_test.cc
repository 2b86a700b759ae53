#include "services/scenario/account_handler.h"

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/testing/scenario_world.h"

namespace relance::scenario {
namespace {

using testing::AccountBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ScenarioProcess;
using testing::ScenarioWorld;
using ::testing::SizeIs;

const absl::CivilDay kDue(2025, 6, 2);

AccountBuilder Debtor(const std::string& account = "C001") {
  AccountBuilder builder(account);
  builder.Invoice(1, kDue, 20000);
  return builder;
}

TEST(AccountHandlerTest, AReminderIsDecidedSentAndProved) {
  ScenarioWorld world;
  AccountBuilder debtor = Debtor();
  world.WriteDue(debtor);
  ScenarioProcess process(world, "a");
  process.Work();
  ASSERT_THAT(world.mail.sent, SizeIs(1));
  EXPECT_EQ(world.mail.sent.begin()->first, "acme/C001/1/reminder.eml");
  const AccountView view = world.Read("C001");
  ASSERT_EQ(view.plan.contacts_size(), 1);
  const auto& contact = view.plan.contacts(0);
  EXPECT_EQ(contact.state(), state::v1::CONTACT_STATE_SENT);
  EXPECT_EQ(contact.sent_day(), DayNumber(world.today()));
  EXPECT_EQ(view.plan.last_contact_day(), DayNumber(world.today()));
  EXPECT_EQ(view.plan.positions(0).step(), "reminder");
  const auto evidence = world.Evidence("C001");
  ASSERT_THAT(evidence, SizeIs(1));
  EXPECT_EQ(evidence[0].kind(), "contact.sent");
  EXPECT_THAT(evidence[0].known(), SizeIs(1));
  ASSERT_THAT(evidence[0].documents(), SizeIs(1));
  EXPECT_EQ(*world.documents->Get(evidence[0].documents(0)), world.mail.sent.begin()->second);
  EXPECT_EQ(world.OutboxSize(), 0);
  process.Work();
  EXPECT_EQ(world.mail.deliveries, 1);
}

TEST(AccountHandlerTest, NewsStartNoContactBeforeTheNextDaysRun) {
  ScenarioWorld world;
  AccountBuilder debtor = Debtor();
  world.WriteLedger(debtor);
  ScenarioProcess process(world, "a");
  process.Work();
  EXPECT_THAT(world.Read("C001").plan.contacts(), IsEmpty());
  EXPECT_THAT(world.Read("C001").plan.reasons(), ElementsAre("WAITS_FOR_NEXT_DAY"));
  world.SetToday(world.today() + 1);
  process.Work();
  EXPECT_EQ(world.mail.deliveries, 1);
  // An invoice that is late already appears: it waits for a day that is worked, and for the spacing.
  debtor.Invoice(2, kDue, 30000);
  world.WriteLedger(debtor);
  process.Work();
  EXPECT_EQ(world.mail.deliveries, 1);
  world.SetToday(world.today() + 7);
  process.Work();
  EXPECT_EQ(world.mail.deliveries, 2);
}

TEST(AccountHandlerTest, FC71_AnotherScenarioOfTheTenantHoldsAtOnce) {
  ScenarioWorld world;
  AccountBuilder debtor;
  debtor.Invoice(1, world.today() - 30, 20000);
  world.WriteDue(debtor);
  ScenarioProcess process(world, "a");
  process.Work();
  EXPECT_EQ(world.Read("C001").plan.scenario_id(), "fr-b2b");
  world.config.set_scenario_id("be-b2b");
  world.Put(kTenantDocument, world.config.SerializeAsString());
  process.Work();
  EXPECT_EQ(world.Read("C001").plan.scenario_id(), "be-b2b");
  // One that does not exist stops nobody; the accounts stay where they are.
  world.config.set_scenario_id("nowhere");
  world.Put(kTenantDocument, world.config.SerializeAsString());
  process.Work();
  EXPECT_EQ(world.Read("C001").plan.scenario_id(), "be-b2b");
  // A process that starts later finds what changed while none ran.
  world.config.set_scenario_id("fr-b2b");
  world.Put(kTenantDocument, world.config.SerializeAsString());
  world.store.AdvanceTime(absl::Seconds(60));
  ScenarioProcess next(world, "b");
  next.Work();
  EXPECT_EQ(world.Read("C001").plan.scenario_id(), "fr-b2b");
}

TEST(AccountHandlerTest, FC23_APartPaymentBetweenDecisionAndSendingIsInTheLetter) {
  ScenarioWorld world;
  world.SetToday(absl::CivilDay(2025, 6, 10), 4);  // books too old: it waits
  AccountBuilder debtor = Debtor();
  world.WriteDue(debtor);
  ScenarioProcess process(world, "a");
  process.Work();
  EXPECT_EQ(world.Read("C001").plan.contacts(0).state(), state::v1::CONTACT_STATE_RESERVED);
  debtor.Open(1, 12345);
  world.WriteLedger(debtor);
  world.SetToday(absl::CivilDay(2025, 6, 10), 0);
  process.Work();
  ASSERT_THAT(world.mail.sent, SizeIs(1));
  EXPECT_TRUE(absl::StrContains(world.mail.sent.begin()->second, "123,45"));
  EXPECT_EQ(world.Read("C001").plan.contacts(0).items(0).open_minor(), 12345);
}

TEST(AccountHandlerTest, FreshnessGateHoldsAtItsBoundary) {
  for (const auto& [age, sends] : {std::pair{3, true}, std::pair{4, false}}) {
    ScenarioWorld world;
    world.SetToday(world.today(), age);
    AccountBuilder debtor = Debtor();
    world.WriteDue(debtor);
    ScenarioProcess process(world, "a");
    process.Work();
    EXPECT_EQ(world.mail.deliveries, sends ? 1 : 0);
    EXPECT_EQ(process.handler.sender().counts().waiting, sends ? 0 : 1);
    EXPECT_EQ(world.OutboxSize(), sends ? 0 : 1);
  }
}

TEST(AccountHandlerTest, FC28_FC42_APaymentBetweenDecisionAndSendingWithdraws) {
  ScenarioWorld world;
  AccountBuilder debtor = Debtor();
  world.WriteDue(debtor);
  ScenarioProcess process(world, "a");
  // The payment lands after the sender has read the account: the commit is refused, and it is decided again.
  bool paid = false;
  for (int nth = 1; nth <= 12; ++nth) {
    world.faulty.BeforeCall(nth, "Commit", [&] {
      if (paid || world.OutboxSize() == 0) return;
      paid = true;
      debtor.Open(1, 0);
      world.WriteLedger(debtor);
    });
  }
  process.Work();
  ASSERT_TRUE(paid);
  EXPECT_EQ(world.mail.deliveries, 0);
  const AccountView view = world.Read("C001");
  EXPECT_EQ(view.plan.contacts(0).state(), state::v1::CONTACT_STATE_WITHDRAWN);
  EXPECT_EQ(view.plan.state(), state::v1::PLAN_STATE_SETTLED);
  EXPECT_THAT(world.EvidenceKinds("C001"), ElementsAre("contact.withdrawn"));
  EXPECT_EQ(world.OutboxSize(), 0);
}

// A process dies at any call of the store, before or after the store did it; another one goes on. What the
// debtor gets is always the same, and once.
TEST(AccountHandlerTest, ADeathAtAnyCallChangesNothing) {
  using When = store::FaultyStore::When;
  for (When when : {When::kBefore, When::kAfter}) {
    int calls = 1000;
    for (int nth = 1; nth <= calls; ++nth) {
      SCOPED_TRACE(::testing::Message() << "call " << nth << (when == When::kAfter ? " after" : " before"));
      ScenarioWorld world;
      AccountBuilder debtor = Debtor();
      world.WriteDue(debtor);
      AccountBuilder other("C002");
      other.Invoice(7, kDue, 30000).NoMail();
      world.WriteDue(other);
      world.faulty.FailCall(nth, "", absl::UnavailableError("cut"), when);
      {
        ScenarioProcess process(world, "a");
        for (int i = 0; i < 10; ++i) {
          if (!process.worker.RunOnce().ok()) break;  // dies
        }
      }
      calls = std::min(calls, world.faulty.calls(""));
      world.store.AdvanceTime(absl::Seconds(60));
      ScenarioProcess next(world, "b");
      next.Work();
      ASSERT_THAT(world.mail.sent, SizeIs(1));
      ASSERT_THAT(world.letters.sent, SizeIs(1));
      ASSERT_EQ(world.mail.deliveries + world.letters.deliveries, 2);
      for (const char* account : {"C001", "C002"}) {
        ASSERT_THAT(world.EvidenceKinds(account), ElementsAre("contact.sent")) << account;
        const auto evidence = world.Evidence(account);
        ASSERT_EQ(*world.documents->Get(evidence[0].documents(0)),
                  (std::string(account) == "C001" ? world.mail : world.letters).sent.begin()->second);
      }
      ASSERT_EQ(world.OutboxSize(), 0);
    }
    EXPECT_LT(calls, 100);
  }
}

TEST(AccountHandlerTest, FC54_ATransportThatDoesNotAnswerIsAskedAgain) {
  ScenarioWorld world;
  AccountBuilder debtor = Debtor();
  world.WriteDue(debtor);
  world.mail.FailOnceAfter(absl::UnavailableError("connection cut"));
  ScenarioProcess process(world, "a");
  process.Work();
  EXPECT_EQ(world.mail.deliveries, 1);
  EXPECT_EQ(world.Read("C001").plan.contacts(0).state(), state::v1::CONTACT_STATE_SENT);
}

TEST(AccountHandlerTest, FC54_WhatNobodyKnowsIsForAPerson) {
  ScenarioWorld world;
  world.mail.can_tell = false;
  AccountBuilder debtor = Debtor();
  world.WriteDue(debtor);
  world.mail.FailOnceAfter(absl::UnavailableError("connection cut"));
  ScenarioProcess process(world, "a");
  process.Work();
  EXPECT_EQ(world.Read("C001").plan.contacts(0).state(), state::v1::CONTACT_STATE_AMBIGUOUS);
  EXPECT_EQ(world.mail.deliveries, 1);
  for (int day = 11; day < 30; ++day) {
    world.SetToday(absl::CivilDay(2025, 6, day));
    process.Work();
  }
  EXPECT_EQ(world.mail.deliveries, 1);
}

TEST(AccountHandlerTest, FC54_ADefiniteRefusalIsFailedAndNotSentAgain) {
  ScenarioWorld world;
  AccountBuilder debtor = Debtor();
  world.WriteDue(debtor);
  world.mail.FailOnceBefore(absl::InvalidArgumentError("no such mailbox"));
  ScenarioProcess process(world, "a");
  process.Work();
  EXPECT_EQ(world.Read("C001").plan.contacts(0).state(), state::v1::CONTACT_STATE_FAILED);
  EXPECT_THAT(world.EvidenceKinds("C001"), ElementsAre("contact.failed"));
  EXPECT_EQ(world.OutboxSize(), 0);
}

TEST(AccountHandlerTest, FC55_OneBadAccountNeverStopsTheOthers) {
  ScenarioWorld world;
  for (int i = 0; i < 100; ++i) {
    AccountBuilder debtor = Debtor(absl::StrCat("C", i));
    if (i == 50)
      debtor.view().sum.mutable_attributes()->mutable_contacts(0)->set_email("not an address\r\nBcc: x@y");
    world.WriteDue(debtor);
  }
  ScenarioProcess process(world, "a");
  process.Work();
  EXPECT_EQ(world.mail.deliveries, 99);
  EXPECT_EQ(world.Read("C50").plan.contacts(0).state(), state::v1::CONTACT_STATE_FAILED);
}

TEST(AccountHandlerTest, FC03_TwoProcessesOnOneStoreSendOnce) {
  ScenarioWorld world;
  for (int i = 0; i < 20; ++i) {
    AccountBuilder debtor = Debtor(absl::StrCat("C", i));
    world.WriteDue(debtor);
  }
  ScenarioProcess a(world, "a"), b(world, "b");
  for (int i = 0; i < 10; ++i) {
    a.worker.RunOnce().IgnoreError();
    b.worker.RunOnce().IgnoreError();
    world.store.AdvanceTime(absl::Seconds(6));  // leases run out between their turns
    world.clock.AdvanceTime(absl::Seconds(6));
  }
  EXPECT_EQ(world.mail.deliveries, 20);
  EXPECT_THAT(world.mail.sent, SizeIs(20));
}

TEST(AccountHandlerTest, NothingLeavesOnAWeekend) {
  ScenarioWorld world;
  world.SetToday(absl::CivilDay(2025, 6, 10), 4);
  AccountBuilder debtor = Debtor();
  world.WriteDue(debtor);
  ScenarioProcess process(world, "a");
  process.Work();
  world.SetToday(absl::CivilDay(2025, 6, 14));  // a Saturday, with new books
  process.Work();
  EXPECT_EQ(world.mail.deliveries, 0);
  world.SetToday(absl::CivilDay(2025, 6, 16));
  process.Work();
  EXPECT_EQ(world.mail.deliveries, 1);
}

TEST(AccountHandlerTest, TheWholeStoryOnATestClock) {
  ScenarioWorld world(absl::CivilDay(2025, 5, 20));
  AccountBuilder debtor;
  debtor.Invoice(1, kDue, 600000);
  state::v1::Item payment;  // 1,000.00 paid on 20 June: interest runs on less from then on
  world.WriteDue(debtor);
  ScenarioProcess process(world, "a");
  for (absl::CivilDay day(2025, 5, 20); day <= absl::CivilDay(2025, 9, 1); ++day) {
    world.SetToday(day);
    process.Work();
    if (day == absl::CivilDay(2025, 6, 20)) {
      debtor.Open(1, 500000);
      payment.set_id(9);
      payment.set_kind(state::v1::ITEM_KIND_PAYMENT);
      payment.set_amount_minor(-100000);
      payment.set_currency("EUR");
      auto* allocation = payment.add_allocations();
      allocation->set_item(1);
      allocation->set_amount_minor(100000);
      allocation->set_day(DayNumber(day));
      debtor.view().history = {payment};
      world.WriteLedger(debtor);
    }
  }
  EXPECT_THAT(world.EvidenceKinds("C001"), ElementsAre("contact.sent", "contact.sent", "contact.expired",
                                                       "contact.sent", "handoff.asked"));
  EXPECT_THAT(world.mail.sent, SizeIs(3));     // pre-due, reminder, copy of the final notice
  EXPECT_THAT(world.letters.sent, SizeIs(1));  // final notice
  EXPECT_TRUE(absl::StartsWith(world.letters.sent.begin()->second, "%PDF-"));
  const std::string& notice = world.mail.sent.at("acme/C001/1/final-notice.eml");
  EXPECT_TRUE(absl::StrContains(notice, "12,15"));  // MRO 2.15 on 1 July + 10
  EXPECT_TRUE(absl::StrContains(notice, "13,15"));
  EXPECT_THAT(world.handoff.placed, SizeIs(1));
  EXPECT_EQ(world.Read("C001").plan.contacts(4).placement_id(), "placement-1");
}

TEST(AccountHandlerTest, AnAgencyThatDoesNotAnswerIsAskedAgainWithTheSameRequest) {
  ScenarioWorld world(absl::CivilDay(2025, 9, 1));
  AccountBuilder debtor = Debtor();
  world.WriteDue(debtor);
  ScenarioProcess process(world, "a");
  world.handoff.answer = absl::UnavailableError("away");
  absl::CivilDay day(2025, 9, 1);
  for (; world.handoff.calls == 0; ++day) {
    world.SetToday(day);
    process.Work(4);
    ASSERT_LT(day, absl::CivilDay(2026, 1, 1));
  }
  EXPECT_THAT(world.handoff.placed, IsEmpty());
  const std::vector<int> all = {0, 1};
  const auto worked = *world.store.WorkedTo("acme", store::Service::kScenario, {});
  const int partition = world.store.PartitionOf({"acme", "C001"});
  EXPECT_LT(worked[partition], DayNumber(world.today()));  // the day is not done
  world.handoff.answer = absl::OkStatus();
  process.Work();
  EXPECT_THAT(world.handoff.placed, SizeIs(1));
  EXPECT_EQ((*world.store.WorkedTo("acme", store::Service::kScenario, {}))[partition],
            DayNumber(world.today()));
  world.handoff.answer = absl::OkStatus();
  process.Work();
  EXPECT_THAT(world.handoff.placed, SizeIs(1));
}

TEST(AccountHandlerTest, TheUnidentifiedAccountHasNoPlan) {
  ScenarioWorld world;
  AccountBuilder debtor = Debtor("~unidentified");
  world.WriteLedger(debtor);
  ScenarioProcess process(world, "a");
  process.Work();
  EXPECT_EQ(world.Read("~unidentified").versions[store::kPlanOwner], 0);
}

}  // namespace
}  // namespace relance::scenario
