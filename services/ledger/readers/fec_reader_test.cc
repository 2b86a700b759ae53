#include "services/ledger/readers/fec_reader.h"

#include <set>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {
namespace {

constexpr char kHeader[] =
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|"
    "PieceDate|"
    "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n";

// A data line of which single fields are replaced.
std::string Line(std::map<int, std::string> fields = {}) {
  std::vector<std::string> all = {"VE",   "Ventes",   "12",    "20250115", "411000", "Clients",
                                  "C1",   "Client 1", "F-001", "20250115", "Vente",  "120,00",
                                  "0,00", "",         "",      "20250131", "",       ""};
  for (auto& [at, value] : fields) all[static_cast<size_t>(at)] = value;
  return absl::StrJoin(all, "|") + "\n";
}

struct RealFile {
  const char* path;
  int64_t records;
  int64_t total_minor;
  int64_t lines_411;
  int64_t debit_411;
  int64_t credit_411;
  size_t customers;
  int64_t lettered_411;
};

TEST(FecReaderTest, RealFilesGiveTheirKnownCountsAndTotals) {
  const RealFile kFiles[] = {
      {"samples/fec/0000000001FEC20220831.txt", 5422, 1018621981, 538, 118553504, 113301780, 17, 528},
      {"samples/fec/000000000FEC20231231.txt", 2102, 126535082, 153, 18777084, 15999914, 4, 0},
      {"samples/fec/111111111FEC20221231.TXT", 934, 22568223, 151, 5363878, 3922226, 34, 117},
      {"samples/fec/ekwo-sample.fec.txt", 12, 785200, 2, 120000, 120000, 1, 2},
  };
  for (const RealFile& file : kFiles) {
    SCOPED_TRACE(file.path);
    const std::string bytes = SourceFile(file.path);
    const FecResult all = ReadBalancedFec(bytes);
    EXPECT_TRUE(all.status.ok()) << all.status.ToString();
    EXPECT_EQ(all.records.size(), static_cast<size_t>(file.records));
    EXPECT_TRUE(all.rejects.empty()) << FormatReject(file.path, all.rejects[0]);
    EXPECT_EQ(all.summary.debit_minor, file.total_minor);
    EXPECT_EQ(all.summary.credit_minor, file.total_minor);

    const FecResult customers = ReadBalancedFec(bytes, {"f", {"411"}});
    EXPECT_EQ(customers.summary.records, file.lines_411);
    EXPECT_EQ(customers.summary.skipped, file.records - file.lines_411);
    EXPECT_EQ(customers.summary.debit_minor, file.debit_411);
    EXPECT_EQ(customers.summary.credit_minor, file.credit_411);
    std::set<std::string> names;
    int64_t lettered = 0;
    for (const FecLine& line : customers.records) {
      names.insert(line.aux_account);
      if (!line.lettering.empty()) ++lettered;
    }
    EXPECT_EQ(names.size(), file.customers);
    EXPECT_EQ(lettered, file.lettered_411);
  }
}

TEST(FecReaderTest, FieldsOfARealLine) {
  const FecResult result = ReadFec(SourceFile("samples/fec/ekwo-sample.fec.txt"));
  const FecLine& line = result.records.at(2);
  EXPECT_EQ(line.line, 4);
  EXPECT_EQ(line.journal, "VE");
  EXPECT_EQ(line.entry_number, "1");
  EXPECT_EQ(line.entry_day, absl::CivilDay(2025, 1, 15));
  EXPECT_EQ(line.account, "411000");
  EXPECT_EQ(line.aux_account, "C0001");
  EXPECT_EQ(line.aux_label, "Atelier Sirocco");
  EXPECT_EQ(line.piece_ref, "F-001");
  EXPECT_EQ(line.label, "Facture F-001");
  EXPECT_EQ(line.debit_minor, 120000);
  EXPECT_EQ(line.credit_minor, 0);
  EXPECT_EQ(line.lettering, "A");
  EXPECT_EQ(line.lettering_day, absl::CivilDay(2025, 1, 30));
  EXPECT_EQ(line.valid_day, absl::CivilDay(2025, 1, 15));
  int usd = 0;
  for (const FecLine& each : result.records) {
    if (each.currency == "USD")
      usd += each.currency_amount_minor == 10000 || each.currency_amount_minor == -10000;
  }
  EXPECT_EQ(usd, 2);
}

TEST(FecReaderTest, PaddedFieldsAndLatinTextAreNormalised) {
  const FecResult result = ReadFec(SourceFile("samples/fec/111111111FEC20221231.TXT"));
  EXPECT_GT(result.summary.lines_recoded, 0);
  EXPECT_EQ(result.records[0].journal, "VE");
  EXPECT_EQ(result.records[0].account_label, "VENTE NECTAR DE FRAISE");
  EXPECT_EQ(result.records[0].piece_ref, "VE  0123");
  EXPECT_EQ(result.records[0].credit_minor, 6960);
}

TEST(FecReaderTest, UnnumberedEntriesThatBalanceAsAWholeAreAcceptedWithANotice) {
  const FecResult result = ReadBalancedFec(SourceFile("samples/fec/000000000FEC20231231.txt"));
  ASSERT_EQ(result.notices.size(), 1u);
  EXPECT_EQ(result.notices[0].reason, kEntryGroupingCoarse);
}

struct Variant {
  const char* name;
  std::string text;
};

TEST(FecReaderTest, SameBooksInOtherClothesHaveTheSameIdentity) {
  const std::string plain =
      absl::StrCat(kHeader, Line({{10, "Caf\xC3\xA9 \xE2\x82\xAC"}}), Line({{2, "13"}}));
  const auto replaced = [&](absl::string_view from, absl::string_view to) {
    return absl::StrReplaceAll(plain, {{from, to}});
  };
  const Variant kVariants[] = {
      {"byte order mark", "\xEF\xBB\xBF" + plain},
      {"TAB", replaced("|", "\t")},
      {"CRLF", replaced("\n", "\r\n")},
      {"CR", replaced("\n", "\r")},
      {"no end of the last line", plain.substr(0, plain.size() - 1)},
      {"trailing separator", replaced("\n", "|\n")},
      {"trailing separator but in the header", absl::StrReplaceAll(plain, {{"||\n", "|||\n"}})},
      {"ISO 8859-15", absl::StrReplaceAll(plain, {{"\xC3\xA9", "\xE9"}, {"\xE2\x82\xAC", "\xA4"}})},
      {"Windows-1252", absl::StrReplaceAll(plain, {{"\xC3\xA9", "\xE9"}, {"\xE2\x82\xAC", "\x80"}})},
      {"upper case header", absl::StrReplaceAll(plain, {{"JournalCode", "JOURNALCODE"}, {"Debit", "DEBIT"}})},
      {"header with no-break space", replaced("CompteNum",
                                              "\xC2\xA0"
                                              "CompteNum\xC2\xA0")},
      {"padding", replaced("|VE|", "|VE |")},
      {"padded amounts", replaced("120,00", "  0000000120,00 ")},
      {"decimal point", replaced("120,00", "120.00")},
      {"no-break space in the amount", replaced("|120,00", "|120,00\xC2\xA0")},
      {"date separators", replaced("20250115", "2025-01-15")},
      {"other labels", absl::StrReplaceAll(plain, {{"Clients", "Debiteurs"}, {"Client 1", "Client One"}})},
      {"lettered later", absl::StrReplaceAll(plain, {{"0,00|||20250131", "0,00|AA|20250228|20250131"}})},
      {"not validated yet", replaced("20250131", "")},
      {"blank lines and end-of-file mark", replaced("\n", "\n\n") + "\x1A"},
      {"header again", plain + kHeader},
      {"extra column before",
       absl::StrReplaceAll(plain, {{"JournalCode", "X|JournalCode"}, {"VE|Ventes", "x|VE|Ventes"}})},
      {"amount and side",
       absl::StrReplaceAll(plain, {{"Debit|Credit", "Montant|Sens"}, {"|120,00|0,00", "|120,00|D"}})},
      {"amount and sign",
       absl::StrReplaceAll(plain, {{"Debit|Credit", "Montant|Sens"}, {"|120,00|0,00", "|120,00|+1"}})},
      {"due date", absl::StrReplaceAll(plain, {{"Idevise\n",
                                                "Idevise|Date_\xC3\xA9"
                                                "ch\xC3\xA9"
                                                "ance\n"},
                                               {"||\n", "|||20250228\n"}})},
  };
  const FecResult expected = ReadBalancedFec(plain, {"f"});
  const FecResult want = ReadFec(plain);
  ASSERT_EQ(want.records.size(), 2u);
  EXPECT_EQ(expected.rejects.size(), 2u);  // one-sided entries: the table below reads without the balance
  for (const Variant& variant : kVariants) {
    SCOPED_TRACE(variant.name);
    const FecResult got = ReadFec(variant.text);
    EXPECT_TRUE(got.status.ok()) << got.status.ToString();
    for (const Reject& reject : got.rejects) ADD_FAILURE() << FormatReject("f", reject);
    ASSERT_EQ(got.records.size(), 2u);
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(got.records[i].source_hash, want.records[i].source_hash);
      EXPECT_EQ(got.records[i].ordinal, 0u);
    }
    if (std::string(variant.name) == "due date") {
      EXPECT_EQ(got.records[0].due_day, absl::CivilDay(2025, 2, 28));
    }
  }
}

