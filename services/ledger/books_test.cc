#include <gtest/gtest.h>

#include "common/time/day.h"
#include "services/ledger/book_day.h"
#include "services/ledger/fec_entries.h"
#include "services/ledger/gather_bank.h"
#include "services/ledger/partial_entries.h"
#include "services/ledger/readers/fec_line_parser.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

FecLine Line(const std::string& journal, const std::string& account, int64_t debit, int64_t credit) {
  FecLine line;
  line.journal = journal;
  line.entry_number = "12";
  line.entry_day = absl::CivilDay(2025, 3, 10);
  line.account = account;
  line.aux_account = account.substr(0, 3) == "411" ? "C1" : "";
  line.piece_ref = "F 2025001";
  line.label = "label";
  line.debit_minor = debit;
  line.credit_minor = credit;
  line.source_hash = FecLineHash(line);
  return line;
}

BooksOptions Options() {
  return {.control_accounts = {"411", "413", "416"}, .currency = "EUR", .as_of = std::nullopt};
}

TEST(FecEntriesTest, TheKindFollowsJournalCounterpartAndSide) {
  struct Row {
    const char* name;
    const char* journal;
    const char* label;
    EntryFacts facts;
    int64_t balance;
    state::v1::ItemKind kind;
  };
  const Row rows[] = {
      {"sale by counterpart", "OD", "x", {.has_sales = true}, 100, state::v1::ITEM_KIND_INVOICE},
      {"sale by journal", "VEN", "x", {}, 100, state::v1::ITEM_KIND_INVOICE},
      {"credit note", "VE", "x", {.has_sales = true}, -100, state::v1::ITEM_KIND_CREDIT_NOTE},
      {"receipt", "BQ", "x", {.has_treasury = true}, -100, state::v1::ITEM_KIND_PAYMENT},
      {"money that goes back", "BQ", "x", {.has_treasury = true}, 100, state::v1::ITEM_KIND_RETURN},
      {"opening by journal", "ANO", "x", {}, 100, state::v1::ITEM_KIND_OPENING},
      {"opening by label", "OD", "Report à nouveau", {}, -100, state::v1::ITEM_KIND_OPENING},
      {"other debit", "OD", "x", {}, 100, state::v1::ITEM_KIND_DEBIT_NOTE},
      {"other credit", "OD", "x", {}, -100, state::v1::ITEM_KIND_CREDIT_NOTE},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    FecLine line = Line(row.journal, "411000", row.balance > 0 ? 100 : 0, row.balance > 0 ? 0 : 100);
    line.label = row.label;
    const IncomingItem item = ItemOfLine(line, 0, row.facts, Options());
    EXPECT_EQ(item.item.kind(), row.kind);
    EXPECT_EQ(item.item.amount_minor(), row.balance);
  }
}

TEST(FecEntriesTest, LetteringLaterThanTheAsOfDateIsNotKnownYet) {
  FecLine line = Line("VEN", "411000", 100, 0);
  line.lettering = "AA";
  line.lettering_day = absl::CivilDay(2025, 4, 1);
  BooksOptions options = Options();
  options.as_of = absl::CivilDay(2025, 3, 31);
  EXPECT_EQ(ItemOfLine(line, 0, {}, options).item.lettering(), "");
  EXPECT_TRUE(ItemOfLine(line, 0, {}, options).lettering_is_later);
  options.as_of = absl::CivilDay(2025, 4, 1);
  EXPECT_EQ(ItemOfLine(line, 0, {}, options).item.lettering(), "AA");
  // No day of lettering: it acts among the lines that are in.
  line.lettering_day.reset();
  options.as_of = absl::CivilDay(2025, 3, 31);
  EXPECT_EQ(ItemOfLine(line, 0, {}, options).item.lettering(), "AA");
}

TEST(FecEntriesTest, CashBasisBooksSayWhenMoneyCame) {
  FecLine line = Line("BQ", "411000", 0, 100);
  line.settlement_day = absl::CivilDay(2025, 3, 4);
  const IncomingItem item = ItemOfLine(line, 0, {.has_treasury = true}, Options());
  EXPECT_EQ(DayFromNumber(item.item.issue_day()), absl::CivilDay(2025, 3, 4));
  EXPECT_EQ(DayFromNumber(BookDay(item.item)), absl::CivilDay(2025, 3, 10));
  // A sale has its own day.
  FecLine sale = Line("VEN", "411000", 100, 0);
  sale.settlement_day = absl::CivilDay(2025, 3, 4);
  EXPECT_EQ(DayFromNumber(ItemOfLine(sale, 0, {.has_sales = true}, Options()).item.issue_day()),
            absl::CivilDay(2025, 3, 10));
}

