#include "services/ledger/complete_item.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/ledger/gather_invoices.h"
#include "services/ledger/post_items.h"
#include "services/ledger/testing/account_builder.h"

namespace relance::ledger {
namespace {

using namespace testing;  // NOLINT: builders

PostResult Post(StoredAccount* stored, const IncomingAccount& incoming) {
  LedgerAccount account = stored->LoadFirst();
  while (true) {
    const auto fields = FieldsForPosting(account, incoming);
    if (fields.empty()) break;
    RELANCE_CHECK(account.AddFields(stored->Read(fields)).ok());
  }
  const PostResult result = PostItems(incoming, &account);
  stored->Commit(&account);
  EXPECT_EQ(Disagreement(stored->View()), "");
  return result;
}

// A debit line of the books: 1,200.00 on 2026-01-15.
IncomingAccount Books(uint64_t id = 100, int64_t cents = 120'000, const std::string& number = "FA-2026-0001",
                      const std::string& lettering = "") {
  IncomingAccount incoming;
  IncomingItem& told = incoming.items.emplace_back();
  told.item = MakeItem(id, cents > 0 ? state::v1::ITEM_KIND_INVOICE : state::v1::ITEM_KIND_CREDIT_NOTE, cents,
                       Day(2026, 1, 15), number);
  told.item.clear_open_minor();
  told.item.set_source(kSourceFec);
  told.item.set_control_account("411000");
  told.item.set_lettering(lettering);
  told.from_books = true;
  told.due_from_terms = true;
  return incoming;
}

void AddPayment(IncomingAccount* incoming, uint64_t id, int64_t cents, int32_t day,
                const std::string& lettering = "") {
  IncomingItem& told = incoming->items.emplace_back();
  told.item = Payment(id, cents, day);
  told.item.clear_open_minor();
  told.item.set_source(kSourceFec);
  told.item.set_control_account("411000");
  told.item.set_lettering(lettering);
  told.from_books = true;
}

InvoiceDocument Document(const std::string& number = "FA-2026-0001", int64_t cents = 120'000) {
  InvoiceDocument invoice;
  invoice.number = number;
  invoice.type_code = "380";
  invoice.issue_day = absl::CivilDay(2026, 1, 15);
  invoice.currency = "EUR";
  invoice.total_minor = invoice.payable_minor = cents;
  invoice.instalments = {{absl::CivilDay(2026, 2, 28), cents}};
  invoice.reference = "RF18 5390 0754 7034";
  invoice.buyer.name = "Boulangerie Martin";
  invoice.buyer.legal_id = {"732829320", "0002"};
  return invoice;
}

IncomingAccount Electronic(const InvoiceDocument& invoice) {
  IncomingAccount incoming;
  incoming.documents.push_back(DocumentOf(invoice, kSourceUbl));
  return incoming;
}

// What matters of an account, in an order that does not depend on ids.
std::string Picture(const StoredAccount& stored) {
  std::vector<std::string> lines;
  const AccountView view = stored.View();
  const auto show = [&](const state::v1::Item& item) {
    std::vector<std::string> discounts;
    for (const auto& d : item.discounts())
      discounts.push_back(absl::StrCat(d.until_day(), "=", d.amount_minor()));
    lines.push_back(absl::StrCat(
        state::v1::ItemKind_Name(item.kind()).substr(10), " ", item.number(), " ", item.amount_minor(),
        " open ", item.open_minor(),
        item.has_due_day() ? absl::StrCat(" due ", FormatIsoDay(DayFromNumber(item.due_day()))) : "", " ref ",
        item.reference(), " ", item.source(), item.lettering().empty() ? "" : " letter ", item.lettering(),
        discounts.empty() ? "" : " discounts ", absl::StrJoin(discounts, ",")));
  };
  for (const auto& item : view.items) show(item);
  for (const auto& item : view.history) show(item);
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "\n");
}

TEST(CompleteItemTest, BooksAndInvoiceAreOneItemWhicheverComesFirst) {
  StoredAccount books_first, invoice_first;
  EXPECT_EQ(Post(&books_first, Books()).created, 1);
  EXPECT_EQ(Post(&books_first, Electronic(Document())).completed, 1);
  EXPECT_EQ(Post(&invoice_first, Electronic(Document())).created, 1);
  EXPECT_EQ(Post(&invoice_first, Books()).completed, 1);
  const std::string want = "INVOICE FA-2026-0001 120000 open 120000 due 2026-02-28 ref RF18539007547034 fec";
  EXPECT_EQ(Picture(books_first), want);
  EXPECT_EQ(Picture(invoice_first), want);
  // The id that was there first stays.
  EXPECT_EQ(books_first.View().items[0].id(), 100u);
  EXPECT_EQ(invoice_first.View().items[0].id(),
            DocumentId(DocumentOf(Document(), kSourceUbl).instalments[0]));
  EXPECT_EQ(invoice_first.View().items[0].control_account(), "411000");
}

TEST(CompleteItemTest, TheSameAgainChangesNothing) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    Post(&stored, books_first ? Books() : Electronic(Document()));
    Post(&stored, books_first ? Electronic(Document()) : Books());
    const auto before = stored.fields();
    for (int round = 0; round < 2; ++round) {
      PostResult result = Post(&stored, Books());
      EXPECT_EQ(result.created + result.changed + result.completed, 0);
      EXPECT_EQ(result.unchanged, 1);
      result = Post(&stored, Electronic(Document()));
      EXPECT_EQ(result.created + result.changed + result.completed, 0);
      EXPECT_EQ(result.unchanged, 1);
    }
    EXPECT_EQ(stored.fields(), before);
  }
}

