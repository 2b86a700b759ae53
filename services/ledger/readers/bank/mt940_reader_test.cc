#include "services/ledger/readers/bank/mt940_reader.h"

#include <set>

#include "absl/strings/str_replace.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/bank/mt940_line.h"
#include "services/ledger/readers/bank/reasons.h"
#include "services/ledger/readers/bank/testing/read_bank.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

std::string Sample(absl::string_view name) { return SourceFile(absl::StrCat("samples/mt940/", name)); }

std::string Message(absl::string_view entries, absl::string_view closing = "C240131EUR10,00") {
  return absl::StrCat(":20:X\n:25:NL91ABNA0417164300\n:28C:7/1\n:60F:C240101EUR0,00\n", entries,
                      ":62F:", closing, "\n-\n");
}

struct RealFile {
  const char* path;
  size_t statements, balanced, records;
  int64_t credit_minor, debit_minor;
  size_t rejects;
  const char* reason;  // of Finish
};

TEST(Mt940ReaderTest, RealFilesGiveTheirKnownEntriesAndTotals) {
  const RealFile kFiles[] = {
      {"jejik-deutschebank.txt", 1, 0, 1, 0, 1235, 0, ""},
      {"jejik-ing-dos.txt", 1, 0, 7, 468, 5027, 0, ""},
      {"jejik-sparkasse.txt", 2, 2, 2, 0, 4000, 0, ""},
      {"jejik-volksbankenraiffeisenbanken.txt", 8, 8, 12, 74500, 0, 0, ""},
      {"wolph-betterplace_sepa_snippet.sta", 2, 1, 11, 143074572, 357406911, 0, ""},
      {"wolph-betterplace_sepa_snippet_broken.sta", 1, 0, 1, 5099005, 0, 1, ""},
      {"wolph-betterplace_with_binary_character.sta", 2, 2, 4, 1421530, 19328205, 0, ""},
      {"wolph-citi_mt940.txt", 1, 1, 5, 0, 114275, 0, ""},
      // Of 16 entries 11 are in German marks, which are no money any more: 30,000 less 8,000 and 20,040 less
      // 10,000.
      {"wolph-cmxl_mt940.sta", 3, 2, 5, 2304000, 1080000, 11, ""},
      {"wolph-jejik_abnamro.sta", 2, 0, 10, 0, 34593, 0, ""},
      {"wolph-jejik_ing.sta", 1, 0, 7, 468, 5027, 0, ""},
      {"wolph-jejik_rabobank-iban.sta", 2, 2, 4, 0, 7000, 0, ""},
      {"wolph-mBank_mt940.sta", 1, 1, 3, 3, 0, 0, ""},
      {"wolph-self-provided_february_30.sta", 1, 1, 1, 0, 600, 0, ""},
      // No closing balance: the second entry may be cut.
      {"wolph-self-provided_gv_codes.sta", 1, 0, 1, 0, 23315, 1, kFileCutOff},
      {"wolph-self-provided_long_statement_number.sta", 1, 1, 0, 0, 0, 0, ""},
      {"wolph-self-provided_malformed_details.sta", 1, 0, 1, 0, 23315, 0, ""},
      // The second entry stands behind the end of the message.
      {"wolph-self-provided_multiline.sta", 1, 1, 1, 0, 500, 1, ""},
      {"wolph-self-provided_raphaelm.sta", 3, 0, 0, 0, 0, 9, ""},  // marks
  };
  for (const RealFile& file : kFiles) {
    SCOPED_TRACE(file.path);
    const BankResult result = ReadMt940(Sample(file.path));
    EXPECT_EQ(ReasonOf(result.status), file.reason) << result.status;
    EXPECT_EQ(result.statements.size(), file.statements);
    EXPECT_EQ(result.records.size(), file.records);
    EXPECT_EQ(result.summary.credit_minor, file.credit_minor);
    EXPECT_EQ(result.summary.debit_minor, file.debit_minor);
    EXPECT_EQ(result.rejects.size(), file.rejects);
    size_t balanced = 0;
    for (const BankStatement& s : result.statements) balanced += s.balance_checked && s.difference_minor == 0;
    EXPECT_EQ(balanced, file.balanced);
    std::set<std::string> keys;
    for (const BankTransaction& t : result.records) {
      keys.insert(t.key);
      EXPECT_EQ(t.source, "mt940");
    }
    EXPECT_EQ(keys.size(), result.records.size());
  }
}

