#include "services/ledger/readers/bank/cfonb_reader.h"

#include <set>

#include "absl/strings/str_replace.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/bank/cfonb_codes.h"
#include "services/ledger/readers/bank/cfonb_movement.h"
#include "services/ledger/readers/bank/reasons.h"
#include "services/ledger/readers/bank/testing/read_bank.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

std::string Sample(absl::string_view name) { return SourceFile(absl::StrCat("samples/cfonb120/", name)); }

std::string Line(const std::vector<std::pair<int, std::string>>& fields) {
  std::string line(120, ' ');
  for (const auto& [column, text] : fields) line.replace(static_cast<size_t>(column - 1), text.size(), text);
  return line + "\n";
}
std::string Record(const std::string& kind, const std::string& day, const std::string& amount,
                   const std::vector<std::pair<int, std::string>>& more = {}) {
  std::vector<std::pair<int, std::string>> fields = {
      {1, kind + "30004"}, {12, "00828EUR2"}, {22, "00011234567"}, {35, day}, {91, amount}};
  fields.insert(fields.end(), more.begin(), more.end());
  return Line(fields);
}
std::string Old(const std::string& amount = "0000000000000{") { return Record("01", "010326", amount); }
std::string New(const std::string& amount) { return Record("07", "310326", amount); }
std::string Move(const std::string& amount, const std::string& label, const std::string& code = "05",
                 const std::string& rejection = "  ") {
  return Record("04", "050326", amount, {{33, code}, {41, rejection + "050326"}, {49, label}});
}
std::string Detail(const std::string& qualifier, const std::string& text, const std::string& code = "05") {
  return Line({{1, "0530004"},
               {12, "00828EUR2"},
               {22, "00011234567"},
               {33, code},
               {35, "050326"},
               {46, qualifier},
               {49, text}});
}

struct RealFile {
  const char* path;
  size_t statements, balanced, records;
  int64_t credit_minor, debit_minor;
  size_t rejects, notices;
};

TEST(CfonbReaderTest, RealFilesGiveTheirKnownMovementsAndTotals) {
  const RealFile kFiles[] = {
      {"ekwo-golden.cfonb120.txt", 1, 1, 6, 171000, 59815, 0, 0},
      {"pennylane-example.txt", 2, 2, 6, 9749, 7081, 0, 0},
      {"pennylane-invalid_date.txt", 1, 0, 1, 0, 1070, 2, 1},
      {"pennylane-operation_detail_without_operation.txt", 1, 0, 1, 0, 1070, 1, 1},
      {"silarhi-complex-test.txt", 8, 8, 5, 0, 521090, 0, 0},
      {"silarhi-simple-test.txt", 1, 1, 0, 0, 0, 0, 0},
  };
  for (const RealFile& file : kFiles) {
    SCOPED_TRACE(file.path);
    const BankResult result = ReadCfonb(Sample(file.path));
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.statements.size(), file.statements);
    EXPECT_EQ(result.records.size(), file.records);
    EXPECT_EQ(result.summary.credit_minor, file.credit_minor);
    EXPECT_EQ(result.summary.debit_minor, file.debit_minor);
    EXPECT_EQ(result.rejects.size(), file.rejects);
    EXPECT_EQ(result.notices.size(), file.notices);
    size_t balanced = 0;
    for (const BankStatement& s : result.statements) balanced += s.balance_checked && s.difference_minor == 0;
    EXPECT_EQ(balanced, file.balanced);
    std::set<std::string> keys;
    for (const BankTransaction& t : result.records) keys.insert(t.key);
    EXPECT_EQ(keys.size(), result.records.size());
  }
}

