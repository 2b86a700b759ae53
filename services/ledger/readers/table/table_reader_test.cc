#include "services/ledger/readers/table/table_reader.h"

#include <gtest/gtest.h>

#include "common/status/domain_error.h"
#include "common/time/day.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/table/mapping_file.h"
#include "services/ledger/readers/table/reasons.h"
#include "services/ledger/readers/table/shipped_mappings.h"
#include "services/ledger/readers/testing/collecting_table_sink.h"

namespace relance::ledger {
namespace {

Mapping Parse(const std::string& yaml) {
  auto mapping = ParseMapping(yaml, "test.yaml");
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  return mapping.ok() ? *std::move(mapping) : Mapping();
}

// A small mapping of items; `more` is added to it.
Mapping Items(const std::string& more) {
  return Parse(
      "name: t\nkind: items\nconstants: {currency: EUR}\ncolumns: {account: Client, number: No, issue_date: "
      "Date, amount: Montant}\n" +
      more);
}

TableResult ReadShipped(const std::string& name, const std::string& path) {
  const Mapping* mapping = FindShippedMapping(name);
  EXPECT_NE(mapping, nullptr) << name;
  return ReadTable(SourceFile(path), *mapping);
}

// Counts and totals were worked out from the files with a spreadsheet's means, not with this reader.
TEST(ShippedMappingTest, OrdersOfAShopAreReadWithoutTheirDirt) {
  const TableResult read = ReadShipped("order-to-cash-orders", "samples/csv-erp/hectorlequen-orders.csv");
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.items.size(), 75u);
  EXPECT_EQ(read.Total(ItemKind::kInvoice, "EUR"), 1'404'500);
  EXPECT_EQ(read.Total(ItemKind::kInvoice, "USD"), 34'570);
  // 102 rows: 10 without amount, 8 more without a day of the calendar, 4 without number; 3 twice, 2
  // cancelled.
  EXPECT_EQ(read.summary.rejected, 22);
  EXPECT_EQ(read.summary.skipped, 5);
  EXPECT_EQ(read.summary.by_reason.at("ORDER_CANCELLED"), 2);
  EXPECT_EQ(read.summary.by_reason.at(kDuplicateRow), 3);
  EXPECT_EQ(read.summary.by_reason.at(kFieldMissing), 14);
}

TEST(ShippedMappingTest, PaymentsOfAProviderAreReadWithoutTheirDirt) {
  const TableResult read = ReadShipped("order-to-cash-payments", "samples/csv-erp/hectorlequen-payments.csv");
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.items.size(), 95u);
  EXPECT_EQ(read.Total(ItemKind::kPayment, "EUR"), 1'592'970);
  EXPECT_EQ(read.Total(ItemKind::kPayment, "USD"), 34'570);
  EXPECT_EQ(read.summary.rejected, 12);
  EXPECT_EQ(read.summary.by_reason.at("PAYMENT_NOT_SUCCEEDED"), 4);
  EXPECT_EQ(read.summary.by_reason.at(kDuplicateRow), 2);
  EXPECT_EQ(read.summary.by_reason.at("REFUND_NOT_BOOKED"), 4);
  EXPECT_EQ(read.items[0].description, "ORD-1065");
  EXPECT_EQ(read.items[0].reference, "pi_1065");
}

TEST(ShippedMappingTest, AnInvoiceThatWasPaidIsAnInvoiceAndAPayment) {
  const TableResult read = ReadShipped("invoice-history", "samples/csv-erp/helloworld880-invoice_data.csv");
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.Count(ItemKind::kInvoice), 5000);
  EXPECT_EQ(read.Count(ItemKind::kPayment), 5000);
  EXPECT_EQ(read.Total(ItemKind::kInvoice), 8'205'393'478);
  EXPECT_EQ(read.Total(ItemKind::kPayment), 8'205'393'478);
  EXPECT_EQ(read.summary.rejected + read.summary.skipped, 0);
  EXPECT_EQ(read.items[0].number, "INV_100000");
  EXPECT_EQ(read.items[0].attributes.sector, "Healthcare");
  EXPECT_EQ(FormatIsoDay(*read.items[1].booking_day), "2023-07-02");
}

TEST(ShippedMappingTest, BankStatementsOfFourLayouts) {
  struct Row {
    const char *mapping, *file;
    size_t count;
    int64_t in, out;
  };
  const Row rows[] = {
      {"bank-statement-de", "samples/csv-bank/bsp-csv_european_decimals.csv", 3, 350'000, 123'906},
      {"bank-statement-fr", "samples/csv-bank/bsp-csv_french_headers.csv", 3, 350'000, 123'906},
      {"bank-statement-en-split", "samples/csv-bank/bsp-sample_split_amounts.csv", 2, 125'050, 20'025},
      {"bank-statement-en", "samples/csv-bank/bsp-sample_statement.csv", 2, 250'000, 120'000},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.file);
    const TableResult read = ReadShipped(row.mapping, row.file);
    ASSERT_TRUE(read.status.ok()) << read.status;
    EXPECT_EQ(read.bank.size(), row.count);
    EXPECT_EQ(read.summary.credit_minor, row.in);
    EXPECT_EQ(read.summary.debit_minor, row.out);
    EXPECT_EQ(read.summary.rejected + read.summary.skipped, 0);
    // Found by its columns too.
    const Mapping* found = FindMappingOf(ShippedMappings(), "x.csv", SourceFile(row.file));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->name, row.mapping);
  }
}

TEST(ShippedMappingTest, LinesOfOneXeroInvoiceAreOneItem) {
  const std::string head =
      "ContactName,EmailAddress,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,InvoiceAmountDue,"
      "Description,Currency,"
      "Type,Status\n";
  const TableResult read = ReadTable(
      head +
          "Alpha Ltd,a@example.org,INV-1,PO7,31/03/2026,30/04/2026,\"1,200.00\",1200.00,Desk,EUR,Sales "
          "invoice,Awaiting "
          "Payment\n"
          "Alpha Ltd,a@example.org,INV-1,PO7,31/03/2026,30/04/2026,\"1,200.00\",1200.00,Chair,EUR,Sales "
          "invoice,Awaiting "
          "Payment\n"
          "Beta,,INV-2,,31/03/2026,30/04/2026,50.00,50.00,Lamp,EUR,Sales invoice,Draft\n"
          "Beta,,CN-1,,31/03/2026,30/04/2026,20.00,20.00,Lamp,EUR,Sales credit note,Paid\n",
      *FindShippedMapping("xero-sales-invoices"));
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.Total(ItemKind::kInvoice), 120'000);
  EXPECT_EQ(read.Total(ItemKind::kCreditNote), 2'000);
  EXPECT_EQ(read.summary.by_reason.at(kKeyRepeated), 1);
  EXPECT_EQ(read.summary.by_reason.at("INVOICE_NOT_ISSUED"), 1);
}

TEST(TableReaderTest, AmountsByTheirSignRules) {
  struct Case {
    const char* name;
    std::string mapping, header, cells;
    ItemKind kind;
    int64_t minor;
  };
  const std::string columns =
      "name: t\nkind: items\nconstants: {currency: EUR}\ncolumns: {account: A, number: N, "
      "issue_date: D, ";
  const Case cases[] = {
      {"signed", columns + "amount: M}\n", "A;N;D;M", "a;1;2026-03-31;-5.00", ItemKind::kCreditNote, 500},
      {"trailing minus", columns + "amount: M}\ndecimal: comma\n", "A;N;D;M", "a;1;2026-03-31;5,00-",
       ItemKind::kCreditNote, 500},
      {"parentheses", columns + "amount: M}\nparentheses: negative\n", "A;N;D;M", "a;1;2026-03-31;(5.00)",
       ItemKind::kCreditNote, 500},
      {"reversed", columns + "amount: M}\nsign: reversed\n", "A;N;D;M", "a;1;2026-03-31;-5.00",
       ItemKind::kInvoice, 500},
      {"debit", columns + "debit: Dt, credit: Ct}\n", "A;N;D;Dt;Ct", "a;1;2026-03-31;5.00;",
       ItemKind::kInvoice, 500},
      {"credit", columns + "debit: Dt, credit: Ct}\n", "A;N;D;Dt;Ct", "a;1;2026-03-31;0.00;5.00",
       ItemKind::kCreditNote, 500},
      {"side", columns + "amount: M, side: S}\n", "A;N;D;M;S", "a;1;2026-03-31;5.00;C", ItemKind::kCreditNote,
       500},
      {"side in German", columns + "amount: M, side: S}\n", "A;N;D;M;S", "a;1;2026-03-31;5.00;Soll",
       ItemKind::kInvoice, 500},
      {"kind wins over sign", columns + "amount: M, kind: K}\nvalues: {kind: {AV: credit_note}}\n",
       "A;N;D;M;K", "a;1;2026-03-31;5.00;av", ItemKind::kCreditNote, 500},
      {"negative is a payment", columns + "amount: M}\nnegative: payment\n", "A;N;D;M",
       "a;1;2026-03-31;-5.00", ItemKind::kPayment, 500},
      {"thousands and euro", columns + "amount: M}\ndecimal: comma\nthousands: space\n", "A;N;D;M",
       "a;1;2026-03-31;1 234,56 €", ItemKind::kInvoice, 123'456},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const TableResult read = ReadTable(c.header + "\n" + c.cells + "\n", Parse(c.mapping));
    ASSERT_TRUE(read.status.ok()) << read.status;
    ASSERT_EQ(read.items.size(), 1u) << (read.rejects.empty() ? "" : read.rejects[0].message);
    EXPECT_EQ(read.items[0].kind, c.kind);
    EXPECT_EQ(read.items[0].amount_minor, c.minor);
  }
}

TEST(TableReaderTest, ARowThatIsNotInSaysWhy) {
  struct Case {
    const char* name;
    std::string more, row;
    const char* reason;
  };
  const std::string head = "Client;No;Date;Montant\n";
  const Case cases[] = {
      {"no account", "", ";1;2026-03-31;5.00", kFieldMissing},
      {"no number", "", "a;;2026-03-31;5.00", kFieldMissing},
      {"no such day", "", "a;1;2026-02-30;5.00", "DATE_NOT_IN_CALENDAR"},
      {"another form of date", "", "a;1;31/03/2026;5.00", "DATE_MALFORMED"},
      {"no amount", "", "a;1;2026-03-31;", kFieldMissing},
      {"no number in it", "", "a;1;2026-03-31;x", "AMOUNT_MALFORMED"},
      {"too precise", "", "a;1;2026-03-31;5.001", "AMOUNT_TOO_PRECISE"},
      {"too large", "", "a;1;2026-03-31;99999999999999.00", kAmountOverflow},
      {"negative", "negative: reject\n", "a;1;2026-03-31;-5.00", kAmountNegative},
      {"a column more", "", "a;1;2026-03-31;5.00;x", kColumnCount},
      {"a column less", "", "a;1;2026-03-31", kColumnCount},
      {"a quote", "", "a;1\"2;2026-03-31;5\"", kQuoteMisplaced},
      {"an open quote", "", "a;\"1;2026-03-31;5.00", kQuoteUnclosed},
      {"bytes that are not UTF-8", "encoding: utf-8\n", "\xE9;1;2026-03-31;5.00", kEncodingInvalid},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const TableResult read = ReadTable(head + c.row + "\nb;2;2026-03-31;7.00\n", Items(c.more));
    ASSERT_TRUE(read.status.ok()) << read.status;
    ASSERT_EQ(read.rejects.size(), 1u);
    EXPECT_EQ(read.rejects[0].reason, c.reason);
    EXPECT_EQ(read.rejects[0].line, 2);
    EXPECT_EQ(read.rejects[0].raw, c.row);
    EXPECT_EQ(read.items.size(), 1u) << "the good row is in";
  }
}

TEST(TableReaderTest, AFileThatIsNoneOfItIsRefused) {
  struct Case {
    const char* name;
    std::string more, file;
    const char *reason, *field;
  };
  const Case cases[] = {
      {"empty", "", "", kFileEmpty, ""},
      {"only lines before the header", "skip_lines: 3\n", "a\nb\n", kHeaderMissing, ""},
      {"no such column", "", "Client;No;Date\n", kColumnMissing, "Montant"},
      {"the column twice", "", "Client;No;Date;Montant;montant\n", kColumnDuplicate, "Montant"},
      {"UTF-16", "",
       std::string("\xFF\xFE"
                   "C\0l\0",
                   6),
       kEncodingUnsupported, ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const TableResult read = ReadTable(c.file, Items(c.more));
    EXPECT_EQ(ReasonOf(read.status), c.reason) << read.status;
    EXPECT_EQ(ErrorInfoOf(read.status).metadata["field"], c.field);
  }
}

TEST(TableReaderTest, LinesAroundTheTableAreLeftOut) {
  const TableResult read = ReadTable(
      "Export du 01/04\n\nN° client;N° facture;Date;Montant\na;1;2026-03-31;5.00\n;;;\nN° client;N° "
      "facture;Date;Montant\n"
      "b;2;2026-03-31;7.00\nTotal;;;12.00\n2 lignes\n",
      Parse("name: t\nkind: items\nskip_lines: 2\nfooter_lines: 2\nconstants: {currency: EUR}\ncolumns: "
            "{account: n "
            "client, number: [No, N facture], issue_date: date, amount: MONTANT}\n"));
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_EQ(read.Total(ItemKind::kInvoice), 1200);
  EXPECT_EQ(read.summary.rejected, 0);
  EXPECT_EQ(read.summary.by_reason,
            (std::map<std::string, int64_t>{{kBlankRow, 1}, {kHeaderRepeated, 1}, {kFooterLine, 2}}));
}

TEST(TableReaderTest, KeysTellARepeatFromAContradiction) {
  const TableResult read =
      ReadTable("Client;No;Date;Montant\na;1;2026-03-31;5.00\na;1;2026-03-31;5.00\na;1;2026-03-31;6.00\n",
                Items("unique: number\n"));
  EXPECT_EQ(read.items.size(), 1u);
  EXPECT_EQ(read.summary.by_reason.at(kDuplicateRow), 1);
  ASSERT_EQ(read.rejects.size(), 1u);
  EXPECT_EQ(read.rejects[0].reason, kDuplicateKey);
  EXPECT_EQ(read.rejects[0].line, 4);
}

TEST(TableReaderTest, PositionsServeWhereThereIsNoHeader) {
  const TableResult read =
      ReadTable("a|1|310326|5.00\n",
                Parse("name: t\nkind: items\nheader: false\nseparator: pipe\ndates: ddmmyy\nconstants: "
                      "{currency: EUR}\ncolumns: {account: 1, number: 2, issue_date: 3, amount: 4}\n"));
  ASSERT_EQ(read.items.size(), 1u);
  EXPECT_EQ(FormatIsoDay(*read.items[0].issue_day), "2026-03-31");
}

TEST(TableReaderTest, EncodingsGiveTheSameText) {
  for (const auto& [encoding, cell] : std::map<std::string, std::string>{{"auto", "Caf\xE9 \xA4"},
                                                                         {"iso-8859-15", "Caf\xE9 \xA4"},
                                                                         {"windows-1252", "Caf\xE9 \x80"},
                                                                         {"utf-8", "Café €"}}) {
    SCOPED_TRACE(encoding);
    const TableResult read = ReadTable("Client;No;Date;Montant\n" + cell + ";1;2026-03-31;5.00\n",
                                       Items("encoding: " + encoding + "\n"));
    ASSERT_EQ(read.items.size(), 1u);
    EXPECT_EQ(read.items[0].account, "Café €");
  }
}

TEST(TableReaderTest, DueDatesComeFromTheRowOrFromTheTerms) {
  const std::string mapping =
      "name: t\nkind: items\nconstants: {currency: EUR}\ndefault_terms: 30eom\ncolumns: {account: A, number: "
      "N, "
      "issue_date: D, amount: M, due_date: E, due_days: J}\n";
  const TableResult read = ReadTable(
      "A;N;D;M;E;J\na;1;2026-03-10;5;2026-03-20;9\na;2;2026-03-10;5;;14\na;3;2026-03-10;5;;\na;4;2026-03-10;"
      "5;;x\n",
      Parse(mapping));
  ASSERT_EQ(read.items.size(), 3u);
  EXPECT_EQ(FormatIsoDay(*read.items[0].due_day), "2026-03-20");
  EXPECT_EQ(FormatIsoDay(*read.items[1].due_day), "2026-03-24");
  EXPECT_EQ(FormatIsoDay(*read.items[2].due_day), "2026-04-30");
  EXPECT_EQ(read.rejects[0].reason, kFieldInvalid);
}

TEST(TableReaderTest, TheCustomerFileSaysWhatItsCellsSay) {
  const TableResult read =
      ReadTable("account,name,siren,contact1_email,address1\nC1,Alpha,732829320,a@example.org,-\nC2,,,,\n",
                *FindShippedMapping("accounts"));
  ASSERT_TRUE(read.status.ok()) << read.status;
  ASSERT_EQ(read.accounts.size(), 2u);
  EXPECT_EQ(read.accounts[0].told.size(), 4u);
  EXPECT_TRUE(read.accounts[1].told.empty());
  const TableResult unknown = ReadTable("account,nmae\nC1,x\n", *FindShippedMapping("accounts"));
  EXPECT_EQ(ReasonOf(unknown.status), kColumnUnknown);
}

TEST(TableReaderTest, AZeroAndAKindThatIsLeftOutAreCounted) {
  const TableResult read = ReadTable(
      "A;N;D;M;K\na;1;2026-03-31;0.00;F\na;2;2026-03-31;5;Devis\na;3;2026-03-31;5;?\n",
      Parse(
          "name: t\nkind: items\nconstants: {currency: EUR}\ncolumns: {account: A, number: N, issue_date: D, "
          "amount: M, kind: K}\nvalues: {kind: {F: invoice, devis: skip}}\n"));
  EXPECT_EQ(read.summary.by_reason,
            (std::map<std::string, int64_t>{{kAmountZero, 1}, {kKindLeftOut, 1}, {kFieldInvalid, 1}}));
}

TEST(TableReaderTest, AnAttributeThatIsNoneDoesNotKeepTheInvoiceOut) {
  const TableResult read = ReadTable(
      "A;N;D;M;P\na;1;2026-03-31;5;France\n",
      Parse(
          "name: t\nkind: items\nconstants: {currency: EUR}\ncolumns: {account: A, number: N, issue_date: D, "
          "amount: M, country: P}\n"));
  EXPECT_EQ(read.items.size(), 1u);
  ASSERT_EQ(read.notices.size(), 1u);
  EXPECT_EQ(read.notices[0].reason, kAttributeInvalid);
}

TEST(TableReaderTest, PiecesOfAnySizeReadTheSame) {
  const std::string bytes = SourceFile("samples/csv-erp/hectorlequen-payments.csv");
  const Mapping& mapping = *FindShippedMapping("order-to-cash-payments");
  const std::string whole = Fingerprint(ReadTable(bytes, mapping, bytes.size()));
  for (const size_t piece : {1, 7, 64}) EXPECT_EQ(Fingerprint(ReadTable(bytes, mapping, piece)), whole);
}

TEST(TableReaderTest, TooManyRowsAreRefused) {
  TableResult result;
  const Mapping mapping = Items("");
  TableReader reader({"t.csv", 1}, &mapping, &result);
  EXPECT_EQ(ReasonOf(PushAll(reader, "Client;No;Date;Montant\na;1;2026-03-31;5\na;2;2026-03-31;5\n")),
            kTooManyRecords);
}

}  // namespace
}  // namespace relance::ledger