TEST(Mt940ReaderTest, SubfieldsOfGermanBanks) {
  const BankResult result = ReadMt940(Sample("wolph-betterplace_sepa_snippet.sta"));
  ASSERT_EQ(result.records.size(), 11u);
  const BankTransaction& first = result.records[0];
  EXPECT_EQ(first.account, "50880050/0194787400888");
  EXPECT_EQ(first.statement_id, "00004/00001");
  EXPECT_EQ(first.value_day, absl::CivilDay(2007, 9, 7));
  EXPECT_EQ(first.booking_day, absl::CivilDay(2007, 9, 4));
  EXPECT_EQ(first.end_to_end_id, "EndToEndId TFNR 22 004 00001");
  EXPECT_EQ(first.unstructured.at(0), "Verw CTSc-01 BC-PPP TFNr 22 004");
  EXPECT_EQ(first.debtor_name, "KARL KAUFMANN");
  EXPECT_EQ(first.debtor_account, "DE14508800500194785000");
  EXPECT_EQ(first.entry_servicer_ref, "0724710333343453");
  EXPECT_EQ(first.bank_code, "NTRF.166");
  const BankTransaction& returned = result.records[9];  // our transfer, back because of its IBAN
  EXPECT_TRUE(returned.is_credit);
  EXPECT_TRUE(returned.is_reversal);
  EXPECT_EQ(returned.return_reason, "901");

  const BankTransaction unpaid = ReadMt940(Sample("jejik-deutschebank.txt")).records.at(0);
  EXPECT_FALSE(unpaid.is_credit);
  EXPECT_TRUE(unpaid.is_reversal);
  EXPECT_EQ(unpaid.end_to_end_id, "A1.200080779.400143254.4961336");
  EXPECT_EQ(unpaid.mandate_id, "20852HW2723821");
  EXPECT_EQ(unpaid.debtor_account, "DE50712345600200691329");
  EXPECT_EQ(unpaid.amount_minor, 1235);
  EXPECT_EQ(unpaid.charges_minor, 50);
  EXPECT_EQ(unpaid.paid_minor(), 1185);

  const BankResult gifts = ReadMt940(Sample("jejik-volksbankenraiffeisenbanken.txt"));
  EXPECT_EQ(gifts.records[3].end_to_end_id, "ZV0100284190949300000002");
  EXPECT_EQ(gifts.records[5].debtor_name, "Hellwig, Annegret, Hellwig, Dieter");
}

TEST(Mt940ReaderTest, CodeWordsBetweenSlashes) {
  const BankResult rabo = ReadMt940(Sample("wolph-jejik_rabobank-iban.sta"));
  EXPECT_EQ(rabo.records[0].account, "NL71RABO0123456789");
  EXPECT_EQ(rabo.records[0].end_to_end_id, "01-01-2013 12:00 0030000987654321");
  EXPECT_EQ(rabo.records[0].creditor_name, "CONTRA ACCOUNT HOLDER");
  EXPECT_EQ(rabo.records[0].creditor_account, "NL70ABNA0987654321");  // second line of :61:
  EXPECT_EQ(rabo.records[1].unstructured.at(0), "Reference 201301234");

  const std::string abn =
      ":61:2401020102C10,00N944NONREF//BANK-1\n"
      ":86:/TRTP/SEPA OVERBOEKING/IBAN/NL27SNSB0917829871/BIC/SNSBNL2AXXX/NAME/A/B HOLDING/REMI/FACTUUR "
      "2024/0\n"
      "17/EREF/E2E-9\n";
  const BankTransaction t = ReadMt940(Message(abn)).records.at(0);
  EXPECT_EQ(t.debtor_account, "NL27SNSB0917829871");
  EXPECT_EQ(t.counterparty_bic, "SNSBNL2AXXX");
  EXPECT_EQ(t.debtor_name, "A/B HOLDING");
  EXPECT_EQ(t.unstructured.at(0), "FACTUUR 2024/017");
  EXPECT_EQ(t.end_to_end_id, "E2E-9");

  const std::string ing =
      ":61:2401020102C10,00NTRFEREF//1\n"
      ":86:/EREF/E2E-3//CNTP/NL27SNSB0917829871/SNSBNL2A/J Janssen/UTRECHT//REMI/USTD//Factuur 12/\n"
      ":61:2401020102C5,00NTRFEREF//2\n"
      ":86:/EREF/NOTPROVIDED//CNTP/NL27SNSB0917829871/SNSBNL2A/J Janssen///REMI/STRD/ISO/RF18539007547034/\n"
      ":61:2401020102D5,00NTRFEREF//3\n"
      ":86:/RTRN/MD06//EREF/E2E-4//CNTP/NL27SNSB0917829871/SNSBNL2A/J Janssen///MARF/M-1//REMI/USTD//x/\n";
  const BankResult result = ReadMt940(Message(ing));
  ASSERT_EQ(result.records.size(), 3u);
  EXPECT_EQ(result.records[0].unstructured.at(0), "Factuur 12");
  EXPECT_EQ(result.records[0].debtor_name, "J Janssen");
  EXPECT_EQ(result.records[1].structured.at(0).reference, "RF18539007547034");
  EXPECT_EQ(result.records[1].end_to_end_id, "");
  EXPECT_EQ(result.records[2].return_reason, "MD06");
  EXPECT_EQ(result.records[2].mandate_id, "M-1");
  EXPECT_EQ(result.records[2].debtor_name, "J Janssen");
}