TEST(CompleteItemTest, TheBuyerFillsWhatIsNotKnown) {
  StoredAccount stored;
  IncomingAccount books = Books();
  books.attributes.set_name("MARTIN");
  Post(&stored, books);
  InvoiceDocument invoice = Document();
  invoice.buyer.contact_mail = "compta@example.org";
  EXPECT_EQ(Post(&stored, Electronic(invoice)).accounts_updated, 1);
  const auto attributes = stored.View().sum.attributes();
  EXPECT_EQ(attributes.name(), "MARTIN");
  EXPECT_EQ(attributes.legal_id(), "732829320");
  ASSERT_EQ(attributes.contacts_size(), 1);
  EXPECT_EQ(attributes.contacts(0).email(), "compta@example.org");
}

struct MatchCase {
  const char* name;
  const char* books_number;
  int64_t books_cents;
  const char* invoice_number;
  int64_t invoice_cents;
  size_t items;
};

TEST(CompleteItemTest, OneNumberOneSide) {
  const MatchCase kCases[] = {
      {"OtherSpelling", "FA 2026/0001", 120'000, "fa-2026-0001", 120'000, 1},
      {"OtherNumber", "FA-2026-0002", 120'000, "FA-2026-0001", 120'000, 2},
      {"OtherSide", "FA-2026-0001", -120'000, "FA-2026-0001", 120'000, 2},
      {"OtherAmount", "FA-2026-0001", 119'999, "FA-2026-0001", 120'000, 1},
      {"ShortNumberSameAmount", "7", 120'000, "7", 120'000, 1},
      {"ShortNumberOtherAmount", "7", 119'999, "7", 120'000, 2},
      {"NoNumber", "", 120'000, "FA-2026-0001", 120'000, 2},
  };
  for (const MatchCase& c : kCases) {
    for (const bool books_first : {true, false}) {
      SCOPED_TRACE(absl::StrCat(c.name, books_first));
      StoredAccount stored;
      const IncomingAccount books = Books(100, c.books_cents, c.books_number);
      const IncomingAccount electronic = Electronic(Document(c.invoice_number, c.invoice_cents));
      Post(&stored, books_first ? books : electronic);
      Post(&stored, books_first ? electronic : books);
      const AccountView view = stored.View();
      EXPECT_EQ(view.items.size(), c.items);
      // The amount of the books counts.
      if (c.items == 1) {
        EXPECT_EQ(view.items[0].amount_minor(), c.books_cents);
      }
    }
  }
}

TEST(CompleteItemTest, DaysFarApartAreTwoDocuments) {
  for (const int days : {kDocumentDaysMax, kDocumentDaysMax + 1}) {
    for (const bool books_first : {true, false}) {
      StoredAccount stored;
      IncomingAccount books = Books();
      books.items[0].item.set_issue_day(Day(2026, 1, 15) - days);
      Post(&stored, books_first ? books : Electronic(Document()));
      Post(&stored, books_first ? Electronic(Document()) : books);
      EXPECT_EQ(stored.View().items.size(), days == kDocumentDaysMax ? 1u : 2u) << days;
    }
  }
}

