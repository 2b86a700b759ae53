#include "services/ledger/readers/bank/coda_reader.h"

#include <set>

#include "absl/strings/str_replace.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/bank/reasons.h"
#include "services/ledger/readers/bank/testing/read_bank.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

std::string Sample(absl::string_view name) { return SourceFile(absl::StrCat("samples/coda/", name)); }

// A line of 128 columns with texts put into their columns, counted from 1.
std::string Line(const std::vector<std::pair<int, std::string>>& fields) {
  std::string line(128, ' ');
  for (const auto& [column, text] : fields) line.replace(static_cast<size_t>(column - 1), text.size(), text);
  return line + "\n";
}

std::string Header(const std::string& version = "2") {
  return Line({{1, "0000006032699905"}, {128, version}});
}
std::string Opening(const std::string& amount = "000000000000000", const std::string& currency = "EUR") {
  return Line({{1, "12042BE96999000000101"}, {40, currency}, {43, "0" + amount + "040326"}});
}
std::string Movement(const std::string& number, const std::string& sign_amount, const std::string& code,
                     const std::string& communication = "", const std::string& detail = "0000") {
  return Line({{1, "21" + number + detail + "REF"},
               {32, sign_amount + "050326" + code + "0" + communication},
               {116, "050326042"}});
}
std::string Closing(const std::string& amount) {
  return Line({{1, "8042BE96999000000101"}, {42, "0" + amount + "050326"}});
}
std::string Trailer(int records, const std::string& debit, const std::string& credit) {
  return Line(
      {{1, "9"}, {17, absl::StrCat(absl::Dec(records, absl::kZeroPad6)) + debit + credit}, {128, "2"}});
}
// One file around the lines of movements that add up to `net`.
std::string File(const std::string& movements, int records, const std::string& debit,
                 const std::string& credit, const std::string& net) {
  return Header() + Opening() + movements + Closing(net) + Trailer(records, debit, credit);
}
constexpr char kZero[] = "000000000000000";

std::vector<std::string> Reasons(const std::vector<Notice>& notices) {
  std::vector<std::string> reasons;
  for (const Notice& notice : notices) reasons.push_back(notice.reason);
  return reasons;
}

struct RealFile {
  const char* path;
  int64_t movements;  // records 21 with detail 0000
  size_t records;
  int64_t credit_minor, debit_minor;  // of these
  int64_t lines;
};

TEST(CodaReaderTest, RealFilesGiveTheirKnownMovementsAndTotals) {
  const RealFile kFiles[] = {
      // 15 records 21: 7 on the account, one of 2 details, one of 3 amounts on two levels.
      {"ekwo-golden.cod", 7, 10, 197000, 145815, 42},
      {"triptyk-12298862.BC2", 26, 26, 6967076, 6847203, 201},
      // 111 records 21; the totals of 3, 4, 3 and 2 details give their details.
      {"tryton-CODA.txt", 59, 67, 1249116859, 308587160, 262},
  };
  for (const RealFile& file : kFiles) {
    SCOPED_TRACE(file.path);
    const BankResult result = ReadCoda(Sample(file.path));
    EXPECT_TRUE(result.status.ok()) << result.status;
    for (const Reject& reject : result.rejects) ADD_FAILURE() << FormatReject(file.path, reject);
    for (const Notice& notice : result.notices) ADD_FAILURE() << notice.line << " " << notice.reason;
    ASSERT_EQ(result.statements.size(), 1u);
    const BankStatement& statement = result.statements[0];
    EXPECT_EQ(statement.entries, file.movements);
    EXPECT_EQ(statement.credit_minor, file.credit_minor);
    EXPECT_EQ(statement.debit_minor, file.debit_minor);
    EXPECT_TRUE(statement.balance_checked);
    EXPECT_EQ(statement.difference_minor, 0);
    EXPECT_EQ(result.records.size(), file.records);
    EXPECT_EQ(result.summary.lines, file.lines);
    EXPECT_EQ(result.summary.credit_minor - result.summary.debit_minor, file.credit_minor - file.debit_minor);
    std::set<std::string> keys;
    for (const BankTransaction& t : result.records) {
      keys.insert(t.key);
      EXPECT_EQ(t.source, "coda");
    }
    EXPECT_EQ(keys.size(), result.records.size());
  }
}