TEST(CfonbReaderTest, FieldsOfTheGoldenStatement) {
  const BankResult result = ReadCfonb(Sample("ekwo-golden.cfonb120.txt"));
  ASSERT_EQ(result.records.size(), 6u);
  const BankTransaction& first = result.records[0];
  EXPECT_EQ(first.source, "cfonb120");
  EXPECT_EQ(first.account, "FR7299999000010000000101A89");  // RIB 99999 00001 0000000101A, key 89
  EXPECT_EQ(first.amount_minor, 121000);
  EXPECT_TRUE(first.is_credit);
  EXPECT_EQ(first.booking_day, absl::CivilDay(2026, 3, 5));
  EXPECT_EQ(first.debtor_name, "CLIENT EXEMPLE UN SARL");
  EXPECT_EQ(first.ultimate_debtor_name, "GROUPE EXEMPLE");
  EXPECT_EQ(first.unstructured.at(0),
            "FACTURE 2026-0107 DU 28 FEVRIER 2026 - CHANTIER RUE INVENTEE - MERCI POUR VOTRE CONFIANCE");
  EXPECT_EQ(first.end_to_end_id, "E2E-CLIENT-0001");
  EXPECT_EQ(first.entry_ref, "REMISE-0042");
  EXPECT_EQ(first.transaction_id, "TRANSACTION-0007");
  EXPECT_EQ(first.bank_code, "05");

  const BankTransaction& paid = result.records[1];
  EXPECT_EQ(paid.value_day, absl::CivilDay(2026, 3, 5));
  EXPECT_EQ(paid.booking_day, absl::CivilDay(2026, 3, 6));
  EXPECT_EQ(paid.structured.at(0).reference, "RF18539007547034");
  EXPECT_EQ(paid.creditor_account, "FR7699999000010000000020291");
  EXPECT_EQ(result.records[2].servicer_ref, "0000123");
  EXPECT_EQ(result.records[3].mandate_id, "MANDAT-EXEMPLE-0007");

  const BankTransaction& unpaid = result.records[4];
  EXPECT_FALSE(unpaid.is_credit);
  EXPECT_TRUE(unpaid.is_reversal);
  EXPECT_EQ(unpaid.return_reason, "04");
  EXPECT_EQ(unpaid.debtor_name, "CLIENT EXEMPLE DEUX");
  EXPECT_EQ(unpaid.debtor_account, "FR7699999000010000000030379");

  EXPECT_EQ(result.records[5].original_minor, 54321);
  EXPECT_EQ(result.records[5].original_currency, "USD");
}

TEST(CfonbReaderTest, Amounts) {
  const struct {
    const char* text;
    int decimals;
    const char* currency;
    int64_t minor;
    const char* reason;
  } kRows[] = {
      {"0000000012100{", 2, "EUR", 121000, ""},
      {"0000000012100A", 2, "EUR", 121001, ""},
      {"0000000012100I", 2, "EUR", 121009, ""},
      {"0000000012100}", 2, "EUR", -121000, ""},
      {"0000000012100J", 2, "EUR", -121001, ""},
      {"0000000012100R", 2, "EUR", -121009, ""},
      {"0000000012100\xC3\xA9", 2, "EUR", 121000, ""},   // é for {
      {"0000000012100\xC3\xA8", 2, "EUR", -121000, ""},  // è for }
      {"0000000012100{", 0, "JPY", 121000, ""},
      {"0000000012100{", 3, "EUR", 12100, ""},
      {"0000000012100{", 1, "EUR", 1210000, ""},
      {"0000000000000{", 2, "EUR", 0, ""},
      {"0000000012100A", 3, "EUR", 0, "AMOUNT_TOO_PRECISE"},
      {"00000000121005", 2, "EUR", 0, "AMOUNT_MALFORMED"},  // no sign
      {"00000000 2100{", 2, "EUR", 0, "AMOUNT_MALFORMED"},
      {"             {", 2, "EUR", 0, "AMOUNT_MALFORMED"},
      {"", 2, "EUR", 0, "AMOUNT_MALFORMED"},
      {"0000000012100{", 2, "FRF", 0, "CURRENCY_UNKNOWN"},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.text);
    const auto minor = ParseCfonbAmount(row.text, row.decimals, row.currency);
    EXPECT_EQ(ReasonOf(minor.status()), row.reason);
    if (minor.ok()) {
      EXPECT_EQ(*minor, row.minor);
    }
  }
}