TEST(Mt940ReaderTest, FreeText) {
  const BankResult ing = ReadMt940(Sample("jejik-ing-dos.txt"));
  EXPECT_EQ(ing.records[0].unstructured.at(0),
            "RC AFREKENING BETALINGSVERKEER BETREFT REKENING 4715589 PERIODE: 01-10-2010 / 31-12-2010 ING "
            "Bank N.V. "
            "tarifering ING");
  EXPECT_EQ(ing.records[0].bank_code, "NOV");
  const BankResult bank = ReadMt940(Sample("wolph-betterplace_with_binary_character.sta"));
  EXPECT_EQ(bank.records[3].unstructured.at(0).substr(0, 26), "Belegloser Zahlungsauftrag");
  EXPECT_NE(bank.records[3].unstructured.at(0).find("\xC3\x9C"
                                                    "berweisung"),
            std::string::npos);
}

TEST(Mt940ReaderTest, Lines) {
  const struct {
    const char* text;
    const char* value_day;
    const char* entry_day;
    bool credit, reversal, expected, month_end;
    int64_t minor;
    const char* type;
    const char* customer_ref;
    const char* bank_ref;
  } kRows[] = {
      {"2401150116C10,5NTRFREF 1//B-1", "2024-01-15", "2024-01-16", true, false, false, false, 1050, "NTRF",
       "REF 1", "B-1"},
      {"240115C9,NMSCNONREF", "2024-01-15", "", true, false, false, false, 900, "NMSC", "", ""},
      // The year changes between value and entry day, in both directions.
      {"2312290102C1,NTRF", "2023-12-29", "2024-01-02", true, false, false, false, 100, "NTRF", "", ""},
      {"2401021229D1,NTRF", "2024-01-02", "2023-12-29", false, false, false, false, 100, "NTRF", "", ""},
      {"9912310103C1,NTRF", "1999-12-31", "2000-01-03", true, false, false, false, 100, "NTRF", "", ""},
      // Months of 30 days.
      {"1602300301DR6,00N024NONREF", "2016-02-29", "2016-03-01", false, false, false, true, 600, "N024", "",
       ""},
      {"2302290301D6,00N024", "2023-02-28", "2023-03-01", false, false, false, true, 600, "N024", "", ""},
      {"2303010230D6,00N024", "2023-03-01", "2023-02-28", false, false, false, true, 600, "N024", "", ""},
      // 29 February of a leap year next to a common one.
      {"2402290229D6,00N024", "2024-02-29", "2024-02-29", false, false, false, false, 600, "N024", "", ""},
      {"240115RC1,NTRF", "2024-01-15", "", false, true, false, false, 100, "NTRF", "", ""},
      {"240115RD1,NTRF", "2024-01-15", "", true, true, false, false, 100, "NTRF", "", ""},
      {"240115RDR1,NTRF", "2024-01-15", "", true, true, false, false, 100, "NTRF", "", ""},
      {"240115EC1,NTRF", "2024-01-15", "", true, false, true, false, 100, "NTRF", "", ""},
      {"240312    DD212,39NMSCNONREF//", "2024-03-12", "", false, false, false, false, 21239, "NMSC", "", ""},
      {"100722D25,03NOV NONREF", "2010-07-22", "", false, false, false, false, 2503, "NOV", "", ""},
      {"2006080608D12,35 NRTIKREF+//2016", "2020-06-08", "2020-06-08", false, false, false, false, 1235,
       "NRTI", "KREF+", "2016"},
      {"240115C000000000025,00", "2024-01-15", "", true, false, false, false, 2500, "", "", ""},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.text);
    Mt940Line line;
    const absl::Status read = ParseMt940Line(row.text, "EUR", &line);
    ASSERT_TRUE(read.ok()) << read;
    EXPECT_EQ(absl::FormatCivilTime(*line.value_day), row.value_day);
    EXPECT_EQ(line.entry_day ? absl::FormatCivilTime(*line.entry_day) : "", row.entry_day);
    EXPECT_EQ(line.is_credit, row.credit);
    EXPECT_EQ(line.is_reversal, row.reversal);
    EXPECT_EQ(line.is_expected, row.expected);
    EXPECT_EQ(line.day_read_as_month_end, row.month_end);
    EXPECT_EQ(line.minor, row.minor);
    EXPECT_EQ(line.type, row.type);
    EXPECT_EQ(line.customer_ref, row.customer_ref);
    EXPECT_EQ(line.bank_ref, row.bank_ref);
  }
}

