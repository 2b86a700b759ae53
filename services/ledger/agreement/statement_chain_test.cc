#include "services/ledger/agreement/statement_chain.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace relance::ledger {
namespace {

struct Told {
  const char* id;
  int day;
  int64_t opening, closing;
  int64_t difference = 0;
};

state::v1::BankAccountRecord Chain(const std::vector<Told>& statements) {
  state::v1::BankAccountRecord record;
  for (const Told& told : statements) {
    state::v1::StatementBalance statement;
    statement.set_id(told.id);
    statement.set_closing_day(told.day);
    statement.set_opening_minor(told.opening);
    statement.set_closing_minor(told.closing);
    statement.set_difference_minor(told.difference);
    AddStatement(statement, &record);
  }
  return record;
}

// "missing 1-3 expected 20 found 25", "sum 3 ..."
std::vector<std::string> Breaks(const std::vector<Told>& statements) {
  std::vector<std::string> out;
  for (const StatementBreak& b : BreaksOf(Chain(statements))) {
    out.push_back(absl::StrCat(b.is_sum ? "sum " : "missing ", b.after_day, "-", b.before_day, " expected ",
                               b.expected_minor, " found ", b.found_minor));
  }
  return out;
}

TEST(StatementChainTest, OpensWithWhatTheOneBeforeClosedWith) {
  struct Row {
    const char* name;
    std::vector<Told> statements;
    std::vector<std::string> breaks;
  };
  const Row rows[] = {
      {"one", {{"1", 1, 0, 10}}, {}},
      {"a chain", {{"1", 1, 0, 10}, {"2", 2, 10, 5}, {"3", 5, 5, -7}}, {}},
      {"one is missing", {{"1", 1, 0, 10}, {"3", 3, 15, 20}}, {"missing 1-3 expected 10 found 15"}},
      {"by one cent", {{"1", 1, 0, 10}, {"2", 2, 11, 20}}, {"missing 1-2 expected 10 found 11"}},
      {"it comes later", {{"1", 1, 0, 10}, {"3", 3, 15, 20}, {"2", 2, 10, 15}}, {}},
      {"the same twice", {{"1", 1, 0, 10}, {"2", 2, 10, 15}, {"1", 1, 0, 10}}, {}},
      {"its sum is wrong", {{"1", 1, 0, 10, 3}, {"2", 2, 10, 15}}, {"sum 1-1 expected 13 found 10"}},
      {"corrected", {{"1", 1, 0, 10, 3}, {"2", 2, 10, 15}, {"1", 1, 0, 10, 0}}, {}},
      {"several of one day in any order",
       {{"1", 1, 0, 10}, {"c", 2, 30, 5}, {"b", 2, 20, 30}, {"a", 2, 10, 20}},
       {}},
      {"a day that comes back to where it was", {{"1", 1, 0, 10}, {"b", 2, 20, 10}, {"a", 2, 10, 20}}, {}},
      {"monthly beside daily", {{"1", 1, 0, 10}, {"2", 2, 10, 20}, {"3", 31, 20, 30}, {"m", 31, 0, 30}}, {}},
      {"two gaps",
       {{"1", 1, 0, 10}, {"2", 2, 11, 12}, {"3", 3, 13, 14}},
       {"missing 1-2 expected 10 found 11", "missing 2-3 expected 12 found 13"}},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Breaks(row.statements), row.breaks);
    std::vector<Told> backwards(row.statements.rbegin(), row.statements.rend());
    // But what was corrected, statements may come in any order.
    if (row.name != std::string("corrected")) {
      EXPECT_EQ(Breaks(backwards), row.breaks);
    }
  }
}

TEST(StatementChainTest, KeepsTheNewest) {
  std::vector<Told> statements;
  for (int day = 0; day <= kStatementsMax; ++day) statements.push_back({"s", day, day, day + 1});
  EXPECT_EQ(Chain({statements.begin(), statements.end() - 1}).statements_size(), kStatementsMax);
  const auto record = Chain(statements);
  EXPECT_EQ(record.statements_size(), kStatementsMax);
  EXPECT_EQ(record.statements(0).closing_day(), 1);
  EXPECT_TRUE(BreaksOf(record).empty());
}

}  // namespace
}  // namespace relance::ledger
