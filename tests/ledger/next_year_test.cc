#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/ledger/two_years.h"

namespace relance::ledger {

class NextYearTest : public LedgerTest {
 protected:
  std::map<std::string, int64_t> Owed(const std::string& tenant) {
    std::map<std::string, int64_t> owed;
    for (const auto& [code, balance] : Balances(tenant)) {
      if (balance != 0) owed[code] = balance;
    }
    return owed;
  }
  static std::map<std::string, int64_t> WithoutZeros(std::map<std::string, int64_t> balances) {
    for (auto it = balances.begin(); it != balances.end();) {
      it = it->second == 0 ? balances.erase(it) : std::next(it);
    }
    return balances;
  }
  static std::string File(const std::vector<std::string>& lines) {
    return absl::StrCat(kTwoYearsHeader, absl::StrJoin(lines, ""));
  }
  // An item of an account by number; settled ones too.
  static std::vector<v1::Item> ItemsOf(const v1::Account& account, const std::string& number) {
    std::vector<v1::Item> found;
    for (const auto* items : {&account.items(), &account.history()}) {
      for (const v1::Item& item : *items) {
        if (item.number() == number) found.push_back(item);
      }
    }
    return found;
  }
};

// Lines of files, in any order and number, each file whole or in two pieces cut anywhere.
TEST_F(NextYearTest, TwoYearsInAnyOrderAndInPiecesComeToTheControlAccountsOfTheNewest) {
  constexpr int kSeeds = 45;
  for (int seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    const auto form = static_cast<OpeningForm>(seed % 3);
    const TwoYears years = MakeTwoYears(static_cast<uint32_t>(seed), form);
    const std::string forward = absl::StrCat("f-", seed), any = absl::StrCat("a-", seed);
    CreateTenant(forward, MakeDate(2025, 12, 31));
    CreateTenant(any, MakeDate(2025, 12, 31));
    Import(forward, "fec", File(years.first));
    EXPECT_EQ(Owed(forward), WithoutZeros(years.after_first));
    Import(forward, "fec", File(years.second));
    EXPECT_EQ(Owed(forward), WithoutZeros(years.after_second));

    std::mt19937 random(static_cast<uint32_t>(seed) + 1'000);
    std::vector<std::string> files;
    for (const auto* lines : {&years.first, &years.second}) {
      const size_t cut = random() % (lines->size() + 1);
      files.push_back(File({lines->begin(), lines->begin() + static_cast<int64_t>(cut)}));
      files.push_back(File({lines->begin() + static_cast<int64_t>(cut), lines->end()}));
      if (random() % 2 == 0) files.push_back(File(*lines));
    }
    std::shuffle(files.begin(), files.end(), random);
    for (const std::string& file : files) Import(any, "fec", file);
    EXPECT_EQ(Owed(any), WithoutZeros(years.after_second));
    EXPECT_EQ(Contents(any), Contents(forward));

    for (const std::string& file : {File(years.second), File(years.first)}) {
      const v1::ImportReport again = Import(forward, "fec", file);
      EXPECT_EQ(again.created() + again.changed() + again.accounts_changed(), 0) << again.DebugString();
    }
    if (HasFailure()) break;
  }
}

// A year that is known in part only: the new year's opening says what is open.
TEST_F(NextYearTest, AYearThatIsKnownInPartIsPutRightByTheNewOpening) {
  constexpr int kSeeds = 30;
  for (int seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    const TwoYears years = MakeTwoYears(static_cast<uint32_t>(seed), static_cast<OpeningForm>(seed % 3));
    const std::string early = absl::StrCat("e-", seed), late = absl::StrCat("l-", seed);
    CreateTenant(early, MakeDate(2025, 12, 31));
    CreateTenant(late, MakeDate(2025, 12, 31));
    const std::string part =
        File({years.first.begin(), years.first.begin() + static_cast<int64_t>(years.first.size() / 4 * 2)});
    Import(early, "fec", part);
    Import(early, "fec", File(years.second));
    EXPECT_EQ(Owed(early), WithoutZeros(years.after_second));
    Import(late, "fec", File(years.second));
    Import(late, "fec", part);
    EXPECT_EQ(Owed(late), WithoutZeros(years.after_second));
    EXPECT_EQ(Contents(late), Contents(early));
    if (HasFailure()) break;
  }
}

std::string Line(const std::string& journal, int number, const std::string& day, const std::string& account,
                 const std::string& aux, const std::string& piece, const std::string& amount, bool debit,
                 const std::string& letter = "", const std::string& piece_day = "") {
  return absl::StrCat(journal, "\t", journal, "\t", number, "\t", day, "\t", account, "\tx\t", aux, "\t", aux,
                      "\t", piece, "\t", piece_day.empty() ? day : piece_day, "\tx\t",
                      debit ? amount : "0,00", "\t", debit ? "0,00" : amount, "\t", letter, "\t\t", day,
                      "\t\t\n");
}

TEST_F(NextYearTest, AnInvoiceKeepsItsAgeAndNumberAndIsPaidInTheNewYear) {
  const std::vector<std::string> first = {
      Line("VE", 1, "20241105", "411000", "C1", "F1", "1000,00", true),
      Line("VE", 1, "20241105", "706000", "", "F1", "1000,00", false),
      Line("VE", 2, "20241210", "411000", "C1", "F2", "500,00", true, "A"),
      Line("VE", 2, "20241210", "706000", "", "F2", "500,00", false),
      Line("BQ", 3, "20241220", "411000", "C1", "V1", "500,00", false, "A"),
      Line("BQ", 3, "20241220", "512000", "", "V1", "500,00", true)};
  const auto opening = [](const std::string& piece, const std::string& letter) {
    return std::vector<std::string>{
        Line("AN", 1, "20250101", "411000", "C1", piece, "1000,00", true, letter, "20241105"),
        Line("AN", 1, "20250101", "101000", "", piece, "1000,00", false),
        Line("VE", 2, "20250110", "411000", "C1", "F3", "300,00", true),
        Line("VE", 2, "20250110", "706000", "", "F3", "300,00", false),
        Line("BQ", 3, "20250215", "411000", "C1", "V2", "1000,00", false, "A"),
        Line("BQ", 3, "20250215", "512000", "", "V2", "1000,00", true)};
  };
  // The letter A was used last year; the opening line carries this year's, or the payment stands alone.
  for (const auto& [name, piece, letter] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"item", "F1", "A"}, {"total", "RAN", "A"}, {"unlettered", "RAN", ""}}) {
    SCOPED_TRACE(name);
    CreateTenant(name, MakeDate(2025, 2, 28));
    Import(name, "fec", File(first));
    Import(name, "fec", File(opening(piece, letter)));
    const v1::Account account = GetAccount(name, "C1");
    ASSERT_EQ(account.items_size(), 1) << account.DebugString();
    EXPECT_EQ(account.items(0).number(), "F3");
    const auto invoices = ItemsOf(account, "F1");
    const auto invoice = std::find_if(invoices.begin(), invoices.end(), [](const v1::Item& item) {
      return item.kind() == v1::ITEM_KIND_INVOICE;
    });
    ASSERT_NE(invoice, invoices.end());
    EXPECT_EQ(invoice->due_date().year(), 2024);  // 30 days after the invoice of November
    EXPECT_EQ(invoice->due_date().month(), 12);
    EXPECT_EQ(invoice->settled_date().month(), 2);
    EXPECT_EQ(invoice->settled_date().day(), 15);
    const auto payments = ItemsOf(account, "V2");
    ASSERT_EQ(payments.size(), 1u);
    ASSERT_EQ(payments[0].allocations_size(), 1);
    EXPECT_EQ(payments[0].allocations(0).item_number(), "F1");
    EXPECT_EQ(payments[0].allocations(0).rule(), v1::MATCH_RULE_LETTERING);
    const auto earlier = ItemsOf(account, "V1");
    ASSERT_EQ(earlier.size(), 1u);
    EXPECT_EQ(earlier[0].allocations(0).item_number(), "F2");
  }
}

