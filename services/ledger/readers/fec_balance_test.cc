#include "services/ledger/readers/fec_balance.h"

#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {
namespace {

struct Row {
  const char* journal;
  const char* number;
  const char* day;
  const char* piece;
  const char* debit;
  const char* credit;
};

std::string Fec(const std::vector<Row>& rows) {
  std::string text =
      "JournalCode\tEcritureNum\tEcritureDate\tCompteNum\tCompAuxNum\tPieceRef\tEcritureLib\tDebit\tCredit\n";
  for (const Row& r : rows) {
    absl::StrAppend(&text, r.journal, "\t", r.number, "\t", r.day, "\t411000\tC1\t", r.piece, "\tx\t",
                    r.debit, "\t", r.credit, "\n");
  }
  return text;
}

TEST(FecBalanceTest, AllLinesOfAnUnbalancedEntryAreRejectedAndNameTheDifference) {
  const FecResult result = ReadBalancedFec(Fec({{"VE", "1", "20250101", "A", "10,00", ""},
                                                {"VE", "2", "20250101", "B", "7,50", ""},
                                                {"VE", "1", "20250101", "A", "", "10,00"},
                                                {"VE", "2", "20250101", "B", "", "7,40"}}));
  EXPECT_EQ(result.records.size(), 2u);
  ASSERT_EQ(result.rejects.size(), 2u);
  EXPECT_EQ(result.rejects[0].line, 3);
  EXPECT_EQ(result.rejects[1].line, 5);
  EXPECT_EQ(result.rejects[0].reason, kEntryUnbalanced);
  EXPECT_NE(result.rejects[0].message.find("0.10"), std::string::npos) << result.rejects[0].message;
  EXPECT_NE(result.rejects[0].message.find("line 3"), std::string::npos);
  EXPECT_EQ(result.rejects[0].raw, "VE\t2\t20250101\t411000\tC1\tB\tx\t7,50\t");
}

TEST(FecBalanceTest, ABadLineTakesItsEntryWithIt) {
  const FecResult result = ReadBalancedFec(Fec({{"VE", "1", "20250101", "A", "10,00", ""},
                                                {"VE", "1", "20250101", "A", "", "1O,00"},
                                                {"VE", "2", "20250101", "B", "7,50", ""},
                                                {"VE", "2", "20250101", "B", "", "7,50"}}));
  EXPECT_EQ(result.records.size(), 2u);
  ASSERT_EQ(result.rejects.size(), 2u);
  EXPECT_EQ(result.rejects[0].reason, kEntryUnbalanced);
  EXPECT_EQ(result.rejects[1].reason, "AMOUNT_MALFORMED");
}

TEST(FecBalanceTest, SameNumberInAnotherJournalOrOnAnotherDayIsAnotherEntry) {
  const FecResult result = ReadBalancedFec(Fec({{"VE", "1", "20250101", "A", "10,00", ""},
                                                {"BQ", "1", "20250101", "A", "", "10,00"},
                                                {"VE", "2", "20250101", "A", "5,00", ""},
                                                {"VE", "2", "20250102", "A", "", "5,00"}}));
  EXPECT_EQ(result.rejects.size(), 4u);
}

TEST(FecBalanceTest, UnnumberedLinesAreGroupedByPiece) {
  for (const char* none : {"", "0", "000"}) {
    SCOPED_TRACE(none);
    std::vector<Row> rows;
    for (const char* piece : {"A", "B", "C", "D", "E", "F", "G", "H", "I"}) {
      rows.push_back({"VE", none, "20250101", piece, "1,00", ""});
      rows.push_back({"VE", none, "20250101", piece, "", "1,00"});
    }
    rows.push_back({"VE", none, "20250101", "J", "1,00", ""});
    rows.push_back({"VE", none, "20250101", "J", "", "0,99"});
    const FecResult one_of_ten = ReadBalancedFec(Fec(rows));
    EXPECT_EQ(one_of_ten.records.size(), 18u);
    EXPECT_EQ(one_of_ten.rejects.size(), 2u);

    // One more: two of eleven. Then the piece is not what makes an entry, and nobody can tell the wrong
    // lines.
    rows.push_back({"VE", none, "20250101", "K", "1,00", ""});
    const FecResult unknown = ReadBalancedFec(Fec(rows));
    EXPECT_EQ(unknown.records.size(), rows.size());
    ASSERT_EQ(unknown.notices.size(), 1u);
    EXPECT_EQ(unknown.notices[0].reason, kEntryGroupingUnknown);
    EXPECT_NE(unknown.notices[0].message.find("1.01"), std::string::npos);

    // And when the file balances after all, it is accepted as a whole.
    rows.push_back({"VE", none, "20250101", "L", "", "1,01"});
    const FecResult coarse = ReadBalancedFec(Fec(rows));
    EXPECT_EQ(coarse.records.size(), rows.size());
    ASSERT_EQ(coarse.notices.size(), 1u);
    EXPECT_EQ(coarse.notices[0].reason, kEntryGroupingCoarse);
  }
}

TEST(FecBalanceTest, TooManyEntriesAreRefusedNotHeld) {
  FecBalance balance(2);
  FecReader reader({"f"}, &balance);
  const std::string two =
      Fec({{"VE", "1", "20250101", "A", "1,00", ""}, {"VE", "2", "20250101", "A", "1,00", ""}});
  ASSERT_TRUE(reader.Feed(two).ok());
  EXPECT_TRUE(balance.status().ok());
  ASSERT_TRUE(reader.Feed("VE\t1\t20250101\t411000\tC1\tA\tx\t\t1,00\n").ok());
  EXPECT_TRUE(balance.status().ok());
  ASSERT_TRUE(reader.Feed("VE\t3\t20250101\t411000\tC1\tA\tx\t\t1,00\n").ok());
  EXPECT_EQ(ReasonOf(balance.status()), kTooManyEntries);
  EXPECT_EQ(balance.entries(), 2u);
}

}  // namespace
}  // namespace relance::ledger
