// Bad input through the real relancectl and the real ledger: what is wrong is named by file, line, field and
// reason, the good lines are in, the bad ones are kept, and memory stays bounded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tests/e2e/tenant_facts.h"
#include "tests/support/stack/stack_client.h"
#include "tests/support/stack/stack_process.h"

namespace relance::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kFecHeader[] =
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|"
    "PieceDate|"
    "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n";

std::string FecLine(int entry, const std::string& date, const std::string& account, const std::string& aux,
                    const std::string& debit, const std::string& credit) {
  return absl::StrCat("VE|Ventes|", entry, "|", date, "|", account, "|Compte|", aux, "|",
                      aux.empty() ? "" : "Client ", aux, "|FA", entry, "|20250115|",
                      absl::StrCat("Vente|", debit, "|", credit, "|||20250131||\n"));
}

std::string FecEntry(int entry) {
  return FecLine(entry, "20250115", "411000", "C1", "120,00", "0,00") +
         FecLine(entry, "20250115", "707000", "", "0,00", "120,00");
}

// Entry 1 is good, `second` is not, entry 3 is good.
std::string Fec(const std::string& second) {
  return absl::StrCat(kFecHeader, FecEntry(1), second, FecEntry(3));
}

std::string Camt(const std::string& head, const std::string& entry) {
  return absl::StrCat(
      head,
      "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>"
      "<GrpHdr><MsgId>M</MsgId><CreDtTm>2025-02-01T08:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>"
      "<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>",
      entry, "</Stmt></BkToCstmrStmt></Document>");
}

std::string BankEntry(const std::string& amount) {
  return absl::StrCat(
      "<Ntry><Amt Ccy=\"EUR\">", amount,
      "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2025-02-01</Dt></BookgDt>"
      "<AcctSvcrRef>R-",
      amount, "</AcctSvcrRef></Ntry>");
}

struct Row {
  const char* name;
  const char* format;
  std::string content;
  std::vector<const char*> said;  // in the error text
  int64_t items = 0;              // that are in afterwards
  int64_t rejected = 0;           // lines kept for repair
  const char* kept = "";          // in the line as it was kept: errors never repeat what a file holds
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::string Bomb() {
  std::string dtd = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">";
  for (int i = 1; i < 10; ++i) {
    absl::StrAppend(&dtd, "<!ENTITY lol", i, " \"");
    for (int j = 0; j < 10; ++j) absl::StrAppend(&dtd, "&lol", i == 1 ? "" : absl::StrCat(i - 1), ";");
    absl::StrAppend(&dtd, "\">");
  }
  return dtd + "]>";
}

std::vector<Row> Rows() {
  const std::string latin = absl::StrReplaceAll(Fec(FecEntry(2)), {{"Client C1", "Soci\xE9t\xE9 C1"}});
  std::string wide = "\xFF\xFE";
  for (const char c : Fec("")) wide += std::string(1, c) + std::string(1, '\0');
  std::string binary(
      "\x7F"
      "ELF\x02\x01\x01\0\0\0\0\n\0\x03\0>\0\x01",
      18);
  for (int i = 0; i < 4000; ++i) binary += static_cast<char>(i * 37);
  const std::string good = Fec(FecEntry(2));
  return {
      {"Column17",
       "fec",
       Fec("VE|Ventes|2|20250115|411000|Compte|C1|Client C1|FA2|20250115|Vente|120,00|0,00|||20250131|\n"),
       {"bad.txt:4:", "18", "17", "COLUMN_COUNT"},
       2,
       1},
      {"ImpossibleDate",
       "fec",
       Fec(FecLine(2, "20250231", "411000", "C1", "120,00", "0,00")),
       {"bad.txt:4:", "EcritureDate", "DATE_NOT_IN_CALENDAR"},
       2,
       1,
       "|20250231|"},
      {"GarbledAmount",
       "fec",
       Fec(FecLine(2, "20250115", "411000", "C1", "1.234,5,6", "0,00")),
       {"bad.txt:4:", "Debit", "AMOUNT_MALFORMED"},
       2,
       1,
       "|1.234,5,6|"},
      {"DebitAndCredit",
       "fec",
       Fec(FecLine(2, "20250115", "411000", "C1", "120,00", "120,00")),
       {"bad.txt:4:", "Credit", "DEBIT_AND_CREDIT"},
       2,
       1},
      {"UnbalancedEntry",
       "fec",
       Fec(FecLine(2, "20250115", "411000", "C1", "120,00", "0,00") +
           FecLine(2, "20250115", "707000", "", "0,00", "100,00")),
       {"bad.txt:4:", "20.00", "ENTRY_UNBALANCED"},
       2,
       2},
      {"WrongFile", "fec", "name;amount\nA;1\n", {"bad.txt:1:", "HEADER_MISSING"}, 0, 0},
      {"ColumnMissing",
       "fec",
       absl::StrReplaceAll(good, {{"CompAuxNum", "Whatever"}}),
       {"bad.txt:1:", "CompAuxNum", "COLUMN_MISSING"},
       0,
       0},
      {"EmptyFile", "fec", "", {"bad.txt:1:", "FILE_EMPTY"}, 0, 0},
      {"BinaryFile", "fec", binary, {"bad.txt:1:"}, 0, 0},
      {"WideEncoding", "fec", wide, {"bad.txt:1:", "UTF-8", "ENCODING_UNSUPPORTED"}, 0, 0},
      {"TruncatedStatement",
       "camt053",
       Camt("", BankEntry("10.00") + BankEntry("20.00")).substr(0, Camt("", BankEntry("10.00")).size() + 40),
       {"bad.txt:1:", "XML_MALFORMED"},
       1,
       1},
      {"XmlBomb", "camt053", Camt(Bomb(), BankEntry("10.00")), {"bad.txt:1:", "XML_DOCTYPE_REFUSED"}, 0, 0},
      {"ExternalEntity",
       "camt053",
       Camt("<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
            "<Ntry><AddtlNtryInf>&x;</AddtlNtryInf></Ntry>"),
       {"bad.txt:1:", "XML_DOCTYPE_REFUSED"},
       0,
       0},
      {"NotAStatement",
       "camt053",
       "<html><body>Login</body></html>",
       {"bad.txt:1:", "STATEMENT_MISSING"},
       0,
       0},
      {"GarbledBankAmount",
       "camt053",
       Camt("", BankEntry("10.00") + BankEntry("1.234,5,6") + BankEntry("20.00")),
       {"bad.txt:1:", "Amt", "AMOUNT_MALFORMED"},
       2,
       1,
       "1.234,5,6"},
      {"ItemRow",
       "csv",
       "kind,account,number,issue_date,due_date,amount,currency\ninvoice,C1,F1,2025-01-15,2025-02-14,120.00,"
       "EUR\n"
       "invoice,C1,F2,2025-01-15,2025-02-31,120.00,EUR\ninvoice,C1,F3,2025-01-15,2025-02-14,120.00,EUR\n",
       {"bad.txt:3:", "due_date", "DATE_NOT_IN_CALENDAR"},
       2,
       1,
       "F2,2025-01-15,2025-02-31"},
      {"ItemQuoteOpen",
       "csv",
       "kind,account,number,issue_date,due_date,amount,currency\ninvoice,C1,F1,2025-01-15,2025-02-14,120.00,"
       "EUR\n"
       "invoice,C1,\"F2,2025-01-15,2025-02-14,120.00,EUR\n",
       {"bad.txt:3:", "QUOTE_UNCLOSED"},
       1,
       1},
  };
}

class BadInputTest : public ::testing::TestWithParam<Row> {
 protected:
  static void SetUpTestSuite() {
    StackOptions options;
    options.services = {"ledger"};
    stack_ = new StackProcess(options);
  }
  static void TearDownTestSuite() {
    delete stack_;
    stack_ = nullptr;
  }