TEST(Mt940ReaderTest, BadEntriesAreRejectedWithFieldAndReasonAndTheOthersAreIn) {
  const struct {
    const char* text;
    const char* field;
    const char* reason;
  } kBad[] = {
      {"", "value date", "DATE_MALFORMED"},
      {"24011", "value date", "DATE_MALFORMED"},
      {"241315C1,NTRF", "value date", "DATE_NOT_IN_CALENDAR"},
      {"240231C1,NTRF", "value date", "DATE_NOT_IN_CALENDAR"},
      {"2401151301C1,NTRF", "entry date", "DATE_NOT_IN_CALENDAR"},
      {"240115X1,NTRF", "side", kFieldInvalid},
      {"240115", "side", kFieldInvalid},
      {"240115CNTRF", "amount", "AMOUNT_MALFORMED"},
      {"240115C,NTRF", "amount", "AMOUNT_MALFORMED"},
      {"240115C1,234NTRF", "amount", "AMOUNT_TOO_PRECISE"},
      {"240115C1,2,3NTRF", "amount", "AMOUNT_MALFORMED"},
      {"240115C99999999999999999,NTRF", "amount", "AMOUNT_OVERFLOW"},
  };
  for (const auto& bad : kBad) {
    SCOPED_TRACE(bad.text);
    const BankResult result =
        ReadMt940(Message(absl::StrCat(":61:", bad.text, "\n:86:a\n:61:2401150115C10,00NTRF\n:86:GOOD\n")));
    EXPECT_TRUE(result.status.ok()) << result.status;
    ASSERT_EQ(result.rejects.size(), 1u);
    EXPECT_EQ(result.rejects[0].line, 5);
    EXPECT_EQ(result.rejects[0].field, bad.field);
    EXPECT_EQ(result.rejects[0].reason, bad.reason);
    EXPECT_EQ(result.rejects[0].raw, absl::StrCat(":61:", bad.text, "\n:86:a"));
    ASSERT_EQ(result.records.size(), 1u);
    EXPECT_EQ(result.records[0].unstructured.at(0), "GOOD");
  }
}

TEST(Mt940ReaderTest, ExpectedEntriesAreLeftOutAndReversalsAreToldApart) {
  const BankResult result = ReadMt940(
      Message(":61:240115EC5,00NTRF\n:61:240115RC4,00NTRFE2E-1\n:61:240115RD3,00NTRF\n:61:240115D2,00NCHG\n"
              ":61:240115D1,00NRTI\n"));
  EXPECT_EQ(result.summary.skipped, 1);
  EXPECT_EQ(result.notices.at(0).reason, kEntryNotBooked);
  ASSERT_EQ(result.records.size(), 4u);
  EXPECT_TRUE(result.records[0].is_reversal && !result.records[0].is_credit);
  EXPECT_EQ(result.records[0].end_to_end_id, "E2E-1");
  EXPECT_TRUE(result.records[1].is_reversal && result.records[1].is_credit);
  EXPECT_TRUE(result.records[2].is_charge && !result.records[2].is_reversal);
  EXPECT_TRUE(result.records[3].is_reversal);
}

TEST(Mt940ReaderTest, ADayOfA30DayFebruaryIsSaidToBeReadAsItsLast) {
  const BankResult result = ReadMt940(Sample("wolph-self-provided_february_30.sta"));
  ASSERT_EQ(result.notices.size(), 1u);
  EXPECT_EQ(result.notices[0].reason, kDayReadAsMonthEnd);
  EXPECT_EQ(result.notices[0].line, 6);
}

