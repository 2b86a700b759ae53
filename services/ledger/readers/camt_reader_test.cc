#include "services/ledger/readers/camt_reader.h"

#include <filesystem>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/camt_entry_collector.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {
namespace {

std::string Document(absl::string_view statement, absl::string_view version = "camt.053.001.08") {
  return absl::StrCat(
      "<?xml version=\"1.0\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:", version,
      "\"><BkToCstmrStmt>\n<Stmt><Id>S1</Id><Acct><Id><IBAN>BE96999000000101</IBAN></Id></Acct>\n", statement,
      "</Stmt></BkToCstmrStmt></Document>\n");
}

std::string Entry(absl::string_view amount = "<Amt Ccy=\"EUR\">10.00</Amt>", absl::string_view more = "",
                  absl::string_view day = "<BookgDt><Dt>2025-03-03</Dt></BookgDt>") {
  return absl::StrCat("<Ntry>", amount, "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\n", day, more,
                      "</Ntry>\n");
}

struct RealFile {
  const char* path;
  size_t statements;
  size_t entries;  // booked and read
  size_t records;
  int64_t credit_minor;
  int64_t debit_minor;
  size_t balanced;  // statements whose balances were checked and agree
};

TEST(CamtReaderTest, RealFilesGiveTheirKnownEntriesAndTotals) {
  const RealFile kFiles[] = {
      {"genkgo-camt053.v2.minimal.xml", 1, 1, 1, 885, 0, 0},
      {"genkgo-camt053.v2.multi.statement.xml", 2, 2, 2, 885, 700, 2},
      {"genkgo-camt053.v2.five.decimals.xml", 1, 1, 1, 885, 0, 0},
      {"genkgo-camt053.v4.xml", 1, 1, 1, 885, 0, 0},
      {"genkgo-camt053.v8.xml", 1, 1, 1, 885, 0, 0},
      {"subite-BE68793230773034-202411.xml", 1, 268, 268, 18000000, 15183125, 1},
      {"subite-account_statement-3.xml", 1, 314, 314, 21000000, 18407266, 1},
      {"bsp-camt053_multicurrency.xml", 2, 3, 3, 125050, 60024, 2},
      {"bsp-camt053_duplicate_same_day.xml", 1, 2, 2, 0, 900, 0},
      {"newinnovations-test-camt053.xml", 1, 2, 2, 5000, 10000, 1},
      {"newinnovations-error-camt053.xml", 1, 2, 2, 5000, 10000, 0},
      {"newinnovations-example-camt053-a.xml", 2, 11, 11, 80174, 54200, 2},
      {"phwes-camt053.xml", 1, 7, 23, 78785000, 24490100, 1},
      {"ekwo-golden.camt.053.001.08.xml", 1, 9, 11, 202051, 145815, 1},
  };
  for (const RealFile& file : kFiles) {
    SCOPED_TRACE(file.path);
    const CamtResult result = ReadCamt(SourceFile(absl::StrCat("samples/camt/", file.path)));
    EXPECT_TRUE(result.status.ok()) << result.status.ToString();
    for (const Reject& reject : result.rejects) ADD_FAILURE() << FormatReject(file.path, reject);
    EXPECT_EQ(result.statements.size(), file.statements);
    EXPECT_EQ(result.records.size(), file.records);
    size_t entries = 0;
    size_t balanced = 0;
    int64_t credit = 0;
    int64_t debit = 0;
    for (const BankStatement& s : result.statements) {
      entries += static_cast<size_t>(s.entries);
      balanced += s.balance_checked && s.difference_minor == 0;
      credit += s.credit_minor;
      debit += s.debit_minor;
    }
    EXPECT_EQ(entries, file.entries);
    EXPECT_EQ(balanced, file.balanced);
    EXPECT_EQ(credit, file.credit_minor);
    EXPECT_EQ(debit, file.debit_minor);
    EXPECT_EQ(result.summary.credit_minor - result.summary.debit_minor, credit - debit);
    std::set<std::string> keys;
    for (const BankTransaction& t : result.records) keys.insert(t.key);
    EXPECT_EQ(keys.size(), result.records.size());
  }
}

TEST(CamtReaderTest, AMonthOfDailyFilesChainsFromBalanceToBalance) {
  std::vector<std::string> paths;
  for (const auto& each :
       std::filesystem::directory_iterator(std::string(RELANCE_SOURCE_DIR) + "/samples/camt/subite-daily")) {
    paths.push_back("samples/camt/subite-daily/" + each.path().filename().string());
  }
  std::sort(paths.begin(), paths.end());
  ASSERT_EQ(paths.size(), 37u);
  int64_t credit = 0;
  int64_t debit = 0;
  size_t records = 0;
  size_t statements = 0;
  std::set<std::string> keys;
  std::map<std::string, int64_t> closing;
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    const CamtResult result = ReadCamt(SourceFile(path));
    EXPECT_TRUE(result.status.ok());
    EXPECT_TRUE(result.rejects.empty());
    for (const BankStatement& s : result.statements) {
      ++statements;
      EXPECT_TRUE(s.balance_checked);
      EXPECT_EQ(s.difference_minor, 0);
      if (closing.count(s.account)) {
        EXPECT_EQ(*s.opening_minor, closing[s.account]);
      }
      closing[s.account] = *s.closing_minor;
    }
    credit += result.summary.credit_minor;
    debit += result.summary.debit_minor;
    records += result.records.size();
    for (const BankTransaction& t : result.records) {
      keys.insert(t.key);
    }
  }
  EXPECT_EQ(statements, 74u);
  EXPECT_EQ(records, 294u);
  EXPECT_EQ(keys.size(), 294u);
  EXPECT_EQ(credit, 5419338268);
  EXPECT_EQ(debit, 5779446662);
}