  void SetUp() override {
    static int number = 0;
    client_ = std::make_unique<StackClient>(*stack_);
    tenant_ = absl::StrCat("bad-", number++);
    file_ = stack_->folder() + "/bad.txt";
    client_->Run(
        {"tenant", "create", tenant_, "--name", "Test SA", "--country", "FR", "--test-clock", "2025-03-01"});
  }

  // The real program, in a process of its own.
  ProgramResult Import(const std::string& format, const std::string& file,
                       const InputSource& input = nullptr) {
    return RunProgram({BuiltProgram("relancectl"), "--config", stack_->config_file(), "--timeout", "300",
                       "ledger", "import", tenant_, "--format", format, file},
                      input);
  }

  std::vector<ledger::v1::ImportReport> Imports() {
    ledger::v1::ListImportsRequest request;
    request.set_tenant_id(tenant_);
    const auto answer = client_->Ask<ledger::v1::LedgerService>(
        "ledger", &ledger::v1::LedgerService::StubInterface::ListImports, request);
    return {answer.reports().begin(), answer.reports().end()};
  }

  int64_t CountItems() {
    int64_t items = 0;
    for (const char* id : {"C1", kUnidentified}) {
      ledger::v1::GetAccountRequest request;
      request.set_tenant_id(tenant_);
      request.set_account_id(id);
      request.set_include_history(true);
      const auto answer = client_->TryAsk<ledger::v1::LedgerService>(
          "ledger", &ledger::v1::LedgerService::StubInterface::GetAccount, request);
      if (answer.ok()) items += answer->account().items_size() + answer->account().history_size();
    }
    return items;
  }

  // Most memory that the ledger has held so far, or nearly.
  int64_t LedgerPeakBytes() {
    std::ifstream file(absl::StrCat("/proc/", stack_->pid("ledger"), "/status"));
    std::string line;
    while (std::getline(file, line)) {
      absl::string_view rest = line;
      int64_t kilobytes = 0;
      if (!absl::ConsumePrefix(&rest, "VmHWM:")) continue;
      const std::vector<absl::string_view> words =
          absl::StrSplit(rest, absl::ByAnyChar(" \t"), absl::SkipEmpty());
      if (absl::SimpleAtoi(words.at(0), &kilobytes)) return kilobytes << 10;
    }
    return -1;
  }