TEST(Mt940ReaderTest, PagesOfOneStatementAndEqualEntriesOnThem) {
  const std::string entry = ":61:2401150115C5,00NTRFNONREF\n:86:same\n";
  const std::string file =
      absl::StrCat(":20:X\n:25:A\n:28C:7/1\n:60F:C240101EUR0,00\n", entry,
                   ":62M:C240115EUR5,00\n-\n:20:X\n:25:A\n:28C:7/2\n:60M:C240115EUR5,00\n", entry,
                   ":62F:C240115EUR10,00\n-\n");
  const BankResult result = ReadMt940(file);
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_NE(result.records[0].key, result.records[1].key);
  EXPECT_TRUE(result.notices.empty());
  // The same pages again, behind them: the same keys.
  const BankResult twice = ReadMt940(file + file);
  ASSERT_EQ(twice.records.size(), 4u);
  std::set<std::string> keys;
  for (const BankTransaction& t : twice.records) keys.insert(t.key);
  EXPECT_EQ(keys.size(), 2u);
}

TEST(Mt940ReaderTest, BlocksOfSwiftAndAccountsWithTheirCurrency) {
  const std::string inner =
      absl::StrReplaceAll(Message(":61:240115C10,00NTRF\n:86:x\n"),
                          {{"-\n", ""}, {"NL91ABNA0417164300", "NL91ABNA0417164300EUR"}});
  const BankResult result = ReadMt940("{1:F01BANKNL2AXXXX}{2:I940X}{4:" + inner + "-}{5:}\r\n");
  EXPECT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].account, "NL91ABNA0417164300");
  EXPECT_TRUE(result.statements.at(0).balance_checked);
}

TEST(Mt940ReaderTest, StatementsWithoutWhatTheyNeed) {
  const std::string entry = ":61:240115C10,00NTRF\n";
  const BankResult outside =
      ReadMt940(":20:X\n:25:A\n" + entry + ":60F:C240101EUR0,00\n:62F:C240101EUR0,00\n");
  EXPECT_EQ(outside.rejects.at(0).reason, kRecordOutOfPlace);
  const BankResult nameless = ReadMt940(":20:X\n:60F:C240101EUR0,00\n" + entry + ":62F:C240101EUR0,00\n");
  EXPECT_EQ(nameless.rejects.at(0).reason, kAccountMissing);
  const BankResult unopened = ReadMt940(Message("") + ":20:X\n:25:A\n:62F:C240101EUR0,00\n");
  EXPECT_EQ(unopened.rejects.at(0).reason, kRecordOutOfPlace);
  const BankResult unclosed = ReadMt940(":20:X\n:25:A\n:60F:C240101EUR0,00\n" + entry + "-\n");
  EXPECT_EQ(unclosed.notices.at(0).reason, kFieldMissing);
  EXPECT_EQ(unclosed.records.size(), 1u);
  EXPECT_TRUE(unclosed.status.ok());
  const BankResult other = ReadMt940(Message(entry, "C240131USD10,00"));
  EXPECT_EQ(other.notices.at(0).reason, kFieldInvalid);
  EXPECT_FALSE(other.statements.at(0).balance_checked);
  const BankResult long_field = ReadMt940(Message(entry + ":86:" + std::string(70000, 'x') + "\n"));
  EXPECT_EQ(long_field.rejects.at(0).reason, kLineTooLong);
  std::string lines = entry + ":86:a\n";
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&lines, std::string(60, 'x'), "\n");
  EXPECT_EQ(ReadMt940(Message(lines)).rejects.at(0).reason, kLineTooLong);
}

TEST(Mt940ReaderTest, WrongFilesAreRefusedAndCutOnesSaySo) {
  std::string far;
  for (int i = 0; i < 60; ++i) far += "text\n";
  const struct {
    const char* name;
    std::string bytes;
    const char* reason;
    size_t records;
  } kBad[] = {
      {"empty", "", kFileEmpty, 0},
      {"blank", "\n \n", kFileEmpty, 0},
      {"text", "hello\n", kNotAStatement, 0},
      {"a field far down", far + Message(""), kNotAStatement, 0},
      {"CODA", SourceFile("samples/coda/ekwo-golden.cod"), kNotAStatement, 0},
      {"no balance", ":20:X\n:25:A\n", kStatementMissing, 0},
      {"cut in the second entry", ":20:X\n:25:A\n:60F:C240101EUR0,00\n:61:240115C10,00NTRF\n:61:240115C1",
       kFileCutOff, 1},
  };
  for (const auto& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const BankResult result = ReadMt940(bad.bytes);
    EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(result.status), bad.reason) << result.status;
    EXPECT_EQ(result.records.size(), bad.records);
  }
}

}  // namespace
}  // namespace relance::ledger