TEST(CamtReaderTest, FieldsOfTheGoldenStatement) {
  const CamtResult result = ReadCamt(SourceFile("samples/camt/ekwo-golden.camt.053.001.08.xml"));
  ASSERT_EQ(result.records.size(), 11u);
  const BankTransaction& first = result.records[0];
  EXPECT_EQ(first.line, 37);
  EXPECT_EQ(first.key, "BE96999000000101/ZZ26030300001/0");
  EXPECT_EQ(first.amount_minor, 121000);
  EXPECT_TRUE(first.is_credit);
  EXPECT_EQ(first.booking_day, absl::CivilDay(2026, 3, 3));
  EXPECT_EQ(first.bank_code, "PMNT.RCDT.ESCT");
  EXPECT_EQ(first.end_to_end_id, "E2E-CLIENT-0042");
  EXPECT_EQ(first.debtor_name, "Client Exemple & Fils");
  EXPECT_EQ(first.debtor_account, "FR499999900000000000010199");
  EXPECT_EQ(first.ultimate_debtor_name, "Groupe Exemple");
  ASSERT_EQ(first.structured.size(), 1u);
  EXPECT_EQ(first.structured[0].reference, "RF73INV20260042");
  EXPECT_EQ(first.structured[0].reference_type, "SCOR");
  EXPECT_EQ(first.structured[0].reference_issuer, "ISO");

  const BankTransaction& paid = result.records[1];
  EXPECT_FALSE(paid.is_credit);
  EXPECT_EQ(paid.end_to_end_id, "");  // NOTPROVIDED
  EXPECT_EQ(paid.value_day, absl::CivilDay(2026, 3, 4));
  EXPECT_EQ(paid.unstructured, (std::vector<std::string>{"Invoice 2026-0107", "thank you"}));

  const BankTransaction& returned = result.records[2];
  EXPECT_TRUE(returned.is_reversal);
  EXPECT_TRUE(returned.is_credit);
  EXPECT_EQ(returned.return_reason, "AC04");

  EXPECT_EQ(result.records[3].additional_info, "Account fees, first quarter");
  EXPECT_EQ(result.records[4].original_minor, 100000);
  EXPECT_EQ(result.records[4].original_currency, "USD");
  EXPECT_EQ(result.records[4].amount_minor, 92000);

  for (int i = 0; i < 3; ++i) {
    const BankTransaction& part = result.records[static_cast<size_t>(5 + i)];
    EXPECT_EQ(part.key, absl::StrCat("BE96999000000101/ZZ26031700006/", i));
    EXPECT_EQ(part.transaction_index, i);
    EXPECT_EQ(part.transaction_count, 3);
    EXPECT_EQ(part.batch_transactions, 3);
    EXPECT_EQ(part.amount_minor, std::vector<int64_t>({10000, 12000, 8000})[static_cast<size_t>(i)]);
  }
  EXPECT_EQ(result.records[7].debtor_name, "Troisi\xC3\xA8me Payeur");
  const BankTransaction& last = result.records[10];
  EXPECT_EQ(last.booking_day, absl::CivilDay(2026, 3, 31));  // of a DtTm, as the bank writes it
  EXPECT_EQ(last.bank_code, "0150");
  EXPECT_EQ(last.structured[0].reference, "202600004236");
  EXPECT_EQ(last.structured[0].reference_issuer, "BBA");

  EXPECT_EQ(result.summary.skipped, 1);  // the pending entry
  ASSERT_EQ(result.notices.size(), 1u);
  EXPECT_EQ(result.notices[0].reason, kEntryNotBooked);
  ASSERT_EQ(result.statements.size(), 1u);
  EXPECT_EQ(result.statements[0].opening_minor, 100000);
  EXPECT_EQ(result.statements[0].closing_minor, 156236);
  EXPECT_EQ(result.statements[0].difference_minor, 0);
}