TEST(CodaReaderTest, FieldsOfTheGoldenStatement) {
  const BankResult result = ReadCoda(Sample("ekwo-golden.cod"));
  ASSERT_EQ(result.records.size(), 10u);
  const BankTransaction& ogm = result.records[0];
  EXPECT_EQ(ogm.line, 3);
  EXPECT_EQ(ogm.account, "BE96999000000101");
  EXPECT_EQ(ogm.statement_id, "042");
  EXPECT_EQ(ogm.amount_minor, 121000);
  EXPECT_TRUE(ogm.is_credit);
  EXPECT_EQ(ogm.booking_day, absl::CivilDay(2026, 3, 5));
  EXPECT_EQ(ogm.value_day, absl::CivilDay(2026, 3, 5));
  ASSERT_EQ(ogm.structured.size(), 1u);
  EXPECT_EQ(ogm.structured[0].reference, "202600010704");
  EXPECT_EQ(ogm.structured[0].reference_issuer, "BBA");
  EXPECT_EQ(ogm.end_to_end_id, "E2E-CLIENT-0001");
  EXPECT_EQ(ogm.debtor_account, "BE85999000000202");
  EXPECT_EQ(ogm.debtor_name, "CLIENT EXEMPLE UN SRL");  // of 3.1: 2.3 has 35 columns
  EXPECT_EQ(ogm.counterparty_bic, "ZZZZBEB2");
  EXPECT_EQ(ogm.entry_servicer_ref, "REF0000000000000001");
  EXPECT_EQ(ogm.bank_code, "00150000");

  const BankTransaction& paid = result.records[1];
  EXPECT_FALSE(paid.is_credit);
  EXPECT_EQ(paid.creditor_name, "FOURNISSEUR EXEMPLE");
  ASSERT_EQ(paid.unstructured.size(), 1u);
  EXPECT_EQ(
      paid.unstructured[0],
      "FACTURE 2026-0042 DU 28 FEVRIER, MERCI DE VOTRE CONFIANCE ET A BIENTOT POUR LA SUITE DES TRAVAUX "
      "CONVENUS");
  EXPECT_EQ(paid.additional_info, "ORDRE DONNE PAR LE CANAL EN LIGNE");

  // A total of the customer: its details, not the total.
  EXPECT_EQ(result.records[2].amount_minor, 50000);
  EXPECT_EQ(result.records[3].amount_minor, 42000);
  EXPECT_EQ(result.records[3].transaction_index, 1);
  EXPECT_EQ(result.records[3].transaction_count, 2);
  EXPECT_EQ(result.records[3].end_to_end_id, "E2E-SAL-0002");

  EXPECT_TRUE(result.records[4].is_charge);  // closing, of two charges
  EXPECT_EQ(result.records[4].amount_minor, 1240);

  const BankTransaction& debit = result.records[5];
  EXPECT_EQ(debit.mandate_id, "MANDAT-EXEMPLE-0007");
  EXPECT_EQ(debit.unstructured.at(0), "ABONNEMENT MARS");
  EXPECT_FALSE(debit.is_reversal);

  // A total of the bank: a 6, and a 7 that is its two 9.
  const struct {
    int64_t minor;
    const char* name;
    const char* text;
  } kParts[] = {{10000, "CLIENT EXEMPLE DEUX", "ACOMPTE"},
                {12000, "CLIENT EXEMPLE TROIS", "SOLDE A"},
                {4000, "CLIENT EXEMPLE QUATRE", "SOLDE B"}};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(result.records[6 + i].amount_minor, kParts[i].minor);
    EXPECT_EQ(result.records[6 + i].debtor_name, kParts[i].name);
    EXPECT_EQ(result.records[6 + i].unstructured.at(0), kParts[i].text);
  }
  const BankTransaction& rf = result.records[9];
  EXPECT_FALSE(rf.value_day.has_value());  // 000000
  EXPECT_EQ(rf.structured.at(0).reference, "RF18539007547034");
}

