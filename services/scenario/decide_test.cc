#include "services/scenario/decide.h"

#include <algorithm>
#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/time/day.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/scenario/account_facts.h"
#include "services/scenario/judge_promises.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/scenario_file.h"
#include "services/scenario/shipped_scenarios.h"
#include "services/scenario/testing/account_builder.h"

namespace relance::scenario {
namespace {

using testing::AccountBuilder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// A Monday; no holiday of France near before July 14.
const absl::CivilDay kDue(2025, 6, 2);

// fr-b2b: pre-due mail -7 (5000.00), reminder +5 (grants 6), call +12 (1000.00), final notice +30 (grants
// 15), handoff +90.
Scenario French() {
  for (const std::string& text : ShippedScenarioTexts()) {
    auto scenario = ParseScenario(text);
    if (scenario.ok() && scenario->id == "fr-b2b") return *scenario;
  }
  return {};
}

class DecideTest : public ::testing::Test {
 protected:
  Decision On(AccountBuilder& account, absl::CivilDay date) {
    Decision decision = Decide(account.view(), scenario_, calendar_, date, options_);
    account.view().plan = decision.plan;
    return decision;
  }
  // Decides, and everything written leaves the same day; calls stay on the worklist.
  Decision SendOn(AccountBuilder& account, absl::CivilDay date) {
    Decision decision = On(account, date);
    state::v1::Plan& plan = account.view().plan;
    for (const auto& contact : decision.contacts) {
      if (contact.state() == state::v1::CONTACT_STATE_RESERVED) Made(account, contact.key(), date);
    }
    (void)plan;
    On(account, date);
    return decision;
  }
  void Made(AccountBuilder& account, const std::string& key, absl::CivilDay date) {
    state::v1::Plan& plan = account.view().plan;
    state::v1::Contact* contact = FindContact(&plan, key);
    ASSERT_NE(contact, nullptr);
    const int step = scenario_.IndexOf(contact->step());
    if (IsWritten(contact->channel())) {
      contact->set_deadline_day(DayNumber(date) + scenario_.steps[step].grant_days);
    }
    MarkMade(scenario_, DayNumber(date), true, contact, &plan);
  }
  // Days from `from` on which a contact is decided, and its step, over `days` days; all leave at once, calls
  // are made.
  std::vector<std::pair<absl::CivilDay, std::string>> Run(AccountBuilder& account, absl::CivilDay from,
                                                          int days) {
    std::vector<std::pair<absl::CivilDay, std::string>> made;
    for (int i = 0; i < days; ++i) {
      const Decision decision = On(account, from + i);
      for (const auto& contact : decision.contacts) {
        made.emplace_back(from + i, contact.step());
        Made(account, contact.key(), from + i);
        if (contact.channel() == Channel::CHANNEL_HANDOFF) {
          for (const auto& item : contact.items()) account.Place(item.item());
        }
      }
    }
    return made;
  }
  static std::vector<std::string> Steps(const Decision& decision) {
    std::vector<std::string> steps;
    for (const auto& contact : decision.contacts) steps.push_back(contact.step());
    return steps;
  }
  static bool HasReason(const Decision& decision, absl::string_view reason) {
    for (const std::string& code : decision.plan.reasons()) {
      if (code == reason) return true;
    }
    return false;
  }