TEST(CamtReaderTest, StructuredDocumentsWithTheirAmounts) {
  const CamtResult result = ReadCamt(SourceFile("samples/camt/phwes-camt053.xml"));
  EXPECT_EQ(result.records[0].structured.at(0).reference, "85858");
  EXPECT_EQ(result.records[0].structured[0].remitted_minor, 2500000);
  EXPECT_EQ(result.records[0].structured[0].currency, "SEK");
  EXPECT_EQ(result.records[1].structured.at(0).documents.at(0).number, "333333333333");
  EXPECT_EQ(result.records[1].structured[0].documents[0].type, "CINV");
  EXPECT_EQ(result.records[1].amount_minor, 625000);
  size_t structured = 0;
  for (const BankTransaction& t : result.records) structured += t.structured.size();
  EXPECT_EQ(structured, 18u);
}

TEST(CamtReaderTest, TwoEqualEntriesOfOneDayAreBothKeptAndReadTwiceAreTheSame) {
  const std::string bytes = SourceFile("samples/camt/bsp-camt053_duplicate_same_day.xml");
  const CamtResult result = ReadCamt(bytes);
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_EQ(result.records[0].content_hash, result.records[1].content_hash);
  EXPECT_NE(result.records[0].key, result.records[1].key);
  EXPECT_TRUE(absl::StrContains(result.records[1].key, "+1/0")) << result.records[1].key;
  EXPECT_EQ(Fingerprint(ReadCamt(bytes)), Fingerprint(result));
}

TEST(CamtReaderTest, ARepeatedServicerReferenceLosesNoEntry) {
  const std::string ref = "<AcctSvcrRef>R1</AcctSvcrRef>";
  const CamtResult result = ReadCamt(
      Document(Entry("<Amt Ccy=\"EUR\">1.00</Amt>", ref) + Entry("<Amt Ccy=\"EUR\">2.00</Amt>", ref)));
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_EQ(result.records[0].key, "BE96999000000101/R1/0");
  EXPECT_EQ(result.records[1].key, "BE96999000000101/R1+1/0");
  ASSERT_EQ(result.notices.size(), 1u);
  EXPECT_EQ(result.notices[0].reason, kServicerRefRepeated);
}

TEST(CamtReaderTest, TheReferenceOfTheOnlyTransactionServesWhenTheEntryHasNone) {
  const std::string detail =
      "<NtryDtls><TxDtls><Refs><AcctSvcrRef>T9</AcctSvcrRef></Refs></TxDtls></NtryDtls>";
  EXPECT_EQ(ReadCamt(Document(Entry("<Amt Ccy=\"EUR\">1.00</Amt>", detail))).records.at(0).key,
            "BE96999000000101/T9/0");
  for (const char* none : {"NOTPROVIDED", "NONREF", ""}) {
    const CamtResult result = ReadCamt(Document(
        Entry("<Amt Ccy=\"EUR\">1.00</Amt>", absl::StrCat("<AcctSvcrRef>", none, "</AcctSvcrRef>"))));
    EXPECT_TRUE(absl::StrContains(result.records.at(0).key, "/#")) << result.records[0].key;
  }
}

std::string Batch(const std::vector<std::string>& amounts, absl::string_view currency = "EUR") {
  std::string text = "<NtryDtls>";
  for (const std::string& amount : amounts) {
    absl::StrAppend(&text, "<TxDtls><AmtDtls><TxAmt><Amt Ccy=\"", currency, "\">", amount,
                    "</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>t</Ustrd></RmtInf></TxDtls>");
  }
  return text + "</NtryDtls>";
}

TEST(CamtReaderTest, DetailsThatDoNotAddUpStayOneRecord) {
  const std::string amount = "<Amt Ccy=\"EUR\">10.00</Amt>";
  EXPECT_EQ(ReadCamt(Document(Entry(amount, Batch({"4.00", "6.00"})))).records.size(), 2u);
  for (const std::string& details : {Batch({"4.00", "5.99"}), Batch({"4.00", "6.00"}, "USD")}) {
    const CamtResult result = ReadCamt(Document(Entry(amount, details)));
    ASSERT_EQ(result.records.size(), 1u);
    EXPECT_EQ(result.records[0].amount_minor, 1000);
    EXPECT_EQ(result.records[0].unstructured.size(), 2u);
    ASSERT_EQ(result.notices.size(), 1u);
    EXPECT_EQ(result.notices[0].reason, kBatchNotSplit);
  }
}