TEST(CodaReaderTest, CommunicationsAndParties) {
  const BankResult result = ReadCoda(Sample("triptyk-12298862.BC2"));
  const auto at = [&](int64_t line) {
    for (const BankTransaction& t : result.records) {
      if (t.line == line) return t;
    }
    ADD_FAILURE() << "no movement at line " << line;
    return BankTransaction();
  };
  EXPECT_EQ(at(20).unstructured.at(0), "2022-12-13196+13189+13343+13276+13101+13232+13479");
  EXPECT_EQ(at(72).unstructured.at(0), "2022-12-612 2022-12-13381 2022-12-13377 2022-12-13408 2022-12-13411");
  // 2.1 full to its last column goes on in 2.2 without a gap.
  EXPECT_EQ(at(40).unstructured.at(0),
            "/YDE/ DDT Ssuxis Lidkn (Kusqyyv)N.V./ATW/2022-12-13540/2022-12-13540, 30.12.2022");
  EXPECT_EQ(at(40).ultimate_debtor_name, "DDT Ssuxis Lidkn (Kusqyyv) N.V.");
  EXPECT_EQ(at(40).end_to_end_id, "7384184903");
  EXPECT_EQ(at(53).debtor_account, "LU690030217994690000");
  // ISO 8859-1.
  EXPECT_NE(at(178).additional_info.find("atxzabzak\xC3\xA9"), std::string::npos);
  int ogm = 0;
  for (const BankTransaction& t : result.records) ogm += t.structured.empty() ? 0 : 1;
  EXPECT_EQ(ogm, 5);
}

TEST(CodaReaderTest, ChargesReturnsAndForeignMoney) {
  const BankResult result = ReadCoda(Sample("tryton-CODA.txt"));
  int charges = 0, reversals = 0, equal = 0;
  for (const BankTransaction& t : result.records) {
    charges += t.is_charge ? 1 : 0;
    reversals += t.is_reversal ? 1 : 0;
    if (t.amount_minor == 12085) ++equal;
    if (t.line == 166) {  // NOK 56,059.60
      EXPECT_EQ(t.original_minor, 5605960);
      EXPECT_EQ(t.original_currency, "NOK");
      EXPECT_EQ(t.unstructured.at(0), "INVOICE NO.. 2006/66992");
    }
  }
  EXPECT_EQ(charges, 10);
  EXPECT_EQ(reversals, 4);  // two unpaid direct debits, two corrections of 47 and 03
  EXPECT_EQ(equal, 2);      // two equal movements of one day are both kept
}

TEST(CodaReaderTest, TheSameStatementTwiceInAFileAndInAnotherFileHasTheSameKeys) {
  const std::string once = Sample("tryton-CODA.txt");
  const BankResult first = ReadCoda(once);
  const BankResult twice = ReadCoda(once + once);
  ASSERT_EQ(twice.records.size(), 2 * first.records.size());
  for (size_t i = 0; i < first.records.size(); ++i) {
    EXPECT_EQ(twice.records[i].key, first.records[i].key);
    EXPECT_EQ(twice.records[first.records.size() + i].key, first.records[i].key);
  }
}

TEST(CodaReaderTest, EqualMovementsInTwoStatementsOfADayAreTwo) {
  const std::string movement = Movement("0001", "0000000000010000", "00150000");
  const std::string second =
      absl::StrReplaceAll(Opening("000000000010000") + movement + Closing("000000000020000"),
                          {{"12042", "12043"}, {"8042", "8043"}});
  const BankResult result = ReadCoda(Header() + Opening() + movement + Closing("000000000010000") + second +
                                     Trailer(6, kZero, "000000000020000"));
  EXPECT_TRUE(result.notices.empty()) << result.notices[0].reason;
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_NE(result.records[0].key, result.records[1].key);
}

