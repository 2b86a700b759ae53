#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/ledger/readers/invoice/testing/ubl_text.h"
#include "services/ledger/readers/testing/collecting_sink.h"
#include "tests/ledger/ledger_fixture.h"

namespace relance::ledger {
namespace {

std::string FecHead() {
  return "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tP"
         "ieceRef\t"
         "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n";
}

// An invoice of customer C1 in the books: customer against sales.
std::string Sale(const std::string& entry, const std::string& number, const std::string& amount,
                 const std::string& lettering = "") {
  const std::string day = "20260115";
  return absl::StrCat("VE\tVentes\t", entry, "\t", day, "\t411000\tClients\tC1\tMARTIN\t", number, "\t", day,
                      "\tFacture\t", amount, "\t0,00\t", lettering, "\t", lettering.empty() ? "" : "20260220",
                      "\t", day, "\t\t\n", "VE\tVentes\t", entry, "\t", day, "\t707000\tVentes\t\t\t", number,
                      "\t", day, "\tFacture\t0,00\t", amount, "\t\t\t", day, "\t\t\n");
}

std::string Credit(const std::string& entry, const std::string& number, const std::string& amount) {
  const std::string day = "20260120";
  return absl::StrCat("VE\tVentes\t", entry, "\t", day, "\t411000\tClients\tC1\tMARTIN\t", number, "\t", day,
                      "\tAvoir\t0,00\t", amount, "\t\t\t", day, "\t\t\n", "VE\tVentes\t", entry, "\t", day,
                      "\t707000\tVentes\t\t\t", number, "\t", day, "\tAvoir\t", amount, "\t0,00\t\t\t", day,
                      "\t\t\n");
}

std::string Receipt(const std::string& entry, const std::string& amount, const std::string& lettering = "") {
  const std::string day = "20260220";
  return absl::StrCat("BQ\tBanque\t", entry, "\t", day, "\t411000\tClients\tC1\tMARTIN\tVIR", entry, "\t",
                      day, "\tVirement\t0,00\t", amount, "\t", lettering, "\t", lettering.empty() ? "" : day,
                      "\t", day, "\t\t\n", "BQ\tBanque\t", entry, "\t", day, "\t512000\tBanque\t\t\tVIR",
                      entry, "\t", day, "\tVirement\t", amount, "\t0,00\t\t\t", day, "\t\t\n");
}

class InvoiceImportTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    v1::CreateTenantRequest request;
    request.mutable_tenant()->set_tenant_id("demo");
    request.mutable_tenant()->set_legal_name("Demo SAS");
    request.mutable_tenant()->set_country("FR");
    request.mutable_tenant()->set_legal_id("404833048");
    *request.mutable_tenant()->mutable_test_clock_date() = MakeDate(2026, 3, 31);
    grpc::ClientContext context;
    v1::CreateTenantResponse response;
    const grpc::Status status = node_->tenants->CreateTenant(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  static UblText Text() {
    UblText text;
    text.due = "2026-02-28";
    text.reference = "RF18 5390 0754 7034";
    return text;
  }

  // Items of an account by number, open or settled, with amount and what is open.
  std::map<std::string, std::string> Items(const std::string& account) {
    std::map<std::string, std::string> items;
    std::map<std::string, std::set<std::string>> sorted;
    const v1::Account read = GetAccount("demo", account);
    const auto add = [&](const v1::Item& item) {
      sorted[item.number()].insert(absl::StrCat(Cents(item.amount()), "/", Cents(item.open_amount()), " due ",
                                                item.due_date().month(), "-", item.due_date().day()));
    };
    for (const v1::Item& item : read.items()) add(item);
    for (const v1::Item& item : read.history()) add(item);
    for (const auto& [number, texts] : sorted) items[number] = absl::StrJoin(texts, " + ");
    return items;
  }
};

TEST_F(InvoiceImportTest, AnInvoiceWithoutBooksMakesAnAccountOfItsOwn) {
  UblText text = Text();
  text.buyer.mail = "compta@example.org";
  const v1::ImportReport report = Import("demo", "ubl", MakeUbl(text));
  EXPECT_EQ(report.read(), 1);
  EXPECT_EQ(report.created(), 1);
  EXPECT_EQ(report.completed(), 0);
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"FR:732829320", 120'000}}));
  const v1::Account account = GetAccount("demo", "FR:732829320");
  EXPECT_EQ(account.attributes().name(), "Boulangerie Martin");
  EXPECT_EQ(account.attributes().legal_id(), "732829320");
  EXPECT_EQ(account.attributes().vat_id(), "FR44732829320");
  EXPECT_EQ(account.attributes().country(), "FR");
  ASSERT_EQ(account.attributes().address_size(), 2);
  EXPECT_EQ(account.attributes().address(1), "44000 Nantes");
  ASSERT_EQ(account.attributes().contacts_size(), 1);
  EXPECT_EQ(account.attributes().contacts(0).email(), "compta@example.org");
  ASSERT_EQ(account.items_size(), 1);
  EXPECT_EQ(account.items(0).source(), "ubl");
  EXPECT_EQ(account.items(0).reference(), "RF18539007547034");
  // How far the books go is not what one invoice says.
  EXPECT_FALSE(report.has_as_of_date());
}

TEST_F(InvoiceImportTest, InvoiceAndBooksAreOneItemWhicheverComesFirst) {
  const std::string fec = FecHead() + Sale("1", "FA-2026-0001", "1200,00");
  Import("demo", "fec", fec);
  EXPECT_EQ(Items("C1")["FA-2026-0001"], "120000/120000 due 2-14");
  const v1::ImportReport report = Import("demo", "ubl", MakeUbl(Text()));
  EXPECT_EQ(report.completed(), 1);
  EXPECT_EQ(report.created(), 0);
  const std::map<std::string, std::string> want = {{"FA-2026-0001", "120000/120000 due 2-28"}};
  EXPECT_EQ(Items("C1"), want);
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"C1", 120'000}}));
  EXPECT_EQ(GetAccount("demo", "C1").attributes().legal_id(), "732829320");

  // The next one of the buyer, before its books: the company is known now.
  UblText next = Text();
  next.number = "FA-2026-0002";
  Import("demo", "ubl", MakeUbl(next));
  EXPECT_EQ(Import("demo", "fec", fec + Sale("2", "FA-2026-0002", "1200,00")).completed(), 1);
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"C1", 240'000}}));

  // All of it again, in any order: nothing changes.
  const auto before = Contents("demo");
  for (const auto& [format, content] :
       std::map<std::string, std::string>{{"fec", fec}, {"ubl", MakeUbl(next)}, {"UBL", MakeUbl(Text())}}) {
    const v1::ImportReport again = Import("demo", format == "UBL" ? "ubl" : format, content);
    EXPECT_EQ(again.created() + again.changed() + again.completed(), 0) << format;
    EXPECT_EQ(again.unchanged(), 1) << format;
  }
  EXPECT_EQ(Contents("demo"), before);
}

// The buyer's account is not known yet: what lies on the made one goes to the one of the books.
TEST_F(InvoiceImportTest, TheBooksBringTheAccount) {
  Import("demo", "ubl", MakeUbl(Text()));
  UblText unbooked = Text();
  unbooked.number = "FA-2026-0009";
  unbooked.payable = "50.00";
  Import("demo", "ubl", MakeUbl(unbooked));
  const std::string fec = FecHead() + Sale("1", "FA-2026-0001", "1200,00");
  Import("demo", "fec", fec);
  const std::map<std::string, int64_t> want = {{"C1", 125'000}, {"FR:732829320", 0}};
  EXPECT_EQ(Balances("demo"), want);
  EXPECT_EQ(Items("C1")["FA-2026-0001"], "120000/120000 due 2-28");
  EXPECT_EQ(Items("C1")["FA-2026-0009"], "5000/5000 due 2-28");
  EXPECT_EQ(GetAccount("demo", "C1").attributes().legal_id(), "732829320");
  const auto before = Contents("demo");
  Import("demo", "ubl", MakeUbl(Text()));
  Import("demo", "ubl", MakeUbl(unbooked));
  Import("demo", "fec", fec);
  EXPECT_EQ(Contents("demo"), before);
  // Another process, with an index of its own.
  auto other = AnotherNode();
  for (const auto& [format, content] :
       std::map<std::string, std::string>{{"fec", fec}, {"ubl", MakeUbl(unbooked)}}) {
    EXPECT_TRUE(TryImport(*other, "demo", format, content).first.ok());
  }
  EXPECT_EQ(Contents("demo"), before);
}

// Money that had paid the invoice on the made account goes along; the books have it too.
TEST_F(InvoiceImportTest, MoneyGoesAlong) {
  Import("demo", "ubl", MakeUbl(Text()));
  Import(
      "demo", "camt053",
      "<Document "
      "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id>"
      "<IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy=\"EUR\">1200.00</Amt>"
      "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-02-20</Dt></BookgDt>"
      "<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>FA-2026-0001</Ustrd></RmtInf></TxDtls>"
      "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>");
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"FR:732829320", 0}}));
  Import("demo", "fec",
         FecHead() + Sale("1", "FA-2026-0001", "1200,00", "AA") + Receipt("7", "1200,00", "AA"));
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"C1", 0}, {"FR:732829320", 0}}));
  const v1::Account account = GetAccount("demo", "C1");
  EXPECT_EQ(account.items_size(), 0);
  EXPECT_EQ(account.history_size(), 2);
}

