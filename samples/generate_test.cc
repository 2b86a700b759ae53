// A generated portfolio must be coherent: its truth adds up, and the files for the ledger tell the same
// story.
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/company.h"
#include "common/identifiers/reference.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "samples/generate/answers.h"
#include "samples/generate/call_command.h"
#include "samples/generate/habit.h"
#include "samples/generate/life.h"
#include "samples/generate/portfolio.h"
#include "samples/generate/portfolio_writer.h"
#include "samples/generate/truth_reader.h"
#include "samples/generate/truth_writer.h"
#include "samples/testing/strict_reader.h"
#include "samples/toolkit/output.h"

namespace relance::samples {
namespace {

using Row = std::map<std::string, std::string>;
using ::testing::ElementsAre;
using ::testing::StartsWith;

int64_t Minor(const std::string& text) {
  const auto minor = ParseDecimalMinor(text, 2, {DecimalStyle::Mark::kPoint});
  EXPECT_TRUE(minor.ok()) << text;
  return minor.value_or(0);
}

std::map<std::string, std::string> Generate(PortfolioOptions options) {
  MemoryOutput output;
  std::vector<Account> accounts = MakeUpAccounts(options);
  const auto writer = PortfolioWriter::Create(options, accounts, output);
  EXPECT_TRUE(writer.ok());
  EXPECT_TRUE(Live(options, accounts, **writer).ok());
  EXPECT_TRUE((*writer)->Finish().ok());
  return output.files();
}

PortfolioOptions Small() {
  PortfolioOptions options;
  options.accounts = 400;
  options.seed = 7;
  options.from = absl::CivilDay(2025, 1, 1);
  options.months = 5;
  return options;
}

class Portfolio : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { files_ = new std::map<std::string, std::string>(Generate(Small())); }
  static void TearDownTestSuite() { delete files_; }

  static std::vector<Row> Rows(const std::string& path) {
    const auto table = ReadCsv(files_->at(path));
    EXPECT_TRUE(table.ok()) << path << ": " << table.status();
    EXPECT_EQ(table->label, "MADE-UP DATA, seed 7") << path;
    return table->rows;
  }
  // opening.csv and all items.csv.
  static std::vector<Row> AllItems() {
    std::vector<Row> all = Rows("opening.csv");
    for (const auto& [path, bytes] : *files_) {
      if (!absl::EndsWith(path, "items.csv")) continue;
      for (const Row& row : Rows(path)) all.push_back(row);
    }
    return all;
  }
  static std::vector<ReadStatement> Statements() {
    std::vector<ReadStatement> all;
    for (const auto& [path, bytes] : *files_) {
      if (!absl::EndsWith(path, "bank.xml")) continue;
      const auto statement = ReadCamt(bytes);
      EXPECT_TRUE(statement.ok()) << path << ": " << statement.status();
      EXPECT_THAT(statement->comment, ::testing::HasSubstr("MADE-UP DATA, seed 7"));
      EXPECT_EQ(path, "day/" + statement->day + "/bank.xml");
      all.push_back(*statement);
    }
    return all;
  }

  static std::map<std::string, std::string>* files_;
};
std::map<std::string, std::string>* Portfolio::files_ = nullptr;

TEST_F(Portfolio, SameSeedSameBytesOtherSeedOther) {
  EXPECT_TRUE(Generate(Small()) == *files_);
  PortfolioOptions other = Small();
  other.seed = 8;
  const std::map<std::string, std::string> files = Generate(other);
  EXPECT_NE(files.at("truth/events.csv"), files_->at("truth/events.csv"));
  EXPECT_EQ(files.size(), files_->size());
}

TEST_F(Portfolio, AnAccountKeepsItsHabitWhateverTheirNumber) {
  PortfolioOptions more = Small();
  const std::vector<Account> few = MakeUpAccounts(more);
  more.accounts = 1'000;
  const std::vector<Account> many = MakeUpAccounts(more);
  for (size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i].habit.kind, many[i].habit.kind) << i;
}

