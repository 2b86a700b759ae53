// The bank's side of the sample books must be the books themselves, told another way.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/identifiers/bank.h"
#include "common/identifiers/reference.h"
#include "common/money/decimal_text.h"
#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "samples/make_statements/books_after_cut.h"
#include "samples/make_statements/customer_receipts.h"
#include "samples/make_statements/fec_file.h"
#include "samples/make_statements/statement_plan.h"
#include "samples/testing/strict_reader.h"
#include "samples/toolkit/made_up_identity.h"
#include "samples/toolkit/output.h"

namespace relance::samples {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::string_view kHeader =
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceR"
    "ef\t"
    "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise";

std::string Line(absl::string_view journal, int entry, absl::string_view day, absl::string_view account,
                 absl::string_view customer, absl::string_view piece, absl::string_view debit,
                 absl::string_view credit, absl::string_view letter = "") {
  return absl::StrCat(journal, "\tx\t", entry, "\t",
                      absl::StrCat(day, "\t", account, "\tx\t", customer, "\tName\t"),
                      absl::StrCat(piece, "\t", day, "\tlabel\t", debit, "\t", credit, "\t"),
                      absl::StrCat(letter, "\t\t", day, "\t\t\n"));
}

std::string Books(const std::vector<std::string>& lines) {
  std::string bytes = absl::StrCat(kHeader, "\n");
  for (const std::string& line : lines) bytes += line;
  return bytes;
}

TEST(ParseFec, RefusesWithLineColumnAndReason) {
  struct Case {
    const char* name;
    std::string bytes;
    std::string reason;
    std::map<std::string, std::string> metadata;
  };
  const Case cases[] = {
      {"empty", "", "FEC_HEADER_INCOMPLETE", {{"file", "f"}, {"column", "JournalCode"}}},
      {"no debit",
       "JournalCode|EcritureNum|EcritureDate|CompteNum|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|"
       "Credit|EcritureLet\n",
       "FEC_HEADER_INCOMPLETE",
       {{"file", "f"}, {"column", "Debit"}}},
      {"bad amount",
       Books({Line("VEN", 1, "20220101", "411000", "A", "F1", "1,0,0", "0,00")}),
       "FEC_LINE_MALFORMED",
       {{"file", "f"}, {"line", "2"}, {"column", "Debit"}, {"reason", "AMOUNT_MALFORMED"}}},
      {"bad day",
       Books({Line("VEN", 1, "20220230", "411000", "A", "F1", "1,00", "0,00")}),
       "FEC_LINE_MALFORMED",
       {{"file", "f"}, {"line", "2"}, {"column", "EcritureDate"}, {"reason", "DATE_NOT_IN_CALENDAR"}}},
      {"short line",
       Books({"VEN\tx\t1\n"}),
       "FEC_LINE_MALFORMED",
       {{"file", "f"}, {"line", "2"}, {"column", "EcritureDate"}, {"reason", "COLUMN_MISSING"}}}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto fec = ParseFec(c.bytes, "f");
    ASSERT_FALSE(fec.ok());
    EXPECT_EQ(ReasonOf(fec.status()), c.reason);
    EXPECT_EQ(ErrorInfoOf(fec.status()).metadata, c.metadata);
  }
}

TEST(CustomerReceipts, TheCounterpartDecides) {
  const auto fec = ParseFec(Books({Line("BQ", 1, "20220101", "411000", "A", "", "0,00", "10,00"),
                                   Line("BQ", 1, "20220101", "512000", "", "", "10,00", "0,00"),
                                   // Fees in the entry: not a plain receipt.
                                   Line("BQ", 2, "20220101", "411000", "A", "", "0,00", "10,00"),
                                   Line("BQ", 2, "20220101", "627000", "", "", "1,00", "0,00"),
                                   Line("BQ", 2, "20220101", "512000", "", "", "9,00", "0,00"),
                                   // Money sent back.
                                   Line("BQ", 3, "20220101", "411000", "A", "", "10,00", "0,00"),
                                   Line("BQ", 3, "20220101", "512000", "", "", "0,00", "10,00"),
                                   // A credit note.
                                   Line("VE", 4, "20220101", "411000", "A", "", "0,00", "10,00"),
                                   Line("VE", 4, "20220101", "701000", "", "", "10,00", "0,00"),
                                   // Two customers, one deposit of cheques.
                                   Line("CH", 5, "20220102", "411000", "A", "77", "0,00", "10,00"),
                                   Line("CH", 5, "20220102", "411000", "B", "77", "0,00", "5,00"),
                                   Line("CH", 5, "20220102", "511200", "", "77", "15,00", "0,00")}),
                            "f");
  ASSERT_TRUE(fec.ok()) << fec.status();
  const std::vector<Receipt> receipts = CustomerReceipts(*fec);
  ASSERT_EQ(receipts.size(), 3u);
  EXPECT_EQ(receipts[0].key, "BQ-1");
  EXPECT_FALSE(receipts[0].cheque);
  EXPECT_EQ(receipts[1].key, "CH-5");
  EXPECT_EQ(receipts[1].customer, "A");
  EXPECT_TRUE(receipts[1].cheque);
  EXPECT_EQ(receipts[2].key, "CH-5-2");
  EXPECT_EQ(receipts[2].amount_minor, 500);
}

TEST(CustomerReceipts, SettlesByLettrage) {
  const auto fec = ParseFec(Books({Line("VE", 1, "20220101", "411000", "A", "F1", "10,00", "0,00", "AA"),
                                   Line("VE", 2, "20220102", "411000", "A", "F2", "20,00", "0,00", "AA"),
                                   Line("VE", 3, "20220103", "411000", "A", "V3", "0,00", "5,00", "AA"),
                                   Line("BQ", 4, "20220110", "411000", "A", "", "0,00", "20,00", "AA"),
                                   Line("BQ", 4, "20220110", "512000", "", "", "20,00", "0,00"),
                                   Line("BQ", 5, "20220111", "411000", "A", "", "0,00", "7,00", "AA"),
                                   Line("BQ", 5, "20220111", "512000", "", "", "7,00", "0,00"),
                                   // The same letter of another customer is another group.
                                   Line("VE", 6, "20220101", "411000", "B", "F6", "7,00", "0,00", "AA")}),
                            "f");
  ASSERT_TRUE(fec.ok()) << fec.status();
  const std::vector<Receipt> receipts = CustomerReceipts(*fec);
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_THAT(receipts[0].settles, ElementsAre(Settlement{"F2", 2'000}));
  EXPECT_EQ(receipts[0].unapplied_minor, 0);
  EXPECT_THAT(receipts[1].settles, ElementsAre(Settlement{"V3", -500}, Settlement{"F1", 1'000}));
  EXPECT_EQ(receipts[1].unapplied_minor, 200);
}

class SampleBooks : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string path = std::string(RELANCE_SOURCE_DIR) + "/samples/fec/0000000001FEC20220831.txt";
    const auto bytes = ReadWholeFile(path, kFecBytesMax);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    bytes_ = *bytes;
    auto fec = ParseFec(bytes_, "sample");
    ASSERT_TRUE(fec.ok()) << fec.status();
    fec_ = *std::move(fec);
    receipts_ = CustomerReceipts(fec_);
    options_.from = cut_ + 1;
    options_.to = absl::CivilDay(2022, 7, 31);
    options_.iban = MadeUpFrenchIban(1);
  }

  std::vector<ReadStatement> Statements(const std::vector<PlannedPayment>& payments) {
    std::vector<ReadStatement> read;
    for (const Statement& statement : MakeStatements(payments, options_)) {
      auto one = ReadCamt(RenderStatement(statement));
      EXPECT_TRUE(one.ok()) << one.status();
      if (one.ok()) read.push_back(*std::move(one));
    }
    return read;
  }

  const absl::CivilDay cut_ = absl::CivilDay(2022, 2, 28);
  std::string bytes_;
  FecFile fec_;
  std::vector<Receipt> receipts_;
  StatementOptions options_;
};

TEST_F(SampleBooks, AreReadWhole) {
  EXPECT_EQ(fec_.lines.size(), 5'422u);
  EXPECT_EQ(receipts_.size(), 128u);
  std::vector<const FecLine*> all;
  for (const FecLine& line : fec_.lines) all.push_back(&line);
  EXPECT_EQ(RenderFec(fec_, all), bytes_) << "bytes are not kept";
}

TEST_F(SampleBooks, EveryReceiptIsInTheStatementsOnceAndTheSumIsThatOfTheBooks) {
  std::map<std::string, int64_t> credits;
  int64_t net = 0;
  int returns = 0;
  for (const ReadStatement& statement : Statements(PlanPayments(receipts_, options_))) {
    for (const ReadEntry& entry : statement.entries) {
      EXPECT_EQ(entry.status, "BOOK");
      net += entry.direction == "CRDT" ? entry.amount_minor : -entry.amount_minor;
      returns += entry.reversal ? 1 : 0;
      EXPECT_EQ(entry.reversal, entry.return_reason == "AC04");
      EXPECT_TRUE(credits.emplace(entry.reference, entry.amount_minor).second) << entry.reference << " twice";
      if (!entry.payer_iban.empty()) {
        EXPECT_TRUE(identifiers::ParseIban(entry.payer_iban).ok());
      }
      for (const std::string& reference : entry.references) EXPECT_TRUE(identifiers::ParseRf(reference).ok());
    }
  }
  int64_t books = 0;
  for (const FecLine& line : fec_.lines) {
    const bool money_journal = line.journal == "CRC" || line.journal == "RCH";
    if (IsCustomerLine(line) && money_journal && line.entry_day > cut_ && line.entry_day <= options_.to) {
      books += line.credit_minor;
    }
  }
  EXPECT_EQ(books, 62'970'996);
  EXPECT_EQ(net, books);
  EXPECT_EQ(returns, 1);
  size_t expected = 2;  // The return and the second coming.
  for (const Receipt& receipt : receipts_) {
    if (receipt.day < options_.from || receipt.day > options_.to) continue;
    ++expected;
    ASSERT_TRUE(credits.contains(receipt.key)) << receipt.key;
    EXPECT_EQ(credits[receipt.key], receipt.amount_minor);
  }
  EXPECT_EQ(credits.size(), expected);
}

TEST_F(SampleBooks, BalancesFollowEachOtherAndSequencesToo) {
  int64_t balance = 0;
  int sequence = 0;
  std::string last_day;
  for (const ReadStatement& statement : Statements(PlanPayments(receipts_, options_))) {
    EXPECT_EQ(statement.balances.at("OPBD"), balance);
    for (const ReadEntry& entry : statement.entries) {
      balance += entry.direction == "CRDT" ? entry.amount_minor : -entry.amount_minor;
    }
    EXPECT_EQ(statement.balances.at("CLBD"), balance);
    EXPECT_EQ(statement.sequence, ++sequence);
    EXPECT_LT(last_day, statement.day);
    last_day = statement.day;
  }
  EXPECT_EQ(sequence, 107);
}

TEST_F(SampleBooks, EveryWayToReferAppears) {
  std::map<std::string, int> styles;
  size_t several = 0;
  for (const PlannedPayment& payment : PlanPayments(receipts_, options_)) {
    ++styles[std::string(payment.style)];
    several += payment.style == "structured" && payment.entry.structured.size() > 1 ? 1 : 0;
    const bool nothing = payment.entry.structured.empty() && payment.entry.free_text.empty();
    EXPECT_EQ(nothing, payment.style == "none");
    if (payment.entry.kind == StatementEntry::Kind::kCheque) {
      EXPECT_THAT(payment.entry.structured, IsEmpty());
    }
  }
  EXPECT_EQ(styles.size(), 5u);
  EXPECT_GT(several, 0u);
}

TEST_F(SampleBooks, TheTransferThatComesBackIsPaidAgain) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    SCOPED_TRACE(seed);
    options_.seed = seed;
    std::vector<PlannedPayment> special;
    std::map<std::string, absl::CivilDay> first_day;
    for (const PlannedPayment& payment : PlanPayments(receipts_, options_)) {
      if (payment.outcome == PlannedPayment::Outcome::kReceipt) {
        first_day[payment.receipt->key] = payment.booking_day;
      } else {
        special.push_back(payment);
      }
    }
    ASSERT_EQ(special.size(), 2u);
    EXPECT_EQ(special[0].outcome, PlannedPayment::Outcome::kReturned);
    EXPECT_EQ(special[1].outcome, PlannedPayment::Outcome::kPaidAgain);
    EXPECT_EQ(special[0].receipt, special[1].receipt);
    EXPECT_LT(first_day.at(special[0].receipt->key), special[0].booking_day);
    EXPECT_LT(special[0].booking_day, special[1].booking_day);
    EXPECT_LE(special[1].booking_day, options_.to);
  }
}

TEST_F(SampleBooks, TooShortAPeriodHasNoReturn) {
  options_.to = options_.from + 5;
  for (const PlannedPayment& payment : PlanPayments(receipts_, options_)) {
    EXPECT_EQ(payment.outcome, PlannedPayment::Outcome::kReceipt);
  }
}

TEST_F(SampleBooks, AReceiptOfASaturdayIsBookedOnMonday) {
  for (const PlannedPayment& payment : PlanPayments(receipts_, options_)) {
    if (payment.receipt->key != "RCH-22") continue;
    EXPECT_EQ(payment.receipt->day, absl::CivilDay(2022, 4, 23));
    EXPECT_EQ(payment.booking_day, absl::CivilDay(2022, 4, 25));
    EXPECT_EQ(payment.entry.amount_minor, 24'877);
    return;
  }
  FAIL() << "RCH-22 is missing";
}

TEST_F(SampleBooks, SameSeedSameBytesOtherSeedOther) {
  const auto bytes = [this](uint64_t seed) {
    options_.seed = seed;
    const std::vector<PlannedPayment> payments = PlanPayments(receipts_, options_);
    std::string all = ExpectedCsv(payments, options_);
    for (Statement statement : MakeStatements(payments, options_)) {
      statement.label.clear();  // It names the seed.
      all += RenderStatement(statement);
    }
    return all;
  };
  const std::string one = bytes(1);
  EXPECT_EQ(one, bytes(1));
  EXPECT_NE(one, bytes(2));
}

TEST_F(SampleBooks, ExpectedSettlesAddUpAndNameItemsOfTheBooks) {
  std::set<std::string> pieces;
  for (const FecLine& line : fec_.lines) {
    if (IsCustomerLine(line)) pieces.insert(line.customer + "/" + line.piece);
  }
  const auto table = ReadCsv(ExpectedCsv(PlanPayments(receipts_, options_), options_));
  ASSERT_TRUE(table.ok()) << table.status();
  ASSERT_EQ(table->rows.size(), 64u);
  int open = 0;
  for (auto row : table->rows) {
    SCOPED_TRACE(row["reference"]);
    int64_t sum = *ParseDecimalMinor(row["unapplied"], 2);
    for (const absl::string_view part : absl::StrSplit(row["settles"], ';', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> piece = absl::StrSplit(part, '=');
      EXPECT_TRUE(pieces.contains(row["account"] + "/" + piece.first)) << piece.first;
      sum += *ParseDecimalMinor(piece.second, 2);
    }
    EXPECT_EQ(sum, *ParseDecimalMinor(row["amount"], 2));
    open += row["settles"].empty() ? 1 : 0;
    EXPECT_EQ(row["settles"].empty(), row["lettrage"].empty());
  }
  EXPECT_EQ(open, 1) << "RCH-30 alone is not lettered";
}

TEST_F(SampleBooks, CutDeltasAndReceiptsAreTheWholeBooks) {
  const absl::CivilDay end(2022, 8, 31);
  std::multiset<int> told;
  for (const FecLine* line : LinesUpTo(fec_, cut_)) {
    EXPECT_LE(line->entry_day, cut_);
    told.insert(line->number);
  }
  std::set<std::string> cut_entries;
  for (const FecLine* line : LinesUpTo(fec_, cut_)) cut_entries.insert(EntryKey(*line));
  for (const auto& [day, lines] : LinesAfter(fec_, cut_, end, receipts_)) {
    EXPECT_GT(day, cut_);
    for (const FecLine* line : lines) {
      told.insert(line->number);
      EXPECT_FALSE(cut_entries.contains(EntryKey(*line))) << "entry cut in two at line " << line->number;
    }
  }
  for (const Receipt& receipt : receipts_) {
    if (receipt.day <= cut_) continue;
    for (const FecLine* line : receipt.lines) told.insert(line->number);
  }
  for (const FecLine& line : fec_.lines) {
    if (IsCustomerLine(line)) {
      EXPECT_EQ(told.count(line.number), 1u) << "line " << line.number;
    }
    EXPECT_LE(told.count(line.number), 1u) << "line " << line.number;
  }
}

// The calls of collector.csv say what the books show later.
TEST_F(SampleBooks, CollectorScriptFitsTheBooks) {
  const auto bytes = ReadWholeFile(std::string(RELANCE_SOURCE_DIR) + "/samples/fec/collector.csv", 1 << 20);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto table = ReadCsv(*bytes);
  ASSERT_TRUE(table.ok()) << table.status();
  const std::vector<PlannedPayment> payments = PlanPayments(receipts_, options_);
  int kept = 0;
  int broken = 0;
  int disputed = 0;
  int resolved = 0;
  std::string last_date;
  for (auto row : table->rows) {
    SCOPED_TRACE(row["date"] + " " + row["account"]);
    EXPECT_LE(last_date, row["date"]);
    last_date = row["date"];
    const absl::CivilDay day = *ParseIsoDay(row["date"]);
    for (const absl::string_view piece : absl::StrSplit(row["invoices"], ';')) {
      EXPECT_TRUE(std::any_of(fec_.lines.begin(), fec_.lines.end(), [&](const FecLine& line) {
        return IsCustomerLine(line) && line.customer == row["account"] && line.piece == piece &&
               line.piece_day <= day;
      })) << piece;
    }
    disputed += row["outcome"] == "disputed" ? 1 : 0;
    resolved += row["outcome"] == "dispute_resolved" ? 1 : 0;
    if (row["outcome"] != "promised") continue;
    int64_t paid = 0;
    for (const PlannedPayment& payment : payments) {
      if (payment.receipt->customer == row["account"] && payment.booking_day >= day &&
          payment.booking_day <= *ParseIsoDay(row["promised_date"])) {
        paid += payment.outcome == PlannedPayment::Outcome::kReturned ? -payment.entry.amount_minor
                                                                      : payment.entry.amount_minor;
      }
    }
    const bool says_kept = row["explanation"].find("Kept") != std::string::npos;
    EXPECT_NE(says_kept, row["explanation"].find("BROKEN") != std::string::npos);
    EXPECT_EQ(paid >= *ParseDecimalMinor(row["amount"], 2), says_kept);
    (says_kept ? kept : broken) += 1;
  }
  EXPECT_EQ(kept, 5);
  EXPECT_EQ(broken, 2);
  EXPECT_EQ(disputed, 2);
  EXPECT_EQ(resolved, 2);
}

}  // namespace
}  // namespace relance::samples