// Two customers of the books may have a number in common; another amount proves nothing.
TEST_F(InvoiceImportTest, AnotherAmountDoesNotJoinAccounts) {
  Import("demo", "ubl", MakeUbl(Text()));
  Import("demo", "fec", FecHead() + Sale("1", "FA-2026-0001", "999,00"));
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"C1", 99'900}, {"FR:732829320", 120'000}}));
}

TEST_F(InvoiceImportTest, LetteringOfTheBooksHoldsForInstalments) {
  UblText text = Text();
  text.due = "";
  text.terms = {"<cbc:Amount>500.00</cbc:Amount><cbc:PaymentDueDate>2026-02-28</cbc:PaymentDueDate>",
                "<cbc:Amount>700.00</cbc:Amount><cbc:PaymentDueDate>2026-03-31</cbc:PaymentDueDate>"};
  Import("demo", "fec", FecHead() + Sale("1", "FA-2026-0001", "1200,00"));
  EXPECT_EQ(Import("demo", "ubl", MakeUbl(text)).completed(), 1);
  EXPECT_EQ(Items("C1")["FA-2026-0001"], "50000/50000 due 2-28 + 70000/70000 due 3-31");
  // The line of the books is lettered later: with the first payment, then paid in full.
  const std::string lettered =
      FecHead() + Sale("1", "FA-2026-0001", "1200,00", "AA") + Receipt("7", "500,00", "AA");
  Import("demo", "fec", lettered);
  EXPECT_EQ(Items("C1")["FA-2026-0001"], "50000/0 due 2-28 + 70000/70000 due 3-31");
  Import("demo", "fec", lettered + Receipt("8", "700,00", "AA"));
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"C1", 0}}));
  EXPECT_EQ(GetAccount("demo", "C1").items_size(), 0);
}