TEST_F(Portfolio, EveryIdentifierIsValidAndNobodys) {
  std::set<std::string> legal_ids;
  std::set<std::string> accounts;
  for (Row row : AllItems()) {
    SCOPED_TRACE(row["number"]);
    if (accounts.insert(row["account"]).second) {
      EXPECT_TRUE(legal_ids.insert(row["siren"]).second) << "given out twice";
      EXPECT_TRUE(identifiers::ParseVat(row["vat"]).ok()) << row["vat"];
      EXPECT_TRUE(absl::EndsWith(row["email"], ".example.org"));
      if (row["country"] == "FR") {
        EXPECT_TRUE(identifiers::ParseSiren(row["siren"]).ok());
        EXPECT_THAT(row["siren"], StartsWith("0"));
      } else {
        EXPECT_EQ(row["country"], "BE");
        EXPECT_TRUE(identifiers::ParseEnterpriseNumberBelgium(row["siren"]).ok());
      }
    }
    if (row["kind"] == "invoice") {
      EXPECT_TRUE(row["country"] == "FR" ? identifiers::ParseRf(row["reference"]).ok()
                                         : identifiers::ParseOgm(row["reference"]).ok());
      EXPECT_LE(row["issue_date"], row["due_date"]);
    }
    if (!row["payer_iban"].empty()) {
      EXPECT_TRUE(identifiers::ParseIban(row["payer_iban"]).ok());
    }
  }
  EXPECT_GT(accounts.size(), 380u);
}

TEST_F(Portfolio, TruthAddsUpForEveryAccount) {
  std::map<std::string, int64_t> open;  // by item
  std::map<std::string, std::string> account_of;
  std::map<std::string, std::map<std::string, int64_t>> sums;  // account, event
  std::string last;
  for (Row row : Rows("truth/events.csv")) {
    EXPECT_LE(last, row["date"]);
    last = row["date"];
    const int64_t amount = Minor(row["amount"]);
    sums[row["account"]][row["event"]] += amount;
    const std::string& event = row["event"];
    if (event == "opened" || event == "invoiced") {
      EXPECT_TRUE(open.emplace(row["item"], amount).second) << row["item"] << " twice";
    } else if (event == "credited" || event == "paid") {
      open.at(row["item"]) -= amount;
      EXPECT_GE(open.at(row["item"]), 0) << row["item"];
    } else if (event == "returned") {
      open.at(row["item"]) += amount;
    }
    if (!row["item"].empty()) account_of[row["item"]] = row["account"];
  }
  std::map<std::string, int64_t> open_of_account;
  for (const auto& [item, minor] : open) open_of_account[account_of[item]] += minor;
  for (Row row : Rows("truth/accounts.csv")) {
    SCOPED_TRACE(row["account"]);
    auto& of = sums[row["account"]];
    EXPECT_EQ(Minor(row["invoiced"]), of["invoiced"] + of["opened"]);
    EXPECT_EQ(Minor(row["credited"]), of["credited"]);
    EXPECT_EQ(Minor(row["paid"]), of["paid"] - of["returned"]);
    EXPECT_EQ(Minor(row["unapplied"]), of["overpaid"] + of["paid_twice"] - of["overpaid_returned"]);
    EXPECT_EQ(Minor(row["open"]), open_of_account[row["account"]]);
    EXPECT_EQ(Minor(row["invoiced"]), Minor(row["credited"]) + Minor(row["paid"]) + Minor(row["open"]));
  }
}

