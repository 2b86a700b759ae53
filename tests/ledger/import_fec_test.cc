#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/money/decimal_text.h"
#include "tests/ledger/ledger_fixture.h"

namespace relance::ledger {

testing::RedisProcess* LedgerTest::redis_ = nullptr;

namespace {

constexpr char kSample[] = RELANCE_SOURCE_DIR "/samples/fec/0000000001FEC20220831.txt";

const std::string& SampleBytes() {
  static const std::string& bytes = *new std::string([] {
    std::ifstream file(kSample, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }());
  return bytes;
}

// The lines of the sample, header first, without their ends.
std::vector<std::string> SampleLines() {
  std::vector<std::string> lines = absl::StrSplit(SampleBytes(), '\n');
  for (std::string& line : lines) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// The balance of each customer in the books up to a day, read from the text of the file and nothing else.
std::map<std::string, int64_t> ControlBalances(const std::string& until) {
  std::map<std::string, int64_t> balances;
  const std::vector<std::string> lines = SampleLines();
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i], '\t');
    if (fields.size() < 13 || fields[3] > until) continue;
    const std::string prefix = fields[4].substr(0, 3);
    if (prefix != "411" && prefix != "413" && prefix != "416") continue;
    const int64_t debit = *ParseDecimalMinor(fields[11], 2);
    const int64_t credit = *ParseDecimalMinor(fields[12], 2);
    if (debit == credit) continue;
    balances[fields[6].empty() ? fields[4] : fields[6]] += debit - credit;
  }
  return balances;
}

TEST_F(LedgerTest, TheSampleBooksEnterToTheCent) {
  CreateTenant("demo");
  const v1::ImportReport report = Import("demo", "fec", SampleBytes());
  EXPECT_EQ(report.created(), 538);
  EXPECT_EQ(report.changed(), 0);
  EXPECT_EQ(report.unchanged(), 0);
  EXPECT_EQ(report.created(), report.relevant());
  EXPECT_EQ(report.rejected(), 0) << report.DebugString();
  EXPECT_EQ(Balances("demo"), ControlBalances("99999999"));
}

TEST_F(LedgerTest, BooksUpToADayAgreeWithTheControlAccounts) {
  CreateTenant("demo");
  for (const auto& [date, text] :
       std::vector<std::pair<type::v1::Date, std::string>>{{MakeDate(2021, 9, 30), "20210930"},
                                                           {MakeDate(2021, 12, 31), "20211231"},
                                                           {MakeDate(2022, 3, 31), "20220331"}}) {
    SCOPED_TRACE(text);
    Import("demo", "fec", SampleBytes(), &date);
    EXPECT_EQ(Balances("demo"), ControlBalances(text));
  }
  v1::GetTenantRequest request;
  request.set_tenant_id("demo");
  grpc::ClientContext context;
  v1::GetTenantResponse response;
  ASSERT_TRUE(node_->tenants->GetTenant(&context, request, &response).ok());
  EXPECT_EQ(response.ledger_date().year(), 2022);
  EXPECT_EQ(response.ledger_date().month(), 3);
  EXPECT_EQ(response.ledger_date().day(), 31);
}

TEST_F(LedgerTest, BooksThatGrowComeToTheSameAsTheWhole) {
  CreateTenant("grown");
  CreateTenant("whole");
  for (int month = 9; month <= 20; ++month) {
    const type::v1::Date date = MakeDate(2021 + (month - 1) / 12, (month - 1) % 12 + 1, 28);
    Import("grown", "fec", SampleBytes(), &date);
  }
  Import("grown", "fec", SampleBytes());
  Import("whole", "fec", SampleBytes());
  EXPECT_EQ(Contents("grown"), Contents("whole"));
}

TEST_F(LedgerTest, TheSameBooksAgainChangeNothing) {
  CreateTenant("demo");
  const v1::ImportReport first = Import("demo", "fec", SampleBytes());
  EXPECT_FALSE(first.repeated_content());
  const auto before = Contents("demo");
  const v1::ImportReport second = Import("demo", "fec", SampleBytes());
  EXPECT_TRUE(second.repeated_content());
  EXPECT_EQ(second.created(), 0);
  EXPECT_EQ(second.changed(), 0);
  EXPECT_EQ(second.unchanged(), first.created());
  EXPECT_EQ(second.accounts_changed(), 0);
  EXPECT_EQ(second.matches_size(), 0);
  EXPECT_EQ(Contents("demo"), before);
}

TEST_F(LedgerTest, AFileInTwoPartsCutAtAnyLineComesToTheSameAsTheWhole) {
  CreateTenant("whole");
  Import("whole", "fec", SampleBytes());
  const auto whole = Contents("whole");
  const std::vector<std::string> lines = SampleLines();
  // Every line would take minutes: a stride that is prime to the length of entries meets all kinds of cuts.
  int cuts = 0;
  for (size_t cut = 2; cut < lines.size(); cut += 311, ++cuts) {
    SCOPED_TRACE(cut);
    const std::string head = absl::StrJoin(lines.begin(), lines.begin() + cut, "\n");
    const std::string tail = lines[0] + "\n" + absl::StrJoin(lines.begin() + cut, lines.end(), "\n");
    const std::string tenant = absl::StrCat("cut-", cut);
    CreateTenant(tenant);
    // Both orders.
    Import(tenant, "fec", cuts % 2 == 0 ? head : tail);
    Import(tenant, "fec", cuts % 2 == 0 ? tail : head);
    EXPECT_EQ(Contents(tenant), whole);
    const v1::ImportReport again = Import(tenant, "fec", head);
    EXPECT_EQ(again.created() + again.changed(), 0);
  }
  EXPECT_GT(cuts, 10);
}

TEST_F(LedgerTest, ImportsAtTheSameTimeFromTwoReplicasComeToTheSame) {
  CreateTenant("alone");
  CreateTenant("crowd");
  Import("alone", "fec", SampleBytes());
  auto other = AnotherNode();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const auto [status, report] = TryImport(i % 2 == 0 ? *node_ : *other, "crowd", "fec", SampleBytes());
      EXPECT_TRUE(status.ok()) << status.error_message();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Contents("crowd"), Contents("alone"));
}