TEST(FecEntriesTest, FC32_TheDocumentsOwnCurrencyLiesBesideThatOfTheBooks) {
  FecLine line = Line("VEN", "411000", 9'200, 0);
  line.currency_amount_minor = 10'000;
  line.currency = "USD";
  const state::v1::Item item = ItemOfLine(line, 0, {.has_sales = true}, Options()).item;
  EXPECT_EQ(item.amount_minor(), 9'200);
  EXPECT_EQ(item.currency(), "EUR");
  EXPECT_EQ(item.original_minor(), 10'000);
  EXPECT_EQ(item.original_currency(), "USD");
  FecLine credit = Line("VEN", "411000", 0, 9'200);
  credit.currency_amount_minor = 10'000;
  credit.currency = "USD";
  EXPECT_EQ(ItemOfLine(credit, 0, {}, Options()).item.original_minor(), -10'000);
  credit.currency = "EUR";
  EXPECT_EQ(ItemOfLine(credit, 0, {}, Options()).item.original_minor(), 0);
}

TEST(FecEntriesTest, AnOpeningIsKnownByItsJournalOrItsWords) {
  const auto opening = [](const std::string& journal, const std::string& name, const std::string& label) {
    FecLine line = Line(journal, "411000", 100, 0);
    line.journal_label = name;
    line.label = label;
    return IsOpeningLine(line);
  };
  EXPECT_TRUE(opening("AN", "OD54", "x"));
  EXPECT_TRUE(opening("ANO", "A nouveaux", "x"));
  EXPECT_TRUE(opening("AD", "A Nouveaux D\xC3\xA9taill\xC3\xA9s", "x"));
  EXPECT_TRUE(opening("OU", "Journal d'ouverture", "x"));
  EXPECT_TRUE(opening("OD", "x", "Report \xC3\xA0 nouveau"));
  EXPECT_FALSE(opening("VE", "Ventes", "CLIENT NOUVEAU SAS"));
  EXPECT_FALSE(opening("ANNECY", "Magasin", "x"));
}

TEST(FecEntriesTest, TheFiscalYearBeginsWithItsOpening) {
  const auto see = [](FiscalYear* year, const char* account, absl::CivilDay day, bool is_opening) {
    FecLine line = Line("AN", account, 100, 0);
    line.entry_day = day;
    year->See(line, is_opening);
  };
  FiscalYear none;
  see(&none, "411000", absl::CivilDay(2025, 3, 1), false);
  EXPECT_FALSE(none.opening_day().has_value());
  FiscalYear plain;
  see(&plain, "411000", absl::CivilDay(2025, 1, 3), false);
  see(&plain, "411000", absl::CivilDay(2025, 1, 1), true);
  EXPECT_EQ(plain.opening_day(), absl::CivilDay(2025, 1, 1));
  EXPECT_FALSE(plain.is_complete());  // customers alone: an extract
  see(&plain, "101000", absl::CivilDay(2025, 1, 1), true);
  EXPECT_TRUE(plain.is_complete());
  // Opening lines with the days of what they carry forward.
  FiscalYear detailed;
  see(&detailed, "411000", absl::CivilDay(2022, 1, 18), true);
  see(&detailed, "411000", absl::CivilDay(2022, 12, 31), true);
  see(&detailed, "706000", absl::CivilDay(2023, 1, 4), false);
  EXPECT_EQ(detailed.opening_day(), absl::CivilDay(2023, 1, 1));
  // A line of that journal in the middle of the year opens nothing.
  FecLine late = Line("AN", "411000", 100, 0);
  late.entry_day = absl::CivilDay(2025, 6, 15);
  BooksOptions options = Options();
  options.opening_day = absl::CivilDay(2025, 1, 1);
  EXPECT_EQ(ItemOfLine(late, 0, {}, options).item.kind(), state::v1::ITEM_KIND_DEBIT_NOTE);
}

TEST(BookDayTest, ItIsKeptWhereItIsNotTheIssueDayAndSurvivesTheStore) {
  for (const int32_t day : {-400, 0, 19'000, 20'000}) {
    SCOPED_TRACE(day);
    state::v1::Item item;
    item.set_issue_day(19'000);
    SetBookDay(day, &item);
    state::v1::Item read;
    ASSERT_TRUE(read.ParseFromString(item.SerializeAsString()));
    EXPECT_EQ(BookDay(read), day);
    SetBookDay(19'000, &read);
    EXPECT_EQ(BookDay(read), 19'000);
  }
}

TEST(FecEntriesTest, ABlankAuxiliaryAccountLeavesTheAccountItself) {
  FecLine line = Line("VEN", "411DUP", 100, 0);
  line.aux_account = "";
  EXPECT_EQ(AccountOf(line), "411DUP");
  EXPECT_TRUE(IsCustomerLine(line, Options().control_accounts));
  EXPECT_FALSE(IsCustomerLine(Line("VEN", "401000", 1, 0), Options().control_accounts));
}

TEST(FecEntriesTest, EqualLinesOfOneEntryAreTwoItems) {
  const FecLine line = Line("VEN", "411000", 100, 0);
  EXPECT_NE(ItemOfLine(line, 0, {}, Options()).item.id(), ItemOfLine(line, 1, {}, Options()).item.id());
}

TEST(PartialEntriesTest, PartsAreAssembledWhenTheyBalance) {
  const FecLine debit = Line("VEN", "411000", 300, 0);
  const FecLine first = Line("VEN", "701000", 0, 100);
  const FecLine second = Line("VEN", "702000", 0, 200);
  EXPECT_EQ(Assemble({{debit}, {first, second}}).size(), 3u);
  EXPECT_EQ(Assemble({{first, second}, {debit}}).size(), 3u);
  EXPECT_EQ(Assemble({{debit, first}, {first, second}}).size(), 3u);  // overlapping exports
  EXPECT_TRUE(Assemble({{debit}, {first}}).empty());
  EXPECT_TRUE(Assemble({}).empty());
  // The cut lies between two equal lines: each part has one of them.
  const FecLine half = Line("VEN", "701000", 0, 150);
  EXPECT_EQ(Assemble({{debit, half}, {half}}).size(), 3u);
}

TEST(PartialEntriesTest, ALineSurvivesItsText) {
  FecLine line = Line("VEN", "411000", 123'456, 0);
  line.lettering = "AB";
  line.lettering_day = absl::CivilDay(2025, 5, 1);
  line.due_day = absl::CivilDay(2025, 4, 30);
  line.aux_label = "Société é";
  line.currency_amount_minor = 9'900;
  line.currency = "USD";
  line.source_hash = FecLineHash(line);
  const auto parsed = ParsePartLines({RenderPartLine(line)});
  ASSERT_EQ(parsed.size(), 1u);
  EXPECT_EQ(parsed[0].source_hash, line.source_hash);
  EXPECT_EQ(parsed[0].debit_minor, line.debit_minor);
  EXPECT_EQ(parsed[0].due_day, line.due_day);
  EXPECT_EQ(parsed[0].lettering_day, line.lettering_day);
  EXPECT_EQ(parsed[0].aux_label, line.aux_label);
}

TEST(GatherBankTest, MovementsOfDebtorsAndOthersAreToldApart) {
  struct Row {
    const char* name;
    bool credit, reversal;
    const char* reason;
    const char* code;
    BankMovement movement;
  };
  const Row rows[] = {
      {"credit", true, false, "", "PMNT.RCDT.ESCT", BankMovement::kPayment},
      {"own payment", false, false, "", "PMNT.ICDT.ESCT", BankMovement::kOther},
      {"reversal of a credit", false, true, "", "", BankMovement::kReturn},
      {"return with a reason", false, false, "AC04", "", BankMovement::kReturn},
      {"unpaid direct debit", false, false, "", "PMNT.RDDT.UPDD", BankMovement::kReturn},
      {"return by code", false, false, "", "PMNT.RCDT.RRTN", BankMovement::kReturn},
      {"our own transfer comes back", true, false, "AC04", "", BankMovement::kOther},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    BankTransaction transaction;
    transaction.is_credit = row.credit;
    transaction.is_reversal = row.reversal;
    transaction.return_reason = row.reason;
    transaction.bank_code = row.code;
    EXPECT_EQ(ClassifyMovement(transaction), row.movement);
  }
}

TEST(GatherBankTest, AKeyThatTheBankUsesAgainIsAnotherPayment) {
  BankTransaction transaction;
  transaction.is_credit = true;
  transaction.key = "FR76/REF/0";
  transaction.amount_minor = 100;
  transaction.currency = "EUR";
  transaction.content_hash = 1;
  const uint64_t first = ItemOfTransaction(transaction).item.id();
  EXPECT_EQ(ItemOfTransaction(transaction).item.id(), first);
  transaction.content_hash = 2;
  EXPECT_NE(ItemOfTransaction(transaction).item.id(), first);
}

}  // namespace
}  // namespace relance::ledger