TEST(FecReaderTest, IdentityChangesWithEachFieldThatIsInIt) {
  const uint64_t base = ReadFec(kHeader + Line()).records.at(0).source_hash;
  const std::map<int, std::string> kChanges = {{0, "BQ"},       {2, "13"},     {3, "20250116"},
                                               {4, "411001"},   {6, "C2"},     {8, "F-002"},
                                               {9, "20250114"}, {10, "Avoir"}, {11, "120,01"}};
  for (const auto& [at, value] : kChanges) {
    SCOPED_TRACE(at);
    EXPECT_NE(ReadFec(kHeader + Line({{at, value}})).records.at(0).source_hash, base);
  }
  EXPECT_NE(ReadFec(kHeader + Line({{16, "130,00"}, {17, "USD"}})).records.at(0).source_hash, base);
}

TEST(FecReaderTest, IdentityIsFixedForEver) {
  // Of the fields as the header documents them; a change would orphan what is stored.
  EXPECT_EQ(SourceId(ReadFec(kHeader + Line()).records.at(0).source_hash, 0), "305ca0fd29f27256-0");
}

TEST(FecReaderTest, EqualLinesAreBothKept) {
  const FecResult result = ReadFec(kHeader + Line() + Line() + Line({{2, "13"}}) + Line());
  ASSERT_EQ(result.records.size(), 4u);
  EXPECT_EQ(result.records[0].source_hash, result.records[3].source_hash);
  EXPECT_EQ(result.records[0].ordinal, 0u);
  EXPECT_EQ(result.records[1].ordinal, 1u);
  EXPECT_EQ(result.records[2].ordinal, 0u);
  EXPECT_EQ(result.records[3].ordinal, 2u);
}

