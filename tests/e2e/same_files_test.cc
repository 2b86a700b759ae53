// Real books and the bank's side of them, imported again, in pieces and by two at once: nothing changes and
// nothing counts twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "samples/toolkit/output.h"
#include "tests/e2e/tenant_facts.h"
#include "tests/support/stack/stack_client.h"
#include "tests/support/stack/stack_process.h"

namespace relance::testing {
namespace {

using ledger::v1::LedgerService;
using ::testing::HasSubstr;

constexpr char kFec[] = RELANCE_SOURCE_DIR "/samples/fec/0000000001FEC20220831.txt";
constexpr char kCut[] = "2022-02-28";
constexpr char kLast[] = "2022-07-31";
constexpr size_t kFileBytesMax = 64 << 20;

using Story = std::map<std::string, std::vector<std::string>>;

class SameFilesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    StackOptions options;
    options.services = {"ledger"};
    options.replicas = 2;
    stack_ = new StackProcess(options);
    const std::string folder = stack_->folder() + "/files";
    const ProgramResult made = RunProgram(
        {BuiltProgram("relance-make-statements"), absl::StrCat("--fec=", kFec), absl::StrCat("--cut=", kCut),
         absl::StrCat("--to=", kLast), "--seed=1", "--out_cut=" + folder + "/books.txt",
         "--deltas=" + folder + "/deltas", "--out=" + folder + "/bank"});
    ASSERT_EQ(made.code, 0) << made.err;
    books_ = new std::string(folder + "/books.txt");
    deltas_ = new std::vector<std::string>(FilesIn(folder + "/deltas", ".txt"));
    statements_ = new std::vector<std::string>(FilesIn(folder + "/bank", ".xml"));
    StackClient client(*stack_);
    MakeTenant(client, "once");
    ImportAll(client, "once");
    once_ = new Story(StoryOf(client, "once"));
  }
  static void TearDownTestSuite() {
    delete once_;
    delete statements_;
    delete deltas_;
    delete books_;
    delete stack_;
  }

  static std::vector<std::string> FilesIn(const std::string& folder, const std::string& extension) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == extension) files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  static void MakeTenant(StackClient& client, const std::string& tenant) {
    client.Run({"tenant", "create", tenant, "--name", "Vergers SAS", "--country", "FR", "--terms", "net30",
                "--test-clock", kLast});
  }

  static std::string ImportBooks(StackClient& client, const std::string& tenant, const std::string& file) {
    return client.Run({"ledger", "import", tenant, "--format", "fec", file});
  }
  static void ImportDeltas(StackClient& client, const std::string& tenant) {
    std::vector<std::string> words = {"ledger", "import", tenant, "--brief", "--format", "fec"};
    words.insert(words.end(), deltas_->begin(), deltas_->end());
    client.Run(words);
  }
  static void ImportStatements(StackClient& client, const std::string& tenant) {
    std::vector<std::string> words = {"ledger", "import", tenant, "--brief", "--format", "camt053"};
    words.insert(words.end(), statements_->begin(), statements_->end());
    client.Run(words);
  }
  static void ImportAll(StackClient& client, const std::string& tenant) {
    ImportBooks(client, tenant, *books_);
    ImportDeltas(client, tenant);
    ImportStatements(client, tenant);
  }

  // Balances, items, allocations of every account.
  static Story StoryOf(StackClient& client, const std::string& tenant) {
    return ::relance::testing::Story(ReadLedger(client, tenant));
  }
  void ExpectAsOnce(const std::string& tenant) {
    const TenantFacts facts = ReadLedger(client_, tenant);
    EXPECT_EQ(DifferenceOf(*once_, ::relance::testing::Story(facts)), "");
    EXPECT_THAT(Violations(facts, /*ledger_only=*/true), ::testing::IsEmpty());
  }

  std::vector<ledger::v1::ImportReport> Reports(const std::string& tenant) {
    ledger::v1::ListImportsRequest request;
    request.set_tenant_id(tenant);
    request.set_page_size(1000);
    const auto answer =
        client_.Ask<LedgerService>("ledger", &LedgerService::StubInterface::ListImports, request);
    return {answer.reports().begin(), answer.reports().end()};
  }

  // The header with lines [from, to) of the books.
  std::string Part(size_t from, size_t to) {
    const auto bytes = samples::ReadWholeFile(*books_, kFileBytesMax);
    std::vector<absl::string_view> lines = absl::StrSplit(*bytes, '\n');
    to = std::min(to, lines.size());
    const std::string path = absl::StrCat(stack_->folder(), "/part-", from, "-", to, ".txt");
    std::ofstream out(path, std::ios::binary);
    out << lines[0] << "\n";
    for (size_t i = from; i < to; ++i) {
      if (!lines[i].empty()) out << lines[i] << "\n";
    }
    return path;
  }

  static StackProcess* stack_;
  static std::string* books_;
  static std::vector<std::string>* deltas_;
  static std::vector<std::string>* statements_;
  static Story* once_;
  StackClient client_{*stack_};
};
StackProcess* SameFilesTest::stack_ = nullptr;
std::string* SameFilesTest::books_ = nullptr;
std::vector<std::string>* SameFilesTest::deltas_ = nullptr;
std::vector<std::string>* SameFilesTest::statements_ = nullptr;
Story* SameFilesTest::once_ = nullptr;