TEST(CamtReaderTest, DetailsOfBothSidesNetToTheEntry) {
  std::string details = Batch({"14.00", "4.00"});
  const size_t second = details.rfind("<AmtDtls>");
  details.insert(second, "<CdtDbtInd>DBIT</CdtDbtInd>");
  const CamtResult result = ReadCamt(Document(Entry("<Amt Ccy=\"EUR\">10.00</Amt>", details)));
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_TRUE(result.records[0].is_credit);
  EXPECT_FALSE(result.records[1].is_credit);
  EXPECT_EQ(result.records[1].amount_minor, 400);
}

TEST(CamtReaderTest, ChargesLeaveTheBookedAmountAndTheOriginalOne) {
  const BankTransaction t =
      ReadCamt(Document(Entry("<Amt Ccy=\"EUR\">99.00</Amt>", Batch({"100.00"})))).records.at(0);
  EXPECT_EQ(t.amount_minor, 9900);
  EXPECT_EQ(t.original_minor, 10000);
}

std::string Charge(absl::string_view amount, absl::string_view included = "true",
                   absl::string_view side = "DBIT") {
  return absl::StrCat("<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">", amount,
                      "</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy=\"EUR\">", amount, "</Amt><CdtDbtInd>", side,
                      "</CdtDbtInd><ChrgInclInd>", included, "</ChrgInclInd></Rcrd></Chrgs>");
}

TEST(CamtReaderTest, ChargesWithinTheAmountAreToldApart) {
  const std::string amount = "<Amt Ccy=\"EUR\">98.00</Amt>";
  const auto read = [&](const std::string& more) {
    return ReadCamt(Document(Entry(amount, more))).records.at(0);
  };
  EXPECT_EQ(read(Charge("2.00")).charges_minor, 200);
  EXPECT_EQ(read(Charge("2.00")).paid_minor(), 10000);
  EXPECT_EQ(read(Charge("2.00") + Batch({"98.00"})).charges_minor, 200);
  // Beside the amount: booked on its own.
  EXPECT_EQ(read(Charge("2.00", "false")).charges_minor, 0);
  // Not marked, but what lacks of what the payer instructed. The .02 form has no Rcrd.
  EXPECT_EQ(read(Charge("2.00", "false") + Batch({"100.00"})).charges_minor, 200);
  EXPECT_EQ(read("<Chrgs><Amt Ccy=\"EUR\">2.00</Amt></Chrgs>" + Batch({"100.00"})).charges_minor, 200);
  EXPECT_EQ(read(Charge("3.00", "false") + Batch({"100.00"})).charges_minor, 0);
  EXPECT_EQ(read(Charge("2.00", "true", "CRDT")).charges_minor, 0);
  EXPECT_EQ(read(Charge("x")).charges_minor, 0);
  // Of the transaction before that of the entry.
  const std::string detail =
      absl::StrReplaceAll(Batch({"98.00"}), {{"<AmtDtls>", absl::StrCat(Charge("1.00"), "<AmtDtls>")}});
  EXPECT_EQ(read(Charge("2.00") + detail).charges_minor, 100);
}

TEST(CamtReaderTest, DetailsBeforeTheChargesOfTheEntryAreSplitAndTheChargesAreOneMore) {
  const CamtResult result =
      ReadCamt(Document(Entry("<Amt Ccy=\"EUR\">98.00</Amt>", Charge("2.00") + Batch({"60.00", "40.00"}))));
  ASSERT_EQ(result.records.size(), 3u);
  EXPECT_EQ(result.records[0].amount_minor, 6000);
  EXPECT_EQ(result.records[1].amount_minor, 4000);
  EXPECT_TRUE(result.records[2].is_charge);
  EXPECT_FALSE(result.records[2].is_credit);
  EXPECT_EQ(result.records[2].amount_minor, 200);
  EXPECT_TRUE(result.notices.empty());
  // Another sum is none of the entry.
  EXPECT_EQ(
      ReadCamt(Document(Entry("<Amt Ccy=\"EUR\">98.00</Amt>", Charge("3.00") + Batch({"60.00", "40.00"}))))
          .records.size(),
      1u);
}

