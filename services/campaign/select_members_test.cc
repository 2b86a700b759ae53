#include "services/campaign/select_members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/projection/projection.h"
#include "common/projection/testing/portfolio.h"
#include "common/time/day.h"
#include "services/campaign/received_money.h"

namespace relance::campaign {
namespace {

using projection::testing::Portfolio;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class SelectMembersTest : public testing::Test {
 protected:
  SelectMembersTest() : projection_(&portfolio_.ledger()) { portfolio_.Tenant("t", "EUR", "2025-06-30"); }

  static store::AccountKey Key(const std::string& account) { return {"t", account}; }

  // An account with one invoice that is `age` days past due.
  uint64_t Owes(const std::string& account, int64_t minor, int age) {
    const absl::CivilDay due = absl::CivilDay(2025, 6, 30) - age;
    return portfolio_.Invoice(Key(account), minor, FormatIsoDay(due - 30), FormatIsoDay(due));
  }

  Selection Select(absl::string_view filter, int accounts_max = kAccountsMax) {
    EXPECT_TRUE(projection_.CatchUp(store::After(absl::Seconds(10))).ok());
    const auto parsed = ParseFilter(filter);
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    Selection selection;
    projection_.Read("t", [&](const projection::TenantColumns& columns) {
      selection = SelectMembers(
          columns, *parsed,
          {.currency = "EUR", .day = DayNumber(absl::CivilDay(2025, 6, 30)), .accounts_max = accounts_max});
    });
    return selection;
  }

  std::vector<std::string> Taken(absl::string_view filter) {
    std::vector<std::string> keys;
    for (const SelectedMember& member : Select(filter).taken) keys.push_back(member.key);
    return keys;
  }

  std::string LeftReason(const std::string& account) {
    for (const SelectedMember& member : Select("account = \"" + account + "\"").left)
      return member.left_reason;
    return "";
  }

  Portfolio portfolio_;
  projection::Projection projection_;
};

TEST_F(SelectMembersTest, LargestOverdueTimesAgeFirst) {
  Owes("A", 100'00, 10);
  Owes("B", 50'00, 40);
  Owes("C", 1000'00, 1);
  Owes("D", 10'00, 100);
  EXPECT_THAT(Taken("overdue > 0"), ElementsAre("B", "A", "C", "D")) << "C and D tie: by code";
}

TEST_F(SelectMembersTest, AmountsCompareExactly) {
  Owes("A", 100'00, 10);
  EXPECT_THAT(Taken("overdue > 99.99"), ElementsAre("A"));
  EXPECT_THAT(Taken("overdue > 100"), ElementsAre());
  EXPECT_THAT(Taken("overdue >= 100"), ElementsAre("A"));
  EXPECT_THAT(Taken("overdue = 100.00"), ElementsAre("A"));
  EXPECT_THAT(Taken("overdue != 100"), ElementsAre());
  EXPECT_THAT(Taken("overdue < 100.000001"), ElementsAre("A"));
  EXPECT_THAT(Taken("overdue in (99, 100)"), ElementsAre("A"));
  EXPECT_THAT(Taken("overdue > 100.000001"), ElementsAre());
}

TEST_F(SelectMembersTest, AgesAndItems) {
  Owes("A", 100'00, 10);
  Owes("A", 100'00, 3);
  portfolio_.Invoice(Key("B"), 70'00, "2025-06-01", "2025-06-30");
  EXPECT_THAT(Taken("age = 10"), ElementsAre("A"));
  EXPECT_THAT(Taken("age = 0"), ElementsAre("B")) << "FC-10: on the due date itself nothing is overdue";
  EXPECT_THAT(Taken("oldest_invoice_age = 29"), ElementsAre("B"));
  EXPECT_THAT(Taken("oldest_invoice_age >= 40"), ElementsAre("A"));
  EXPECT_THAT(Taken("items = 2"), ElementsAre("A"));
  EXPECT_THAT(Taken("open = 70 and overdue = 0"), ElementsAre("B"));
}

TEST_F(SelectMembersTest, WordsOfTheAccount) {
  for (const std::string account : {"A", "B", "C"}) Owes(account, 100'00, 10);
  portfolio_.Attributes(Key("A"),
                        [](auto& a) { a.set_region("Nord"), a.set_sector("BTP"), a.set_segment("PME"); });
  portfolio_.Attributes(Key("B"), [](auto& a) {
    a.set_region("Sud"), a.set_country("BE"), a.set_collector("u1"), a.set_customer_type("public");
  });
  portfolio_.Risk(Key("A"), 0.9);
  portfolio_.Risk(Key("B"), 0.1);
  state::v1::Plan plan;
  plan.set_state(state::v1::PLAN_STATE_ACTIVE);
  portfolio_.Plan(Key("A"), plan);
  EXPECT_THAT(Taken("region = \"Nord\""), ElementsAre("A"));
  EXPECT_THAT(Taken("region != \"Nord\""), ElementsAre("B", "C"));
  EXPECT_THAT(Taken("region in (\"Nord\", \"Sud\", \"Est\")"), ElementsAre("A", "B"));
  EXPECT_THAT(Taken("region = \"\""), ElementsAre("C"));
  EXPECT_THAT(Taken("region = \"nobody\""), ElementsAre());
  EXPECT_THAT(Taken("sector = \"BTP\" and segment = \"PME\""), ElementsAre("A"));
  EXPECT_THAT(Taken("country = \"BE\" and collector = \"u1\" and customer_type = \"public\""),
              ElementsAre("B"));
  EXPECT_THAT(Taken("late_probability > 0.5"), ElementsAre("A"));
  EXPECT_THAT(Taken("late_probability = 0.5"), ElementsAre("C")) << "not scored";
  EXPECT_THAT(Taken("late_probability <= 0.1"), ElementsAre("B"));
  EXPECT_THAT(Taken("state = \"active\""), ElementsAre("A"));
  EXPECT_THAT(Taken("state = \"none\""), ElementsAre("B", "C"));
  EXPECT_THAT(Taken("account in (\"A\", \"C\")"), ElementsAre("A", "C"));
}

TEST_F(SelectMembersTest, OnlyTheTenantsCurrencyCounts) {
  portfolio_.Invoice(Key("A"), 900'00, "2025-01-01", "2025-02-01", "USD");
  EXPECT_THAT(Taken("overdue > 0"), ElementsAre());
  EXPECT_THAT(Taken("overdue = 0"), ElementsAre("A")) << "it owes, in another currency";
}

TEST_F(SelectMembersTest, WhyAnAccountIsLeft) {
  state::v1::Plan plan;
  Owes("insolvent", 1'00, 10);
  portfolio_.Attributes(Key("insolvent"),
                        [](auto& a) { a.set_insolvent_day(DayNumber(absl::CivilDay(2025, 6, 30))); });
  EXPECT_EQ(LeftReason("insolvent"), "INSOLVENT");

  Owes("paused", 1'00, 10);
  auto* pause = plan.add_pauses();
  pause->set_from_day(DayNumber(absl::CivilDay(2025, 6, 1)));
  pause->set_until_day(DayNumber(absl::CivilDay(2025, 6, 30)));
  portfolio_.Plan(Key("paused"), plan);
  EXPECT_EQ(LeftReason("paused"), "PAUSED");
  plan.mutable_pauses(0)->set_until_day(DayNumber(absl::CivilDay(2025, 6, 29)));
  portfolio_.Plan(Key("paused"), plan);
  EXPECT_EQ(LeftReason("paused"), "");

  portfolio_.Pay(Key("settled"), 5'00, "2025-06-01");
  EXPECT_EQ(LeftReason("settled"), "SETTLED");

  const uint64_t item = Owes("placed", 1'00, 10);
  state::v1::Case placements;
  auto* placement = placements.add_placements();
  placement->set_state(state::v1::PLACEMENT_STATE_PLACED);
  placement->add_items()->set_item(item);
  portfolio_.Case(Key("placed"), placements);
  EXPECT_EQ(LeftReason("placed"), "PLACED");
  placement->set_state(state::v1::PLACEMENT_STATE_RECALLED);
  portfolio_.Case(Key("placed"), placements);
  EXPECT_EQ(LeftReason("placed"), "");

  const uint64_t contested = Owes("disputed", 1'00, 10);
  portfolio_.Dispute(Key("disputed"), contested, 50, "2025-06-20");
  EXPECT_EQ(LeftReason("disputed"), "DISPUTED");
  Owes("disputed", 3'00, 5);
  EXPECT_EQ(LeftReason("disputed"), "") << "FC-58: another item can be asked for";

  plan.Clear();
  plan.set_state(state::v1::PLAN_STATE_PROMISED);
  Owes("promised", 1'00, 10);
  portfolio_.Plan(Key("promised"), plan);
  EXPECT_EQ(LeftReason("promised"), "PROMISED");

  plan.Clear();
  plan.set_last_contact_day(DayNumber(absl::CivilDay(2025, 6, 30)));
  Owes("contacted", 1'00, 10);
  portfolio_.Plan(Key("contacted"), plan);
  EXPECT_EQ(LeftReason("contacted"), "CONTACTED_RECENTLY");
  plan.set_last_contact_day(DayNumber(absl::CivilDay(2025, 6, 29)));
  portfolio_.Plan(Key("contacted"), plan);
  EXPECT_EQ(LeftReason("contacted"), "");
}

TEST_F(SelectMembersTest, MoneyOfUnknownPayersIsNeverFound) {
  Owes("~unidentified", 100'00, 10);
  EXPECT_THAT(Taken("overdue >= 0"), ElementsAre());
  EXPECT_TRUE(Select("items >= 0").left.empty());
}

TEST_F(SelectMembersTest, OverTheLimit) {
  for (int i = 0; i < 5; ++i) Owes(absl::StrCat("A", i), 100'00 * (i + 1), 10);
  const Selection selection = Select("overdue > 0", 2);
  ASSERT_EQ(selection.taken.size(), 2);
  EXPECT_EQ(selection.taken[0].key, "A4");
  ASSERT_EQ(selection.left.size(), 3);
  EXPECT_EQ(selection.left[0].key, "A2");
  EXPECT_EQ(selection.left[0].left_reason, "OVER_MAX");
}

TEST_F(SelectMembersTest, ItemsOfLaterDaysAreNotThereYet) {
  Owes("A", 100'00, 10);
  portfolio_.Invoice(Key("A"), 900'00, "2025-07-05", "2025-07-10");
  EXPECT_THAT(Taken("open = 100 and items = 1"), ElementsAre("A"));
}

TEST_F(SelectMembersTest, ReceivedCountsStandingPaymentsOnWhatWasOverdue) {
  const uint64_t overdue = Owes("A", 100'00, 10);
  const uint64_t current = portfolio_.Invoice(Key("A"), 500'00, "2025-06-20", "2025-07-20");
  portfolio_.Pay(Key("A"), 10'00, "2025-06-30", overdue);  // the day of the selection
  const uint64_t later = portfolio_.Pay(Key("A"), 30'00, "2025-07-01", overdue);
  portfolio_.Pay(Key("A"), 500'00, "2025-07-02", current);
  const auto received = [&] {
    EXPECT_TRUE(projection_.CatchUp(store::After(absl::Seconds(10))).ok());
    int64_t sum = 0;
    projection_.Read("t", [&](const projection::TenantColumns& columns) {
      sum = ReceivedSince(columns, columns.FindAccount("A"), columns.FindCurrency("EUR"),
                          DayNumber(absl::CivilDay(2025, 6, 30)));
    });
    return sum;
  };
  EXPECT_EQ(received(), 30'00);
  portfolio_.Undo(Key("A"), later, "2025-07-03");
  EXPECT_EQ(received(), 0);
}

}  // namespace
}  // namespace relance::campaign