  Scenario scenario_ = French();
  Calendar calendar_ = *Calendar::ForName("FR");
  DecideOptions options_{"FR", true, Occasion::kDaysRun};
};

TEST_F(DecideTest, TheWholeScenarioOfALargeInvoice) {
  AccountBuilder account;
  account.Invoice(1, kDue, 600000);
  using Day = absl::CivilDay;
  EXPECT_THAT(Run(account, kDue - 20, 140),
              ElementsAre(std::pair(Day(2025, 5, 26), "pre-due"), std::pair(Day(2025, 6, 10), "reminder"),
                          std::pair(Day(2025, 6, 17), "call"), std::pair(Day(2025, 7, 2), "final-notice"),
                          std::pair(Day(2025, 9, 1), "handoff")));
  EXPECT_EQ(account.view().plan.state(), state::v1::PLAN_STATE_PLACED);
}

TEST_F(DecideTest, ASmallInvoiceGetsNeitherPreDueNorCall) {
  AccountBuilder account;
  account.Invoice(1, kDue, 99999);
  std::vector<std::string> steps;
  for (const auto& [day, step] : Run(account, kDue - 20, 140)) steps.push_back(step);
  EXPECT_THAT(steps, ElementsAre("reminder", "final-notice", "handoff"));
}

TEST_F(DecideTest, ConditionsHoldAtTheirBoundary) {
  for (const auto& [minor, pre_due] : {std::pair<int64_t, bool>{499999, false}, {500000, true}}) {
    AccountBuilder account;
    account.Invoice(1, kDue, minor);
    EXPECT_EQ(!On(account, kDue - 7).contacts.empty(), pre_due) << minor;
  }
}

TEST_F(DecideTest, FC01_DecidingAgainSendsNothingTwice) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  EXPECT_THAT(Steps(On(account, kDue + 8)), ElementsAre("reminder"));
  const std::string after = account.view().plan.SerializeAsString();
  for (int i = 0; i < 22; ++i) EXPECT_THAT(Steps(On(account, kDue + 8)), IsEmpty());
  EXPECT_EQ(account.view().plan.SerializeAsString(), after);
}

TEST_F(DecideTest, FC04_AMissedDayIsCaughtUpAndStepsKeepTheirOrder) {
  AccountBuilder account;
  account.Invoice(1, kDue, 200000);
  EXPECT_THAT(Steps(SendOn(account, kDue + 36)),
              ElementsAre("reminder"));  // not the final notice, though it is due
  EXPECT_THAT(Steps(SendOn(account, kDue + 37)), IsEmpty());
  EXPECT_THAT(Steps(SendOn(account, kDue + 43)), ElementsAre("call"));
}

TEST_F(DecideTest, FC07_ACallByHandShiftsTheNextContact) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  account.view().plan.set_last_contact_day(DayNumber(kDue + 7));
  EXPECT_THAT(Steps(On(account, kDue + 8)), IsEmpty());
  EXPECT_THAT(account.view().plan.reasons(), Contains(kReasonSpacing));
  EXPECT_EQ(account.view().plan.next_day(), DayNumber(kDue + 14));  // 13 is a Sunday
  EXPECT_THAT(Steps(On(account, kDue + 14)), ElementsAre("reminder"));
}

TEST_F(DecideTest, FC10_OnTheDueDateNotOverdue) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  EXPECT_EQ(On(account, kDue).plan.state(), state::v1::PLAN_STATE_CURRENT);
  EXPECT_EQ(On(account, kDue + 1).plan.state(), state::v1::PLAN_STATE_ACTIVE);
}

TEST_F(DecideTest, FC11_DaysAfterNeverMeanDaysBefore) {
  AccountBuilder account;
  account.Invoice(1, absl::CivilDay(2025, 6, 13), 20000);  // a Friday
  EXPECT_THAT(Steps(On(account, absl::CivilDay(2025, 6, 6))), IsEmpty());
  EXPECT_THAT(Steps(On(account, absl::CivilDay(2025, 6, 17))), IsEmpty());                // +4
  EXPECT_THAT(Steps(On(account, absl::CivilDay(2025, 6, 18))), ElementsAre("reminder"));  // +5
}

TEST_F(DecideTest, FC12_WithoutADueDateNothingIsSentAndItIsFlagged) {
  AccountBuilder account;
  account.InvoiceWithoutDueDay(1, 20000);
  const Decision decision = On(account, kDue + 100);
  EXPECT_THAT(decision.contacts, IsEmpty());
  EXPECT_TRUE(HasReason(decision, kReasonNoDueDay));
}

TEST_F(DecideTest, FC13_OldItemsEnterAtTheReminderNotAtTheAgency) {
  for (int days : {1, 4, 8, 30, 120, 2000}) {
    AccountBuilder account;
    account.Invoice(1, kDue, 900000);
    const absl::CivilDay day = calendar_.BusinessDayOnOrAfter(kDue + days);
    EXPECT_THAT(Steps(On(account, day)),
                days < 5 ? std::vector<std::string>{} : std::vector<std::string>{"reminder"})
        << days;
  }
}

TEST_F(DecideTest, FC15_VariantsChooseTextAndVoiceInOrder) {
  Variant old;
  old.overdue_days_at_least = 13;
  old.template_id = "reminder_late";
  Variant large;
  large.when.segments = {"GE"};
  large.interlocutor = "key_account_manager";
  scenario_.steps[1].variants = {old, large};
  struct Row {
    int days;
    const char* segment;
    const char* text;
    const char* voice;
  };
  for (const Row& row :
       {Row{8, "", "reminder", "accounts_assistant"}, Row{8, "GE", "reminder", "key_account_manager"},
        Row{11, "GE", "reminder", "key_account_manager"},
        Row{14, "GE", "reminder_late", "accounts_assistant"}}) {
    AccountBuilder account;
    account.Invoice(1, kDue, 20000);
    account.view().sum.mutable_attributes()->set_segment(row.segment);
    const Decision decision = On(account, kDue + row.days);
    ASSERT_EQ(decision.contacts.size(), 1u);
    EXPECT_EQ(decision.contacts[0].template_id(), row.text) << row.days;
    EXPECT_EQ(decision.contacts[0].interlocutor(), row.voice) << row.days;
  }
}