struct BadLine {
  const char* name;
  std::string line;
  const char* field;
  const char* reason;
};

TEST(FecReaderTest, BadLinesAreRejectedWithLineFieldAndReasonAndTheOthersAreIn) {
  const std::string good = Line();
  const BadLine kBad[] = {
      {"17 columns", good.substr(0, good.size() - 2) + "\n", "", "COLUMN_COUNT"},
      {"19 columns", "x|" + good, "", "COLUMN_COUNT"},
      {"no such day", Line({{3, "20250231"}}), "EcritureDate", "DATE_NOT_IN_CALENDAR"},
      {"no such day of the piece", Line({{9, "20250431"}}), "PieceDate", "DATE_NOT_IN_CALENDAR"},
      {"letters in a date", Line({{3, "2025O115"}}), "EcritureDate", "DATE_MALFORMED"},
      {"year out of range", Line({{3, "02250115"}}), "EcritureDate", "DATE_OUT_OF_RANGE"},
      {"no date", Line({{3, ""}}), "EcritureDate", "FIELD_MISSING"},
      {"amount with two commas", Line({{11, "1.234,5,6"}}), "Debit", "AMOUNT_MALFORMED"},
      {"amount with letters", Line({{11, "12O,00"}}), "Debit", "AMOUNT_MALFORMED"},
      {"three decimals", Line({{11, "1,234"}}), "Debit", "AMOUNT_TOO_PRECISE"},
      {"amount too large", Line({{11, "99999999999999,99"}}), "Debit", "AMOUNT_OVERFLOW"},
      {"amount beyond 64 bits", Line({{11, "99999999999999999999,00"}}), "Debit", "AMOUNT_OVERFLOW"},
      {"debit and credit", Line({{12, "1,00"}}), "Credit", "DEBIT_AND_CREDIT"},
      {"neither debit nor credit", Line({{11, ""}, {12, " "}}), "Debit", "FIELD_MISSING"},
      {"account without digits", Line({{4, "CLIENT"}}), "CompteNum", "ACCOUNT_INVALID"},
      {"no account", Line({{4, ""}}), "CompteNum", "ACCOUNT_INVALID"},
      {"long field", Line({{10, std::string(1025, 'x')}}), "EcritureLib", "FIELD_TOO_LONG"},
      {"line of 64 KiB and a byte", std::string(kLineBytesMax + 1, 'x') + "\n", "", "LINE_TOO_LONG"},
      {"bad lettering date", Line({{14, "20251301"}}), "DateLet", "DATE_NOT_IN_CALENDAR"},
  };
  for (const BadLine& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const FecResult result = ReadFec(kHeader + good + bad.line + Line({{2, "14"}}));
    EXPECT_TRUE(result.status.ok());
    EXPECT_EQ(result.records.size(), 2u);
    ASSERT_EQ(result.rejects.size(), 1u);
    const Reject& reject = result.rejects[0];
    EXPECT_EQ(reject.line, 3);
    EXPECT_EQ(reject.field, bad.field);
    EXPECT_EQ(reject.reason, bad.reason) << reject.message;
    EXPECT_EQ(reject.raw, bad.line.substr(0, std::min(bad.line.size() - 1, kRawBytesMax)));
    EXPECT_EQ(reject.raw_truncated, bad.line.size() > kRawBytesMax);
    EXPECT_EQ(result.summary.by_reason.at(bad.reason), 1);
  }
}