TEST(CamtReaderTest, EveryVersionIsReadAlike) {
  const std::string v2 = SourceFile("samples/camt/genkgo-camt053.v2.minimal.xml");
  const std::string v8 = SourceFile("samples/camt/ekwo-golden.camt.053.001.08.xml");
  const std::string want2 = Fingerprint(ReadCamt(v2)), want8 = Fingerprint(ReadCamt(v8));
  for (int version = 2; version <= 13; ++version) {
    SCOPED_TRACE(version);
    const std::string name = absl::StrCat("camt.053.001.", absl::Dec(version, absl::kZeroPad2));
    EXPECT_EQ(Fingerprint(ReadCamt(absl::StrReplaceAll(v2, {{"camt.053.001.02", name}}))), want2);
    EXPECT_EQ(Fingerprint(ReadCamt(absl::StrReplaceAll(v8, {{"camt.053.001.08", name}}))), want8);
  }
  for (const char* other : {"01", "14", "xx", ""}) {
    const CamtResult result =
        ReadCamt(absl::StrReplaceAll(v8, {{"camt.053.001.08", absl::StrCat("camt.053.001.", other)}}));
    EXPECT_EQ(result.notices.at(0).reason, kVersionUntested) << other;
    EXPECT_EQ(result.records.size(), 11u) << other;
  }
}

TEST(CamtReaderTest, NotificationsGiveTheirBookedEntries) {
  const CamtResult v4 = ReadCamt(SourceFile("samples/camt/genkgo-camt054.v4.xml"));
  EXPECT_TRUE(v4.status.ok()) << v4.status;
  // 200,000 SEK whose three details are in CHF: one record with all their texts.
  ASSERT_EQ(v4.records.size(), 1u);
  EXPECT_EQ(v4.records[0].source, "camt054");
  EXPECT_EQ(v4.records[0].key, "CH2801234000123456789/ACSR160617103200001/0");
  EXPECT_EQ(v4.records[0].amount_minor, 20000000);
  EXPECT_EQ(v4.records[0].structured.size(), 4u);
  EXPECT_EQ(v4.records[0].unstructured.size(), 3u);
  EXPECT_EQ(v4.notices.at(0).reason, kBatchNotSplit);
  const CamtResult v8 = ReadCamt(SourceFile("samples/camt/genkgo-camt054.v8-with-UETR.xml"));
  ASSERT_EQ(v8.rejects.size(), 1u);  // it has no day
  EXPECT_EQ(v8.rejects[0].field, "Ntry/BookgDt");
  EXPECT_EQ(v8.rejects[0].reason, kFieldMissing);

  // INFO is for information: the money is in entries that are booked elsewhere.
  const std::string info = SourceFile("samples/camt/subite-camt054-2024-03-11.xml");
  const CamtResult skipped = ReadCamt(info);
  EXPECT_TRUE(skipped.status.ok());
  EXPECT_TRUE(skipped.records.empty());
  EXPECT_EQ(skipped.summary.skipped, 1);
  // Were it booked, its details on both sides net to it.
  const CamtResult booked = ReadCamt(absl::StrReplaceAll(
      info, {{"<Sts>INFO</Sts>", "<Sts>BOOK</Sts><BookgDt><Dt>2024-03-11</Dt></BookgDt>"}}));
  EXPECT_EQ(booked.records.size(), 28u);
  EXPECT_EQ(booked.summary.credit_minor - booked.summary.debit_minor, 1419567);
}

TEST(CamtReaderTest, AStatementAndANotificationGiveAnEntryOneKey) {
  const std::string entry = Entry("<Amt Ccy=\"EUR\">10.00</Amt>", "<AcctSvcrRef>R1</AcctSvcrRef>");
  const std::string statement = Document(entry);
  const std::string notification = absl::StrReplaceAll(
      Document(entry, "camt.054.001.08"), {{"BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"}, {"Stmt>", "Ntfctn>"}});
  EXPECT_EQ(ReadCamt(statement).records.at(0).key, ReadCamt(notification).records.at(0).key);
  EXPECT_EQ(ReadCamt(statement).records.at(0).source, "camt053");
  EXPECT_EQ(ReadCamt(notification).records.at(0).source, "camt054");
}

TEST(CamtReaderTest, ChargesAndInterestAreNobodysPayment) {
  const auto read = [](absl::string_view sub_family) {
    const std::string code = absl::StrCat("<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>",
                                          sub_family, "</SubFmlyCd></Fmly></Domn></BkTxCd>");
    return ReadCamt(Document(Entry("<Amt Ccy=\"EUR\">1.00</Amt>", code))).records.at(0).is_charge;
  };
  EXPECT_TRUE(read("CHRG"));
  EXPECT_TRUE(read("INTR"));
  EXPECT_FALSE(read("ESCT"));
  EXPECT_FALSE(read("RRTN"));
}