TEST_F(DecideTest, FC22_APartPaidInvoiceIsRemindedForTheRest) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).Open(1, 5000);
  const Decision decision = On(account, kDue + 8);
  ASSERT_EQ(decision.contacts.size(), 1u);
  EXPECT_EQ(decision.contacts[0].items(0).open_minor(), 5000);
}

TEST_F(DecideTest, FC23_TheAmountOfAReservedContactIsTodays) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  On(account, kDue + 8);
  account.Open(1, 5000);
  EXPECT_EQ(On(account, kDue + 8).plan.contacts(0).items(0).open_minor(), 5000);
}

TEST_F(DecideTest, FC25_CreditsThatCoverHoldUnlessTheScenarioOnlyShowsThem) {
  for (const auto& [credit, policy, sends] : {std::tuple{int64_t{19999}, CreditPolicy::kHold, true},
                                              {int64_t{20000}, CreditPolicy::kHold, false},
                                              {int64_t{20000}, CreditPolicy::kShow, true}}) {
    scenario_.credits = policy;
    AccountBuilder account;
    account.Invoice(1, kDue, 20000).Credit(2, credit);
    const Decision decision = On(account, kDue + 8);
    EXPECT_EQ(!decision.contacts.empty(), sends) << credit;
    EXPECT_EQ(HasReason(decision, kReasonCreditsCover), !sends);
  }
}

TEST_F(DecideTest, FC25_ACreditInAnotherCurrencyCoversNothing) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).Credit(2, 90000, "USD");
  EXPECT_THAT(Steps(On(account, kDue + 8)), ElementsAre("reminder"));
}

TEST_F(DecideTest, FC34_TheMinimumIsOfItsOwnCurrency) {
  struct Row {
    int64_t minor;
    const char* currency;
    bool sends;
  };
  for (const Row& row : {Row{1499, "EUR", false}, Row{1500, "EUR", true}, Row{1, "JPY", true}}) {
    AccountBuilder account;
    account.Invoice(1, kDue, row.minor, row.currency);
    EXPECT_EQ(!On(account, kDue + 8).contacts.empty(), row.sends) << row.minor << row.currency;
  }
}

TEST_F(DecideTest, FC42_PaidBeforeItLeavesIsWithdrawn) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  On(account, kDue + 8);
  account.Open(1, 0);
  const Decision decision = On(account, kDue + 8);
  EXPECT_EQ(decision.plan.contacts(0).state(), state::v1::CONTACT_STATE_WITHDRAWN);
  EXPECT_EQ(decision.plan.contacts(0).outcome(), "settled");
  EXPECT_EQ(decision.plan.state(), state::v1::PLAN_STATE_SETTLED);
  EXPECT_EQ(decision.plan.next_day(), 0);
}

TEST_F(DecideTest, FC51_AMailBecomesALetterWithoutAnEMailAddress) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).NoMail();
  EXPECT_EQ(On(account, kDue + 8).contacts[0].channel(), Channel::CHANNEL_LETTER);
}

TEST_F(DecideTest, FC52_WithoutAnyAddressTheStepIsNotConsumed) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).NoMail().NoAddress();
  const Decision decision = On(account, kDue + 8);
  ASSERT_EQ(decision.contacts.size(), 1u);
  EXPECT_EQ(decision.contacts[0].state(), state::v1::CONTACT_STATE_FAILED);
  EXPECT_EQ(decision.contacts[0].outcome(), kNoAddress);
  EXPECT_TRUE(decision.plan.positions().empty());
  EXPECT_THAT(Steps(On(account, kDue + 9)), IsEmpty());  // reported once
  account.view().sum.mutable_attributes()->add_address("1 rue Neuve");
  const Decision later = On(account, kDue + 10);
  EXPECT_EQ(later.plan.contacts_size(), 1);
  EXPECT_EQ(later.plan.contacts(0).state(), state::v1::CONTACT_STATE_RESERVED);
}

TEST_F(DecideTest, TheDaysRunIsTheFirstLookOnTheDayThatTheTimerNames) {
  struct Row {
    const char* name;
    int32_t next_day;
    bool run;
  };
  const int32_t today = DayNumber(kDue);
  const Row rows[] = {{"never looked at", 0, false},
                      {"the services were away", today - 3, true},
                      {"today", today, true},
                      {"tomorrow: today was worked", today + 1, false}};
  for (const Row& row : rows) {
    state::v1::Plan plan;
    plan.set_next_day(row.next_day);
    EXPECT_EQ(IsDaysRun(plan, kDue), row.run) << row.name;
  }
}