TEST_F(LedgerTest, ReconcileAgreesAndNamesWhatDiffers) {
  CreateTenant("demo");
  Import("demo", "fec", SampleBytes());
  const auto reconcile = [&](const std::string& content) {
    grpc::ClientContext context;
    v1::ReconcileResponse response;
    auto writer = node_->ledger->Reconcile(&context, &response);
    v1::ReconcileRequest request;
    request.mutable_header()->set_tenant_id("demo");
    request.mutable_header()->set_format("fec");
    writer->Write(request);
    request.set_content(content);
    writer->Write(request);
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  };
  const v1::ReconcileResponse agreed = reconcile(SampleBytes());
  EXPECT_EQ(agreed.differences_size(), 0) << agreed.DebugString();
  EXPECT_EQ(Cents(agreed.books()), Cents(agreed.items()));
  EXPECT_GT(agreed.accounts(), 10);
  std::vector<std::string> lines = SampleLines();
  lines.resize(1 + (lines.size() - 1) / 2);
  EXPECT_GT(reconcile(absl::StrJoin(lines, "\n")).differences_size(), 0);
}

TEST_F(LedgerTest, AFileThatIsNoneIsRefusedAndNothingEnters) {
  CreateTenant("demo");
  for (const auto& [format, content, reason] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"fec", "", "FILE_UNREADABLE"},
           {"fec", "hello world\n1\n", "FILE_UNREADABLE"},
           {"camt053", "<Document><broken", "FILE_UNREADABLE"},
           {"csv", "a,b,c\n1,2,3\n", "FILE_UNREADABLE"},
           {"pdf", "x", "FORMAT_UNKNOWN"}}) {
    SCOPED_TRACE(format + ": " + content);
    const auto [status, report] = TryImport(*node_, "demo", format, content);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(Reason(status), reason);
  }
  const auto [status, report] = TryImport(*node_, "nobody", "fec", SampleBytes());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(status), "TENANT_NOT_FOUND");
  EXPECT_TRUE(ListAccounts("demo").empty());
}

}  // namespace
}  // namespace relance::ledger