TEST_F(InvoiceImportTest, CreditNotesAreCompletedLikewise) {
  UblText note = Text();
  note.credit_note = true;
  note.number = "AV-2026-0001";
  note.issue = "2026-01-20";
  note.due = "";
  note.payable = "200.00";
  note.preceding = {"FA-2026-0001"};
  Import("demo", "fec", FecHead() + Sale("1", "FA-2026-0001", "1200,00"));
  EXPECT_EQ(Import("demo", "ubl", MakeUbl(note)).created(), 1);
  // It names the invoice, which the books have.
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"C1", 100'000}}));
}

TEST_F(InvoiceImportTest, TheBuyersOwnCodeLeadsToItsAccount) {
  Import("demo", "fec", FecHead() + Sale("1", "FA-2026-0001", "1200,00"));
  UblText note = Text();
  note.credit_note = true;
  note.number = "AV-2026-0001";
  note.issue = "2026-01-20";
  note.due = "";
  note.payable = "200.00";
  note.buyer.id = "C1";
  EXPECT_EQ(Import("demo", "ubl", MakeUbl(note)).created(), 1);
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"C1", 100'000}}));
  EXPECT_EQ(Import("demo", "fec", FecHead() + Credit("2", "AV-2026-0001", "200,00")).completed(), 1);
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"C1", 100'000}}));
  EXPECT_EQ(Items("C1")["AV-2026-0001"], "-20000/-20000 due 0-0");
}

