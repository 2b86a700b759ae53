// A small model of a ledger beside the real one: random invoices, credit notes, payments, returns and
// letterings, told by programs, books and bank, in any order, twice and in pieces. What is open must be what
// the model says, whatever the order; nothing may be lost, and every debit that is smaller must be so by
// credits.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "tests/ledger/ledger_fixture.h"

namespace relance::ledger {
namespace {

using Random = std::mt19937;

int Draw(Random& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }
bool Chance(Random& random, int percent) { return Draw(random, 1, 100) <= percent; }

struct Document {
  std::string account, number;
  absl::CivilDay issue, due;
  int64_t cents = 0;  // negative: a credit note
  bool in_books = false;
  int64_t open = 0;  // what the model says
};

// Money that the bank tells; the books tell it too when `in_books`.
struct Receipt {
  std::string account, reference, lettering;
  absl::CivilDay day;
  int64_t cents = 0;
  std::vector<size_t> documents;  // named by the payer, and settled in this order
  int64_t left = 0;               // of the payment, unallocated
  bool in_books = false;
  bool is_returned = false;
};

std::string Compact(absl::CivilDay day) {
  return absl::StrFormat("%04d%02d%02d", day.year(), day.month(), day.day());
}
std::string Dashed(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}
std::string Decimal(int64_t cents, char mark) {
  return absl::StrFormat("%d%c%02d", cents / 100, mark, cents % 100);
}

// A file of a source; `format` as in ImportHeader.
struct SourceFile {
  std::string format, content;
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    for (int account = 0; account < 5; ++account) MakeAccount(account);
  }

  // All that the sources tell, cut into files of a few records each, in the order of time.
  std::vector<SourceFile> Files() {
    std::vector<SourceFile> files = CsvFiles();
    for (SourceFile& file : FecFiles()) files.push_back(std::move(file));
    for (SourceFile& file : CamtFiles()) files.push_back(std::move(file));
    return files;
  }

  const std::vector<Document>& documents() const { return documents_; }
  const std::vector<Receipt>& receipts() const { return receipts_; }

 private:
  // Amounts are all different: what confirms what is then beyond doubt.
  int64_t NewAmount() {
    for (;;) {
      const int64_t cents = Draw(random_, 1'000, 900'000);
      if (used_.insert(cents).second) return cents;
    }
  }

  void MakeAccount(int index) {
    const std::string code = absl::StrFormat("C%04d", index + 1);
    const bool in_books = index % 2 == 0;
    const int invoices = Draw(random_, 1, 9);
    std::vector<size_t> mine;
    for (int i = 0; i < invoices; ++i) {
      Document document;
      document.account = code;
      document.in_books = in_books;
      document.issue = absl::CivilDay(2025, 1, 2) + Draw(random_, 0, 80);
      document.due = document.issue + 30;
      document.cents = NewAmount();
      const bool credit = i > 0 && Chance(random_, 15);
      document.number = absl::StrFormat("%s%d%04d", credit ? "AV" : "FA", 70 + index, 1000 + 37 * i);
      if (credit) document.cents = -document.cents;
      document.open = document.cents;
      if (!credit) mine.push_back(documents_.size());
      documents_.push_back(document);
    }
    for (size_t i = 0; i < mine.size(); ++i) {
      if (!Chance(random_, 70)) continue;
      std::vector<size_t> paid = {mine[i]};
      if (i + 1 < mine.size() && Chance(random_, 25)) paid.push_back(mine[++i]);
      MakeReceipt(code, in_books, paid);
    }
  }

  void MakeReceipt(const std::string& code, bool in_books, const std::vector<size_t>& paid) {
    Receipt receipt;
    receipt.account = code;
    receipt.documents = paid;
    receipt.reference = absl::StrFormat("R%06d", 1 + receipts_.size());
    receipt.day = absl::CivilDay(2025, 3, 25) + Draw(random_, 0, 60);
    int64_t sum = 0;
    for (const size_t d : paid) sum += documents_[d].cents;
    const int kind = Draw(random_, 1, 10);
    // In full; in part, of one document; too much.
    receipt.cents = kind <= 6 || paid.size() > 1 ? sum : kind <= 8 ? sum / 3 : sum + 77;
    receipt.is_returned = Chance(random_, 20);
    receipt.in_books = in_books && !receipt.is_returned && receipt.cents == sum && Chance(random_, 60);
    if (receipt.in_books) receipt.lettering = absl::StrFormat("L%03d", receipts_.size());
    receipt.left = receipt.cents;
    if (receipt.is_returned) {
      receipt.left = 0;  // it and its counterpart settle each other
    } else {
      for (const size_t d : paid) {
        const int64_t part = std::min(receipt.left, documents_[d].open);
        documents_[d].open -= part;
        receipt.left -= part;
      }
    }
    receipts_.push_back(receipt);
  }