TEST_F(Portfolio, TheFilesForTheLedgerTellTheTruth) {
  std::map<std::string, int64_t> invoices;
  std::map<std::string, int64_t> money;  // payment key, signed
  std::set<std::string> numbers;
  for (Row row : AllItems()) {
    EXPECT_TRUE(numbers.insert(row["number"]).second) << row["number"] << " twice";
    EXPECT_GT(Minor(row["amount"]), 0);
    if (row["kind"] == "invoice" || row["kind"] == "opening") invoices[row["number"]] = Minor(row["amount"]);
    if (row["kind"] == "payment") money[row["number"]] = Minor(row["amount"]);
  }
  for (const ReadStatement& statement : Statements()) {
    for (const ReadEntry& entry : statement.entries) {
      EXPECT_EQ(entry.reversal, entry.direction == "DBIT");
      const int64_t signed_minor = entry.reversal ? -entry.amount_minor : entry.amount_minor;
      EXPECT_TRUE(money.emplace(entry.reference, signed_minor).second) << entry.reference << " twice";
      EXPECT_TRUE(identifiers::ParseIban(entry.payer_iban).ok());
      for (const std::string& reference : entry.references) {
        EXPECT_TRUE(entry.belgian ? identifiers::ParseOgm(reference).ok()
                                  : identifiers::ParseRf(reference).ok());
      }
    }
  }
  std::map<std::string, int64_t> parts;
  std::map<std::string, int64_t> amounts;
  for (Row row : Rows("truth/payments.csv")) {
    const int sign = row["outcome"] == "returned" ? -1 : 1;
    parts[row["payment"]] += sign * Minor(row["item_amount"]);
    amounts[row["payment"]] = sign * Minor(row["payment_amount"]);
    if (!row["item"].empty()) {
      EXPECT_TRUE(invoices.contains(row["item"])) << row["item"];
    }
  }
  EXPECT_EQ(parts, amounts);
  EXPECT_EQ(amounts, money);
  size_t invoiced = 0;
  for (Row row : Rows("truth/events.csv")) {
    if (row["event"] != "invoiced" && row["event"] != "opened") continue;
    ++invoiced;
    EXPECT_EQ(invoices[row["item"]], Minor(row["amount"]));
  }
  EXPECT_EQ(invoiced, invoices.size());
}

TEST_F(Portfolio, BankBalancesChain) {
  int64_t balance = 0;
  int sequence = 0;
  for (const ReadStatement& statement : Statements()) {
    EXPECT_EQ(statement.balances.at("OPBD"), balance);
    for (const ReadEntry& entry : statement.entries) {
      balance += entry.direction == "CRDT" ? entry.amount_minor : -entry.amount_minor;
    }
    EXPECT_EQ(statement.balances.at("CLBD"), balance);
    EXPECT_EQ(statement.sequence, ++sequence);
  }
  EXPECT_EQ(sequence, 104) << "TARGET days from 2025-01-01 to 2025-05-31";
}

TEST_F(Portfolio, HistoryAndDaysMeetAtFrom) {
  for (Row row : Rows("opening.csv")) {
    const std::string& day = row["kind"] == "payment" ? row["booking_date"] : row["issue_date"];
    EXPECT_LT(day, "2025-01-01");
    EXPECT_GE(day, "2023-12-01");
  }
  for (const auto& [path, bytes] : *files_) {
    if (!absl::EndsWith(path, "items.csv")) continue;
    for (Row row : Rows(path)) EXPECT_EQ("day/" + row["issue_date"] + "/items.csv", path);
  }
}

TEST_F(Portfolio, EverythingThatCanHappenHappens) {
  PortfolioOptions options = Small();
  options.accounts = 3'000;
  const auto files = Generate(options);
  std::set<std::string> events;
  std::set<std::string> habits;
  const auto events_table = ReadCsv(files.at("truth/events.csv"));
  ASSERT_TRUE(events_table.ok());
  for (Row row : events_table->rows) events.insert(row["event"]);
  EXPECT_THAT(events, ElementsAre("credited", "dispute_opened", "dispute_resolved", "insolvency", "invoiced",
                                  "opened", "overpaid", "paid", "paid_twice", "returned"));
  const auto accounts = ReadCsv(files.at("truth/accounts.csv"));
  ASSERT_TRUE(accounts.ok());
  for (Row row : accounts->rows) habits.insert(row["habit"]);
  EXPECT_EQ(habits.size(), 7u);
  const auto payments = ReadCsv(files.at("truth/payments.csv"));
  ASSERT_TRUE(payments.ok());
  std::set<std::string> outcomes;
  for (Row row : payments->rows) outcomes.insert(row["outcome"]);
  EXPECT_THAT(outcomes, ElementsAre("duplicate", "paid_again", "receipt", "returned"));
}

TEST_F(Portfolio, InsolventDebtorsPayNothingAfterwards) {
  PortfolioOptions options = Small();
  options.accounts = 3'000;
  const auto files = Generate(options);
  const auto table = ReadCsv(files.at("truth/events.csv"));
  ASSERT_TRUE(table.ok());
  std::set<std::string> insolvent;
  for (Row row : table->rows) {
    if (row["event"] == "paid" || row["event"] == "invoiced") {
      EXPECT_FALSE(insolvent.contains(row["account"]));
    }
    if (row["event"] == "insolvency") insolvent.insert(row["account"]);
  }
  EXPECT_FALSE(insolvent.empty());
}

