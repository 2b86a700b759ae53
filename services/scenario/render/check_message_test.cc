#include "services/scenario/render/check_message.h"

#include <functional>

#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/scenario/render/errors.h"
#include "services/scenario/render/testing/example_message.h"

namespace relance::scenario::render {
namespace {

TEST(CleanText, LeavesNothingThatActs) {
  EXPECT_EQ(CleanText("A\r\nBcc: x@y.example"), "A Bcc: x@y.example");
  EXPECT_EQ(CleanText("  a \t\n b  "), "a b");
  EXPECT_EQ(CleanText(absl::string_view("a\0b", 3)), "a\uFFFDb");
  EXPECT_EQ(CleanText("a\u2028b\u0085c\x7f"), "a b c");
  EXPECT_EQ(CleanText("a\u202Eb\u2066c\uFEFF"), "abc");
  EXPECT_EQ(CleanText("a\xff\xc3"), "a\uFFFD\uFFFD");
  EXPECT_EQ(CleanText("Łódź Αθήνα œ €"), "Łódź Αθήνα œ €");
}

struct Case {
  const char* name;
  std::function<void(Message&)> change;
  const char* reason;  // nullptr: accepted
  Channel channel = Channel::kLetter;
};

TEST(CheckMessage, TableOfRefusals) {
  const std::vector<Case> cases = {
      {"as it is", [](Message&) {}, nullptr},
      {"no key", [](Message& m) { m.contact_key.clear(); }, kMessageFieldMissing},
      {"blank company", [](Message& m) { m.recipient.company = " \n "; }, kMessageFieldMissing},
      {"longest name", [](Message& m) { m.recipient.company = std::string(kNameBytesMax, 'x'); }, nullptr},
      {"too long a name", [](Message& m) { m.recipient.company = std::string(kNameBytesMax + 1, 'x'); },
       kMessageTooLarge},
      {"most items", [](Message& m) { m.items.assign(kItemsMax, m.items[0]); }, nullptr},
      {"too many items", [](Message& m) { m.items.assign(kItemsMax + 1, m.items[0]); }, kMessageTooLarge},
      {"most address lines", [](Message& m) { m.recipient.address_lines.assign(kAddressLinesMax, "x"); },
       nullptr},
      {"too many address lines",
       [](Message& m) { m.recipient.address_lines.assign(kAddressLinesMax + 1, "x"); }, kMessageTooLarge},
      {"no item", [](Message& m) { m.items.clear(); }, kMessageWithoutItems},
      {"all disputed",
       [](Message& m) {
         for (Item& i : m.items) i.disputed = true;
       },
       kMessageWithoutItems},
      {"settled item", [](Message& m) { m.items[0].open.minor = 0; }, kMessageAmountInvalid},
      {"credit as an item", [](Message& m) { m.items[0].open.minor = -1; }, kMessageAmountInvalid},
      {"open above original", [](Message& m) { m.items[0].open.minor = m.items[0].original.minor + 1; },
       kMessageAmountInvalid},
      {"unknown currency", [](Message& m) { m.items[0].open.currency = "EU"; }, "CURRENCY_UNKNOWN"},
      {"two currencies in one item", [](Message& m) { m.items[0].open.currency = "USD"; },
       "CURRENCY_MISMATCH"},
      {"FC10 due today", [](Message& m) { m.items[0].due_date = m.date; }, kItemNotOverdue},
      {"one day late", [](Message& m) { m.items[0].due_date = m.date - 1; }, nullptr},
      {"pre-due, due today",
       [](Message& m) {
         m = ExamplePreDue();
         m.items[0].due_date = m.date;
       },
       nullptr},
      {"pre-due, overdue",
       [](Message& m) {
         m = ExamplePreDue();
         m.items[0].due_date = m.date - 1;
       },
       kItemOverdue},
      {"FC35 overdue among the not yet due", [](Message& m) { m.not_yet_due = {m.items[0]}; }, kItemOverdue},
      {"no deadline", [](Message& m) { m.deadline.reset(); }, kDeadlineInvalid},
      {"deadline today", [](Message& m) { m.deadline = m.date; }, nullptr},
      {"deadline yesterday", [](Message& m) { m.deadline = m.date - 1; }, kDeadlineInvalid},
      {"FC52 letter without address",
       [](Message& m) {
         m.recipient.address_lines = {" ", ""};
       },
       kRecipientAddressMissing},
      {"FC52 e-mail without address", [](Message& m) { m.recipient.email.clear(); }, kRecipientEmailMissing,
       Channel::kEmail},
      {"e-mail needs no postal address", [](Message& m) { m.recipient.address_lines.clear(); }, nullptr,
       Channel::kEmail},
  };
  for (const Case& c : cases) {
    Message message = ExampleReminder();
    c.change(message);
    const absl::Status status = CheckMessage(message, c.channel).status();
    EXPECT_EQ(ReasonOf(status), c.reason == nullptr ? "" : c.reason) << c.name << ": " << status;
    EXPECT_EQ(status.ok(), c.reason == nullptr) << c.name;
  }
}

TEST(CheckMessage, EmailAddresses) {
  for (const char* good : {"a@b", "a.b+c@d-e.example", "o'neil@x.example"}) {
    Message message = ExampleReminder();
    message.recipient.email = good;
    EXPECT_TRUE(CheckMessage(message, Channel::kEmail).ok()) << good;
  }
  for (const char* bad :
       {"a", "@b", "a@", "a@b@c", "a b@c.example", "a@b.example, c@d.example", "<a@b.example>",
        "a@b.example>", "é@b.example", "a@b.example\r\nRCPT TO:<x>", "a..b@c.example", "a@b."}) {
    Message message = ExampleReminder();
    message.recipient.email = bad;
    EXPECT_EQ(ReasonOf(CheckMessage(message, Channel::kEmail).status()), kEmailAddressInvalid) << bad;
  }
}

}  // namespace
}  // namespace relance::scenario::render
