// Statements of banks in their national formats, from the file to the account: what pays an invoice, what
// comes back, and the same file again.

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/ledger/ledger_fixture.h"

namespace relance::ledger {
namespace {

std::string Columns(size_t width, const std::vector<std::pair<int, std::string>>& fields) {
  std::string line(width, ' ');
  for (const auto& [column, text] : fields) line.replace(static_cast<size_t>(column - 1), text.size(), text);
  return line + "\n";
}

// ---- CODA ----

// One movement of `minor` hundredths: credit of a customer, or its direct debit that was returned.
std::string Coda(const std::string& number, const std::string& day, bool is_return,
                 const std::string& opening, const std::string& closing) {
  const auto line = [](const std::vector<std::pair<int, std::string>>& fields) {
    return Columns(128, fields);
  };
  const std::string amount = "000000000121000";
  std::vector<std::pair<int, std::string>> first = {{1, "2100010000BANK" + number},
                                                    {32, (is_return ? "1" : "0") + amount + day},
                                                    {54, is_return ? "00503000" : "00150000"},
                                                    {116, day + number}};
  first.push_back(is_return ? std::make_pair(62, std::string("0FACTURE F-2026-07"))
                            : std::make_pair(62, std::string("1101202600010704")));
  return line({{1, "0000006032699905"}, {128, "2"}}) +
         line({{1, "12" + number + "BE96999000000101"}, {40, "EUR0" + opening + day}}) + line(first) +
         line({{1, "2200010000"}, {64, "E2E-7"}, {113, is_return ? "2MD06" : "     "}}) +
         line({{1, "2300010000BE85999000000202"}, {48, "CLIENT EXEMPLE UN"}}) +
         line({{1, "8" + number + "BE96999000000101"}, {42, "0" + closing + day}}) +
         line({{1, "9"},
               {17, "000005" + (is_return ? amount + "000000000000000" : "000000000000000" + amount)},
               {128, "2"}});
}

// ---- CFONB 120 ----

std::string Cfonb(const std::string& day, bool is_return) {
  const auto line = [](const std::vector<std::pair<int, std::string>>& fields) {
    return Columns(120, fields);
  };
  const std::string account = "30004    00828EUR2 00011234567";
  const std::string code = is_return ? "A3" : "05";
  const auto detail = [&](const std::string& qualifier, const std::string& text) {
    return line({{1, "05" + account}, {33, code}, {35, day}, {46, qualifier + text}});
  };
  const std::string none = "0000000000000{", credit = "0000000012100{", debit = "0000000012100}";
  return line({{1, "01" + account}, {35, day}, {91, is_return ? credit : none}}) +
         line({{1, "04" + account},
               {33, code},
               {35, day + (is_return ? "04" : "  ") + day},
               {49, is_return ? "IMPAYE PRLV SEPA" : "VIR SEPA CLIENT EXEMPLE UN"},
               {91, is_return ? debit : credit}}) +
         detail("NPY", "CLIENT EXEMPLE UN") + detail("RCN", "E2E-7") + detail("LCC", "FACTURE F-2026-07") +
         line({{1, "07" + account}, {35, day}, {91, is_return ? none : credit}});
}

// ---- MT940 ----

std::string Mt940(const std::string& day, bool is_return) {
  const std::string none = "0,00", amount = "1210,00";
  return absl::StrCat(":20:X\n:25:NL91ABNA0417164300\n:28C:", day, "/1\n:60F:C", day, "EUR",
                      is_return ? amount : none, "\n:61:", day, is_return ? "RC" : "C", amount,
                      "NTRFNONREF//B", day,
                      "\n:86:/EREF/E2E-7//NAME/CLIENT EXEMPLE UN/REMI/FACTURE F-2026-07/\n:62F:C", day, "EUR",
                      is_return ? none : amount, "\n-\n");
}

struct Bank {
  const char* format;
  std::string payment, taken_back;
};

class StatementsTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    CreateTenant("demo", MakeDate(2026, 4, 30));
    Import("demo", "csv",
           "kind,account,name,number,issue_date,due_date,amount,currency,reference\n"
           "invoice,C1,CLIENT EXEMPLE UN,F-2026-07,2026-01-31,2026-03-02,1210.00,EUR,202600010704\n"
           "invoice,C2,AUTRE CLIENT,F-2026-08,2026-01-31,2026-03-02,50.00,EUR,\n");
  }
};