TEST(CodaReaderTest, AReturnedDirectDebitTellsItsReasonAndDebtor) {
  std::string sepa(53, ' ');
  sepa.replace(0, 14, "12705032611032");  // form, day, type, scheme, unpaid: 3 debtor disagrees
  const std::string movement =
      Line({{1, "2100010000REF"},
            {32, "1000000000060000050326005030001"},
            {63, "127050326113"},
            {116, "050326042"}}) +
      Line({{1, "2200010000"}, {64, "E2E-7"}, {113, "2MD06"}}) +
      Line({{1, "2300010000BE85999000000202"}, {48, "CLIENT EXEMPLE UN"}, {121, "2MD06"}});
  const BankResult result = ReadCoda(absl::StrReplaceAll(
      File(movement, 5, "000000000060000", kZero, "000000000060000"), {{"80420", "80421"}}));
  ASSERT_EQ(result.records.size(), 1u)
      << result.status << (result.rejects.empty() ? "" : result.rejects[0].reason);
  const BankTransaction& t = result.records[0];
  EXPECT_TRUE(t.is_reversal);
  EXPECT_FALSE(t.is_credit);
  EXPECT_EQ(t.return_reason, "MD06");
  EXPECT_EQ(t.end_to_end_id, "E2E-7");
  EXPECT_EQ(t.debtor_name, "CLIENT EXEMPLE UN");
  EXPECT_EQ(t.debtor_account, "BE85999000000202");
}

TEST(CodaReaderTest, ChargesOfANetCreditAreToldApart) {
  const std::string movements = Movement("0001", "0000000000098000", "34150000", "FACTURE 7") +
                                Movement("0001", "0000000000100000", "84150000", "", "0001") +
                                Movement("0001", "1000000000002000", "84150013", "", "0002");
  const BankResult result = ReadCoda(File(movements, 5, kZero, "000000000098000", "000000000098000"));
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].amount_minor, 9800);
  EXPECT_EQ(result.records[0].charges_minor, 200);
  EXPECT_EQ(result.records[0].paid_minor(), 10000);
  EXPECT_FALSE(result.records[0].is_charge);
  EXPECT_TRUE(result.notices.empty());
}

TEST(CodaReaderTest, DetailsThatDoNotAddUpLeaveTheTotalAlone) {
  const std::string movements = Movement("0001", "0000000000098000", "10150000") +
                                Movement("0001", "0000000000050000", "50150000", "A", "0001") +
                                Movement("0001", "0000000000040000", "50150000", "B", "0002");
  const BankResult result = ReadCoda(File(movements, 5, kZero, "000000000098000", "000000000098000"));
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].amount_minor, 9800);
  EXPECT_EQ(result.records[0].unstructured.size(), 2u);
  EXPECT_EQ(Reasons(result.notices), std::vector<std::string>{kBatchNotSplit});
}

TEST(CodaReaderTest, VersionOneHasItsAccountsAndNamesInOtherColumns) {
  const std::string file =
      Header("1") + Line({{1, "10001435000000080 EUR0BE"}, {43, "0000000000000000061206"}}) +
      Line({{1, "2100010000REF"},
            {32, "0000000000010000061206001500001"},
            {63, "101269021157996"},
            {116, "061206001"}}) +
      Line({{1, "2300010000370121620105"}, {48, "LA CROIX D OR SPRL"}, {74, "RUE DU PUITS 1"}}) +
      Line({{1, "8001435000000080"}, {42, "0000000000010000071206"}}) + Trailer(4, kZero, "000000000010000");
  const BankResult result = ReadCoda(file);
  ASSERT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].account, "BE47435000000080");
  EXPECT_EQ(result.records[0].debtor_account, "BE96370121620105");
  EXPECT_EQ(result.records[0].debtor_name, "LA CROIX D OR SPRL");
  EXPECT_EQ(result.records[0].structured.at(0).reference, "269021157996");
  EXPECT_TRUE(result.notices.empty());
}