TEST_F(NextYearTest, AnAccountWithoutAnOpeningLineHasNothingOpenFromBefore) {
  CreateTenant("demo", MakeDate(2025, 2, 28));
  // Exported before the payment was booked.
  Import("demo", "fec",
         File({Line("VE", 1, "20241105", "411000", "C1", "F1", "1000,00", true),
               Line("VE", 1, "20241105", "706000", "", "F1", "1000,00", false)}));
  Import("demo", "fec",
         File({Line("AN", 1, "20250101", "411000", "C2", "F9", "70,00", true),
               Line("AN", 1, "20250101", "101000", "", "F9", "70,00", false)}));
  EXPECT_EQ(Owed("demo"), (std::map<std::string, int64_t>{{"C2", 7'000}}));
}

TEST_F(NextYearTest, ADoubtfulDebtIsTheSameDebtAndABillTakesItsPlaceOnlyWhenItIsLettered) {
  CreateTenant("demo", MakeDate(2025, 6, 30));
  const auto file = [](const std::string& payment_letter) {
    return File({Line("VE", 1, "20250105", "411000", "C1", "F1", "1000,00", true, "C"),
                 Line("VE", 1, "20250105", "706000", "", "F1", "1000,00", false),
                 Line("OD", 2, "20250501", "411000", "C1", "F1", "1000,00", false, "C"),
                 Line("OD", 2, "20250501", "416000", "C1", "F1", "1000,00", true, payment_letter),
                 Line("VE", 3, "20250110", "411000", "C2", "F2", "400,00", true, "B"),
                 Line("VE", 3, "20250110", "706000", "", "F2", "400,00", false),
                 Line("EF", 4, "20250201", "411000", "C2", "LCR1", "400,00", false, "B"),
                 Line("EF", 4, "20250201", "413000", "C2", "LCR1", "400,00", true),
                 Line("BQ", 5, "20250601", "416000", "C1", "V1", "1000,00", false, payment_letter),
                 Line("BQ", 5, "20250601", "512000", "", "V1", "1000,00", true)});
  };
  std::string open = file("D");
  open = open.substr(0, open.find("BQ\tBQ\t5"));
  Import("demo", "fec", open);
  v1::Account account = GetAccount("demo", "C1");
  ASSERT_EQ(account.items_size(), 1) << account.DebugString();
  EXPECT_EQ(account.items(0).number(), "F1");
  EXPECT_EQ(account.items(0).kind(), v1::ITEM_KIND_INVOICE);
  EXPECT_EQ(account.items(0).issue_date().month(), 1);
  EXPECT_EQ(account.items(0).control_account(), "416000");
  account = GetAccount("demo", "C2");
  ASSERT_EQ(account.items_size(), 1);
  EXPECT_EQ(account.items(0).number(), "LCR1");
  EXPECT_EQ(account.items(0).control_account(), "413000");
  // The payment is lettered with the doubtful line.
  Import("demo", "fec", file("D"));
  EXPECT_EQ(Owed("demo"), (std::map<std::string, int64_t>{{"C2", 40'000}}));
  const auto payments = ItemsOf(GetAccount("demo", "C1"), "V1");
  ASSERT_EQ(payments.size(), 1u);
  ASSERT_EQ(payments[0].allocations_size(), 1);
  EXPECT_EQ(payments[0].allocations(0).item_number(), "F1");
}

TEST_F(NextYearTest, AdvancesAreCreditsAndAreUsedUp) {
  CreateTenant("demo", MakeDate(2025, 6, 30));
  Import("demo", "fec",
         File({Line("BQ", 1, "20250105", "419100", "C1", "V1", "500,00", false),
               Line("BQ", 1, "20250105", "512000", "", "V1", "500,00", true)}));
  EXPECT_EQ(Owed("demo"), (std::map<std::string, int64_t>{{"C1", -50'000}}));
  Import("demo", "fec",
         File({Line("VE", 2, "20250201", "411000", "C1", "F1", "800,00", true, "A"),
               Line("VE", 2, "20250201", "706000", "", "F1", "800,00", false),
               Line("OD", 3, "20250201", "419100", "C1", "F1", "500,00", true),
               Line("OD", 3, "20250201", "411000", "C1", "F1", "500,00", false, "A")}));
  const v1::Account account = GetAccount("demo", "C1");
  ASSERT_EQ(account.items_size(), 1) << account.DebugString();
  EXPECT_EQ(account.items(0).number(), "F1");
  EXPECT_EQ(Cents(account.items(0).open_amount()), 30'000);
}

TEST_F(NextYearTest, FC26_AReversedEntryAndItsReversalSettleEachOther) {
  CreateTenant("demo", MakeDate(2025, 6, 30));
  std::string negative = Line("VE", 3, "20250203", "411000", "C2", "F2", "-200,00", true);
  Import("demo", "fec",
         File({Line("VE", 1, "20250201", "411000", "C1", "F1", "800,00", true),
               Line("VE", 1, "20250201", "706000", "", "F1", "800,00", false),
               Line("VE", 2, "20250202", "411000", "C1", "F1", "800,00", false),
               Line("VE", 2, "20250202", "706000", "", "F1", "800,00", true),
               Line("VE", 4, "20250201", "411000", "C2", "F2", "200,00", true),
               Line("VE", 4, "20250201", "706000", "", "F2", "200,00", false), negative,
               Line("VE", 3, "20250203", "706000", "", "F2", "-200,00", false)}));
  for (const char* code : {"C1", "C2"}) {
    SCOPED_TRACE(code);
    const v1::Account account = GetAccount("demo", code);
    EXPECT_EQ(account.items_size(), 0) << account.DebugString();
    EXPECT_EQ(account.history_size(), 2);
  }
}

}  // namespace relance::ledger