TEST_F(InvoiceImportTest, ACorrectedInvoiceTakesThePlaceOfTheFirst) {
  Import("demo", "ubl", MakeUbl(Text()));
  UblText corrected = Text();
  corrected.type = "384";
  corrected.number = "FA-2026-0002";
  corrected.payable = "1100.00";
  corrected.preceding = {"FA-2026-0001"};
  Import("demo", "ubl", MakeUbl(corrected));
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"FR:732829320", 110'000}}));
  const v1::Account account = GetAccount("demo", "FR:732829320");
  ASSERT_EQ(account.items_size(), 1);
  EXPECT_EQ(account.items(0).replaces(), "FA-2026-0001");
}

TEST_F(InvoiceImportTest, PrepaidIsNotOwed) {
  UblText text = Text();
  text.total = "1200.00";
  text.prepaid = "200.00";
  text.payable = "1000.00";
  Import("demo", "ubl", MakeUbl(text));
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"FR:732829320", 100'000}}));
  text.number = "FA-2026-0002";
  text.prepaid = "1200.00";
  text.payable = "0.00";
  Import("demo", "ubl", MakeUbl(text));
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"FR:732829320", 100'000}}));
  EXPECT_EQ(Items("FR:732829320")["FA-2026-0002"], "-120000/0 due 0-0 + 120000/0 due 2-28");
}