// News that come in on a day start no contact on it, and the next day's run takes them up.
TEST_F(DecideTest, NewsWaitForTheNextDaysRun) {
  struct Row {
    const char* name;
    std::function<void(AccountBuilder&)> before, news;
    std::vector<std::string> next_run;
    absl::CivilDay day = kDue + 8;  // a Tuesday
    int next_day = 1;
  };
  const auto nothing = [](AccountBuilder&) {};
  const auto late = [](AccountBuilder& a) { a.Invoice(1, kDue, 20000); };
  const auto paused = [](AccountBuilder& a) {
    a.Invoice(1, kDue, 20000);
    auto* pause = a.view().plan.add_pauses();
    pause->set_from_day(DayNumber(kDue));
    pause->set_until_day(DayNumber(kDue + 60));
  };
  const Row rows[] = {
      {"an account appears", nothing, late, {"reminder"}},
      {"an account appears on a Friday", nothing, late, {"reminder"}, kDue + 11, 3},
      {"an invoice that is late already", [](auto& a) { a.Invoice(7, kDue + 90, 100); }, late, {"reminder"}},
      {"a dispute ends",
       [&](auto& a) {
         late(a);
         a.Dispute(1, kDue);
       },
       [](auto& a) { a.Item(1)->mutable_dispute()->set_resolved_day(DayNumber(kDue + 8)); },
       {"reminder"}},
      {"a person lifts a pause", paused, [](auto& a) { a.view().plan.clear_pauses(); }, {"reminder"}},
      {"a credit is used elsewhere",
       [&](auto& a) {
         late(a);
         a.Credit(2, 20000);
       },
       [](auto& a) { a.Open(2, 0); },
       {"reminder"}},
      {"more than the minimum is owed",
       [](auto& a) { a.Invoice(1, kDue, 100); },
       [](auto& a) { a.Open(1, 20000); },
       {"reminder"}},
      {"an agency gives an item back",
       [&](auto& a) {
         late(a);
         a.Place(1);
       },
       [](auto& a) { a.view().placements.Clear(); },
       {"reminder"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    AccountBuilder account;
    row.before(account);
    options_.occasion = Occasion::kDaysRun;
    if (!account.view().items.empty()) {
      ASSERT_THAT(Steps(On(account, row.day)), IsEmpty());
    }
    row.news(account);
    options_.occasion = Occasion::kNews;
    const Decision news = On(account, row.day);
    EXPECT_THAT(Steps(news), IsEmpty());
    EXPECT_TRUE(HasReason(news, kReasonNextRun));
    EXPECT_EQ(news.plan.next_day(), DayNumber(row.day + row.next_day));
    EXPECT_EQ(On(account, row.day).plan.SerializeAsString(), news.plan.SerializeAsString());
    ASSERT_TRUE(IsDaysRun(account.view().plan, row.day + row.next_day));
    options_.occasion = Occasion::kDaysRun;
    EXPECT_EQ(Steps(On(account, row.day + row.next_day)), row.next_run);
  }
}

TEST_F(DecideTest, NewsWithdrawAndAmendAtOnce) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).Invoice(2, kDue, 30000);
  On(account, kDue + 8);
  options_.occasion = Occasion::kNews;
  account.Open(1, 5000).Open(2, 0);
  const Decision amended = On(account, kDue + 8);
  ASSERT_EQ(amended.plan.contacts(0).items_size(), 1);
  EXPECT_EQ(amended.plan.contacts(0).items(0).open_minor(), 5000);
  account.Open(1, 0);
  EXPECT_EQ(On(account, kDue + 8).plan.contacts(0).state(), state::v1::CONTACT_STATE_WITHDRAWN);
}

TEST_F(DecideTest, AThresholdIsLookedAtInTheRunAndBeforeAContactLeaves) {
  for (const auto& [occasion, state] : {std::pair{Occasion::kNews, state::v1::CONTACT_STATE_RESERVED},
                                        {Occasion::kSending, state::v1::CONTACT_STATE_WITHDRAWN},
                                        {Occasion::kDaysRun, state::v1::CONTACT_STATE_WITHDRAWN}}) {
    AccountBuilder account;
    account.Invoice(1, kDue, 20000);
    options_.occasion = Occasion::kDaysRun;
    On(account, kDue + 8);
    account.Credit(2, 20000);
    options_.occasion = occasion;
    EXPECT_EQ(On(account, kDue + 8).plan.contacts(0).state(), state);
  }
}

TEST_F(DecideTest, FC52_AnAddressThatIsFoundServesInTheNextRun) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).NoMail().NoAddress();
  On(account, kDue + 8);
  options_.occasion = Occasion::kNews;
  account.view().sum.mutable_attributes()->add_address("1 rue Neuve");
  const Decision news = On(account, kDue + 8);
  EXPECT_EQ(news.plan.contacts(0).state(), state::v1::CONTACT_STATE_FAILED);
  EXPECT_EQ(news.plan.next_day(), DayNumber(kDue + 9));
  options_.occasion = Occasion::kDaysRun;
  EXPECT_EQ(On(account, kDue + 9).plan.contacts(0).state(), state::v1::CONTACT_STATE_RESERVED);
}

