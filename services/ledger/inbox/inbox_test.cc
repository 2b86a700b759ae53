#include "services/ledger/inbox/inbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/metrics/metrics.h"
#include "common/store/testing/fake_store.h"
#include "common/time/testing/simulated_clock.h"
#include "services/ledger/inbox/reasons.h"
#include "services/ledger/ledger_parts.h"

namespace relance::ledger {
namespace {

namespace fs = std::filesystem;

constexpr char kItems[] =
    "kind,account,number,issue_date,amount,currency\ninvoice,C1,F1,2026-06-01,10.00,EUR\n";

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class InboxTest : public ::testing::Test {
 protected:
  InboxTest() : store_(store::Service::kLedger) {
    std::string path = (fs::temp_directory_path() / "relance-inbox-XXXXXX").string();
    root_ = mkdtemp(path.data());
    parts_ = std::make_unique<LedgerParts>(
        &store_, *documents::DocumentStore::Open(root_ / "documents"), nullptr, &clock_,
        rpc::CallHandler::Options{.service = "ledger"},
        LedgerOptions{.spool_directory = root_ / "spool", .clock_services = {}});
    state::v1::TenantConfig config;
    config.set_id("demo");
    config.set_legal_name("Demo SAS");
    config.set_country("FR");
    config.set_currency("EUR");
    config.set_time_zone("Europe/Paris");
    config.set_default_terms("net30");
    EXPECT_TRUE(store_
                    .PutDocument("demo", "tenant", config.SerializeAsString(), 0,
                                 std::chrono::steady_clock::now() + std::chrono::seconds(5))
                    .ok());
    inbox_ = MakeInbox("ledger-0");
    EXPECT_TRUE(inbox_->RunOnce().ok());
  }
  ~InboxTest() override { fs::remove_all(root_); }

  std::unique_ptr<Inbox> MakeInbox(const std::string& replica) {
    InboxOptions options;
    options.directory = root_ / "inbox";
    options.replica = replica;
    options.spool_directory = root_ / "spool";
    options.bytes_max = 1 << 20;
    return std::make_unique<Inbox>(options, &parts_->importer(), &parts_->repairs(), &parts_->log(),
                                   &parts_->directory(), &clock_);
  }

  fs::path Folder() const { return root_ / "inbox" / "demo"; }
  void Drop(const std::string& name, const std::string& bytes) {
    std::ofstream(Folder() / name, std::ios::binary) << bytes;
  }
  // Looks, lets the quiet time pass, looks again.
  void Settle(Inbox* inbox = nullptr) {
    if (inbox == nullptr) inbox = inbox_.get();
    EXPECT_TRUE(inbox->RunOnce().ok());
    clock_.AdvanceTime(absl::Seconds(6));
    EXPECT_TRUE(inbox->RunOnce().ok());
  }
  std::set<std::string> Names(const std::string& below) const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(Folder() / below)) {
      const std::string name = entry.path().filename();
      if (!absl::EndsWith(name, ".alive")) names.insert(name);
    }
    return names;
  }
  size_t Imports() {
    bool more = false;
    return parts_->log()
        .List("demo", "", 100, std::chrono::steady_clock::now() + std::chrono::seconds(5), &more)
        ->size();
  }

  store::FakeStore store_;
  SimulatedClock clock_{absl::FromCivil(absl::CivilSecond(2026, 7, 1, 8, 0, 0), absl::UTCTimeZone())};
  fs::path root_;
  std::unique_ptr<LedgerParts> parts_;
  std::unique_ptr<Inbox> inbox_;
};