TEST(FecReaderTest, LimitsHoldOnBothSides) {
  EXPECT_EQ(ReadFec(kHeader + Line({{10, std::string(1024, 'x')}})).records.size(), 1u);
  EXPECT_EQ(ReadFec(kHeader + Line({{11, "10000000000000,00"}})).records.size(), 1u);
  EXPECT_EQ(ReadFec(kHeader + Line({{11, "10000000000000,01"}})).records.size(), 0u);
  FecOptions options{"f"};
  options.records_max = 2;
  EXPECT_TRUE(ReadFec(kHeader + Line() + Line(), options).status.ok());
  const FecResult over = ReadFec(kHeader + Line() + Line() + Line(), options);
  EXPECT_EQ(over.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(over.status), kTooManyRecords);
  EXPECT_EQ(over.records.size(), 2u);
}

struct BadFile {
  const char* name;
  std::string bytes;
  const char* reason;
  const char* field;
};

TEST(FecReaderTest, WrongFilesAreRefused) {
  const std::string header = kHeader;
  const BadFile kBad[] = {
      {"empty", "", "FILE_EMPTY", ""},
      {"blank lines only", "\n\r\n \n", "FILE_EMPTY", ""},
      {"no header", Line(), "HEADER_MISSING", ""},
      {"PDF", "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", "HEADER_MISSING", ""},
      {"zip", std::string("PK\x03\x04\x14\x00\x00\x00", 8) + "abc\n", "HEADER_MISSING", ""},
      {"XML form", "<?xml version=\"1.0\"?>\n<comptabilite/>", "FEC_XML_UNSUPPORTED", ""},
      {"XML form with byte order mark", "\xEF\xBB\xBF<comptabilite/>", "FEC_XML_UNSUPPORTED", ""},
      {"UTF-16", std::string("\xFF\xFEJ\0o\0u\0", 8), "ENCODING_UNSUPPORTED", ""},
      {"UTF-16 without mark", std::string("J\0o\0u\0\n\0", 8), "ENCODING_UNSUPPORTED", ""},
      {"semicolons", absl::StrReplaceAll(header, {{"|", ";"}}), "SEPARATOR_UNKNOWN", ""},
      {"no account column", absl::StrReplaceAll(header, {{"CompteNum", "Compte"}}), "COLUMN_MISSING",
       "CompteNum"},
      {"no credit column", absl::StrReplaceAll(header, {{"Credit", "Cr"}}), "COLUMN_MISSING", "Credit"},
      {"column twice", absl::StrReplaceAll(header, {{"JournalLib", "JournalCode"}}), "COLUMN_DUPLICATE",
       "JournalCode"},
      {"endless header", std::string(100000, 'x'), "HEADER_TOO_LONG", ""},
  };
  for (const BadFile& bad : kBad) {
    SCOPED_TRACE(bad.name);
    const FecResult result = ReadFec(bad.bytes);
    EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument);
    const ErrorInfo info = ErrorInfoOf(result.status);
    EXPECT_EQ(info.reason, bad.reason) << result.status.ToString();
    EXPECT_EQ(info.metadata.at("file"), "test.txt");
    EXPECT_TRUE(info.metadata.count("line"));
    EXPECT_EQ(info.metadata.count("field") ? info.metadata.at("field") : "", bad.field);
    EXPECT_TRUE(result.records.empty());
  }
}

