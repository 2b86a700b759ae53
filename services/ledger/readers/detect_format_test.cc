#include "services/ledger/readers/detect_format.h"

#include <filesystem>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {
namespace {

std::string Detect(absl::string_view bytes, absl::string_view name = "") {
  return std::string(FormatName(DetectFormat(bytes.substr(0, kDetectBytes), name)));
}

// What the samples of a folder are; a file that is something else has its own row.
TEST(DetectFormatTest, EverySampleIsKnownForWhatItIs) {
  const std::map<std::string, std::string> kFolders = {
      {"fec", "fec"},        {"camt", "camt053"},  {"coda", "coda"}, {"cfonb120", "cfonb120"},
      {"mt940", "mt940"},    {"ubl", "ubl"},       {"cii", "cii"},   {"facturx", "facturx"},
      {"csv-bank", "table"}, {"csv-erp", "table"},
  };
  const std::map<std::string, std::string> kOthers = {
      {"collector.csv", "table"},  // calls of a collector
      {"contacts.txt", "table"},
      {"genkgo-camt052.v2.xml", ""},
      {"genkgo-camt052.v6.Amt-zero.xml", ""},
      {"genkgo-camt054.v4.xml", "camt054"},
      {"genkgo-camt054.v8-with-UETR.xml", "camt054"},
      {"subite-camt054-2024-03-11.xml", "camt054"},
  };
  std::map<std::string, int> seen;
  for (const auto& [folder, format] : kFolders) {
    const std::filesystem::path path = absl::StrCat(RELANCE_SOURCE_DIR, "/samples/", folder);
    if (!std::filesystem::exists(path)) continue;
    for (const auto& file : std::filesystem::recursive_directory_iterator(path)) {
      if (!file.is_regular_file()) continue;
      const std::string name = file.path().filename().string();
      const std::string relative = std::filesystem::relative(file.path(), RELANCE_SOURCE_DIR).string();
      const auto other = kOthers.find(name);
      EXPECT_EQ(Detect(SourceFile(relative), name), other == kOthers.end() ? format : other->second)
          << relative;
      ++seen[folder];
    }
  }
  EXPECT_EQ(seen["coda"], 3);
  EXPECT_EQ(seen["cfonb120"], 7);
  EXPECT_EQ(seen["mt940"], 19);
  EXPECT_EQ(Detect(SourceFile("tests/data/items.csv"), "items.csv"), "csv");
}

TEST(DetectFormatTest, OtherFormsOfTheSameAndWrongFiles) {
  const std::string fec = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\n";
  std::string wide = "\xFF\xFE";
  for (const char c : std::string("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">")) {
    wide.push_back(c);
    wide.push_back('\0');
  }
  const struct {
    const char* name;
    std::string bytes;
    const char* file;
    const char* want;
  } kRows[] = {
      {"empty", "", "", ""},
      {"blank", " \r\n\t\n", "", ""},
      {"text", "hello world\n", "", ""},
      {"text that names a format", "A FEC is a file of entries, a CODA another.\n", "", ""},
      {"binary", std::string("PK\x03\x04\x00\x00 a;b\n1;2\n", 18), "book.xlsx", ""},
      {"FEC with a byte order mark", "\xEF\xBB\xBF" + fec, "", "fec"},
      {"FEC in capitals and quotes", "\"JOURNALCODE\"|\"ECRITURENUM\"|\"COMPTENUM\"\n", "", "fec"},
      {"FEC as XML", "<?xml version=\"1.0\"?>\n<comptabilite><exercice>", "", "fec"},
      {"camt in UTF-16", wide, "", "camt053"},
      {"camt without namespace", "<Document><BkToCstmrStmt>", "", "camt053"},
      {"camt.054 with a prefix", "<c:Document xmlns:c=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.10\">",
       "", "camt054"},
      {"UBL in an envelope",
       "<StandardBusinessDocument><Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\">",
       "", "ubl"},
      {"UBL credit note", "<CreditNote xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2\">",
       "", "ubl"},
      {"UBL of another kind", "<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\">", "",
       ""},
      {"UBL behind a comment on CII",
       "<!-- not a CrossIndustryInvoice --><Invoice "
       "xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\">",
       "", "ubl"},
      {"a comment that does not end", "<!-- CrossIndustryInvoice", "", ""},
      {"CII", "<rsm:CrossIndustryInvoice xmlns:rsm=\"urn:x\">", "", "cii"},
      {"another document", "<html>", "", ""},
      {"PDF behind a line", "\n%PDF-1.7\n", "", "facturx"},
      {"CFONB without line ends",
       std::string(SourceFile("samples/cfonb120/silarhi-simple-test.txt")).substr(0, 120), "", "cfonb120"},
      {"digits that are no CFONB", "0112345678901234567890123456789012345678901234567890\n", "", ""},
      {"digits that are no CODA", "0000006032699904        FILE000042\n", "", ""},
      {"MT940 in blocks on one line", "{1:F01X}{2:I940X}{4::20:X\n:25:A\n:28C:1\n:60F:C240101EUR0,00\n", "",
       "mt940"},
      {"MT942 has no balance", ":20:X\n:25:A\n:28C:1\n:34F:EUR0,\n:13D:2401011200+0100\n", "", ""},
      {"items with remarks", "# made up\n# by hand\nkind;account;amount;currency\n", "", "csv"},
      {"items with an unknown column are a table", "kind,account,amount,currency,shoe_size\na,b,c,d,e\n", "",
       "table"},
      {"customer file", "account,name,email\nC1,Dupont,a@example.org\n", "", "accounts"},
      {"another list with accounts and amounts", "account;amount\n1;2\n", "", "table"},
      {"a title before the header", "Report of open items\nNo;Date;Amount\n1;2025-01-01;3,00\n", "", "table"},
      {"one line of columns", "a;b;c\n", "", ""},
      {"FEC by its name", "a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r\n", "123456789FEC20241231.txt", "fec"},
      {"the same by another name", "a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r\n", "export.txt", ""},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Detect(row.bytes, row.file), row.want);
  }
}

TEST(DetectFormatTest, AnyBeginningOfAFileIsSafeToAsk) {
  for (const char* path : {"samples/coda/ekwo-golden.cod", "samples/cfonb120/ekwo-golden.cfonb120.txt",
                           "samples/mt940/jejik-ing-dos.txt", "tests/data/items.csv",
                           "samples/camt/ekwo-golden.camt.053.001.08.xml"}) {
    const std::string bytes = SourceFile(path).substr(0, kDetectBytes);
    const std::string whole = Detect(bytes);
    for (size_t size = 0; size <= bytes.size(); ++size) {
      const std::string part = Detect(absl::string_view(bytes).substr(0, size));
      EXPECT_TRUE(part.empty() || part == whole || part == "table" || part == "accounts")
          << path << " " << size;
    }
  }
}

}  // namespace
}  // namespace relance::ledger