TEST(CamtReaderTest, ABalanceThatDoesNotAgreeIsReportedWithTheDifference) {
  const CamtResult result = ReadCamt(SourceFile("samples/camt/newinnovations-error-camt053.xml"));
  EXPECT_EQ(result.records.size(), 2u);
  ASSERT_EQ(result.notices.size(), 1u);
  EXPECT_EQ(result.notices[0].reason, kBalanceMismatch);
  EXPECT_NE(result.statements[0].difference_minor, 0);
}

TEST(CamtReaderTest, BookingDayFallsBackToValueDayThenToTheClosingDay) {
  const std::string closing =
      "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt "
      "Ccy=\"EUR\">1</Amt><Dt><Dt>2025-03-31</Dt></Dt></Bal>";
  const std::string amount = "<Amt Ccy=\"EUR\">10.00</Amt>";
  const CamtResult by_value =
      ReadCamt(Document(closing + Entry(amount, "", "<ValDt><Dt>2025-03-05Z</Dt></ValDt>")));
  EXPECT_EQ(by_value.records.at(0).booking_day, absl::CivilDay(2025, 3, 5));
  const CamtResult by_closing = ReadCamt(Document(closing + Entry(amount, "", "")));
  EXPECT_EQ(by_closing.records.at(0).booking_day, absl::CivilDay(2025, 3, 31));
  EXPECT_EQ(by_closing.notices.at(0).reason, kBookingDayDerived);
}

struct BadEntry {
  const char* name;
  std::string entry;
  const char* field;
  const char* reason;
};

TEST(CamtReaderTest, BadEntriesAreRejectedWithLineFieldAndReasonAndTheOthersAreIn) {
  const std::string amount = "<Amt Ccy=\"EUR\">10.00</Amt>";
  const auto dated = [&](absl::string_view day) {
    return Entry(amount, "", absl::StrCat("<BookgDt><Dt>", day, "</Dt></BookgDt>"));
  };
  const BadEntry kBad[] = {
      {"garbled amount", Entry("<Amt Ccy=\"EUR\">12..34</Amt>"), "Ntry/Amt", "AMOUNT_MALFORMED"},
      {"decimal comma", Entry("<Amt Ccy=\"EUR\">12,34</Amt>"), "Ntry/Amt", "AMOUNT_MALFORMED"},
      {"blank amount", Entry("<Amt Ccy=\"EUR\"> </Amt>"), "Ntry/Amt", "AMOUNT_EMPTY"},
      {"five decimals", Entry("<Amt Ccy=\"EUR\">8.85001</Amt>"), "Ntry/Amt", "AMOUNT_TOO_PRECISE"},
      {"yen with decimals", Entry("<Amt Ccy=\"JPY\">8.5</Amt>"), "Ntry/Amt", "AMOUNT_TOO_PRECISE"},
      {"negative", Entry("<Amt Ccy=\"EUR\">-8.85</Amt>"), "Ntry/Amt", "AMOUNT_NEGATIVE"},
      {"too large", Entry("<Amt Ccy=\"EUR\">99999999999999.00</Amt>"), "Ntry/Amt", "AMOUNT_OVERFLOW"},
      {"unknown currency", Entry("<Amt Ccy=\"ZZZ\">1</Amt>"), "Ntry/Amt", "CURRENCY_UNKNOWN"},
      {"no currency", Entry("<Amt>1</Amt>"), "Ntry/Amt", "FIELD_MISSING"},
      {"no amount", Entry(""), "Ntry/Amt", "FIELD_MISSING"},
      {"no side", absl::StrReplaceAll(Entry(), {{"<CdtDbtInd>CRDT</CdtDbtInd>", ""}}), "Ntry/CdtDbtInd",
       "FIELD_MISSING"},
      {"bad side", absl::StrReplaceAll(Entry(), {{"CRDT", "CREDIT"}}), "Ntry/CdtDbtInd", "FIELD_INVALID"},
      {"bad reversal", Entry(amount, "<RvslInd>yes</RvslInd>"), "Ntry/RvslInd", "FIELD_INVALID"},
      {"no such day", dated("2025-02-31"), "Ntry/BookgDt/Dt", "DATE_NOT_IN_CALENDAR"},
      {"compact day", dated("20250303"), "Ntry/BookgDt/Dt", "DATE_MALFORMED"},
      {"no day at all", Entry(amount, "", ""), "Ntry/BookgDt", "FIELD_MISSING"},
      {"garbled detail", Entry(amount, Batch({"1.0.0"})), "Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt",
       "AMOUNT_MALFORMED"},
      {"long text", Entry(amount, absl::StrCat("<AddtlNtryInf>", std::string(9000, 'x'), "</AddtlNtryInf>")),
       "Ntry/AddtlNtryInf", "FIELD_TOO_LONG"},
  };
  for (const BadEntry& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const CamtResult result = ReadCamt(Document(Entry() + bad.entry + Entry()));
    EXPECT_TRUE(result.status.ok()) << result.status.ToString();
    EXPECT_EQ(result.records.size(), 2u);
    ASSERT_EQ(result.rejects.size(), 1u);
    const Reject& reject = result.rejects[0];
    EXPECT_GE(reject.line, 6);
    EXPECT_LE(reject.line, 7);
    EXPECT_EQ(reject.field, bad.field);
    EXPECT_EQ(reject.reason, bad.reason) << reject.message;
    EXPECT_TRUE(absl::StartsWith(reject.raw, "<Ntry>")) << reject.raw;
    EXPECT_TRUE(absl::EndsWith(reject.raw, "</Ntry>") || reject.raw_truncated);
  }
}