TEST(CfonbReaderTest, WhatLabelsAndCodesSay) {
  const struct {
    const char* code;
    const char* label;
    const char* rejection;
    const char* amount;  // credit or debit
    bool reversal, charge;
  } kRows[] = {
      {"05", "VIR SEPA DUPONT", "  ", "0000000000100{", false, false},
      {"05", "VIR SEPA REJET ET FILS", "  ", "0000000000100{", false, false},  // the name of a payer
      {"05", "REJET VIR SEPA DUPONT", "  ", "0000000000100{", true, false},
      {"09", "IMPAY\xC9 PRLV DUPONT", "  ", "0000000000100}", true, false},  // ISO 8859
      {"03", "CHQ IMPAYE 123", "  ", "0000000000100}", true, false},
      {"08", "PRLV SEPA EDF", "  ", "0000000000100}", false, false},
      {"08", "PRLV SEPA EDF", "11", "0000000000100}", true, false},
      {"A3", "PRLV SEPA DUPONT", "  ", "0000000000100}", true, false},
      {"62", "F FRAIS PRLV IMP 97 49EUR", "  ", "0000000000100}", false, true},
      {"62", "FRAIS REJET", "04", "0000000000100}", false, true},  // a fee is no return
      {"99", "COMMISSION D INTERVENTION", "  ", "0000000000100}", false, true},
      {"99", "RETRAIT DAB", "  ", "0000000000100}", false, false},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.label);
    const BankResult result =
        ReadCfonb(Old() + Move(row.amount, row.label, row.code, row.rejection) + New(row.amount));
    ASSERT_EQ(result.records.size(), 1u);
    EXPECT_EQ(result.records[0].is_reversal, row.reversal);
    EXPECT_EQ(result.records[0].is_charge, row.charge);
  }
  EXPECT_EQ(PayerInLabel("VIR SEPA RECU DE DUPONT SARL"), "DUPONT SARL");
  EXPECT_EQ(PayerInLabel("VIREMENT DUPONT"), "DUPONT");
  EXPECT_EQ(PayerInLabel("REMISE CHQ 12"), "");
  EXPECT_EQ(PayerInLabel("VIR"), "");
}

TEST(CfonbReaderTest, ChargesAreTakenOnlyWhereTheyMakeTheDifference) {
  const auto read = [](const std::string& original, const std::string& fee) {
    return ReadCfonb(Old() + Move("0000000000980{", "VIR ETRANGER", "21") + Detail("MMO", original, "21") +
                     Detail("FEE", fee, "21") + New("0000000000980{"))
        .records.at(0);
  };
  EXPECT_EQ(read("EUR200000000010000", "EUR200000000000200").charges_minor, 200);
  EXPECT_EQ(read("EUR200000000010000", "EUR200000000000200").paid_minor(), 10000);
  EXPECT_EQ(read("EUR200000000010000", "EUR200000000000100").charges_minor, 0);
  EXPECT_EQ(read("USD200000000010000", "EUR200000000000200").charges_minor, 0);
  EXPECT_EQ(read("EUR200000000010000", "EURx00000000000200").charges_minor, 0);
}

TEST(CfonbReaderTest, RecordsWithoutLineEndsAreReadAsWell) {
  for (const char* name : {"ekwo-golden.cfonb120.txt", "silarhi-simple-test.txt"}) {
    const std::string lines = Sample(name);
    const BankResult with = ReadCfonb(lines);
    const BankResult without = ReadCfonb(absl::StrReplaceAll(lines, {{"\r", ""}, {"\n", ""}}), 77);
    EXPECT_EQ(BankFingerprint(with), BankFingerprint(without)) << name;
  }
}

struct BadLines {
  const char* name;
  std::string lines;
  const char* field;
  const char* reason;
};