TEST(CodaReaderTest, RecordsWithoutLineEndsAreReadAsWell) {
  for (const char* name : {"ekwo-golden.cod", "tryton-CODA.txt", "triptyk-12298862.BC2"}) {
    const std::string lines = Sample(name);
    const std::string records = absl::StrReplaceAll(lines, {{"\r\n", ""}, {"\n", ""}});
    const BankResult with = ReadCoda(lines), without = ReadCoda(records, 100);
    EXPECT_TRUE(without.status.ok()) << without.status;
    EXPECT_EQ(BankFingerprint(with), BankFingerprint(without)) << name;
  }
}

TEST(CodaReaderTest, AnUnknownVersionAndABalanceThatDoesNotAgreeAreNotices) {
  const std::string movement = Movement("0001", "0000000000010000", "00150000");
  const std::string file = File(movement, 3, kZero, "000000000010000", "000000000009990");
  const BankResult result = ReadCoda(absl::StrReplaceAll(file, {{Header(), Header("7")}}));
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(Reasons(result.notices), (std::vector<std::string>{kVersionUntested, kBalanceMismatch}));
  EXPECT_EQ(result.statements.at(0).difference_minor, 1);
  const BankResult totals =
      ReadCoda(File(movement, 4, "000000000000010", "000000000010001", "000000000010000"));
  EXPECT_EQ(Reasons(totals.notices),
            (std::vector<std::string>{kTotalsMismatch, kTotalsMismatch, kTotalsMismatch}));
}

struct BadMovement {
  const char* name;
  std::string lines;
  const char* field;
  const char* reason;
};

TEST(CodaReaderTest, BadMovementsAreRejectedWithFieldAndReasonAndTheOthersAreIn) {
  const std::string good = Movement("0009", "0000000000010000", "00150000", "GOOD");
  const auto changed = [](size_t column, const std::string& text) {
    std::string line = Movement("0001", "0000000000010000", "00150000");
    line.replace(column - 1, text.size(), text);
    return line;
  };
  const BadMovement kBad[] = {
      {"sign", changed(32, "x"), "sign", kFieldInvalid},
      {"amount", changed(33, "00000000001000x"), "amount", "AMOUNT_MALFORMED"},
      {"amount with a third decimal", changed(33, "000000000010001"), "amount", "AMOUNT_TOO_PRECISE"},
      {"amount too large", changed(33, "990000000000000"), "", ""},  // 990,000 million: in
      {"value date", changed(48, "310226"), "value date", "DATE_NOT_IN_CALENDAR"},
      {"value date in letters", changed(48, "31 jan"), "value date", "DATE_MALFORMED"},
      {"entry date", changed(116, "000000"), "entry date", "DATE_NOT_IN_CALENDAR"},
      {"2.2 of another detail", Movement("0001", "0000000000010000", "00150000") + Line({{1, "2200010007"}}),
       "detail number", kFieldInvalid},
      {"3.2 without 3.1", Movement("0001", "0000000000010000", "00150000") + Line({{1, "3200010001"}}),
       "detail number", kFieldInvalid},
      {"2.2 alone", Line({{1, "2200010000"}}), "", kRecordOutOfPlace},
      {"2.2 of another movement",
       Movement("0001", "0000000000010000", "00150000") + Line({{1, "2200020000"}}), "", kRecordOutOfPlace},
      {"2.4", Line({{1, "2400010000"}}), "", kRecordOutOfPlace},
      {"3.1 alone", Line({{1, "3100010000"}}), "", kRecordOutOfPlace},
      {"3.9", Line({{1, "3900010000"}}), "", kRecordOutOfPlace},
      {"another kind", Line({{1, "7"}}), "", kRecordOutOfPlace},
      {"too long", Movement("0001", "0000000000010000", "00150000").substr(0, 128) + "x\n", "", kLineTooLong},
      {"2.2 too long",
       Movement("0001", "0000000000010000", "00150000") + Line({{1, "2200010000"}}).substr(0, 128) + "x\n",
       "", kLineTooLong},
  };
  for (const BadMovement& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const BankResult result =
        ReadCoda(Header() + Opening() + bad.lines + good + Closing(kZero) + Line({{1, "9"}}));
    EXPECT_TRUE(result.status.ok()) << result.status;
    ASSERT_FALSE(result.records.empty());
    EXPECT_EQ(result.records.back().unstructured.at(0), "GOOD");
    if (*bad.reason == 0) {
      EXPECT_TRUE(result.rejects.empty());
      continue;
    }
    ASSERT_EQ(result.rejects.size(), 1u);
    EXPECT_EQ(result.rejects[0].field, bad.field);
    EXPECT_EQ(result.rejects[0].reason, bad.reason);
    EXPECT_GE(result.rejects[0].line, 3);
    EXPECT_FALSE(result.rejects[0].raw.empty());
    EXPECT_EQ(result.summary.rejected, 1);
    EXPECT_EQ(result.summary.by_reason.at(bad.reason), 1);
  }
}