// Books that know the payment before the invoice arrives: nothing of it is lost.
TEST(CompleteItemTest, LetteringAndPaymentsStay) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    IncomingAccount books = Books(100, 120'000, "FA-2026-0001", "AA");
    AddPayment(&books, 101, 120'000, Day(2026, 2, 20), "AA");
    Post(&stored, books_first ? books : Electronic(Document()));
    Post(&stored, books_first ? Electronic(Document()) : books);
    EXPECT_EQ(Picture(stored),
              "INVOICE FA-2026-0001 120000 open 0 due 2026-02-28 ref RF18539007547034 fec letter AA\n"
              "PAYMENT  -120000 open 0 ref  fec letter AA");
  }
}

// The books have one invoice on two lines, one for each rate of tax.
TEST(CompleteItemTest, TwoLinesOfTheBooksShareTheDueDay) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    IncomingAccount books = Books(100, 100'000);
    books.items.push_back(Books(200, 20'000).items[0]);
    Post(&stored, books_first ? books : Electronic(Document()));
    Post(&stored, books_first ? Electronic(Document()) : books);
    const std::string want =
        "INVOICE FA-2026-0001 100000 open 100000 due 2026-02-28 ref RF18539007547034 fec\n"
        "INVOICE FA-2026-0001 20000 open 20000 due 2026-02-28 ref RF18539007547034 fec";
    EXPECT_EQ(Picture(stored), want);
    Post(&stored, books);
    Post(&stored, Electronic(Document()));
    EXPECT_EQ(Picture(stored), want);
  }
}

InvoiceDocument Instalments() {
  InvoiceDocument invoice = Document();
  invoice.instalments = {{absl::CivilDay(2026, 2, 28), 50'000}, {absl::CivilDay(2026, 3, 31), 70'000}};
  return invoice;
}

TEST(CompleteItemTest, InstalmentsDivideALineOfTheBooks) {
  const std::string want =
      "INVOICE FA-2026-0001 50000 open 0 due 2026-02-28 ref RF18539007547034 fec letter AA\n"
      "INVOICE FA-2026-0001 70000 open 40000 due 2026-03-31 ref RF18539007547034 fec letter AA\n"
      "PAYMENT  -80000 open 0 ref  fec letter AA";
  IncomingAccount books = Books(100, 120'000, "FA-2026-0001", "AA");
  AddPayment(&books, 101, 80'000, Day(2026, 3, 1), "AA");
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    Post(&stored, books_first ? books : Electronic(Instalments()));
    Post(&stored, books_first ? Electronic(Instalments()) : books);
    EXPECT_EQ(Picture(stored), want);
    const auto before = stored.fields();
    Post(&stored, books);
    Post(&stored, Electronic(Instalments()));
    EXPECT_EQ(stored.fields(), before);
    // The books say that it is paid in full.
    AddPayment(&books, 102, 40'000, Day(2026, 4, 2), "AA");
    Post(&stored, books);
    for (const auto& item : stored.View().history) EXPECT_EQ(item.open_minor(), 0);
    EXPECT_TRUE(stored.View().items.empty());
    books.items.pop_back();
  }
}

TEST(CompleteItemTest, InstalmentsThatAreNotTheBooksAmountStayOneItem) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    const IncomingAccount books = Books(100, 110'000);
    Post(&stored, books_first ? books : Electronic(Instalments()));
    Post(&stored, books_first ? Electronic(Instalments()) : books);
    const AccountView view = stored.View();
    ASSERT_EQ(view.items.size(), 1u);
    EXPECT_EQ(view.items[0].amount_minor(), 110'000);
  }
}

// Rows of a program: the amount may change under the same id.
TEST(CompleteItemTest, RowsOfAProgramKeepTheirAmount) {
  const auto row = [](int64_t cents) {
    IncomingAccount incoming = Books(300, cents);
    incoming.items[0].item.set_source(kSourceRpc);
    incoming.items[0].item.clear_control_account();
    incoming.items[0].from_books = false;
    return incoming;
  };
  for (const bool rows_first : {true, false}) {
    StoredAccount stored;
    Post(&stored, rows_first ? row(120'000) : Electronic(Instalments()));
    Post(&stored, rows_first ? Electronic(Instalments()) : row(120'000));
    EXPECT_EQ(stored.View().items.size(), 2u);
    Post(&stored, row(90'000));
    ASSERT_EQ(stored.View().items.size(), 1u);
    EXPECT_EQ(stored.View().items[0].amount_minor(), 90'000);
    EXPECT_EQ(stored.View().items[0].source(), kSourceRpc);
  }
}

TEST(CompleteItemTest, APictureThatHasTheInvoiceKeepsItsInstalments) {
  StoredAccount stored;
  IncomingAccount rows = Books(300);
  rows.items[0].item.set_source(kSourceCsv);
  rows.items[0].from_books = false;
  Post(&stored, Electronic(Instalments()));
  Post(&stored, rows);
  LedgerAccount account = stored.LoadAll();
  EXPECT_EQ(SettleAbsent({kSourceCsv}, {300}, Day(2026, 3, 1), &account), 0);
  EXPECT_EQ(SettleAbsent({kSourceCsv}, {301}, Day(2026, 3, 1), &account), 2);
}

InvoiceDocument Prepaid() {
  InvoiceDocument invoice = Document();
  invoice.prepaid_minor = 20'000;
  invoice.payable_minor = 100'000;
  invoice.instalments = {{absl::CivilDay(2026, 2, 28), 100'000}};
  return invoice;
}

TEST(CompleteItemTest, WhatIsPrepaidIsPaidFromTheStart) {
  StoredAccount stored;
  Post(&stored, Electronic(Prepaid()));
  EXPECT_EQ(Picture(stored),
            "INVOICE FA-2026-0001 120000 open 100000 due 2026-02-28 ref RF18539007547034 ubl\n"
            "PAYMENT FA-2026-0001 -20000 open 0 ref  ubl");
  const auto before = stored.fields();
  EXPECT_EQ(Post(&stored, Electronic(Prepaid())).unchanged, 1);
  EXPECT_EQ(stored.fields(), before);
}

IncomingAccount Bank(uint64_t id, int64_t cents, int32_t day) {
  IncomingAccount incoming;
  IncomingItem& told = incoming.items.emplace_back();
  told.item = Payment(id, cents, day);
  told.item.clear_open_minor();
  told.item.set_bank_key(absl::StrCat("bank/", id));
  told.to_match = true;
  return incoming;
}

// The advance came by the bank: it is there once, before or after the invoice.
TEST(CompleteItemTest, TheAdvanceIsCountedOnce) {
  for (const bool bank_first : {true, false}) {
    StoredAccount stored;
    const IncomingAccount bank = Bank(500, 20'000, Day(2025, 12, 20));
    Post(&stored, bank_first ? bank : Electronic(Prepaid()));
    Post(&stored, bank_first ? Electronic(Prepaid()) : bank);
    EXPECT_EQ(Picture(stored),
              "INVOICE FA-2026-0001 120000 open 100000 due 2026-02-28 ref RF18539007547034 ubl\n"
              "PAYMENT  -20000 open 0 ref  camt053");
    const auto before = stored.fields();
    Post(&stored, bank);
    Post(&stored, Electronic(Prepaid()));
    EXPECT_EQ(stored.fields(), before);
  }
}

// The books have the whole invoice and the advance: their balance is the account's.
TEST(CompleteItemTest, BooksWithTheAdvanceAgree) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    IncomingAccount books = Books();
    AddPayment(&books, 101, 20'000, Day(2025, 12, 20));
    Post(&stored, books_first ? books : Electronic(Prepaid()));
    Post(&stored, books_first ? Electronic(Prepaid()) : books);
    int64_t open = 0, amount = 0;
    for (const auto& item : stored.View().items) open += item.open_minor();
    for (const auto& item : stored.View().items) amount += item.amount_minor();
    for (const auto& item : stored.View().history) amount += item.amount_minor();
    EXPECT_EQ(open, 100'000);
    EXPECT_EQ(amount, 100'000);
  }
}

// Books that book what is payable, with the advance on an account of its own.
TEST(CompleteItemTest, BooksOfThePayableAmountAgree) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    const IncomingAccount books = Books(100, 100'000);
    Post(&stored, books_first ? books : Electronic(Prepaid()));
    Post(&stored, books_first ? Electronic(Prepaid()) : books);
    EXPECT_EQ(Picture(stored),
              "INVOICE FA-2026-0001 100000 open 100000 due 2026-02-28 ref RF18539007547034 fec");
  }
}

TEST(CompleteItemTest, PrepaidInstalmentsOfBooks) {
  InvoiceDocument invoice = Prepaid();
  invoice.instalments = {{absl::CivilDay(2026, 2, 28), 30'000}, {absl::CivilDay(2026, 3, 31), 70'000}};
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    const IncomingAccount books = Books(100, 100'000);
    Post(&stored, books_first ? books : Electronic(invoice));
    Post(&stored, books_first ? Electronic(invoice) : books);
    EXPECT_EQ(Picture(stored),
              "INVOICE FA-2026-0001 30000 open 30000 due 2026-02-28 ref RF18539007547034 fec\n"
              "INVOICE FA-2026-0001 70000 open 70000 due 2026-03-31 ref RF18539007547034 fec");
  }
}

InvoiceDocument CreditNote() {
  InvoiceDocument invoice = Document("AV-2026-0003", 30'000);
  invoice.type_code = "381";
  invoice.credit = true;
  invoice.preceding = {"FA-2026-0001"};
  return invoice;
}

TEST(CompleteItemTest, CreditNotesLikewise) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    Post(&stored, Books());
    const IncomingAccount books = Books(400, -30'000, "AV-2026-0003");
    Post(&stored, books_first ? books : Electronic(CreditNote()));
    EXPECT_EQ(Post(&stored, books_first ? Electronic(CreditNote()) : books).completed, 1);
    EXPECT_EQ(Picture(stored),
              "CREDIT_NOTE AV-2026-0003 -30000 open -30000 ref RF18539007547034 fec\n"
              "INVOICE FA-2026-0001 120000 open 120000 due 2026-01-15 ref  fec");
  }
}

TEST(CompleteItemTest, ANegativeInvoiceIsACredit) {
  StoredAccount stored;
  InvoiceDocument invoice = Document("FA-2026-0009", -5'000);
  Post(&stored, Electronic(invoice));
  ASSERT_EQ(stored.View().items.size(), 1u);
  EXPECT_EQ(stored.View().items[0].kind(), state::v1::ITEM_KIND_CREDIT_NOTE);
  EXPECT_EQ(stored.View().items[0].amount_minor(), -5'000);
  EXPECT_FALSE(stored.View().items[0].has_due_day());
}

InvoiceDocument Corrected() {
  InvoiceDocument invoice = Document("FA-2026-0005", 110'000);
  invoice.type_code = "384";
  invoice.issue_day = absl::CivilDay(2026, 1, 20);
  invoice.preceding = {"FA-2026-0001"};
  return invoice;
}

TEST(CompleteItemTest, ACorrectedInvoiceSettlesWhatItReplaces) {
  for (const bool corrected_first : {true, false}) {
    StoredAccount stored;
    Post(&stored, Electronic(corrected_first ? Corrected() : Document()));
    Post(&stored, Electronic(corrected_first ? Document() : Corrected()));
    EXPECT_EQ(Picture(stored),
              "CREDIT_NOTE  -120000 open 0 ref  ubl\n"
              "INVOICE FA-2026-0001 120000 open 0 due 2026-02-28 ref RF18539007547034 ubl\n"
              "INVOICE FA-2026-0005 110000 open 110000 due 2026-02-28 ref RF18539007547034 ubl");
    const auto before = stored.fields();
    Post(&stored, Electronic(Corrected()));
    Post(&stored, Electronic(Document()));
    EXPECT_EQ(stored.fields(), before);
    for (const auto& item : stored.View().history) {
      if (item.kind() != state::v1::ITEM_KIND_CREDIT_NOTE) continue;
      EXPECT_EQ(item.allocations(0).rule(), state::v1::MATCH_RULE_COUNTERPART);
      EXPECT_EQ(item.allocations(0).evidence(), "FA-2026-0005");
    }
    ASSERT_EQ(stored.View().items.size(), 1u);
    EXPECT_EQ(stored.View().items[0].replaces(), "FA-2026-0001");
  }
}

TEST(CompleteItemTest, MoneyGoesToTheCorrectedInvoice) {
  StoredAccount stored;
  Post(&stored, Electronic(Document()));
  IncomingAccount bank = Bank(500, 120'000, Day(2026, 1, 18));
  bank.items[0].facts.documents = {"FA-2026-0001"};
  Post(&stored, bank);
  EXPECT_TRUE(stored.View().items.empty());
  Post(&stored, Electronic(Corrected()));
  EXPECT_EQ(Picture(stored),
            "CREDIT_NOTE  -120000 open 0 ref  ubl\n"
            "INVOICE FA-2026-0001 120000 open 0 due 2026-02-28 ref RF18539007547034 ubl\n"
            "INVOICE FA-2026-0005 110000 open 0 due 2026-02-28 ref RF18539007547034 ubl\n"
            "PAYMENT  -120000 open -10000 ref  camt053");
}

// The books say themselves what became of the replaced invoice.
TEST(CompleteItemTest, WhatTheBooksHaveTheySettle) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    if (books_first) Post(&stored, Books());
    Post(&stored, Electronic(Document()));
    Post(&stored, Electronic(Corrected()));
    if (!books_first) Post(&stored, Books());
    EXPECT_EQ(Picture(stored),
              "INVOICE FA-2026-0001 120000 open 120000 due 2026-02-28 ref RF18539007547034 fec\n"
              "INVOICE FA-2026-0005 110000 open 110000 due 2026-02-28 ref RF18539007547034 ubl");
  }
}

TEST(CompleteItemTest, BooksInAnotherCurrencyKeepTheirAmount) {
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    InvoiceDocument invoice = Document();
    invoice.currency = "GBP";
    const IncomingAccount books = Books(100, 140'000);
    Post(&stored, books_first ? books : Electronic(invoice));
    Post(&stored, books_first ? Electronic(invoice) : books);
    ASSERT_EQ(stored.View().items.size(), 1u);
    const auto item = stored.View().items[0];
    EXPECT_EQ(item.amount_minor(), 140'000);
    EXPECT_EQ(item.currency(), "EUR");
    EXPECT_EQ(item.original_minor(), 120'000);
    EXPECT_EQ(item.original_currency(), "GBP");
  }
}

TEST(CompleteItemTest, AnInvoiceWithoutADueDayFollowsTheTerms) {
  InvoiceDocument invoice = Document();
  invoice.instalments = {{std::nullopt, 120'000}};
  for (const bool books_first : {true, false}) {
    StoredAccount stored;
    IncomingAccount electronic = Electronic(invoice);
    electronic.tenant_terms = {PaymentTerms::Kind::kNet, 45, 0};
    IncomingAccount books = Books();
    books.tenant_terms = electronic.tenant_terms;
    Post(&stored, books_first ? books : electronic);
    EXPECT_EQ(stored.View().items[0].due_day(), Day(2026, 3, 1));
    // A day that the books tell later counts.
    books.items[0].item.set_id(100);
    books.items[0].item.set_due_day(Day(2026, 2, 10));
    books.items[0].due_from_terms = false;
    Post(&stored, books_first ? electronic : books);
    if (books_first) Post(&stored, books);
    EXPECT_EQ(stored.View().items[0].due_day(), Day(2026, 2, 10));
  }
}

TEST(CompleteItemTest, ANewVersionOfTheInvoiceReplacesTheOld) {
  StoredAccount stored;
  Post(&stored, Electronic(Instalments()));
  InvoiceDocument smaller = Prepaid();
  smaller.total_minor = 90'000;
  smaller.prepaid_minor = 10'000;
  smaller.payable_minor = 80'000;
  smaller.instalments = {{absl::CivilDay(2026, 4, 30), 80'000}};
  EXPECT_EQ(Post(&stored, Electronic(smaller)).changed, 1);
  EXPECT_EQ(Picture(stored),
            "INVOICE FA-2026-0001 90000 open 80000 due 2026-04-30 ref RF18539007547034 ubl\n"
            "PAYMENT FA-2026-0001 -10000 open 0 ref  ubl");
  EXPECT_EQ(Post(&stored, Electronic(Instalments())).changed, 1);
  EXPECT_EQ(Picture(stored),
            "INVOICE FA-2026-0001 50000 open 50000 due 2026-02-28 ref RF18539007547034 ubl\n"
            "INVOICE FA-2026-0001 70000 open 70000 due 2026-03-31 ref RF18539007547034 ubl");
}

}  // namespace
}  // namespace relance::ledger