TEST_F(InboxTest, AFileThatIsQuietEntersAndIsDone) {
  Drop("items.csv", kItems);
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 0u) << "it may still be written";
  EXPECT_TRUE(inbox_->is_waiting());
  clock_.AdvanceTime(absl::Seconds(4));
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 0u);
  clock_.AdvanceTime(absl::Seconds(1));
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 1u);
  EXPECT_FALSE(inbox_->is_waiting());
  EXPECT_EQ(Names("done"),
            (std::set<std::string>{"items.csv", "items.csv.report.json", "items.csv.report.txt"}));
  EXPECT_TRUE(Names(".working").empty());
  const std::string report = ReadFile(Folder() / "done/items.csv.report.txt");
  EXPECT_TRUE(absl::StrContains(report, "Everything in this file entered the ledger.")) << report;
  EXPECT_TRUE(absl::StrContains(report, "new items")) << report;
  const std::string json = ReadFile(Folder() / "done/items.csv.report.json");
  EXPECT_TRUE(absl::StrContains(json, "\"result\": \"done\"")) << json;
  EXPECT_TRUE(absl::StrContains(json, "\"created\": \"1\"")) << json;
}

TEST_F(InboxTest, AFileThatGrowsIsLeftAlone) {
  Drop("items.csv", kItems);
  EXPECT_TRUE(inbox_->RunOnce().ok());
  clock_.AdvanceTime(absl::Seconds(6));
  Drop("items.csv", absl::StrCat(kItems, "invoice,C1,F2,2026-06-01,20.00,EUR\n"));
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 0u);
  clock_.AdvanceTime(absl::Seconds(6));
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 1u);
}

TEST_F(InboxTest, NamesOfUploadsUnderWayAreLeftAloneAndARenameIsEnough) {
  for (const char* name : {"a.csv.part", "a.TMP", "a.csv.filepart", "a.uploading", ".a.csv"})
    Drop(name, kItems);
  Settle();
  EXPECT_EQ(Imports(), 0u);
  fs::rename(Folder() / "a.csv.part", Folder() / "a.csv");
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 1u) << "no quiet time is needed behind a rename";
  EXPECT_TRUE(fs::exists(Folder() / ".a.csv"));
}

TEST_F(InboxTest, AMarkerSaysThatAFileIsComplete) {
  Drop("a.csv", kItems);
  Drop("a.csv.ok", "");
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 1u);
  EXPECT_FALSE(fs::exists(Folder() / "a.csv.ok"));
}

TEST_F(InboxTest, TheSameContentEntersOnce) {
  Drop("a.csv", kItems);
  Settle();
  Drop("b.csv", kItems);
  Drop("a.csv", kItems);
  Settle();
  EXPECT_EQ(Imports(), 1u);
  EXPECT_EQ(Names("done"), (std::set<std::string>{"a.csv", "a.csv.report.json", "a.csv.report.txt", "a~2.csv",
                                                  "a~2.csv.report.json", "a~2.csv.report.txt", "b.csv",
                                                  "b.csv.report.json", "b.csv.report.txt"}));
  EXPECT_TRUE(absl::StrContains(ReadFile(Folder() / "done/b.csv.report.txt"), "had been imported before"));
}

TEST_F(InboxTest, APartThatWasRejectedIsReadyForRepair) {
  Drop("a.csv",
       absl::StrCat(kItems, "invoice,C1,F2,2026-02-30,20.00,EUR\r\ninvoice,C1,F3,2026-06-01,5.00,EUR\n"));
  Settle();
  EXPECT_TRUE(fs::exists(Folder() / "done/a.csv"));
  const fs::path repair = Folder() / "rejected/a.rejected-lines.csv";
  ASSERT_TRUE(fs::exists(repair));
  EXPECT_EQ(ReadFile(repair),
            "kind,account,number,issue_date,amount,currency\ninvoice,C1,F2,2026-02-30,20.00,EUR\r\n");
  const std::string report = ReadFile(Folder() / "done/a.csv.report.txt");
  EXPECT_TRUE(absl::StrContains(report, "line 3, issue_date")) << report;
  EXPECT_TRUE(absl::StrContains(report, "rejected/a.rejected-lines.csv")) << report;

  // Corrected and dropped again: only the missing line enters.
  Drop("a.rejected-lines.csv",
       "kind,account,number,issue_date,amount,currency\ninvoice,C1,F2,2026-02-28,20.00,EUR\r\n");
  Settle();
  const std::string json = ReadFile(Folder() / "done/a.rejected-lines.csv.report.json");
  EXPECT_TRUE(absl::StrContains(json, "\"created\": \"1\"")) << json;
  EXPECT_FALSE(absl::StrContains(json, "\"changed\"")) << json;
}