  std::vector<SourceFile> CsvFiles() {
    std::vector<std::string> rows;
    for (const Document& document : documents_) {
      if (document.in_books) continue;
      rows.push_back(absl::StrCat(document.cents < 0 ? "credit_note" : "invoice", ",", document.account, ",",
                                  document.number, ",", Dashed(document.issue), ",",
                                  document.cents < 0 ? "" : Dashed(document.due), ",",
                                  Decimal(std::abs(document.cents), '.'), ",EUR\n"));
    }
    return Cut("csv", "kind,account,number,issue_date,due_date,amount,currency\n", rows, "");
  }

  std::vector<SourceFile> FecFiles() {
    std::vector<std::string> lines;
    const auto line = [&](const char* journal, const std::string& entry, absl::CivilDay day,
                          const std::string& account, const std::string& customer, const std::string& piece,
                          int64_t debit, const std::string& lettering) {
      lines.push_back(absl::StrJoin(
          {std::string(journal), std::string(journal), entry, Compact(day), account, std::string("x"),
           customer, customer, piece, Compact(day), std::string("x"),
           Decimal(std::max<int64_t>(debit, 0), ','), Decimal(std::max<int64_t>(-debit, 0), ','), lettering,
           lettering.empty() ? std::string() : Compact(day), Compact(day), std::string(), std::string()},
          "\t"));
      lines.back() += "\n";
    };
    for (size_t i = 0; i < documents_.size(); ++i) {
      const Document& document = documents_[i];
      if (!document.in_books) continue;
      std::string lettering;
      for (const Receipt& receipt : receipts_) {
        if (receipt.in_books && std::count(receipt.documents.begin(), receipt.documents.end(), i) > 0)
          lettering = receipt.lettering;
      }
      const std::string entry = absl::StrCat("V", i);
      line("VE", entry, document.issue, "411000", document.account, document.number, document.cents,
           lettering);
      line("VE", entry, document.issue, "707000", "", document.number, -document.cents, "");
    }
    for (size_t i = 0; i < receipts_.size(); ++i) {
      const Receipt& receipt = receipts_[i];
      if (!receipt.in_books) continue;
      const std::string entry = absl::StrCat("B", i);
      line("BQ", entry, receipt.day, "512000", "", receipt.reference, receipt.cents, "");
      line("BQ", entry, receipt.day, "411000", receipt.account, receipt.reference, -receipt.cents,
           receipt.lettering);
    }
    // Cut anywhere: also within an entry.
    return Cut(
        "fec",
        "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPi"
        "eceRef\t"
        "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n",
        lines, "");
  }

  std::vector<SourceFile> CamtFiles() {
    std::vector<std::string> entries;
    for (const Receipt& receipt : receipts_) {
      std::vector<std::string> numbers;
      for (const size_t d : receipt.documents) numbers.push_back(documents_[d].number);
      entries.push_back(absl::StrCat("<Ntry><Amt Ccy=\"EUR\">", Decimal(receipt.cents, '.'),
                                     "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>",
                                     Dashed(receipt.day), "</Dt></BookgDt><AcctSvcrRef>", receipt.reference,
                                     "</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E", receipt.reference,
                                     "</EndToEndId></Refs><RmtInf><Ustrd>paiement ",
                                     absl::StrJoin(numbers, " et "),
                                     "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"));
      if (!receipt.is_returned) continue;
      entries.push_back(absl::StrCat(
          "<Ntry><Amt Ccy=\"EUR\">", Decimal(receipt.cents, '.'),
          "</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts><BookgDt><Dt>",
          Dashed(receipt.day + 5), "</Dt></BookgDt><AcctSvcrRef>X", receipt.reference,
          "</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E", receipt.reference,
          "</EndToEndId></Refs><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>"));
    }
    return Cut(
        "camt053",
        "<Document "
        "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id>"
        "<IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>",
        entries, "</Stmt></BkToCstmrStmt></Document>");
  }

  std::vector<SourceFile> Cut(const std::string& format, const std::string& head,
                              const std::vector<std::string>& records, const std::string& end) {
    std::vector<SourceFile> files;
    for (size_t from = 0; from < records.size();) {
      const size_t to = std::min(records.size(), from + static_cast<size_t>(Draw(random_, 1, 6)));
      files.push_back({format, absl::StrCat(head,
                                            absl::StrJoin(records.begin() + static_cast<int64_t>(from),
                                                          records.begin() + static_cast<int64_t>(to), ""),
                                            end)});
      from = to;
    }
    return files;
  }