TEST(PayDay, KeepsTheHabitsPromise) {
  const Calendar bank(HolidaySet::kTarget);
  Random random(1, 1);
  const absl::CivilDay issue(2025, 1, 10);
  const absl::CivilDay due(2025, 2, 9);
  for (int i = 0; i < 200; ++i) {
    Habit run;
    run.kind = Habit::Kind::kPaymentRun;
    run.run_weekday = 3;
    EXPECT_EQ(absl::GetWeekday(PayDay(run, issue, due, bank, random)), absl::Weekday::wednesday);
    Habit month_end;
    month_end.kind = Habit::Kind::kMonthEnd;
    const absl::CivilDay day = PayDay(month_end, issue, due, bank, random);
    EXPECT_EQ(day, absl::CivilDay(2025, 2, 28));
    Habit early;
    early.mean_days = -100;
    EXPECT_GT(PayDay(early, issue, due, bank, random), issue);
    Habit worse;
    worse.kind = Habit::Kind::kDeteriorating;
    worse.slope_days_per_month = 8;
    worse.onset = absl::CivilDay(2024, 2, 9);
    EXPECT_GT(PayDay(worse, issue, due, bank, random), due + 80);
  }
}

Truth TruthOf(absl::string_view events) {
  const std::string accounts = absl::StrCat(
      "# x\n", kTruthAccountsHeader, "A,demo,late,1,1,0,0,,100,100,name,,0,0,0,0,0\n",
      "B,demo,bad,1,1,0,0,,0,100,name,,0,0,0,0,0\n", "Z,demo,bad,1,1,0,0,,0,100,name,2025-03-01,0,0,0,0,0\n");
  const auto truth = ParseTruth(accounts, absl::StrCat("# x\n", kTruthEventsHeader, events), {"A", "B", "Z"});
  EXPECT_TRUE(truth.ok()) << truth.status();
  return truth.value_or(Truth());
}