TEST(CamtReaderTest, GarbledRealFileNamesLineAndField) {
  const CamtResult result = ReadCamt(SourceFile("samples/camt/bsp-camt053_garbled_amount.xml"));
  EXPECT_TRUE(result.status.ok());
  EXPECT_TRUE(result.records.empty());
  ASSERT_EQ(result.rejects.size(), 1u);
  EXPECT_EQ(FormatReject("g.xml", result.rejects[0]).substr(0, 36), "g.xml:17: Ntry/Amt: AMOUNT_MALFORMED");
}

TEST(CamtReaderTest, ZerosBeyondTheDecimalsAreFine) {
  EXPECT_EQ(ReadCamt(Document(Entry("<Amt Ccy=\"EUR\">8.85000</Amt>"))).records.at(0).amount_minor, 885);
}

TEST(CamtReaderTest, FC26_NotBookedEntriesAreSkippedNotRejected) {
  for (const char* state : {"PDNG", "INFO", "FUTR"}) {
    const std::string entry = absl::StrReplaceAll(Entry("<Amt Ccy=\"EUR\">x</Amt>"), {{"BOOK", state}});
    const CamtResult result = ReadCamt(Document(entry + Entry()));
    EXPECT_EQ(result.records.size(), 1u) << state;
    EXPECT_EQ(result.summary.skipped, 1) << state;
    EXPECT_TRUE(result.rejects.empty()) << state;
  }
}

TEST(CamtReaderTest, ANamespacePrefixChangesNothing) {
  const std::string plain = Document(Entry());
  std::string prefixed =
      absl::StrReplaceAll(plain, {{"</", "</c:"}, {"<", "<c:"}, {"xmlns=", "xmlns:c="}, {"<?", "<?"}});
  const CamtResult result = ReadCamt(prefixed);
  EXPECT_TRUE(result.status.ok()) << result.status.ToString();
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].key, ReadCamt(plain).records[0].key);
}

TEST(CamtReaderTest, DeclaredEncodingsAreRead) {
  const std::string named = Entry("<Amt Ccy=\"EUR\">1</Amt>", "<AddtlNtryInf>\xA4 \xE9</AddtlNtryInf>");
  const auto declared = [&](absl::string_view encoding) {
    return absl::StrReplaceAll(
        Document(named), {{"version=\"1.0\"", absl::StrCat("version=\"1.0\" encoding=\"", encoding, "\"")}});
  };
  EXPECT_EQ(ReadCamt(declared("ISO-8859-15")).records.at(0).additional_info, "\xE2\x82\xAC \xC3\xA9");
  EXPECT_EQ(ReadCamt(declared("windows-1252")).records.at(0).additional_info, "\xC2\xA4 \xC3\xA9");
  EXPECT_EQ(ReasonOf(ReadCamt(declared("KOI8-R")).status), kXmlEncodingUnknown);
  EXPECT_EQ(ReasonOf(ReadCamt(Document(named)).status), kXmlMalformed);  // not UTF-8
}

struct BadFile {
  const char* name;
  std::string bytes;
  const char* reason;
};