  static StackProcess* stack_;
  std::unique_ptr<StackClient> client_;
  std::string tenant_;
  std::string file_;
};
StackProcess* BadInputTest::stack_ = nullptr;

TEST_P(BadInputTest, IsNamedAndStopsNothingElse) {
  const Row& row = GetParam();
  std::ofstream(file_, std::ios::binary) << row.content;
  const ProgramResult result = Import(row.format, file_);
  EXPECT_EQ(result.code, 1) << result.out;
  for (const char* said : row.said) EXPECT_THAT(result.err, HasSubstr(said));
  EXPECT_EQ(CountItems(), row.items);
  if (row.rejected == 0) return;
  const auto imports = Imports();
  ASSERT_EQ(imports.size(), 1u);
  EXPECT_EQ(imports[0].rejected(), row.rejected);
  const ProgramResult rejects = RunProgram({BuiltProgram("relancectl"), "--config", stack_->config_file(),
                                            "ledger", "rejects", tenant_, imports[0].import_id()});
  EXPECT_EQ(rejects.code, 0) << rejects.err;
  EXPECT_EQ(std::count(rejects.err.begin(), rejects.err.end(), '\n'), imports[0].rejected()) << rejects.err;
  for (const char* said : row.said) {
    if (absl::StartsWith(said, "bad.txt")) continue;
    EXPECT_THAT(rejects.err, HasSubstr(said));
  }
  EXPECT_THAT(rejects.out, HasSubstr(row.kept));
}

INSTANTIATE_TEST_SUITE_P(Files, BadInputTest, ::testing::ValuesIn(Rows()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(BadInputTest, ALatinFileIsReadAsOne) {
  std::ofstream(file_, std::ios::binary)
      << absl::StrReplaceAll(Fec(FecEntry(2)), {{"Client C1", "Soci\xE9t\xE9"}});
  const ProgramResult result = Import("fec", file_);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(CountItems(), 3);
  EXPECT_THAT(client_->Run({"ledger", "account", tenant_, "C1"}), HasSubstr("Société"));
}

TEST_F(BadInputTest, ADirectoryAndAMissingFileAreUsageErrors) {
  const ProgramResult directory = Import("fec", stack_->folder());
  EXPECT_EQ(directory.code, 2) << directory.err;
  EXPECT_THAT(directory.err, HasSubstr("is a directory"));
  const ProgramResult missing = Import("fec", stack_->folder() + "/nothing.txt");
  EXPECT_EQ(missing.code, 2) << missing.err;
  EXPECT_THAT(missing.err, HasSubstr("nothing.txt"));
  EXPECT_TRUE(Imports().empty());
}

TEST_F(BadInputTest, AnEndlessLineIsOneRejectedLineAndMemoryStaysBounded) {
  // The reader itself is shown 2 GB in hostile_input_test; here the whole way is, with 300 MB.
  constexpr int64_t kLineBytes = 300 << 20;
  constexpr int64_t kMemoryGrowthMax = 64 << 20;
  const int64_t before = LedgerPeakBytes();
  int64_t sent = -1;
  const ProgramResult result = Import("fec", "-", [&](std::string* piece) {
    if (sent < 0) {
      *piece = absl::StrCat(kFecHeader, FecEntry(1));
      sent = 0;
    } else if (sent < kLineBytes) {
      piece->assign(1 << 20, 'x');
      sent += static_cast<int64_t>(piece->size());
    } else if (sent == kLineBytes) {
      *piece = "\n" + FecEntry(3);
      ++sent;
    } else {
      return false;
    }
    return true;
  });
  EXPECT_EQ(result.code, 1) << result.out;
  EXPECT_THAT(result.err, HasSubstr(":4:"));
  EXPECT_THAT(result.err, HasSubstr("LINE_TOO_LONG"));
  EXPECT_EQ(CountItems(), 2);
  EXPECT_LT(LedgerPeakBytes(), before + kMemoryGrowthMax);
}

TEST_F(BadInputTest, ManyBadLinesAreCountedListedAndKept) {
  constexpr int kBad = 5000;
  std::string content = kFecHeader;
  for (int i = 0; i < kBad; ++i) content += FecLine(i + 10, "20250231", "411000", "C1", "1,00", "0,00");
  content += FecEntry(3);
  std::ofstream(file_, std::ios::binary) << content;
  const ProgramResult result = Import("fec", file_);
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr(absl::StrCat(kBad, " lines were rejected; the others are in")));
  EXPECT_EQ(CountItems(), 1);
  const auto imports = Imports();
  ASSERT_EQ(imports.size(), 1u);
  const ProgramResult rejects = RunProgram({BuiltProgram("relancectl"), "--config", stack_->config_file(),
                                            "ledger", "rejects", tenant_, imports[0].import_id()});
  EXPECT_EQ(std::count(rejects.out.begin(), rejects.out.end(), '\n'), kBad);
}

}  // namespace
}  // namespace relance::testing