  Random random_;
  std::set<int64_t> used_;
  std::vector<Document> documents_;
  std::vector<Receipt> receipts_;
};

class ModelTest : public LedgerTest {
 protected:
  void ImportAll(const std::vector<SourceFile>& files) {
    for (const SourceFile& file : files) {
      const v1::ImportReport report = Import("demo", file.format, file.content);
      // Lines of an entry that is not complete yet are kept, not lost.
      if (file.format != "fec") {
        EXPECT_EQ(report.rejected(), 0) << file.content;
      }
    }
  }

  // Every account as the model says, and sound in itself.
  void Compare(const World& world, const std::string& what) {
    std::map<std::string, v1::Account> accounts;
    for (const v1::Account& account : ListAccounts("demo"))
      accounts[account.account_id()] = GetAccount("demo", account.account_id());
    EXPECT_EQ(accounts.count("~unidentified") != 0 && !accounts["~unidentified"].items().empty(), false)
        << what;
    std::map<std::string, int64_t> net;
    std::map<std::string, std::map<std::string, int64_t>> open;
    for (const auto& [code, account] : accounts) {
      if (code == "~unidentified") continue;
      std::map<std::string, int64_t> allocated;
      for (const auto* items : {&account.items(), &account.history()}) {
        for (const v1::Item& item : *items) {
          net[code] += Cents(item.amount());
          if (item.kind() != v1::ITEM_KIND_PAYMENT && item.kind() != v1::ITEM_KIND_RETURN)
            open[code][item.number()] += Cents(item.open_amount());
          int64_t gone = 0;
          for (const v1::Allocation& allocation : item.allocations()) {
            if (allocation.has_undone_date()) continue;
            gone += Cents(allocation.amount());
            allocated[allocation.item_id()] += Cents(allocation.amount());
          }
          if (Cents(item.amount()) < 0) {
            EXPECT_EQ(Cents(item.open_amount()), Cents(item.amount()) + gone) << what << item.DebugString();
          }
        }
      }
      int64_t sum = 0;
      for (const auto* items : {&account.items(), &account.history()}) {
        for (const v1::Item& item : *items) {
          sum += Cents(item.open_amount());
          if (Cents(item.amount()) > 0) {
            EXPECT_EQ(Cents(item.amount()) - Cents(item.open_amount()), allocated[item.item_id()])
                << what << item.DebugString();
          }
        }
      }
      EXPECT_EQ(sum, net[code]) << what << code;
      EXPECT_EQ(account.balances_size() == 0 ? 0 : Cents(account.balances(0).open()), net[code])
          << what << code;
    }
    std::map<std::string, int64_t> expected_net;
    for (const Document& document : world.documents()) {
      EXPECT_EQ(open[document.account][document.number], document.open)
          << what << document.account << " " << document.number;
      expected_net[document.account] += document.open;
    }
    for (const Receipt& receipt : world.receipts()) expected_net[receipt.account] -= receipt.left;
    EXPECT_EQ(net, expected_net) << what;
  }

  void Restart() {
    node_.reset();
    redis_->Command({"FLUSHALL"});
    node_ = std::make_unique<LedgerNode>(redis_->address(), folder_.path());
    CreateTenant("demo", MakeDate(2025, 7, 1));
  }
};

class RandomWorldTest : public ModelTest, public ::testing::WithParamInterface<unsigned> {};

TEST_P(RandomWorldTest, TheLedgerIsTheModelInAnyOrderTwiceAndInPieces) {
  World world(GetParam());
  std::vector<SourceFile> files = world.Files();
  Random random(GetParam());
  for (const char* order : {"as it happened: ", "shuffled, some twice: ", "bank first: "}) {
    Restart();
    std::vector<SourceFile> told = files;
    if (std::string(order).find("shuffled") == 0) {
      for (const SourceFile& file : files) {
        if (Chance(random, 30)) told.push_back(file);
      }
      std::shuffle(told.begin(), told.end(), random);
    } else if (std::string(order).find("bank") == 0) {
      std::stable_partition(told.begin(), told.end(),
                            [](const SourceFile& file) { return file.format == "camt053"; });
    }
    ImportAll(told);
    Compare(world, order);
    // All of it again changes nothing.
    const auto before = Contents("demo");
    ImportAll(files);
    for (const auto& [account, content] : Contents("demo"))
      EXPECT_EQ(content, before.at(account)) << order << account;
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomWorldTest, ::testing::Range(1u, 41u));

}  // namespace
}  // namespace relance::ledger