TEST(CamtReaderTest, WrongFilesAreRefusedAndNameTheLine) {
  std::string bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY l0 \"lol\">\n";
  for (int i = 1; i < 10; ++i) {
    absl::StrAppend(&bomb, "<!ENTITY l", i, " \"");
    for (int j = 0; j < 10; ++j) absl::StrAppend(&bomb, "&l", i - 1, ";");
    absl::StrAppend(&bomb, "\">\n");
  }
  absl::StrAppend(&bomb, "]>\n<Document>&l9;</Document>");
  std::string names = "<a>";
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&names, "<n", i, "/>");
  std::string prefixes = "<a>";
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&prefixes, "<b xmlns:p", i, "=\"u\"/>");
  const BadFile kBad[] = {
      {"empty", "", "FILE_EMPTY"},
      {"blank", "  \n", "XML_MALFORMED"},
      {"not XML", "JournalCode|JournalLib\n", "XML_MALFORMED"},
      {"billion laughs", bomb, "XML_DOCTYPE_REFUSED"},
      {"external entity", "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><d>&x;</d>",
       "XML_DOCTYPE_REFUSED"},
      {"external DTD", "<!DOCTYPE d SYSTEM \"http://localhost/d.dtd\"><d/>", "XML_DOCTYPE_REFUSED"},
      {"undeclared entity", "<d>&x;</d>", "XML_MALFORMED"},
      {"65 levels", absl::StrReplaceAll(std::string(65, '<'), {{"<", "<a>"}}), "XML_TOO_DEEP"},
      {"long comment", "<a><!--" + std::string(400000, 'x') + "--></a>", "XML_TOKEN_TOO_LONG"},
      {"long tag", "<a " + std::string(400000, 'x') + "=\"1\"/>", "XML_TOKEN_TOO_LONG"},
      {"long name", "<" + std::string(600, 'x') + "/>", "XML_TOKEN_TOO_LONG"},
      {"many names", names, "XML_TOO_MANY_NAMES"},
      {"many prefixes", prefixes, "XML_TOO_MANY_NAMES"},
      {"camt.052", SourceFile("samples/camt/genkgo-camt052.v2.xml"), "NOT_A_STATEMENT"},
      {"camt.052 .06", SourceFile("samples/camt/genkgo-camt052.v6.Amt-zero.xml"), "NOT_A_STATEMENT"},
      {"pain.001", "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.03\"/>", "NOT_A_STATEMENT"},
      {"no statement", SourceFile("samples/camt/genkgo-camt053.v2.wrong.xml"), "STATEMENT_MISSING"},
      {"another document", "<Invoice/>", "STATEMENT_MISSING"},
  };
  for (const BadFile& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const CamtResult result = ReadCamt(bad.bytes);
    EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument);
    const ErrorInfo info = ErrorInfoOf(result.status);
    EXPECT_EQ(info.reason, bad.reason) << result.status.ToString();
    EXPECT_EQ(info.metadata.at("file"), "test.xml");
    EXPECT_NE(info.metadata.at("line"), "0");
    EXPECT_TRUE(result.records.empty());
  }
  EXPECT_EQ(ReasonOf(ReadCamt(absl::StrReplaceAll(std::string(64, '<'), {{"<", "<a>"}})).status),
            kXmlMalformed);
}

TEST(CamtReaderTest, AStatementWithoutAccountRejectsItsEntries) {
  const std::string text = absl::StrReplaceAll(Document(Entry()), {{"<IBAN>BE96999000000101</IBAN>", ""}});
  const CamtResult result = ReadCamt(text);
  ASSERT_EQ(result.rejects.size(), 1u);
  EXPECT_EQ(result.rejects[0].reason, kAccountMissing);
}

TEST(CamtReaderTest, AnEntryLargerThanTheLimitIsRejectedAndTheNextIsIn) {
  std::string details = "<NtryDtls>";
  for (size_t i = 0; i < kCamtEntryBytesMax / 1024; ++i)
    details +=
        "<TxDtls><RmtInf><Ustrd>t</Ustrd><Strd><RfrdDocInf><Nb>1</Nb></RfrdDocInf></Strd></RmtInf></TxDtls>";
  details += "</NtryDtls>";
  const CamtResult result = ReadCamt(Document(Entry("<Amt Ccy=\"EUR\">1</Amt>", details) + Entry()));
  EXPECT_TRUE(result.status.ok());
  EXPECT_EQ(result.records.size(), 1u);
  ASSERT_EQ(result.rejects.size(), 1u);
  EXPECT_EQ(result.rejects[0].reason, kEntryTooLarge);
  EXPECT_TRUE(result.rejects[0].raw_truncated);
  EXPECT_EQ(result.rejects[0].raw.size(), kRawBytesMax);
}

}  // namespace
}  // namespace relance::ledger
