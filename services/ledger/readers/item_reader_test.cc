#include "services/ledger/readers/item_reader.h"

#include "absl/strings/str_replace.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {
namespace {

constexpr char kHeader[] =
    "kind,account,number,issue_date,due_date,amount,currency,booking_date,description,country\n";
constexpr char kInvoice[] = "invoice,C1,F-1,2025-01-15,2025-02-14,120.50,EUR,,first,FR\n";

TEST(ItemReaderTest, EachKindIsRead) {
  const ItemResult result = ReadItems(SourceFile("tests/data/items.csv"));
  EXPECT_TRUE(result.status.ok()) << result.status.ToString();
  for (const Reject& reject : result.rejects) ADD_FAILURE() << FormatReject("items.csv", reject);
  ASSERT_EQ(result.records.size(), 5u);
  const ItemRow& invoice = result.records[0];
  EXPECT_EQ(invoice.line, 2);
  EXPECT_EQ(invoice.kind, ItemKind::kInvoice);
  EXPECT_EQ(invoice.account, "C0001");
  EXPECT_EQ(invoice.number, "F-2025-001");
  EXPECT_EQ(invoice.issue_day, absl::CivilDay(2025, 1, 15));
  EXPECT_EQ(invoice.due_day, absl::CivilDay(2025, 2, 14));
  EXPECT_EQ(invoice.amount_minor, 120000);
  EXPECT_EQ(invoice.attributes.name, "Atelier \"Sirocco\", SARL");
  EXPECT_EQ(invoice.attributes.siren, "732829320");
  EXPECT_EQ(invoice.attributes.customer_type, "business");
  EXPECT_EQ(invoice.description, "two lines in one field");
  EXPECT_EQ(result.records[1].kind, ItemKind::kCreditNote);
  EXPECT_EQ(result.records[1].line, 4);  // behind the two lines of the first
  EXPECT_EQ(result.records[2].kind, ItemKind::kPayment);
  EXPECT_EQ(result.records[2].account, "");
  EXPECT_EQ(result.records[2].payer_iban, "FR7630006000011234567890189");
  EXPECT_EQ(result.records[3].kind, ItemKind::kOpening);
  EXPECT_EQ(result.records[3].amount_minor, -2500);
  EXPECT_EQ(result.records[4].amount_minor, 1500);
  EXPECT_EQ(result.records[4].currency, "JPY");
}

TEST(ItemReaderTest, SeparatorsLineEndsAndEncodingsChangeNothing) {
  const std::string plain =
      absl::StrCat(kHeader, absl::StrReplaceAll(kInvoice, {{"first", "\xC3\xA9"}}), kInvoice);
  const std::string kVariants[] = {
      absl::StrReplaceAll(plain, {{",", ";"}}),
      absl::StrReplaceAll(plain, {{",", "\t"}}),
      absl::StrReplaceAll(plain, {{"\n", "\r\n"}}),
      absl::StrReplaceAll(plain, {{"\n", "\r"}}),
      absl::StrReplaceAll(plain, {{"\xC3\xA9", "\xE9"}}),
      absl::StrReplaceAll(plain, {{"C1", "\"C1\""}, {"kind", "\"kind\""}}),
      "\xEF\xBB\xBF" + plain,
  };
  const std::string want = Fingerprint(ReadItems(plain));
  for (const std::string& variant : kVariants) EXPECT_EQ(Fingerprint(ReadItems(variant)), want) << variant;
}

TEST(ItemReaderTest, RemarksMayStandBeforeTheHeaderOnly) {
  const auto result =
      ReadItems(absl::StrCat("\xEF\xBB\xBF# MADE-UP DATA, seed 1\n# second\n", kHeader, kInvoice));
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].line, 4);
  EXPECT_EQ(ReadItems(absl::StrCat(kHeader, "# a remark\n", kInvoice)).records.size(), 1u);
  EXPECT_EQ(ReadItems(absl::StrCat(kHeader, "# a remark\n", kInvoice)).rejects.size(), 1u);
}

struct BadRow {
  const char* name;
  std::string row;
  const char* field;
  const char* reason;
};