// However many looks fall between the news of a day, and in whatever order these arrive: the next run decides
// the same.
TEST_F(DecideTest, LooksBetweenNewsDecideNothing) {
  std::mt19937 random(20250602);
  for (int round = 0; round < 200; ++round) {
    AccountBuilder start;
    for (uint64_t id = 1; id <= 6; ++id) {
      start.Invoice(id, kDue - 40 + static_cast<int>(random() % 60),
                    20000 + static_cast<int>(random() % 200000));
    }
    start.Dispute(2, kDue);
    options_.occasion = Occasion::kDaysRun;
    for (int day = -30; day <= 8; ++day) SendOn(start, kDue + day);
    std::vector<std::function<void(AccountBuilder&)>> news = {
        [](auto& a) { a.Open(1, 0); },
        [](auto& a) { a.Open(3, 10000); },
        [](auto& a) { a.Item(2)->mutable_dispute()->set_resolved_day(DayNumber(kDue + 8)); },
        [](auto& a) { a.Invoice(8, kDue - 30, 40000); },
        [](auto& a) { a.Dispute(4, kDue + 8); },
        [](auto& a) { a.Place(5); }};
    const auto outcome = [&](bool look_between) {
      AccountBuilder account = start;
      options_.occasion = Occasion::kNews;
      for (const auto& event : news) {
        event(account);
        if (look_between) On(account, kDue + 8);
      }
      On(account, kDue + 8);
      options_.occasion = IsDaysRun(account.view().plan, kDue + 9) ? Occasion::kDaysRun : Occasion::kNews;
      std::vector<std::string> made;
      for (const auto& contact : On(account, kDue + 9).contacts) {
        std::vector<std::string> items;
        for (const auto& item : contact.items()) items.push_back(absl::StrCat(item.item(), "=", item.step()));
        std::sort(items.begin(), items.end());
        made.push_back(absl::StrCat(contact.key(), ":", absl::StrJoin(items, ",")));
      }
      return made;
    };
    const auto at_once = outcome(false);
    EXPECT_EQ(outcome(true), at_once) << "round " << round;
    std::shuffle(news.begin(), news.end(), random);
    EXPECT_EQ(outcome(true), at_once) << "round " << round << ", another order";
  }
}

TEST_F(DecideTest, FC53_AnInactiveContactGetsNothing) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).NoAddress();
  account.view().sum.mutable_attributes()->mutable_contacts(0)->set_inactive(true);
  EXPECT_EQ(On(account, kDue + 8).contacts[0].outcome(), kNoAddress);
}

TEST_F(DecideTest, FC56_APauseHoldsToItsLastDay) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  auto* pause = account.view().plan.add_pauses();
  pause->set_from_day(DayNumber(kDue));
  pause->set_until_day(DayNumber(kDue + 14));
  EXPECT_THAT(Steps(On(account, kDue + 14)), IsEmpty());
  EXPECT_EQ(account.view().plan.state(), state::v1::PLAN_STATE_PAUSED);
  EXPECT_EQ(account.view().plan.next_day(), DayNumber(kDue + 15));
  EXPECT_THAT(Steps(On(account, kDue + 15)), ElementsAre("reminder"));
  EXPECT_TRUE(account.view().plan.pauses().empty());
}

TEST_F(DecideTest, FC58_FC59_OneNoticeForAllThatIsDue) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).Invoice(2, kDue + 1, 30000).Invoice(3, kDue + 30, 5000);
  const Decision decision = On(account, kDue + 8);
  ASSERT_EQ(decision.contacts.size(), 1u);
  EXPECT_EQ(decision.contacts[0].items_size(), 2);  // the third is not late
}

TEST_F(DecideTest, FC59_LowerStepsRideAlongWithTheirOwn) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  SendOn(account, kDue + 8);
  account.Invoice(2, kDue + 20, 30000);
  const Decision decision = SendOn(account, kDue + 30);
  ASSERT_EQ(decision.contacts.size(), 1u);
  EXPECT_EQ(decision.contacts[0].step(), "final-notice");
  ASSERT_EQ(decision.contacts[0].items_size(), 2);
  EXPECT_EQ(decision.contacts[0].items(0).step(), "final-notice");
  EXPECT_EQ(decision.contacts[0].items(1).step(), "reminder");
  ASSERT_EQ(account.view().plan.positions_size(), 2);
  EXPECT_EQ(account.view().plan.positions(1).step(), "reminder");
}

TEST_F(DecideTest, FC59_WhenTheHighestItemIsPaidTheOthersGetTheirOwnStep) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  SendOn(account, kDue + 8);
  account.Invoice(2, kDue + 20, 30000);
  On(account, kDue + 30);
  account.Open(1, 0);
  const Decision decision = On(account, kDue + 30);
  EXPECT_THAT(Steps(decision), ElementsAre("reminder"));
  EXPECT_EQ(decision.contacts[0].key(), "2/reminder");  // 1/reminder was used
}