TEST(FecReaderTest, UnknownCurrencyLosesOnlyTheAmountInCurrency) {
  const FecResult result =
      ReadFec(kHeader + Line({{16, "100,00"}, {17, "ZZZ"}}) + Line({{16, "1,2,3"}, {17, "USD"}}));
  ASSERT_EQ(result.records.size(), 2u);
  EXPECT_FALSE(result.records[0].currency_amount_minor.has_value());
  ASSERT_EQ(result.notices.size(), 2u);
  EXPECT_EQ(result.notices[0].field, "Idevise");
  EXPECT_EQ(result.notices[1].field, "Montantdevise");
}

TEST(FecReaderTest, SideWordsAndTheirRefusal) {
  const std::string header = absl::StrReplaceAll(kHeader, {{"Debit|Credit", "Montant|Sens"}});
  for (const char* debit : {"D", "d", "+1", "1"}) {
    EXPECT_EQ(ReadFec(header + Line({{12, debit}})).records.at(0).debit_minor, 12000) << debit;
  }
  for (const char* credit : {"C", "c", "-1"}) {
    EXPECT_EQ(ReadFec(header + Line({{12, credit}})).records.at(0).credit_minor, 12000) << credit;
  }
  for (const char* bad : {"", "X", "0"}) {
    const FecResult result = ReadFec(header + Line({{12, bad}}));
    ASSERT_EQ(result.rejects.size(), 1u) << bad;
    EXPECT_EQ(result.rejects[0].field, "Sens");
    EXPECT_EQ(result.rejects[0].reason, kFieldInvalid);
  }
}

TEST(FecReaderTest, NegativeAmountsKeepTheirSide) {
  const FecLine line = ReadFec(kHeader + Line({{11, "120,00-"}})).records.at(0);
  EXPECT_EQ(line.debit_minor, -12000);
  EXPECT_EQ(line.balance_minor(), -12000);
}

TEST(FecReaderTest, CashColumnsAreRead) {
  const FecResult result = ReadFec(SourceFile("samples/fec/000000000FEC20231231.txt"));
  EXPECT_EQ(result.records[0].settlement_day, absl::CivilDay(2023, 1, 31));
  EXPECT_EQ(result.records[0].settlement_mode, "CH");
  EXPECT_EQ(result.records[0].client_id, "");
}

TEST(FecReaderTest, TwoHalvesCutBetweenEntriesHaveTheIdentitiesOfTheWhole) {
  for (const char* path : {"samples/fec/0000000001FEC20220831.txt", "samples/fec/111111111FEC20221231.TXT"}) {
    SCOPED_TRACE(path);
    const std::string bytes = SourceFile(path);
    const FecResult whole = ReadBalancedFec(bytes);
    // Every entry goes to one half as a whole, in the order of the file.
    const std::vector<std::string> lines = absl::StrSplit(bytes, '\n');
    std::map<std::string, size_t> entries;
    std::string halves[2] = {lines[0] + "\n", lines[0] + "\n"};
    for (const FecLine& line : whole.records) {
      const std::string entry = absl::StrCat(line.journal, "|", line.entry_number, "|", line.entry_day.day());
      const size_t order = entries.emplace(entry, entries.size()).first->second;
      absl::StrAppend(&halves[order % 2], lines[static_cast<size_t>(line.line - 1)], "\n");
    }
    std::multiset<std::string> parts;
    for (const std::string& half : halves) {
      const FecResult part = ReadBalancedFec(half);
      EXPECT_TRUE(part.rejects.empty());
      for (const FecLine& line : part.records) parts.insert(SourceId(line.source_hash, line.ordinal));
    }
    std::multiset<std::string> all;
    for (const FecLine& line : whole.records) all.insert(SourceId(line.source_hash, line.ordinal));
    EXPECT_EQ(parts, all);
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), whole.records.size());  // no two alike
  }
}

}  // namespace
}  // namespace relance::ledger