TEST_F(StatementsTest, AStatementPaysAReturnReopensAndTheSameFilesAgainChangeNothing) {
  const std::string zero = "000000000000000", full = "000000000121000";
  // CODA amounts have three decimals: 1,210.00 is 000000001210000.
  const auto scale = [](std::string file) {
    return absl::StrReplaceAll(file, {{"000000000121000", "000000001210000"}});
  };
  const Bank kBanks[] = {
      {"coda", scale(Coda("042", "050326", false, zero, full)),
       scale(Coda("049", "120326", true, full, zero))},
      {"cfonb120", absl::StrReplaceAll(Cfonb("050326", false), {{"0000000012100{", "0000000012100{"}}),
       Cfonb("120326", true)},
      {"mt940", Mt940("260305", false), Mt940("260312", true)},
  };
  for (const Bank& bank : kBanks) {
    SCOPED_TRACE(bank.format);
    SetUp();
    const v1::ImportReport paid = Import("demo", bank.format, bank.payment);
    EXPECT_EQ(paid.created(), 1);
    EXPECT_EQ(paid.rejected(), 0) << paid.DebugString();
    EXPECT_EQ(paid.payments_matched(), 1) << paid.DebugString();
    EXPECT_EQ(paid.format(), bank.format);
    EXPECT_EQ(paid.as_of_date().day(), 5);
    EXPECT_EQ(Balances("demo")["C1"], 0);
    EXPECT_EQ(Balances("demo")["C2"], 5000);

    const auto after_payment = Contents("demo");
    const v1::ImportReport again = Import("demo", bank.format, bank.payment);
    EXPECT_TRUE(again.repeated_content());
    EXPECT_EQ(again.created() + again.changed() + again.accounts_changed(), 0);
    EXPECT_EQ(Contents("demo"), after_payment);

    const v1::ImportReport returned = Import("demo", bank.format, bank.taken_back);
    EXPECT_EQ(returned.payments_returned(), 1) << returned.DebugString();
    EXPECT_EQ(Balances("demo")["C1"], 121000);
    const v1::Account account = GetAccount("demo", "C1");
    ASSERT_EQ(account.items_size(), 1);
    EXPECT_EQ(account.items(0).number(), "F-2026-07");
    EXPECT_EQ(Cents(account.items(0).open_amount()), 121000);

    const auto after_return = Contents("demo");
    for (const std::string& file : {bank.taken_back, bank.payment}) {
      const v1::ImportReport repeated = Import("demo", bank.format, file);
      EXPECT_EQ(repeated.created() + repeated.changed() + repeated.accounts_changed(), 0);
    }
    EXPECT_EQ(Contents("demo"), after_return);
  }
}

TEST_F(StatementsTest, TheFormatIsFoundOutFromTheFile) {
  const std::string coda =
      absl::StrReplaceAll(Coda("042", "050326", false, "000000000000000", "000000000121000"),
                          {{"000000000121000", "000000001210000"}});
  EXPECT_EQ(Import("demo", "auto", coda).format(), "coda");
  EXPECT_EQ(Import("demo", "", Cfonb("060326", false)).format(), "cfonb120");
  EXPECT_EQ(Import("demo", "auto", Mt940("260307", false)).format(), "mt940");
  const auto [status, report] = TryImport(*node_, "demo", "auto", "hello world\n");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Reason(status), "FORMAT_UNKNOWN");
}

TEST_F(StatementsTest, ACutFileGivesItsWholeEntriesAndDoesNotMoveTheBankForward) {
  const std::string two = absl::StrReplaceAll(
      Mt940("260305", false), {{":62F:", ":61:260305C7,00NTRFNONREF//B2\n:86:/NAME/X/REMI/SECOND/\n:62F:"}});
  const v1::ImportReport cut = Import("demo", "mt940", two.substr(0, two.find("SECOND")));
  EXPECT_EQ(cut.created(), 1);
  EXPECT_EQ(cut.rejected(), 2) << cut.DebugString();  // the entry at the cut, and the cut
  EXPECT_FALSE(cut.has_as_of_date());
  const v1::ImportReport whole = Import("demo", "mt940", two);
  EXPECT_EQ(whole.created(), 1);
  EXPECT_EQ(whole.rejected(), 0);
  EXPECT_TRUE(whole.has_as_of_date());
  const auto [status, report] = TryImport(*node_, "demo", "cfonb120", Cfonb("050326", false).substr(0, 300));
  EXPECT_EQ(Reason(status), "FILE_UNREADABLE");
}

std::string Camt(const std::string& message, const std::string& entries) {
  const bool statement = message == "053";
  return absl::StrCat("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.", message, ".001.08\"><",
                      statement ? "BkToCstmrStmt><Stmt>" : "BkToCstmrDbtCdtNtfctn><Ntfctn>",
                      "<Id>1</Id><Acct><Id><IBAN>BE96999000000101</IBAN></Id></Acct>", entries,
                      statement ? "</Stmt></BkToCstmrStmt>" : "</Ntfctn></BkToCstmrDbtCdtNtfctn>",
                      "</Document>");
}