TEST_F(InboxTest, WhatIsNoFileOfOursIsRejectedWithItsReason) {
  Drop("letter.txt", "Dear Sir or Madam\n");
  Drop("empty.csv", "");
  Drop("large.csv", std::string((1 << 20) + 1, 'x'));
  Drop("broken.csv", "kind,account,amount,currency,amount\n");
  fs::create_symlink("/etc/passwd", Folder() / "link.csv");
  ASSERT_EQ(mkfifo((Folder() / "pipe").c_str(), 0600), 0);
  fs::create_directory(Folder() / "folder");
  Settle();
  const auto reason = [&](const std::string& name) {
    return ReadFile(Folder() / "rejected" / (name + ".report.txt"));
  };
  EXPECT_TRUE(absl::StrContains(reason("letter.txt"), "FORMAT_UNKNOWN"));
  EXPECT_TRUE(absl::StrContains(reason("letter.txt"), "relancectl ledger map"));
  EXPECT_TRUE(absl::StrContains(reason("empty.csv"), "FILE_EMPTY"));
  EXPECT_TRUE(absl::StrContains(reason("large.csv"), "FILE_TOO_LARGE"));
  EXPECT_TRUE(absl::StrContains(reason("broken.csv"), "COLUMN_DUPLICATE"));
  EXPECT_TRUE(absl::StrContains(reason("link.csv"), kNotAFile));
  EXPECT_TRUE(absl::StrContains(reason("pipe"), kNotAFile));
  EXPECT_TRUE(fs::is_symlink(Folder() / "rejected/link.csv")) << "the link itself was moved";
  EXPECT_TRUE(fs::exists("/etc/passwd"));
  EXPECT_TRUE(fs::is_directory(Folder() / "folder")) << "folders stay where they are";
  EXPECT_EQ(Imports(), 0u);
  EXPECT_TRUE(Names(".working").empty());
}

TEST_F(InboxTest, OwnMappingsComeBeforeTheShippedOnes) {
  std::ofstream(Folder() / "mappings/erp.yaml")
      << "name: erp\nkind: items\nmatch: {columns: [Klant, Stuk, Datum, Som]}\nconstants: {currency: EUR}\n"
         "columns: {account: Klant, number: Stuk, issue_date: Datum, amount: Som}\n";
  std::ofstream(Folder() / "mappings/bad.yaml") << "name: bad\n";
  Drop("export.csv", "Klant;Stuk;Datum;Som\nC1;F1;2026-06-01;10.00\n");
  Settle();
  const std::string report = ReadFile(Folder() / "done/export.csv.report.txt");
  EXPECT_TRUE(absl::StrContains(report, "Read as table")) << report;
  EXPECT_TRUE(absl::StrContains(report, "mappings/bad.yaml is left out")) << report;
}

TEST_F(InboxTest, AFileThatAStoppedReplicaLeftIsTakenUp) {
  const fs::path claimed = Folder() / ".working/ledger-9.0000abcd~1~a.csv";
  std::ofstream(claimed, std::ios::binary) << kItems;
  std::ofstream(Folder() / ".working/ledger-9.0000abcd.alive") << "";
  EXPECT_TRUE(inbox_->RunOnce().ok());
  clock_.AdvanceTime(absl::Seconds(59));
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_TRUE(fs::exists(claimed)) << "its owner may be at it";
  clock_.AdvanceTime(absl::Seconds(2));
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_FALSE(fs::exists(claimed));
  EXPECT_EQ(Imports(), 1u);
  EXPECT_TRUE(fs::exists(Folder() / "done/a.csv"));
  EXPECT_FALSE(fs::exists(Folder() / ".working/ledger-9.0000abcd.alive"));
}

TEST_F(InboxTest, AReplicaTakesUpItsOwnFilesAtItsStart) {
  std::ofstream(Folder() / ".working/ledger-0.0000abcd~1~a.csv", std::ios::binary) << kItems;
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 1u);
}

