// Files that are dropped into a folder, with the real relance-ledger: books, a statement, a table, and what
// is none of them. Killed in between, everything is taken in once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tests/support/stack/stack_client.h"
#include "tests/support/stack/stack_process.h"

namespace relance::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int kPatienceSeconds = 60;

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class InboxTest : public ::testing::Test {
 protected:
  InboxTest() : stack_({.services = {"ledger"}, .partitions = 4, .appendfsync = "no"}), client_(stack_) {
    client_.Run(
        {"tenant", "create", "demo", "--name", "Demo SAS", "--country", "FR", "--test-clock", "2026-07-01"});
    Await(fs::path(stack_.inbox_directory()) / "demo" / "mappings");
  }

  fs::path Folder() const { return fs::path(stack_.inbox_directory()) / "demo"; }
  void Drop(const std::string& name, const std::string& bytes) {
    // As uploads do: under another name first.
    const fs::path part = Folder() / (name + ".part");
    std::ofstream(part, std::ios::binary) << bytes;
    fs::rename(part, Folder() / name);
  }

  // Until a file is there. Woken by the file system.
  void Await(const fs::path& path) {
    const int events = inotify_init1(IN_CLOEXEC);
    char buffer[4096];
    for (int tries = 0; !fs::exists(path); ++tries) {
      fs::path folder = path.parent_path();
      while (!fs::exists(folder)) folder = folder.parent_path();
      const int watch = inotify_add_watch(events, folder.c_str(), IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE);
      if (fs::exists(path)) break;
      pollfd descriptor{events, POLLIN, 0};
      const bool woken = poll(&descriptor, 1, kPatienceSeconds * 1000) > 0;
      ASSERT_TRUE(woken || fs::exists(path)) << path << " does not come";
      if (woken && read(events, buffer, sizeof(buffer)) <= 0) FAIL() << "no event can be read";
      inotify_rm_watch(events, watch);
    }
    close(events);
  }

  int64_t Imports() {
    ledger::v1::ListImportsRequest request;
    request.set_tenant_id("demo");
    return client_
        .Ask<ledger::v1::LedgerService>("ledger", &ledger::v1::LedgerService::StubInterface::ListImports,
                                        request)
        .reports_size();
  }

  StackProcess stack_;
  StackClient client_;
};

constexpr char kFec[] =
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|"
    "PieceDate|"
    "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"
    "VE|Ventes|1|20260601|411000|Clients|C1|Alpha|FA17|20260601|Vente|120,00|0,00|||20260630||\n"
    "VE|Ventes|1|20260601|706000|Ventes|||FA17|20260601|Vente|0,00|120,00|||20260630||\n";

constexpr char kCamt[] =
    "<Document "
    "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId>"
    "<CreDtTm>2026-06-30T08:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</"
    "Id><Acct><Id><IBAN>FR7630006000011234567890189"
    "</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt "
    "Ccy=\"EUR\">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd>"
    "</Sts><BookgDt><Dt>2026-06-20</Dt></BookgDt><AcctSvcrRef>R1</"
    "AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>FA17"
    "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";

TEST_F(InboxTest, BooksAStatementAndAWrongFile) {
  Drop("books.txt", kFec);
  Await(Folder() / "done" / "books.txt");
  Drop("statement.xml", kCamt);
  Await(Folder() / "done" / "statement.xml");
  Drop("letter.txt", "Dear Sir or Madam\n");
  Await(Folder() / "rejected" / "letter.txt");

  EXPECT_THAT(Read(Folder() / "done/books.txt.report.txt"), HasSubstr("Read as fec"));
  EXPECT_THAT(Read(Folder() / "done/statement.xml.report.txt"), HasSubstr("payments wholly allocated"));
  EXPECT_THAT(Read(Folder() / "rejected/letter.txt.report.txt"), HasSubstr("FORMAT_UNKNOWN"));
  ledger::v1::GetAccountRequest request;
  request.set_tenant_id("demo");
  request.set_account_id("C1");
  request.set_include_history(true);
  const auto account = client_
                           .Ask<ledger::v1::LedgerService>(
                               "ledger", &ledger::v1::LedgerService::StubInterface::GetAccount, request)
                           .account();
  EXPECT_EQ(account.items_size(), 0) << "the statement paid the invoice of the books";
  EXPECT_EQ(account.history_size(), 2);

  Drop("again.txt", kFec);
  Await(Folder() / "done" / "again.txt");
  EXPECT_THAT(Read(Folder() / "done/again.txt.report.txt"), HasSubstr("had been imported before"));
  EXPECT_EQ(Imports(), 2);
}

TEST_F(InboxTest, WhatACrashInterruptedIsTakenUp) {
  for (int i = 0; i < 20; ++i) {
    Drop(absl::StrCat("f", i, ".csv"),
         absl::StrCat("kind,account,number,issue_date,amount,currency\ninvoice,C", i, ",F", i,
                      ",2026-06-01,1.00,EUR\n"));
    if (i % 5 == 4) stack_.KillAndRestart("ledger");
  }
  for (int i = 0; i < 20; ++i) Await(Folder() / "done" / absl::StrCat("f", i, ".csv"));
  stack_.AwaitReady();
  ledger::v1::ListAccountsRequest request;
  request.set_tenant_id("demo");
  const auto accounts = client_.Ask<ledger::v1::LedgerService>(
      "ledger", &ledger::v1::LedgerService::StubInterface::ListAccounts, request);
  EXPECT_EQ(accounts.accounts_size(), 20);
  for (const auto& account : accounts.accounts()) EXPECT_EQ(account.balances(0).open().units(), 1);
}

TEST_F(InboxTest, ARejectedPartIsRepairedWithRelancectl) {
  const fs::path file = fs::path(stack_.folder()) / "items.csv";
  std::ofstream(file)
      << "kind,account,number,issue_date,amount,currency\ninvoice,C1,F1,2026-06-01,10.00,EUR\n"
         "invoice,C1,F2,2026-02-30,20.00,EUR\n";
  const auto imported = client_.Once({"ledger", "import", "demo", file});
  EXPECT_EQ(imported.code, 1);
  const fs::path repair = fs::path(stack_.folder()) / "repair.csv";
  const std::string id = client_.Run({"ledger", "imports", "demo"});
  const size_t at = id.find("00000001-");
  ASSERT_NE(at, std::string::npos) << id;
  client_.Run({"ledger", "rejected", "demo", id.substr(at, 21), "--out", repair});
  EXPECT_EQ(Read(repair),
            "kind,account,number,issue_date,amount,currency\ninvoice,C1,F2,2026-02-30,20.00,EUR\n");
  EXPECT_THAT(Read(repair.string() + ".why.txt"), HasSubstr("line 3 of the file: issue_date"));
  std::ofstream(repair)
      << "kind,account,number,issue_date,amount,currency\ninvoice,C1,F2,2026-02-28,20.00,EUR\n";
  EXPECT_THAT(client_.Run({"ledger", "import", "demo", repair}), HasSubstr("created 1, changed 0"));
}

}  // namespace
}  // namespace relance::testing