TEST_F(DecideTest, WhatDoesNotFitIntoOneNoticeComesWithTheNext) {
  AccountBuilder account;
  for (uint64_t id = 1; id <= kContactItemsMax + 1; ++id) account.Invoice(id, kDue, 20000);
  const Decision first = SendOn(account, kDue + 8);
  ASSERT_EQ(first.contacts.size(), 1u);
  EXPECT_EQ(first.contacts[0].items_size(), static_cast<int>(kContactItemsMax));
  const Decision second = On(account, kDue + 14);
  ASSERT_EQ(second.contacts.size(), 1u);
  EXPECT_EQ(second.contacts[0].items_size(), 1);
  EXPECT_EQ(second.contacts[0].key(), "2/reminder");
}

TEST_F(DecideTest, FC58_ADisputedItemDoesNotHideTheOthers) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000).Invoice(2, kDue, 30000).Dispute(1, kDue);
  const Decision decision = On(account, kDue + 8);
  ASSERT_EQ(decision.contacts.size(), 1u);
  ASSERT_EQ(decision.contacts[0].items_size(), 1);
  EXPECT_EQ(decision.contacts[0].items(0).item(), 2u);
  account.Dispute(2, kDue);
  EXPECT_EQ(On(account, kDue + 8).plan.state(), state::v1::PLAN_STATE_DISPUTED);
}

TEST_F(DecideTest, FC62_NotBeforeTheDeadlineThatWasGranted) {
  AccountBuilder account;
  account.Invoice(1, kDue, 200000);
  SendOn(account, kDue + 100);  // reminder, late: grants until 106
  EXPECT_THAT(Steps(On(account, kDue + 106)), IsEmpty());
  EXPECT_THAT(account.view().plan.reasons(), Contains(kReasonDeadline));
  EXPECT_THAT(Steps(On(account, kDue + 107)), ElementsAre("call"));
  Made(account, "1/call", kDue + 107);
  // The final notice grants 15 days; the agency comes after them.
  EXPECT_THAT(Steps(SendOn(account, kDue + 114)), ElementsAre("final-notice"));
  EXPECT_THAT(Steps(On(account, kDue + 129)), IsEmpty());
  EXPECT_THAT(Steps(On(account, kDue + 130)), ElementsAre("handoff"));
}

TEST_F(DecideTest, HandoffAtTheNinetiethDayNotBefore) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  for (int day = 0; day < 90; ++day) SendOn(account, kDue + day);
  EXPECT_EQ(account.view().plan.next_day(), DayNumber(absl::CivilDay(2025, 9, 1)));  // +90 is a Sunday: +91
  EXPECT_THAT(Steps(On(account, kDue + 91)), ElementsAre("handoff"));
}

TEST_F(DecideTest, HandoffIsForItsItemsAloneAndGoesBesideAReminder) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  for (int day = 0; day < 60; ++day) SendOn(account, kDue + day);
  account.Invoice(2, kDue + 80, 7000);
  const Decision decision = On(account, kDue + 91);
  EXPECT_THAT(Steps(decision), ElementsAre("reminder", "handoff"));
  EXPECT_EQ(decision.contacts[0].items(0).item(), 2u);
  EXPECT_EQ(decision.contacts[1].items_size(), 1);
}

TEST_F(DecideTest, WithoutAnAgencyNothingIsHandedOverAndItIsSaid) {
  options_.has_agency = false;
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  for (int day = 0; day < 95; ++day) SendOn(account, kDue + day);
  const Decision decision = On(account, kDue + 95);
  EXPECT_THAT(decision.contacts, IsEmpty());
  EXPECT_TRUE(HasReason(decision, kReasonNoAgency));
}

TEST_F(DecideTest, ACallThatNobodyMadeExpiresAndTheScenarioGoesOn) {
  AccountBuilder account;
  account.Invoice(1, kDue, 200000);
  SendOn(account, kDue + 8);
  EXPECT_THAT(Steps(On(account, kDue + 15)), ElementsAre("call"));
  EXPECT_EQ(account.view().plan.next_day(), DayNumber(kDue + 23));
  EXPECT_EQ(On(account, kDue + 22).plan.contacts(1).state(), state::v1::CONTACT_STATE_PLANNED);
  EXPECT_EQ(On(account, kDue + 23).plan.contacts(1).state(), state::v1::CONTACT_STATE_EXPIRED);
  EXPECT_EQ(account.view().plan.positions(0).step(), "call");
  EXPECT_EQ(account.view().plan.positions(0).day(),
            DayNumber(kDue + 8));  // of the contact that really happened
  EXPECT_THAT(Steps(On(account, kDue + 30)), ElementsAre("final-notice"));
}