TEST_F(InvoiceImportTest, ASuppliersInvoiceIsNotOurs) {
  UblText text = Text();
  std::swap(text.seller, text.buyer);
  const v1::ImportReport report = Import("demo", "ubl", MakeUbl(text));
  EXPECT_EQ(report.rejected(), 1);
  ASSERT_EQ(report.rejected_lines_size(), 1);
  EXPECT_EQ(report.rejected_lines(0).reason(), "NOT_OUR_INVOICE");
  EXPECT_EQ(report.rejected_lines(0).field(), "BG-4");
  EXPECT_TRUE(Balances("demo").empty());
  // The seller says nothing of itself, and the buyer is this tenant.
  text.seller = {"Somebody", "", "", "", "", "", ""};
  EXPECT_EQ(Import("demo", "ubl", MakeUbl(text)).rejected_lines(0).reason(), "NOT_OUR_INVOICE");
  // Neither is known: it is taken.
  text.buyer = {"Somebody else", "K7", "", "", "", "", ""};
  EXPECT_EQ(Import("demo", "ubl", MakeUbl(text)).created(), 1);
  EXPECT_EQ(Balances("demo"), (std::map<std::string, int64_t>{{"K7", 120'000}}));
  // By its establishment.
  text.number = "FA-2026-0008";
  text.seller = {"Demo", "", "40483304800022", "0009", "", "FR", ""};
  EXPECT_EQ(Import("demo", "ubl", MakeUbl(text)).created(), 1);
}

TEST_F(InvoiceImportTest, RejectsWithReasonsAndSkipsWhatClaimsNothing) {
  UblText nobody = Text();
  nobody.buyer = {"", "", "", "", "", "", ""};
  EXPECT_EQ(Import("demo", "ubl", MakeUbl(nobody)).rejected_lines(0).reason(), "BUYER_MISSING");
  EXPECT_EQ(Import("demo", "cii", SourceFile("samples/cii/akretion-zugferd-comfort.xml"))
                .rejected_lines(0)
                .reason(),
            "TEST_DOCUMENT");
  UblText zero = Text();
  zero.total = zero.payable = "0.00";
  const v1::ImportReport report = Import("demo", "ubl", MakeUbl(zero));
  EXPECT_EQ(report.skipped(), 1);
  ASSERT_EQ(report.warnings_size(), 1);
  const type::v1::Date as_of = MakeDate(2026, 1, 14);
  EXPECT_EQ(Import("demo", "ubl", MakeUbl(Text()), &as_of).skipped(), 1);
  EXPECT_TRUE(Balances("demo").empty());
  const auto [status, none] = TryImport(*node_, "demo", "ubl", "<Order/>");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Reason(status), "FILE_UNREADABLE");
}

// The samples' seller is SIREN 123456782.
TEST_F(InvoiceImportTest, ReadsTheXmlOfAPdf) {
  const std::string pdf = SourceFile("samples/facturx/tiime-en16931_facturx.pdf");
  EXPECT_EQ(Import("demo", "facturx", pdf).rejected_lines(0).reason(), "NOT_OUR_INVOICE");
  CreateTenant("other", MakeDate(2022, 3, 31));
  const v1::ImportReport report = Import("other", "facturx", pdf);
  EXPECT_EQ(report.created(), 1);
  EXPECT_EQ(Balances("other"), (std::map<std::string, int64_t>{{"FR:987654321", 10'490}}));
  const v1::Account account = GetAccount("other", "FR:987654321");
  EXPECT_EQ(account.items(0).number(), "F20220023");
  EXPECT_EQ(account.items(0).due_date().day(), 2);
  EXPECT_EQ(account.items(0).source(), "facturx");
  // The same invoice as its own XML.
  EXPECT_EQ(Import("other", "facturx", pdf).unchanged(), 1);
  const auto [status, none] =
      TryImport(*node_, "other", "facturx", SourceFile("samples/facturx/horstoeko-pdf_plain.pdf"));
  EXPECT_EQ(Reason(status), "FILE_UNREADABLE");
  EXPECT_EQ(ErrorInfoOf(rpc::FromGrpcStatus(status)).metadata.at("cause"), "PDF_WITHOUT_INVOICE");
}

// All samples of one tenant that knows nothing of itself: each claim once.
TEST_F(InvoiceImportTest, TakesTheSamplesIn) {
  CreateTenant("all", MakeDate(2026, 3, 31));
  const std::map<std::string, int64_t> kWanted = {
      {"FR:787878784", 20'803},            // ubl/akretion: 308.03 of which 100.00 are prepaid
      {"DE:12345ABC", 1'282'969},          // xrechnung 01.14a
      {"BE:0000000295", 48'400 - 10'011},  // UBL.BE and its credit note
      {"10202", 25'033},                   // the same invoice as UBL and as CII
  };
  for (const char* file : {"akretion-ubl-21-extended-ctc-fr", "xrechnung-01.14a-INVOICE_ubl",
                           "ublbe-UBLBE_BE0000000196_V01-15000001.v1.1", "en16931-ubl-tc434-creditnote1",
                           "en16931-ubl-tc434-example1", "en16931-guide-example1"}) {
    Import("all", "ubl", SourceFile(absl::StrCat("samples/ubl/", file, ".xml")));
  }
  Import("all", "cii", SourceFile("samples/cii/en16931-CII_example1.xml"));
  EXPECT_EQ(Balances("all"), kWanted);
}

}  // namespace
}  // namespace relance::ledger