TEST(CfonbReaderTest, BadRecordsAreRejectedWithFieldAndReasonAndTheOthersAreIn) {
  const std::string good = Move("0000000000100{", "GOOD");
  const BadLines kBad[] = {
      {"amount", Move("00000000x0100{", "X"), "amount", "AMOUNT_MALFORMED"},
      {"no sign", Move("00000000001000", "X"), "amount", "AMOUNT_MALFORMED"},
      {"booking date", Record("04", "310226", "0000000000100{", {{33, "05"}}), "booking date",
       "DATE_NOT_IN_CALENDAR"},
      {"booking date blank", Record("04", "      ", "0000000000100{", {{33, "05"}}), "booking date",
       "DATE_MALFORMED"},
      {"value date", Record("04", "050326", "0000000000100{", {{33, "05"}, {43, "990326"}}), "value date",
       "DATE_NOT_IN_CALENDAR"},
      {"another account", absl::StrReplaceAll(Move("0000000000100{", "X"), {{"00011234567", "00011234568"}}),
       "account", kRecordOutOfPlace},
      {"another currency", absl::StrReplaceAll(Move("0000000000100{", "X"), {{"EUR2", "USD2"}}), "account",
       kRecordOutOfPlace},
      {"details alone", Detail("LIB", "X"), "", kRecordOutOfPlace},
      {"details of another operation", Move("0000000000100{", "X") + Detail("LIB", "X", "06"), "account",
       kRecordOutOfPlace},
      {"another kind", Line({{1, "09"}}), "", kRecordOutOfPlace},
      {"too long", Move("0000000000100{", "X").substr(0, 120) + "x\n", "", kLineTooLong},
      {"details too long", Move("0000000000100{", "X") + Detail("LIB", "X").substr(0, 120) + "x\n", "",
       kLineTooLong},
      {"balance of another account", absl::StrReplaceAll(New("0000000000100{"), {{"00011234567", "9"}}), "",
       kRecordOutOfPlace},
  };
  for (const BadLines& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const BankResult result = ReadCfonb(Old() + bad.lines + good + New("0000000000100{"));
    EXPECT_TRUE(result.status.ok()) << result.status;
    ASSERT_EQ(result.rejects.size(), 1u);
    EXPECT_EQ(result.rejects[0].field, bad.field);
    EXPECT_EQ(result.rejects[0].reason, bad.reason);
    EXPECT_EQ(result.records.back().unstructured.at(0), "GOOD");
  }
}

TEST(CfonbReaderTest, BalancesThatCannotBeReadAndStatementsWithoutThem) {
  const std::string move = Move("0000000000100{", "X");
  const BankResult unopened = ReadCfonb(move + New("0000000000100{"));
  EXPECT_EQ(unopened.records.size(), 1u);
  EXPECT_EQ(unopened.notices.at(0).reason, kStatementUnopened);
  const BankResult bad_old =
      ReadCfonb(Record("01", "010326", "0000000000100x") + move + New("0000000000100{"));
  EXPECT_EQ(bad_old.records.size(), 1u);
  EXPECT_EQ(bad_old.rejects.at(0).reason, "AMOUNT_MALFORMED");
  EXPECT_FALSE(bad_old.statements.at(0).balance_checked);
  const BankResult bad_new = ReadCfonb(Old() + move + Record("07", "      ", "0000000000100x"));
  EXPECT_EQ(bad_new.rejects.size(), 2u);
  const BankResult mismatch = ReadCfonb(Old() + move + New("0000000000101{"));
  EXPECT_EQ(mismatch.notices.at(0).reason, kBalanceMismatch);
  EXPECT_EQ(mismatch.statements.at(0).difference_minor, -10);
  const BankResult no_currency =
      ReadCfonb(absl::StrReplaceAll(Old() + move + New("0000000000100{"), {{"EUR", "   "}}));
  EXPECT_EQ(no_currency.notices.at(0).reason, kCurrencyAssumed);
  EXPECT_EQ(no_currency.records.size(), 1u);
  const BankResult nameless =
      ReadCfonb(absl::StrReplaceAll(move + New("0000000000100{"), {{"00011234567", "           "}}));
  EXPECT_EQ(nameless.rejects.at(0).reason, kAccountMissing);
}

TEST(CfonbReaderTest, WrongFilesAreRefusedAndCutOnesSaySo) {
  const struct {
    const char* name;
    std::string bytes;
    const char* reason;
    size_t records;
  } kBad[] = {
      {"empty", "", kFileEmpty, 0},
      {"blank", "\n\n   \n", kFileEmpty, 0},
      {"CODA", SourceFile("samples/coda/ekwo-golden.cod"), kNotAStatement, 0},
      {"text", "hello world\n", kNotAStatement, 0},
      {"one movement only", Sample("pennylane-operation.txt"), kFileCutOff, 0},
      {"cut behind the second movement",
       Old() + Move("0000000000100{", "A") + Move("0000000000100{", "B") + Detail("LIB", "TEXT"), kFileCutOff,
       1},
  };
  for (const auto& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const BankResult result = ReadCfonb(bad.bytes);
    EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(result.status), bad.reason);
    EXPECT_EQ(result.records.size(), bad.records);
  }
}

}  // namespace
}  // namespace relance::ledger