TEST_F(DecideTest, NothingOnWeekendsAndHolidays) {
  AccountBuilder account;
  account.Invoice(1, absl::CivilDay(2025, 7, 9), 20000);  // +5 is Monday 14 July
  EXPECT_THAT(Steps(On(account, absl::CivilDay(2025, 7, 14))), IsEmpty());
  EXPECT_THAT(account.view().plan.reasons(), Contains(kReasonNotBusinessDay));
  EXPECT_EQ(account.view().plan.next_day(), DayNumber(absl::CivilDay(2025, 7, 15)));
  EXPECT_THAT(Steps(On(account, absl::CivilDay(2025, 7, 15))), ElementsAre("reminder"));
}

void Promise(AccountBuilder& account, std::vector<uint64_t> items, int64_t minor, absl::CivilDay given,
             absl::CivilDay promised, const Calendar& calendar) {
  auto* promise = account.view().plan.add_promises();
  promise->set_id("p1");
  promise->set_state(state::v1::PROMISE_STATE_RUNNING);
  promise->set_given_day(DayNumber(given));
  promise->set_promised_day(DayNumber(promised));
  promise->set_amount_minor(minor);
  promise->set_currency("EUR");
  for (uint64_t item : items) promise->add_items(item);
  promise->set_open_then_minor(OpenMinor(account.view(), promise->items(), "EUR"));
  promise->set_hold_until_day(HoldUntilDay(DayNumber(promised), 2, calendar));
}

TEST_F(DecideTest, APromiseHoldsItsItemsAndKeptEndsIt) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  Promise(account, {1}, 20000, kDue + 3, kDue + 10, calendar_);
  EXPECT_EQ(On(account, kDue + 8).plan.state(), state::v1::PLAN_STATE_PROMISED);
  account.Open(1, 0);
  const Decision decision = On(account, kDue + 8);
  EXPECT_EQ(decision.plan.promises(0).state(), state::v1::PROMISE_STATE_KEPT);
  EXPECT_EQ(decision.plan.promises(0).judged_day(), DayNumber(kDue + 8));
  EXPECT_EQ(decision.plan.counts().promises_kept(), 1);
}

TEST_F(DecideTest, AReturnBreaksThePromiseThatThePaymentHadKept) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  Promise(account, {1}, 20000, kDue + 3, kDue + 10, calendar_);
  account.Open(1, 0);
  On(account, kDue + 8);
  ASSERT_EQ(account.view().plan.counts().promises_kept(), 1);
  account.Invoice(1, kDue, 20000);
  // Before its day it runs again; after it, it is broken, once.
  EXPECT_EQ(On(account, kDue + 9).plan.promises(0).state(), state::v1::PROMISE_STATE_RUNNING);
  const Decision decision = On(account, kDue + 30);
  EXPECT_EQ(decision.plan.promises(0).state(), state::v1::PROMISE_STATE_BROKEN);
  EXPECT_EQ(decision.plan.counts().promises_kept(), 0);
  EXPECT_EQ(decision.plan.counts().promises_broken(), 1);
}

TEST_F(DecideTest, FC64_ABrokenPromiseKeepsItsHistoryAndResumesTheScenario) {
  struct Row {
    int64_t open;
    state::v1::PromiseState state;
  };
  for (const Row& row :
       {Row{20000, state::v1::PROMISE_STATE_BROKEN}, Row{1, state::v1::PROMISE_STATE_PARTIAL}}) {
    AccountBuilder account;
    account.Invoice(1, kDue, 20000);
    Promise(account, {1}, 20000, kDue + 3, kDue + 10, calendar_);  // Thursday; grace ends Monday, +14
    account.Open(1, row.open == 1 ? 2000 : row.open);
    EXPECT_EQ(On(account, kDue + 14).plan.promises(0).state(), state::v1::PROMISE_STATE_RUNNING);
    EXPECT_EQ(account.view().plan.next_day(), DayNumber(kDue + 15));
    const Decision decision = On(account, kDue + 15);
    EXPECT_EQ(decision.plan.promises(0).state(), row.state);
    EXPECT_THAT(Steps(decision), ElementsAre("reminder"));
    EXPECT_TRUE(HasReason(decision, kReasonPromiseBroken));
    EXPECT_EQ(decision.plan.counts().promises_broken(), 1);
  }
}

TEST_F(DecideTest, APromiseGivenBeforeItLeavesWithdrawsTheReminder) {
  AccountBuilder account;
  account.Invoice(1, kDue, 20000);
  On(account, kDue + 8);
  Promise(account, {1}, 20000, kDue + 8, kDue + 10, calendar_);
  EXPECT_EQ(On(account, kDue + 8).plan.contacts(0).outcome(), "promised");
}