TEST_F(SameFilesTest, AgreesWithTheBooksToTheCent) {
  MakeTenant(client_, "cut");
  ImportBooks(client_, "cut", *books_);
  EXPECT_THAT(client_.Run({"ledger", "reconcile", "cut", "--as-of", kCut, *books_}),
              HasSubstr("agreed to the cent"));
  // Five months on, from deltas and bank statements, against the books of the whole year.
  EXPECT_THAT(client_.Run({"ledger", "reconcile", "once", "--as-of", kLast, kFec}),
              HasSubstr("agreed to the cent"));
}

TEST_F(SameFilesTest, AgainChangesNothingAndSaysSo) {
  MakeTenant(client_, "again");
  ImportAll(client_, "again");
  const size_t first = Reports("again").size();
  ImportAll(client_, "again");
  const auto reports = Reports("again");
  ASSERT_GT(reports.size(), first);
  int64_t unchanged = 0;
  for (size_t i = 0; i < reports.size() - first; ++i) {  // newest first
    const auto& report = reports[i];
    EXPECT_TRUE(report.repeated_content()) << report.file_name();
    EXPECT_EQ(report.created(), 0) << report.file_name();
    EXPECT_EQ(report.changed(), 0) << report.file_name();
    EXPECT_EQ(report.accounts_changed(), 0) << report.file_name();
    unchanged += report.unchanged();
  }
  EXPECT_GT(unchanged, 0);
  ExpectAsOnce("again");
}

TEST_F(SameFilesTest, TwoHalvesAreOneWhole) {
  // Some cuts go through an entry.
  int number = 0;
  for (const size_t cut : {2, 500, 1001, 1777, 2400}) {
    SCOPED_TRACE(absl::StrCat("cut before line ", cut + 1));
    const std::string tenant = absl::StrCat("halves-", number++);
    MakeTenant(client_, tenant);
    const std::string first = Part(1, cut), second = Part(cut, SIZE_MAX);
    // In either order: an entry acts when its parts are there.
    client_.Try({"ledger", "import", tenant, "--format", "fec", number % 2 == 0 ? second : first});
    client_.Try({"ledger", "import", tenant, "--format", "fec", number % 2 == 0 ? first : second});
    ImportDeltas(client_, tenant);
    ImportStatements(client_, tenant);
    ExpectAsOnce(tenant);
  }
}

TEST_F(SameFilesTest, TwoClientsAtOnceAreOne) {
  MakeTenant(client_, "rivals");
  // Each client has its own channels, so that the calls fall on both replicas.
  const auto everything = [] {
    StackClient client(*stack_);
    for (int i = 0; i < 2; ++i) ImportBooks(client, "rivals", *books_);
    ImportDeltas(client, "rivals");
    ImportStatements(client, "rivals");
  };
  std::thread rival(everything);
  everything();
  rival.join();
  ExpectAsOnce("rivals");
}

TEST_F(SameFilesTest, BooksAgainWhileTheBankComesIn) {
  MakeTenant(client_, "beside");
  ImportBooks(client_, "beside", *books_);
  ImportDeltas(client_, "beside");
  std::thread rival([] {
    StackClient client(*stack_);
    for (int i = 0; i < 3; ++i) ImportBooks(client, "beside", *books_);
    ImportDeltas(client, "beside");
  });
  ImportStatements(client_, "beside");
  rival.join();
  ExpectAsOnce("beside");
}

TEST_F(SameFilesTest, StatementsWithARowMissingAndThenWhole) {
  MakeTenant(client_, "cut-off");
  ImportBooks(client_, "cut-off", *books_);
  ImportDeltas(client_, "cut-off");
  // Each statement first breaks off in the middle, as a transfer that was cut.
  for (const std::string& file : *statements_) {
    const auto bytes = samples::ReadWholeFile(file, kFileBytesMax);
    const std::string cut = stack_->folder() + "/cut-off.xml";
    std::ofstream(cut, std::ios::binary) << bytes->substr(0, bytes->size() * 2 / 3);
    client_.Try({"ledger", "import", "cut-off", "--brief", "--format", "camt053", cut});
  }
  ImportStatements(client_, "cut-off");
  ExpectAsOnce("cut-off");
}

}  // namespace
}  // namespace relance::testing