std::string Entry(const std::string& amount, const std::string& reference, const std::string& more) {
  return absl::StrCat(
      "<Ntry><Amt Ccy=\"EUR\">", amount, "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>",
      "<BookgDt><Dt>2026-03-05</Dt></BookgDt><AcctSvcrRef>", reference, "</AcctSvcrRef>", more, "</Ntry>");
}

std::string Detail(const std::string& amount, const std::string& text) {
  return absl::StrCat("<TxDtls><Amt Ccy=\"EUR\">", amount, "</Amt><RmtInf><Ustrd>", text,
                      "</Ustrd></RmtInf></TxDtls>");
}

// A batch of two payments: the statement tells its total only, the notification its details.
const std::string& BatchTotal() {
  static const auto& file = *new std::string(
      Camt("053", Entry("1260.00", "R1", "<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>")));
  return file;
}
const std::string& BatchDetails() {
  static const auto& file =
      *new std::string(Camt("054", Entry("1260.00", "R1",
                                         absl::StrCat("<NtryDtls>", Detail("1210.00", "F-2026-07"),
                                                      Detail("50.00", "F-2026-08"), "</NtryDtls>"))));
  return file;
}

TEST_F(StatementsTest, TheDetailsOfANotificationTakeThePlaceOfTheTotalOfTheStatement) {
  EXPECT_EQ(Import("demo", "camt053", BatchTotal()).payments_unidentified(), 1);
  EXPECT_EQ(Balances("demo")[kUnidentifiedAccount], -126000);
  const v1::ImportReport details = Import("demo", "camt054", BatchDetails());
  EXPECT_EQ(details.created(), 2);
  EXPECT_EQ(details.payments_matched(), 2);
  EXPECT_FALSE(details.has_as_of_date());  // a notification says nothing about how far the bank is known
  EXPECT_EQ(Balances("demo"),
            (std::map<std::string, int64_t>{{"C1", 0}, {"C2", 0}, {kUnidentifiedAccount, 0}}));
  const auto contents = Contents("demo");
  for (const auto& [format, file] :
       {std::make_pair("camt053", BatchTotal()), std::make_pair("camt054", BatchDetails())}) {
    const v1::ImportReport again = Import("demo", format, file);
    EXPECT_EQ(again.created() + again.changed() + again.accounts_changed(), 0) << format;
  }
  EXPECT_EQ(Contents("demo"), contents);
}

TEST_F(StatementsTest, AStatementBehindItsNotificationAddsNothing) {
  EXPECT_EQ(Import("demo", "camt054", BatchDetails()).payments_matched(), 2);
  const auto contents = Contents("demo");
  const v1::ImportReport total = Import("demo", "camt053", BatchTotal());
  EXPECT_EQ(total.created(), 0);
  EXPECT_EQ(total.unchanged(), 1);
  EXPECT_TRUE(total.has_as_of_date());
  EXPECT_EQ(Contents("demo"), contents);
}

TEST_F(StatementsTest, APaymentThatIsAllocatedKeepsItsPlaceAndAReferenceOfAnotherDayIsAnother) {
  // One payment whose text the statement has too: what the notification says of it is known.
  const std::string details = absl::StrCat("<NtryDtls>", Detail("1210.00", "F-2026-07"), "</NtryDtls>");
  EXPECT_EQ(Import("demo", "camt053", Camt("053", Entry("1210.00", "R7", details))).payments_matched(), 1);
  const v1::ImportReport other =
      Import("demo", "camt054",
             Camt("054", Entry("1210.00", "R7", absl::StrCat(details, "<AddtlNtryInf>more</AddtlNtryInf>"))));
  EXPECT_EQ(other.created(), 0);
  EXPECT_EQ(Balances("demo")["C1"], 0);
  // The bank gives the reference again on another day: another payment.
  const std::string later = absl::StrReplaceAll(Camt("054", Entry("50.00", "R7", "")), {{"03-05", "03-06"}});
  EXPECT_EQ(Import("demo", "camt054", later).created(), 1);
}

TEST_F(StatementsTest, ChargesThatTheBankKeptAreNotOwedByThePayer) {
  const std::string charges =
      "<Chrgs><Rcrd><Amt "
      "Ccy=\"EUR\">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>";
  const v1::ImportReport report = Import(
      "demo", "camt053",
      Camt("053",
           Entry("1200.00", "R1", charges + "<NtryDtls>" + Detail("1200.00", "F-2026-07") + "</NtryDtls>")));
  EXPECT_EQ(report.payments_matched(), 1) << report.DebugString();
  EXPECT_EQ(Balances("demo")["C1"], 0);
}

}  // namespace
}  // namespace relance::ledger