TEST_F(DecideTest, FC71_AStepThatANewVersionDropsKeepsItsPlace) {
  AccountBuilder account;
  account.Invoice(1, kDue, 200000);
  SendOn(account, kDue + 8);
  Scenario other = scenario_;
  other.version = 2;
  other.steps[1].id = "friendly-reminder";
  scenario_ = other;
  EXPECT_THAT(Steps(On(account, kDue + 15)), ElementsAre("call"));
}

TEST_F(DecideTest, InsolventAndUnidentifiedAccountsGetNothing) {
  AccountBuilder insolvent;
  insolvent.Invoice(1, kDue, 20000);
  insolvent.view().sum.mutable_attributes()->set_insolvent_day(DayNumber(kDue + 8));
  EXPECT_EQ(On(insolvent, kDue + 8).plan.state(), state::v1::PLAN_STATE_INSOLVENT);
  AccountBuilder unidentified("~unidentified");
  unidentified.Invoice(1, kDue, 20000);
  EXPECT_THAT(Steps(On(unidentified, kDue + 8)), IsEmpty());
}

// Random accounts live for four months with payments, disputes, promises and pauses; what must never happen,
// never does.
TEST_F(DecideTest, RandomAccountsKeepThePromisesOfTheDesign) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % n); };
    AccountBuilder account;
    const int items = 1 + below(6);
    for (int i = 1; i <= items; ++i) account.Invoice(i, kDue + below(60) - 30, 1000 + below(700000));
    if (below(5) == 0) account.Credit(90, 1 + below(100000));
    if (below(6) == 0) account.NoMail();
    int32_t last_written = INT_MIN;
    std::map<std::string, int> keys;
    for (int day = -45; day < 150; ++day) {
      const absl::CivilDay date = kDue + day;
      const int event = below(40);
      const uint64_t item = 1 + below(items);
      if (event == 0 && account.Item(item) != nullptr)
        account.Open(item, account.Item(item)->open_minor() / 2);
      if (event == 1) account.Open(item, 0);
      if (event == 2 && account.Item(item) != nullptr) account.Dispute(item, date);
      if (event == 3 && account.Item(item) != nullptr) account.Item(item)->clear_dispute();
      if (event == 4 && account.Item(item) != nullptr)
        Promise(account, {item}, 1000, date, date + below(20), calendar_);
      if (event == 5) {
        auto* pause = account.view().plan.add_pauses();
        pause->set_from_day(DayNumber(date));
        pause->set_until_day(DayNumber(date + below(10)));
      }
      if (below(10) == 0) continue;  // nobody looked today
      const Decision decision = On(account, date);
      const std::string once = decision.plan.SerializeAsString();
      const Decision again = On(account, date);
      ASSERT_EQ(again.plan.SerializeAsString(), once)
          << day << decision.plan.DebugString() << again.plan.DebugString();
      ASSERT_TRUE(again.contacts.empty());
      if (decision.plan.next_day() != 0) {
        ASSERT_GT(decision.plan.next_day(), DayNumber(date));
      }
      if (decision.plan.state() == state::v1::PLAN_STATE_ACTIVE && decision.plan.next_day() == 0) {
        ASSERT_FALSE(decision.plan.reasons().empty());
      }
      int today_written = 0;
      for (const auto& contact : decision.contacts) {
        ASSERT_EQ(++keys[contact.key()], 1) << contact.key();
        ASSERT_TRUE(calendar_.IsBusinessDay(date));
        if (contact.channel() == Channel::CHANNEL_HANDOFF) {
          for (const auto& part : contact.items()) {
            const auto* handed = account.Item(part.item());
            ASSERT_GE(DayNumber(date) - handed->due_day(), 90);
            ASSERT_FALSE(handed->has_dispute());
          }
        } else {
          ++today_written;
          ASSERT_TRUE(last_written == INT_MIN || DayNumber(date) - last_written >= 6);
        }
        if (contact.state() == state::v1::CONTACT_STATE_RESERVED && below(4) != 0) {
          if (IsWritten(contact.channel())) last_written = DayNumber(date);
          Made(account, contact.key(), date);
          if (contact.channel() == Channel::CHANNEL_HANDOFF) {
            for (const auto& part : contact.items()) account.Place(part.item());
          }
        }
      }
      ASSERT_LE(today_written, 1);
      // What stayed behind leaves on a later day, if it is still there.
      for (const auto& contact : account.view().plan.contacts()) {
        if (contact.state() == state::v1::CONTACT_STATE_RESERVED && below(3) == 0) {
          if (IsWritten(contact.channel())) last_written = DayNumber(date);
          Made(account, contact.key(), date);
          break;
        }
      }
      ASSERT_LE(account.view().plan.contacts_size(), 64);
    }
  }
}

}  // namespace
}  // namespace relance::scenario
