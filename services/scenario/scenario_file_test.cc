#include "services/scenario/scenario_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/domain_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/scenario/errors.h"
#include "services/scenario/shipped_scenarios.h"

namespace relance::scenario {
namespace {

using ::testing::HasSubstr;

constexpr char kGood[] = R"(id: test
currency: EUR
min_days_between_contacts: 6
min_overdue: 15.00
steps:
  - id: reminder
    channel: mail
    offset_days: 5
    interlocutor: accounts_assistant
    template: reminder
  - id: call
    channel: call
    offset_days: 12
    interlocutor: credit_manager
  - id: notice
    channel: letter
    copy: mail
    offset_days: 30
    grant_days: 15
    announces_costs: true
    interlocutor: legal
    template: final_notice
  - id: handoff
    channel: handoff
    offset_days: 90
    interlocutor: agency
)";

TEST(ScenarioFileTest, ShippedScenariosAreGood) {
  ASSERT_GE(ShippedScenarioTexts().size(), 2u);
  for (const std::string& text : ShippedScenarioTexts()) {
    const auto scenario = ParseScenario(text);
    EXPECT_TRUE(scenario.ok()) << scenario.status();
  }
}

TEST(ScenarioFileTest, ReadsEveryField) {
  const auto scenario = ParseScenario(kGood);
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->id, "test");
  EXPECT_EQ(scenario->min_overdue_minor, 1500);
  ASSERT_EQ(scenario->steps.size(), 4u);
  EXPECT_EQ(scenario->steps[0].grant_days, 8);  // the default of a reminder
  EXPECT_EQ(scenario->steps[1].expires_after_days, 7);
  EXPECT_EQ(scenario->steps[2].copy, Channel::CHANNEL_MAIL);
  EXPECT_TRUE(scenario->steps[2].announces_costs);
  EXPECT_TRUE(scenario->steps[3].IsHandoff());
}

struct Case {
  const char* name;
  const char* from;  // replaced in kGood
  const char* to;
  const char* key;  // of the first problem
  int line;
  const char* message;
};

TEST(ScenarioFileTest, FC68_RefusesWhatBreaksARule) {
  const Case cases[] = {
      {"unknown key", "min_overdue: 15.00", "min_overdu: 15.00", "min_overdu", 4, "unknown key"},
      {"unknown key of a step", "    interlocutor: agency", "    interlocuteur: agency",
       "steps[3].interlocuteur", 26, "unknown key"},
      {"given twice", "currency: EUR", "currency: EUR\ncurrency: EUR", "currency", 3, "given twice"},
      {"no id", "id: test\n", "", "id", 1, "is required"},
      {"unknown currency", "currency: EUR", "currency: EURO", "currency", 2, "ISO 4217"},
      {"amount with too many decimals", "15.00", "15.001", "min_overdue", 4, "amount in EUR"},
      {"negative amount", "15.00", "-15.00", "min_overdue", 4, "amount in EUR"},
      {"unknown channel", "channel: call", "channel: fax", "steps[1].channel", 12,
       "mail, letter, call or handoff"},
      {"not a number", "offset_days: 12", "offset_days: soon", "steps[1].offset_days", 13, "whole number"},
      {"out of range", "min_days_between_contacts: 6", "min_days_between_contacts: 0",
       "min_days_between_contacts", 3, "out of range 1..90"},
      {"steps out of order", "offset_days: 12", "offset_days: 31", "steps[2].offset_days", 15, "before that"},
      {"no last exit", "channel: handoff", "channel: call", "steps[3].channel", 23, "must be a handoff"},
      {"a third written reminder", "  - id: call\n    channel: call\n",
       "  - id: second\n    template: reminder\n    channel: mail\n", "steps[2]", 16,
       "third written reminder"},
      {"the last one announces no costs", "    announces_costs: true\n", "", "steps[2].announces_costs", 15,
       "must announce the costs"},
      {"a final notice for some", "    announces_costs: true",
       "    announces_costs: true\n    when: {segment: TPE}", "steps[2].when", 15,
       "without the final notice"},
      {"a final notice with a window", "    announces_costs: true",
       "    announces_costs: true\n    until_days: 60", "steps[2].until_days", 15, "able to enter"},
      {"window before the step", "    template: reminder", "    template: reminder\n    until_days: 4",
       "steps[0].until_days", 6, "nothing could enter"},
      {"a letter without a text", "    template: reminder\n", "", "steps[0].template", 6, "is required"},
      {"a call that grants", "    offset_days: 12", "    offset_days: 12\n    grant_days: 3",
       "steps[1].grant_days", 11, "mails and letters only"},
      {"same id", "id: call", "id: reminder", "steps[1].id", 11, "given twice"},
      {"conditions that ask nothing", "offset_days: 12", "offset_days: 12\n    when: {}", "steps[1].when", 14,
       "asks for nothing"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string yaml = absl::StrReplaceAll(kGood, {{c.from, c.to}});
    ASSERT_NE(yaml, kGood);
    const auto scenario = ParseScenario(yaml);
    ASSERT_FALSE(scenario.ok());
    EXPECT_EQ(scenario.status().code(), absl::StatusCode::kInvalidArgument);
    const ErrorInfo info = ErrorInfoOf(scenario.status());
    EXPECT_EQ(info.reason, kScenarioInvalid);
    EXPECT_EQ(info.metadata.at("key"), c.key);
    EXPECT_EQ(info.metadata.at("line"), absl::StrCat(c.line));
    EXPECT_THAT(std::string(scenario.status().message()), HasSubstr(c.message));
  }
}

TEST(ScenarioFileTest, RefusesWhatIsNoYaml) {
  for (const char* text : {"", "- 1", "id: [", "a: b: c", "steps: 3\ncurrency: EUR\nid: x"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(ReasonOf(ParseScenario(text).status()), kScenarioInvalid);
  }
  EXPECT_EQ(ReasonOf(ParseScenario(std::string(kScenarioBytesMax + 1, ' ')).status()), kScenarioInvalid);
}

}  // namespace
}  // namespace relance::scenario