TEST(AnswerCall, SaysWhatTheTruthKnows) {
  const absl::CivilDay day(2025, 3, 10);
  struct Case {
    const char* name;
    const char* account;
    const char* events;
    const char* starts_with;
  };
  const Case cases[] = {
      {"promise that is kept", "A",
       "2025-01-01,A,invoiced,F1,100.00,2025-02-01\n2025-03-20,A,paid,F1,100.00,BK1\n",
       "scenario call demo A --contact k/1 --outcome promised --promise-date 2025-03-2"},
      {"due on the day is not overdue", "A",
       "2025-01-01,A,invoiced,F1,100.00,2025-03-10\n2025-03-20,A,paid,F1,100.00,BK1\n",
       "scenario call demo A --contact k/1 --outcome message_left"},
      {"paid before", "A", "2025-01-01,A,invoiced,F1,100.00,2025-02-01\n2025-03-09,A,paid,F1,100.00,BK1\n",
       "scenario call demo A --contact k/1 --outcome message_left"},
      {"disputed", "A",
       "2025-01-01,A,invoiced,F1,100.00,2025-02-01\n2025-03-01,A,dispute_opened,F1,100.00,PRICE\n"
       "2025-03-10,A,dispute_resolved,F1,100.00,rejected\n2025-03-20,A,paid,F1,100.00,BK1\n",
       "scenario call demo A --contact k/1 --outcome disputed --reason PRICE"},
      {"dispute resolved the day before", "A",
       "2025-01-01,A,invoiced,F1,100.00,2025-02-01\n2025-03-01,A,dispute_opened,F1,100.00,PRICE\n"
       "2025-03-09,A,dispute_resolved,F1,100.00,rejected\n2025-03-20,A,paid,F1,100.00,BK1\n",
       "scenario call demo A --contact k/1 --outcome promised"},
      {"insolvent", "Z", "2025-01-01,Z,invoiced,F1,100.00,2025-02-01\n",
       "scenario call demo Z --contact k/1 --outcome refused --reason INSOLVENCY"},
      {"promise that is broken", "B",
       "2025-01-01,B,invoiced,F1,100.00,2025-02-01\n2025-03-20,B,paid,F1,100.00,BK1\n",
       "scenario call demo B --contact k/1 --outcome promised --promise-date 2025-03-1"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Truth truth = TruthOf(c.events);
    const auto command = AnswerCall({c.account, "k/1"}, truth, day);
    ASSERT_TRUE(command.ok()) << command.status();
    EXPECT_THAT(*command, StartsWith(c.starts_with));
    EXPECT_EQ(*command, *AnswerCall({c.account, "k/1"}, truth, day));
  }
  EXPECT_EQ(ReasonOf(AnswerCall({"X", ""}, TruthOf(""), day).status()), "ACCOUNT_NOT_IN_TRUTH");
}

TEST_F(Portfolio, PromisesOfReliableDebtorsAreKeptAndThoseOfOthersBreak) {
  const absl::CivilDay day(2025, 4, 15);
  std::vector<Call> calls;
  for (Row row : Rows("truth/accounts.csv")) calls.push_back({row["account"], "c/" + row["account"]});
  const auto truth =
      ParseTruth(files_->at("truth/accounts.csv"), files_->at("truth/events.csv"), AccountsOf(calls));
  ASSERT_TRUE(truth.ok()) << truth.status();
  int kept = 0;
  int broken = 0;
  for (const Call& call : calls) {
    const auto command = AnswerCall(call, *truth, day);
    ASSERT_TRUE(command.ok());
    const std::vector<std::string> words = absl::StrSplit(*command, ' ');
    if (words.size() < 14 || words[7] != "promised") continue;
    const absl::CivilDay promised = *ParseIsoDay(words[9]);
    EXPECT_GE(promised, day);
    int64_t paid = 0;
    for (const auto& [number, item] : truth->accounts.at(call.account).items) {
      for (const TruthItem::Change& change : item.changes) {
        if (change.payment && change.day >= day && change.day <= promised) paid -= change.amount_minor;
      }
    }
    (paid >= Minor(words[11]) ? kept : broken) += 1;
  }
  EXPECT_GT(kept, 3 * broken / 2);
  EXPECT_GT(broken, 0);
}

TEST(ParseWorklist, TakesTheShapesOfAWorklist) {
  for (const char* json : {R"([{"account":"A","contact":"1/x"}])",
                           R"({"entries":[{"accountId":"t/A","contactKey":"1/x"}],"n":1})",
                           R"([{"account_id":"A","contact_id":"1/x","more":[1]}])"}) {
    SCOPED_TRACE(json);
    const auto calls = ParseWorklist(json);
    ASSERT_TRUE(calls.ok()) << calls.status();
    ASSERT_EQ(calls->size(), 1u);
    EXPECT_EQ((*calls)[0].account, "A");
    EXPECT_EQ((*calls)[0].contact, "1/x");
  }
  EXPECT_TRUE(ParseWorklist("[]")->empty());
  for (const char* json : {"", "7", "{}", "[1]", R"([{"contact":"x"}])", R"([{"account":1}])", "[{"}) {
    SCOPED_TRACE(json);
    EXPECT_EQ(ReasonOf(ParseWorklist(json).status()), "WORKLIST_MALFORMED");
  }
}

TEST(CallCommand, QuotesWhatAShellWouldSplit) {
  CallAnswer answer{CallAnswer::Outcome::kDisputed, {}, 0, "it's late"};
  EXPECT_EQ(CallCommand("my tenant", "A", "", answer),
            "scenario call 'my tenant' A --outcome disputed --reason 'it'\\''s late'");
  answer = {CallAnswer::Outcome::kPromised, absl::CivilDay(2025, 3, 4), 12'345, ""};
  EXPECT_EQ(
      CallCommand("t", "A", "2025-1/call", answer),
      "scenario call t A --contact 2025-1/call --outcome promised --promise-date 2025-03-04 --amount 123.45 "
      "--currency EUR");
}

TEST(ParseTruth, NamesTheLine) {
  const auto truth = ParseTruth(absl::StrCat("# x\n", kTruthAccountsHeader),
                                absl::StrCat("# x\n", kTruthEventsHeader, "1,A\n"), {"A"});
  EXPECT_EQ(ErrorInfoOf(truth.status()).metadata.at("line"), "3");
  EXPECT_EQ(ReasonOf(ParseTruth("# x\nother\n", "", {}).status()), "TRUTH_MALFORMED");
}

}  // namespace
}  // namespace relance::samples