TEST(ItemReaderTest, BadRowsAreRejectedWithLineFieldAndReasonAndTheOthersAreIn) {
  const auto with = [](absl::string_view from, absl::string_view to) {
    return absl::StrReplaceAll(kInvoice, {{from, to}});
  };
  const BadRow kBad[] = {
      {"9 columns", "invoice,C1,F-1,2025-01-15,,1,EUR,,\n", "", "COLUMN_COUNT"},
      {"unknown kind", with("invoice", "bill"), "kind", "FIELD_INVALID"},
      {"no kind", with("invoice", ""), "kind", "FIELD_MISSING"},
      {"no account", with("C1", ""), "account", "FIELD_MISSING"},
      {"no number", with("F-1", ""), "number", "FIELD_MISSING"},
      {"no issue date", with("2025-01-15", ""), "issue_date", "FIELD_MISSING"},
      {"no such day", with("2025-02-14", "2025-02-30"), "due_date", "DATE_NOT_IN_CALENDAR"},
      {"French date", with("2025-02-14", "14/02/2025"), "due_date", "DATE_MALFORMED"},
      {"no amount", with("120.50", ""), "amount", "FIELD_MISSING"},
      {"thousands", with("120.50", "\"1.234,5,6\""), "amount", "AMOUNT_MALFORMED"},
      {"three decimals", with("120.50", "120.505"), "amount", "AMOUNT_TOO_PRECISE"},
      {"negative invoice", with("120.50", "-120.50"), "amount", "AMOUNT_NEGATIVE"},
      {"too large", with("120.50", "99999999999999"), "amount", "AMOUNT_OVERFLOW"},
      {"no currency", with("EUR", ""), "currency", "FIELD_MISSING"},
      {"unknown currency", with("EUR", "XXZ"), "currency", "CURRENCY_UNKNOWN"},
      {"payment without day", with("invoice", "payment"), "booking_date", "FIELD_MISSING"},
      {"country", with("FR", "France"), "country", "FIELD_INVALID"},
      {"long field", with("first", std::string(1025, 'x')), "description", "FIELD_TOO_LONG"},
      {"long line", with("first", std::string(70000, 'x')), "", "LINE_TOO_LONG"},
      {"quote inside", with("first", "5\" \" pipe"), "", "QUOTE_MISPLACED"},
      {"text behind a quote", with("first", "\"a\"b"), "", "QUOTE_MISPLACED"},
  };
  for (const BadRow& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const ItemResult result = ReadItems(absl::StrCat(kHeader, kInvoice, bad.row, kInvoice));
    EXPECT_TRUE(result.status.ok());
    EXPECT_EQ(result.records.size(), 2u);
    ASSERT_EQ(result.rejects.size(), 1u);
    EXPECT_EQ(result.rejects[0].line, 3);
    EXPECT_EQ(result.rejects[0].field, bad.field);
    EXPECT_EQ(result.rejects[0].reason, bad.reason) << result.rejects[0].message;
    EXPECT_EQ(result.rejects[0].raw, bad.row.substr(0, std::min(bad.row.size() - 1, kRawBytesMax)));
  }
}

TEST(ItemReaderTest, AnUnclosedQuoteCostsOneRow) {
  const std::string open = "invoice,C1,\"F-1,2025-01-15,2025-02-14,120.50,EUR,,first,FR\n";
  for (int behind : {0, 1, 14, 15, 40}) {
    SCOPED_TRACE(behind);
    std::string text = absl::StrCat(kHeader, kInvoice, open);
    for (int i = 0; i < behind; ++i) text += kInvoice;
    const ItemResult result = ReadItems(text);
    EXPECT_EQ(result.records.size(), static_cast<size_t>(behind + 1));
    ASSERT_EQ(result.rejects.size(), 1u);
    EXPECT_EQ(result.rejects[0].line, 3);
    EXPECT_EQ(result.rejects[0].reason, kQuoteUnclosed);
  }
}

struct BadFile {
  const char* name;
  std::string bytes;
  const char* reason;
  const char* field;
};

TEST(ItemReaderTest, WrongFilesAreRefused) {
  const std::string header = kHeader;
  const BadFile kBad[] = {
      {"empty", "", "FILE_EMPTY", ""},
      {"no header", kInvoice, "HEADER_MISSING", ""},
      {"unknown column", absl::StrReplaceAll(header, {{"due_date", "due"}}), "COLUMN_UNKNOWN", "due"},
      {"unnamed column", absl::StrReplaceAll(header, {{"due_date", ""}}), "COLUMN_UNKNOWN", "column 5"},
      {"column twice", absl::StrReplaceAll(header, {{"number", "kind"}}), "COLUMN_DUPLICATE", "kind"},
      {"no amount", absl::StrReplaceAll(header, {{"amount,", ""}}), "COLUMN_MISSING", "amount"},
      {"quote in the header", "kind,\"account\n", "HEADER_MISSING", ""},
      {"UTF-16", std::string("\xFF\xFEk\0i\0", 6), "ENCODING_UNSUPPORTED", ""},
      {"endless header", std::string(70000, 'k'), "HEADER_TOO_LONG", ""},
  };
  for (const BadFile& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const ItemResult result = ReadItems(bad.bytes);
    const ErrorInfo info = ErrorInfoOf(result.status);
    EXPECT_EQ(info.reason, bad.reason) << result.status.ToString();
    EXPECT_EQ(info.metadata.count("field") ? info.metadata.at("field") : "", bad.field);
    EXPECT_EQ(info.metadata.count("file"), 1u);
    EXPECT_TRUE(result.records.empty());
  }
}

TEST(ItemReaderTest, EqualRowsAreBothKept) {
  const ItemResult result = ReadItems(absl::StrCat(kHeader, kInvoice, kInvoice));
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_EQ(result.records[0].source_hash, result.records[1].source_hash);
  EXPECT_EQ(result.records[1].ordinal, 1u);
}

}  // namespace
}  // namespace relance::ledger
