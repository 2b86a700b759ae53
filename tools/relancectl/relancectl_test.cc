#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"
#include "tools/relancectl/words.h"

namespace relance::ctl {
namespace {

struct Outcome {
  int code;
  std::string out, err;
};

Outcome Execute(const std::vector<std::string>& arguments, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out, err;
  Context context(in, out, err);
  const int code = RunCommand(context, arguments);
  return {code, out.str(), err.str()};
}

TEST(TableTest, NumbersGoRightAndEmptyColumnsGo) {
  Table table;
  table.Column("name");
  table.Column("nothing");
  table.Column("amount", Table::Align::kRight);
  table.Row({"Société", "", "5.00"});
  table.Row({"X", "", "1234.00"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "name      amount\nSociété     5.00\nX        1234.00\n");
}

TEST(WordsTest, SplitsAsAShellDoes) {
  EXPECT_EQ(*SplitWords("a  'b c' \"d \\\" e\" f\\ g # h"),
            (std::vector<std::string>{"a", "b c", "d \" e", "f g"}));
  EXPECT_EQ(*SplitWords("a ''"), (std::vector<std::string>{"a", ""}));
  EXPECT_TRUE(SplitWords("  # only a remark")->empty());
  EXPECT_FALSE(SplitWords("a 'b").ok());
}

TEST(CommandTest, UsageErrorsEndWithTwo) {
  EXPECT_EQ(Execute({}).code, 2);
  EXPECT_EQ(Execute({"ledger"}).code, 2);
  EXPECT_EQ(Execute({"ledger", "import", "t", "f", "--format", "pdf"}).code, 2);
  EXPECT_EQ(Execute({"ledger", "kpi"}).code, 2);
  EXPECT_EQ(Execute({"no-such"}).code, 2);
}

TEST(CommandTest, ABadDateIsUsageAndNamesTheFlag) {
  const Outcome outcome =
      Execute({"tenant", "create", "t", "--name", "N", "--country", "FR", "--test-clock", "2025-02-31"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("--test-clock"), std::string::npos) << outcome.err;
}

TEST(CommandTest, EveryVerbHasHelpWithAnExample) {
  for (const char* group : {"tenant", "ledger", "risk", "scenario", "campaign", "handoff", "evidence"}) {
    const Outcome help = Execute({group, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_NE(help.out.find("Subcommands"), std::string::npos) << group;
  }
  const Outcome help = Execute({"ledger", "import", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.out.find("examples:"), std::string::npos);
}

// What an RPC can be told, the tool can say.
TEST(CommandTest, EveryFieldOfARequestHasAFlag) {
  struct Row {
    std::vector<std::string> verb;
    std::vector<std::string> flags;
  };
  const std::vector<std::string> tenant = {"--name",          "--language",
                                           "--currency",      "--time-zone",
                                           "--terms",         "--address",
                                           "--siren",         "--vat",
                                           "--iban",          "--email",
                                           "--phone",         "--ledger-max-age",
                                           "--agency",        "--scenario",
                                           "--bank-max-age",  "--control-account",
                                           "--promise-grace", "--contract-rate-bps"};
  const Row rows[] = {
      {{"tenant", "create"}, tenant},
      {{"tenant", "set"}, tenant},
      {{"ledger", "set"}, {"--insolvent", "--etag", "--contact", "--collector", "--customer-type"}},
      {{"ledger", "dispute"}, {"--reason", "--amount", "--owner"}},
      {{"ledger", "return"}, {"--reason", "--date"}},
      {{"ledger", "imports"}, {"--limit"}},
      {{"scenario", "show"}, {"--version"}},
      {{"handoff", "agency"}, {"--fee-bps", "--remittance-days"}},
      {{"handoff", "agencies"}, {}},
      {{"handoff", "overdue"}, {}},
      {{"handoff", "report"},
       {"--accepted", "--rejected", "--payment", "--amount", "--date", "--reverses", "--remitted",
        "--payment-id", "--closed", "--recall-confirmed", "--recall-objection"}},
  };
  for (const Row& row : rows) {
    std::vector<std::string> command = row.verb;
    command.push_back("--help");
    const Outcome help = Execute(command);
    EXPECT_EQ(help.code, 0) << row.verb[1];
    for (const std::string& flag : row.flags) {
      EXPECT_NE(help.out.find(flag + " "), std::string::npos)
          << row.verb[0] << " " << row.verb[1] << " " << flag;
    }
  }
}

TEST(CommandTest, WhatSaysNothingOrTwoThingsIsRefused) {
  const Outcome nothing = Execute({"tenant", "set", "t"});
  EXPECT_NE(nothing.err.find("at least one field"), std::string::npos) << nothing.err;
  const Outcome two =
      Execute({"handoff", "report", "t", "P1", "--report-id", "R1", "--accepted", "A", "--closed", "Paid"});
  EXPECT_NE(two.err.find("a report says one thing"), std::string::npos) << two.err;
  const Outcome date = Execute({"ledger", "set", "t", "C1", "--insolvent", "2025-02-31"});
  EXPECT_NE(date.err.find("--insolvent"), std::string::npos) << date.err;
}

TEST(CommandTest, AnUnreachableServiceIsRefusedWithAdvice) {
  const Outcome outcome = Execute({"--config", RELANCE_SOURCE_DIR "/no/such.yaml", "tenant", "list"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("no/such.yaml"), std::string::npos) << outcome.err;
}

TEST(CommandTest, AnUnknownOutcomeNamesTheRequestIdForTheRepeat) {
  const std::vector<std::string> nobody = {"--timeout", "2", "ledger", "pay", "t", "C1", "--amount", "5.00"};
  const std::string config = ::testing::TempDir() + "/nobody.yaml";
  std::ofstream(config) << "services: {ledger: {listen: [\"unix:/nobody/listens.sock\"]}}\n";
  std::vector<std::string> command = {"--config", config};
  command.insert(command.end(), nobody.begin(), nobody.end());
  const Outcome first = Execute(command);
  EXPECT_EQ(first.code, 1);
  EXPECT_NE(first.err.find("repeat it with --request-id "), std::string::npos) << first.err;
  const std::string id = "0123abcd-0000-4000-8000-000000000001";
  command.insert(command.end(), {"--request-id", id});
  const Outcome second = Execute(command);
  EXPECT_NE(second.err.find("repeat it with --request-id " + id), std::string::npos) << second.err;
}

TEST(CommandTest, CompletionKnowsTheVerbs) {
  const Outcome outcome = Execute({"completion"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("'ledger import') words="), std::string::npos);
  EXPECT_NE(outcome.out.find("complete -F _relancectl relancectl"), std::string::npos);
}

TEST(ScriptTest, NamesTheLineThatFailedAndStopsThere) {
  const Outcome outcome = Execute({"script", "-"}, "# remark\n\nledger kpi\nledger kpi\n");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("-:3: ended with 2"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find("-:4:"), std::string::npos) << outcome.err;
}

TEST(ScriptTest, KeepGoingRunsTheRest) {
  const Outcome outcome = Execute({"script", "--keep-going", "-"}, "ledger kpi\ncompletion\n");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.out.find("complete -F"), std::string::npos);
}

}  // namespace
}  // namespace relance::ctl