TEST_F(InboxTest, ASignOfLifeKeepsAFileWithItsOwner) {
  const fs::path alive = Folder() / ".working/ledger-9.0000abcd.alive";
  std::ofstream(Folder() / ".working/ledger-9.0000abcd~1~a.csv", std::ios::binary) << kItems;
  std::ofstream(alive) << "";
  for (int i = 1; i <= 3; ++i) {
    EXPECT_TRUE(inbox_->RunOnce().ok());
    clock_.AdvanceTime(absl::Seconds(50));
    fs::last_write_time(alive, fs::file_time_type(std::chrono::seconds(i)));
  }
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 0u);
}

TEST_F(InboxTest, TwoReplicasTakeEachFileOnce) {
  const auto other = MakeInbox("ledger-1");
  EXPECT_TRUE(other->RunOnce().ok());
  for (int i = 0; i < 10; ++i) {
    Drop(absl::StrCat("f", i, ".csv"),
         absl::StrCat("kind,account,number,issue_date,amount,currency\ninvoice,C1,F", i,
                      ",2026-06-01,1.00,EUR\n"));
  }
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_TRUE(other->RunOnce().ok());
  clock_.AdvanceTime(absl::Seconds(6));
  std::thread first([&] { EXPECT_TRUE(inbox_->RunOnce().ok()); });
  std::thread second([&] { EXPECT_TRUE(other->RunOnce().ok()); });
  first.join();
  second.join();
  EXPECT_EQ(Imports(), 10u);
  EXPECT_EQ(Names("done").size(), 30u);
  EXPECT_TRUE(Names(".working").empty());
}

TEST_F(InboxTest, AStoreThatIsAwayKeepsTheFileForLater) {
  Drop("a.csv", kItems);
  EXPECT_TRUE(inbox_->RunOnce().ok());
  clock_.AdvanceTime(absl::Seconds(6));
  // The spool cannot be written: as passing as a store that is away.
  fs::remove_all(root_ / "spool");
  std::ofstream(root_ / "spool") << "a file in its place";
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 0u);
  EXPECT_EQ(Names(".working").size(), 1u);
  EXPECT_TRUE(inbox_->is_waiting());
  fs::remove(root_ / "spool");
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_EQ(Imports(), 1u);
  EXPECT_TRUE(fs::exists(Folder() / "done/a.csv"));
}

TEST_F(InboxTest, MetricsAreThereFromTheStartAndCount) {
  const std::string before = metrics::RenderText();
  for (const char* result : {"done", "partly", "repeated", "rejected"}) {
    EXPECT_TRUE(
        absl::StrContains(before, absl::StrCat("relance_ledger_inbox_files_total{result=\"", result)));
  }
  EXPECT_TRUE(absl::StrContains(before, "relance_ledger_inbox_oldest_waiting_seconds 0"));
  Drop("a.csv", kItems);
  const timespec long_ago[2] = {{1'000, 0}, {1'000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, (Folder() / "a.csv").c_str(), long_ago, 0), 0);
  EXPECT_TRUE(inbox_->RunOnce().ok());
  EXPECT_FALSE(absl::StrContains(metrics::RenderText(), "relance_ledger_inbox_oldest_waiting_seconds 0"));
}

TEST(InboxNamesTest, NumbersStandBeforeTheEnding) {
  EXPECT_EQ(NumberedName("a.csv", 1), "a.csv");
  EXPECT_EQ(NumberedName("a.csv", 2), "a~2.csv");
  EXPECT_EQ(NumberedName("a", 3), "a~3");
  EXPECT_EQ(NumberedName(".a", 3), ".a~3");
  EXPECT_EQ(MarkedFile("a.csv.ok"), "a.csv");
  EXPECT_EQ(MarkedFile("a.csv.DONE"), "a.csv");
  EXPECT_EQ(MarkedFile(".ok"), "");
  EXPECT_EQ(MarkedFile("book"), "");
}

}  // namespace
}  // namespace relance::ledger