TEST(CodaReaderTest, StatementsWithoutWhatTheyNeed) {
  const std::string movement = Movement("0001", "0000000000010000", "00150000");
  const BankResult unopened = ReadCoda(Header() + movement + Line({{1, "9"}}));
  EXPECT_EQ(unopened.rejects.at(0).reason, kRecordOutOfPlace);
  const BankResult unclosed = ReadCoda(Header() + Closing(kZero) + Line({{1, "9"}}));
  EXPECT_EQ(unclosed.rejects.at(0).reason, kRecordOutOfPlace);
  const BankResult stray = ReadCoda(Header() + Line({{1, "9"}}) + Line({{1, "9"}}));
  EXPECT_EQ(stray.rejects.at(0).reason, kRecordOutOfPlace);
  const BankResult nameless =
      ReadCoda(Header() + Line({{1, "12042"}, {40, "EUR0" + std::string(kZero) + "040326"}}) + movement +
               Line({{1, "9"}}));
  EXPECT_EQ(nameless.rejects.at(0).reason, kAccountMissing);
  const BankResult no_currency = ReadCoda(Header() + Opening(kZero, "   ") + movement + Line({{1, "9"}}));
  EXPECT_EQ(Reasons(no_currency.notices).at(0), kCurrencyAssumed);
  EXPECT_EQ(no_currency.records.at(0).currency, "EUR");
  const BankResult old_money = ReadCoda(Header() + Opening(kZero, "BEF") + movement + Line({{1, "9"}}));
  EXPECT_EQ(old_money.rejects.at(0).reason, "CURRENCY_UNKNOWN");
}

TEST(CodaReaderTest, WrongFilesAreRefused) {
  const struct {
    const char* name;
    std::string bytes;
    const char* reason;
  } kBad[] = {
      {"empty", "", kFileEmpty},
      {"blank", " \n\r\n  \n", kFileEmpty},
      {"CFONB", SourceFile("samples/cfonb120/ekwo-golden.cfonb120.txt"), kNotAStatement},
      {"XML", "<Document/>", kNotAStatement},
      {"no application code", Line({{1, "0000006032699904"}}), kNotAStatement},
      {"bytes", std::string("\0\x01\xFF\xFE zz", 8), kNotAStatement},
      {"no end", Header() + Opening(), kFileCutOff},
  };
  for (const auto& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const BankResult result = ReadCoda(bad.bytes);
    EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument);
    const ErrorInfo info = ErrorInfoOf(result.status);
    EXPECT_EQ(info.reason, bad.reason);
    EXPECT_EQ(info.metadata.at("file"), "test.txt");
    EXPECT_TRUE(result.records.empty());
  }
}

}  // namespace
}  // namespace relance::ledger
