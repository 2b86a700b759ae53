#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/account/account_view.h"
#include "common/money/decimal_text.h"
#include "common/time/day.h"
#include "samples/make_statements/books_after_cut.h"
#include "samples/make_statements/customer_receipts.h"
#include "samples/make_statements/fec_file.h"
#include "samples/make_statements/statement_plan.h"
#include "samples/toolkit/statement.h"
#include "tests/ledger/ledger_fixture.h"

namespace relance::ledger {
namespace {

// One row of expected.csv: what the books' lettrage says that a bank entry settled.
struct Expected {
  std::string outcome, account, style;
  int64_t amount = 0;
  std::map<std::string, int64_t> settles;
};

std::map<std::string, Expected> ReadExpected(const std::string& csv) {
  std::map<std::string, Expected> rows;
  for (const absl::string_view line : absl::StrSplit(csv, '\n')) {
    const std::vector<std::string> fields = absl::StrSplit(line, ',');
    if (fields.size() < 12 || fields[0] == "reference" || line[0] == '#') continue;
    Expected& row = rows[fields[0]];
    row.outcome = fields[1];
    row.account = fields[4];
    row.amount = *ParseDecimalMinor(fields[5], 2);
    row.style = fields[7];
    for (const absl::string_view part : absl::StrSplit(fields[9], ';', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> piece = absl::StrSplit(part, '=');
      row.settles[piece.first] += *ParseDecimalMinor(piece.second, 2);
    }
  }
  return rows;
}

class BankTest : public LedgerTest {
 protected:
  // The sample's books up to a day, then each day's books and the bank's statement.
  void PlayMonths() {
    std::ifstream file(RELANCE_SOURCE_DIR "/samples/fec/0000000001FEC20220831.txt", std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    auto parsed = samples::ParseFec(bytes, "sample");
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    fec_ = *std::move(parsed);
    receipts_ = samples::CustomerReceipts(fec_);
    const absl::CivilDay cut(2022, 3, 31);
    samples::StatementOptions options;
    options.from = cut + 1;
    options.to = absl::CivilDay(2022, 8, 31);
    options.iban = "FR7630006000011234567890189";
    options.owner = "Demo";
    const auto payments = samples::PlanPayments(receipts_, options);
    expected_ = ReadExpected(samples::ExpectedCsv(payments, options));

    CreateTenant("demo");
    const type::v1::Date cut_date = MakeDate(2022, 3, 31);
    Import("demo", "fec", samples::RenderFec(fec_, samples::LinesUpTo(fec_, cut)), &cut_date);
    auto deltas = samples::LinesAfter(fec_, cut, options.to, receipts_);
    for (const samples::Statement& statement : samples::MakeStatements(payments, options)) {
      while (!deltas.empty() && deltas.begin()->first <= statement.day) {
        // Lettering of the future is not known on the day.
        const absl::CivilDay day = deltas.begin()->first;
        const type::v1::Date date = MakeDate(static_cast<int>(day.year()), day.month(), day.day());
        Import("demo", "fec", samples::RenderFec(fec_, deltas.begin()->second), &date);
        deltas.erase(deltas.begin());
      }
      statements_.push_back(samples::RenderStatement(statement));
      Add(Import("demo", "camt053", statements_.back()));
    }
  }

  void Add(const v1::ImportReport& report) {
    relevant_ += report.relevant();
    unidentified_ += report.payments_unidentified();
    returned_ += report.payments_returned();
  }

  // Payments of the bank by the bank's reference: the account where each lies, and the item.
  std::map<std::string, std::pair<std::string, v1::Item>> BankPayments() {
    std::map<std::string, std::pair<std::string, v1::Item>> found;
    for (const v1::Account& listed : ListAccounts("demo")) {
      AccountView view = *ReadAccount(node_->store(), {"demo", listed.account_id()},
                                      {.items = true, .history = true}, store::After(absl::Seconds(5)));
      const v1::Account account = GetAccount("demo", listed.account_id());
      for (const auto* items : {&view.items, &view.history}) {
        for (const state::v1::Item& item : *items) {
          if (item.bank_key().empty()) continue;
          const std::vector<std::string> key = absl::StrSplit(item.bank_key(), '/');
          for (const auto* answers : {&account.items(), &account.history()}) {
            for (const v1::Item& answer : *answers) {
              if (answer.item_id() == absl::StrFormat("%016x", item.id()))
                found[key[1]] = {listed.account_id(), answer};
            }
          }
        }
      }
    }
    return found;
  }

  samples::FecFile fec_;
  std::vector<samples::Receipt> receipts_;
  std::map<std::string, Expected> expected_;
  std::vector<std::string> statements_;
  int64_t relevant_ = 0, unidentified_ = 0, returned_ = 0;
};

TEST_F(BankTest, PaymentsFindWhatTheBooksLettered) {
  PlayMonths();
  const auto found = BankPayments();
  int exact = 0, named = 0, wrong_account = 0, wrong_item = 0, guessed_wrong = 0;
  for (const auto& [reference, row] : expected_) {
    SCOPED_TRACE(absl::StrCat(reference, " ", row.outcome, " ", row.style));
    const auto it = found.find(reference);
    ASSERT_NE(it, found.end());
    const auto& [account, item] = it->second;
    if (account != row.account && account != kUnidentifiedAccount) ++wrong_account;
    std::map<std::string, int64_t> settled;
    for (const v1::Allocation& allocation : item.allocations()) {
      if (!allocation.has_undone_date() && allocation.rule() != v1::MATCH_RULE_COUNTERPART) {
        settled[allocation.item_number()] += Cents(allocation.amount());
      }
    }
    // What a reference or a number allocates is what the books say.
    for (const auto& [number, cents] : settled) {
      if (row.settles.count(number) != 0) continue;
      const bool by_amount = item.allocations(0).rule() == v1::MATCH_RULE_PAYER_AND_AMOUNT;
      ++(by_amount ? guessed_wrong : wrong_item);
    }
    const bool says_what = row.style == "structured" || row.style == "numbers";
    if (!says_what || row.outcome != "receipt" || item.has_returned_date()) continue;
    ++named;
    EXPECT_EQ(account, row.account);
    // A credit note that was taken settles its part of the invoices by itself; the payment settles the rest.
    int64_t credits = 0, total = 0;
    for (const auto& [number, cents] : row.settles) credits += cents < 0 ? -cents : 0;
    for (const auto& [number, cents] : settled) total += cents;
    if (credits == 0 ? settled == row.settles : total == row.amount) ++exact;
  }
  EXPECT_GE(named, 30);
  EXPECT_EQ(exact, named);
  // Those that say nothing are known by the account that they paid from, or by their name.
  EXPECT_EQ(unidentified_, 0);
  EXPECT_EQ(wrong_account, 0);
  EXPECT_EQ(wrong_item, 0);
  // By payer and amount alone, one run of invoices of 62 payments is another than the books' (their lettrage
  // corrects it).
  EXPECT_LE(guessed_wrong, 1);
  EXPECT_EQ(returned_, 1);
}

TEST_F(BankTest, TheSameStatementsAgainChangeNothing) {
  PlayMonths();
  const auto before = Contents("demo");
  for (const std::string& statement : statements_) {
    const v1::ImportReport report = Import("demo", "camt053", statement);
    EXPECT_EQ(report.created() + report.changed() + report.accounts_changed(), 0) << report.DebugString();
    EXPECT_TRUE(report.repeated_content());
  }
  EXPECT_EQ(Contents("demo"), before);
}

TEST_F(BankTest, TheReturnedPaymentOpensItsInvoiceAndTheSecondOneSettlesIt) {
  PlayMonths();
  std::string returned_account;
  for (const auto& [reference, row] : expected_) {
    if (row.outcome == "returned") returned_account = row.account;
  }
  const auto found = BankPayments();
  int returned = 0;
  for (const auto& [reference, place] : found) {
    const v1::Item& item = place.second;
    if (!item.has_returned_date()) continue;
    ++returned;
    EXPECT_EQ(place.first, returned_account);
    int undone = 0, counterparts = 0;
    for (const v1::Allocation& allocation : item.allocations()) {
      undone += allocation.has_undone_date() ? 1 : 0;
      counterparts += allocation.rule() == v1::MATCH_RULE_COUNTERPART ? 1 : 0;
    }
    EXPECT_EQ(undone, 1);
    EXPECT_EQ(counterparts, 1);
    EXPECT_EQ(Cents(item.open_amount()), 0);
  }
  EXPECT_EQ(returned, 1);
}

TEST_F(BankTest, TheBooksConfirmWhatTheBankToldAndLetterIt) {
  PlayMonths();
  std::ifstream file(RELANCE_SOURCE_DIR "/samples/fec/0000000001FEC20220831.txt", std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const v1::ImportReport report = Import("demo", "fec", bytes);
  // Every receipt that the bank told is one item with the line of the books; the return and the second
  // payment are what the books do not know.
  int64_t receipts = 0;
  for (const auto& [reference, row] : expected_) receipts += row.outcome == "receipt" ? 1 : 0;
  EXPECT_EQ(report.created(), 0);
  EXPECT_GE(report.payments_confirmed(), receipts);
  const v1::ImportReport again = Import("demo", "fec", bytes);
  EXPECT_EQ(again.created() + again.changed() + again.payments_confirmed() + again.accounts_changed(), 0);
}

}  // namespace
}  // namespace relance::ledger
