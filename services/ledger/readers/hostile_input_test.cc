// What every reader must withstand: files cut anywhere, damaged anywhere, pushed in pieces of any size, and
// lines or tokens that never end.

#include <malloc.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/camt_entry_collector.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/testing/collecting_sink.h"

namespace relance::ledger {
namespace {

std::string SmallFec() { return SourceFile("samples/fec/ekwo-sample.fec.txt"); }
std::string SmallCamt() { return SourceFile("samples/camt/ekwo-golden.camt.053.001.08.xml"); }
std::string SmallItems() { return SourceFile("tests/data/items.csv"); }

// Bytes that the heap holds. Counts what a reader really keeps, expat included.
size_t HeapBytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST(HostileInputTest, TheSizeOfTheChunksChangesNothing) {
  const std::string latin = SourceFile("samples/fec/111111111FEC20221231.TXT").substr(0, 20000);
  for (const std::string& fec : {SmallFec(), latin, std::string("\xEF\xBB\xBF") + SmallFec()}) {
    const std::string want = Fingerprint(ReadBalancedFec(fec, {"f"}, fec.size()));
    for (const size_t chunk : {1, 2, 3, 7, 64, 1000}) {
      EXPECT_EQ(Fingerprint(ReadBalancedFec(fec, {"f"}, chunk)), want) << chunk;
    }
  }
  const std::string broken = SmallCamt().substr(0, 8000);
  const std::string comment = "<a>\n<!--" + std::string(300000, 'x') + "--></a>";
  for (const std::string& camt :
       {SmallCamt(), broken, comment, SourceFile("samples/camt/phwes-camt053.xml")}) {
    const std::string want = Fingerprint(ReadCamt(camt, camt.size()));
    for (const size_t chunk : {1, 2, 3, 7, 64, 1000, 20000}) {
      EXPECT_EQ(Fingerprint(ReadCamt(camt, chunk)), want) << chunk;
    }
  }
  const std::string items = SmallItems();
  const std::string want = Fingerprint(ReadItems(items, items.size()));
  for (const size_t chunk : {1, 2, 3, 7, 64}) EXPECT_EQ(Fingerprint(ReadItems(items, chunk)), want) << chunk;
  const std::string crlf =
      absl::StrCat("kind,account,amount,currency\r\n", "x,y,1,EUR\r\n\r\n", "x,y,1,EUR\r\r\n");
  EXPECT_EQ(Fingerprint(ReadItems(crlf, 1)), Fingerprint(ReadItems(crlf)));
}

TEST(HostileInputTest, AFileCutAtAnyByteGivesTheGoodRecordsBeforeTheCut) {
  const std::string fec = SmallFec();
  const FecResult whole_fec = ReadFec(fec);
  for (size_t size = 0; size <= fec.size(); ++size) {
    const FecResult cut = ReadFec(fec.substr(0, size));
    const size_t lines =
        static_cast<size_t>(std::count(fec.begin(), fec.begin() + static_cast<int64_t>(size), '\n'));
    if (lines == 0) continue;  // inside the header: refused, or read where only optional columns were cut off
    const size_t full = lines - 1;
    ASSERT_GE(cut.records.size(), full) << size;
    ASSERT_LE(cut.records.size(), full + 1) << size;  // the line of the cut may look whole
    for (size_t i = 0; i < full; ++i)
      ASSERT_EQ(Fingerprint(cut.records[i]), Fingerprint(whole_fec.records[i]));
  }

  const std::string camt = SmallCamt();
  const CamtResult whole_camt = ReadCamt(camt);
  for (size_t size = 0; size < camt.size() - 1; ++size) {
    const CamtResult cut = ReadCamt(camt.substr(0, size), 512);
    const bool complete = camt.find("</Document>") + 11 <= size;
    ASSERT_EQ(cut.status.ok(), complete) << size;
    ASSERT_LE(cut.records.size(), whole_camt.records.size());
    for (size_t i = 0; i < cut.records.size(); ++i) {
      ASSERT_EQ(Fingerprint(cut.records[i]), Fingerprint(whole_camt.records[i]));
    }
  }
  // Entries that were complete are there.
  EXPECT_EQ(ReadCamt(camt.substr(0, camt.rfind("</Ntry>") + 7)).records.size(), whole_camt.records.size());

  const std::string items = SmallItems();
  const ItemResult whole_items = ReadItems(items);
  ASSERT_EQ(whole_items.records.size(), 5u);
  for (size_t size = items.find('\n') + 1; size <= items.size(); ++size) {
    const ItemResult cut = ReadItems(items.substr(0, size));
    const int64_t lines = std::count(items.begin(), items.begin() + static_cast<int64_t>(size), '\n');
    // The header is one line, the first row two.
    const size_t full = lines < 3 ? 0 : static_cast<size_t>(lines - 2);
    ASSERT_GE(cut.records.size(), full) << size;
    ASSERT_LE(cut.records.size(), full + 1) << size;
    for (size_t i = 0; i < full; ++i) {
      ASSERT_EQ(Fingerprint(cut.records[i]), Fingerprint(whole_items.records[i])) << size;
    }
  }
}

TEST(HostileInputTest, TwentyThousandDamagedFilesCrashNothingAndLoseNoLine) {
  constexpr uint32_t kSeed = 20251122;
  SCOPED_TRACE(absl::StrCat("seed ", kSeed));
  std::mt19937 random(kSeed);
  const std::string fec = SmallFec();
  const std::string camt = SmallCamt();
  const std::string items = SmallItems();
  const std::string kTokens[] = {"\n",
                                 "\r",
                                 "|",
                                 "\t",
                                 "\"",
                                 "<",
                                 ">",
                                 "&",
                                 "</Ntry>",
                                 "<Ntry>",
                                 "<!DOCTYPE x>",
                                 "]]>",
                                 "\xFF",
                                 std::string(1, '\0'),
                                 "9999999999999999999",
                                 "-",
                                 ",",
                                 "\xEF\xBB\xBF",
                                 "&#0;"};
  const auto damage = [&](std::string text) {
    const int times = 1 + static_cast<int>(random() % 4);
    for (int i = 0; i < times && !text.empty(); ++i) {
      const size_t at = random() % text.size();
      switch (random() % 5) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 20);
          break;
        case 2:
          text.insert(at, kTokens[random() % std::size(kTokens)]);
          break;
        case 3:
          text.insert(at, text.substr(random() % text.size(), random() % 200));
          break;
        default:
          text[at] ^= static_cast<char>(1 << random() % 8);
      }
    }
    return text;
  };
  for (int round = 0; round < 20000; ++round) {
    const size_t chunk = 1 + random() % 5000;
    if (round % 3 == 0) {
      const FecResult result = ReadBalancedFec(damage(fec), {"f"}, chunk);
      if (result.status.ok()) {
        // Every line is a record, a reject or a repeated header; the header itself is the one more.
        ASSERT_EQ(result.summary.lines,
                  1 + result.summary.records + result.summary.rejected + result.summary.skipped);
      }
    } else if (round % 3 == 1) {
      const CamtResult result = ReadCamt(damage(camt), chunk);
      int64_t entries = 0;
      for (const BankTransaction& t : result.records) entries += t.transaction_index == 0;
      ASSERT_EQ(result.summary.lines, entries + result.summary.rejected + result.summary.skipped);
    } else {
      const ItemResult result = ReadItems(damage(items), chunk);
      if (result.status.ok()) {
        ASSERT_EQ(result.summary.lines, 1 + result.summary.records + result.summary.rejected);
      }
    }
  }
}

TEST(HostileInputTest, ALineOfTwoGigabytesIsOneRejectedLineAndHoldsNoMoreThanItsLimit) {
  const std::string chunk(1 << 20, 'x');
  constexpr int kChunks = 2048;
  const std::string fec = SmallFec();
  const size_t header_end = fec.find('\n') + 1;

  CollectingFecSink sink;
  FecReader reader({"f"}, &sink);
  ASSERT_TRUE(reader.Feed(fec.substr(0, header_end)).ok());
  const size_t before = HeapBytes();
  size_t heap_max = 0;
  for (int i = 0; i < kChunks; ++i) {
    ASSERT_TRUE(reader.Feed(chunk).ok());
    heap_max = std::max(heap_max, HeapBytes());
    ASSERT_LE(reader.held_bytes(), 2 * kLineBytesMax);
  }
  EXPECT_LE(heap_max, before + 4 * kLineBytesMax);
  ASSERT_TRUE(reader.Feed("\n").ok());
  ASSERT_TRUE(reader.Feed(fec.substr(header_end)).ok());
  ASSERT_TRUE(reader.Finish().ok());
  EXPECT_EQ(sink.records.size(), 12u);
  ASSERT_EQ(sink.rejects.size(), 1u);
  EXPECT_EQ(sink.rejects[0].line, 2);
  EXPECT_EQ(sink.rejects[0].reason, kLineTooLong);
  EXPECT_EQ(sink.rejects[0].raw.size(), kRawBytesMax);
}

TEST(HostileInputTest, AnEndlessQuotedFieldHoldsNoMoreThanItsLimit) {
  CollectingItemSink sink;
  ItemReader reader({"f"}, &sink);
  ASSERT_TRUE(reader.Feed("kind,account,amount,currency\n\"").ok());
  const std::string chunk(1 << 16, 'x');
  for (int i = 0; i < 4096; ++i) {
    ASSERT_TRUE(reader.Feed(chunk).ok());
    ASSERT_LE(reader.held_bytes(), 4 * kLineBytesMax);
  }
  ASSERT_TRUE(reader.Feed("\nopening,C1,1,EUR\n").ok());
  ASSERT_TRUE(reader.Finish().ok());
  EXPECT_EQ(sink.rejects.at(0).reason, kLineTooLong);
}

TEST(HostileInputTest, EndlessXmlHoldsNoMoreThanItsLimits) {
  constexpr char kStart[] =
      "<Document "
      "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>X</IBAN>"
      "</Id></Acct>";
  struct Row {
    const char* name;
    std::string start;
    std::string repeated;
    bool is_refused;
  };
  const Row kRows[] = {
      {"text", "<Ntry><AddtlNtryInf>", std::string(65536, 'x'), false},
      {"blanks between entries", "", std::string(65536, ' '), false},
      {"details of one entry", "<Ntry><NtryDtls>", "<TxDtls><RmtInf><Ustrd>abc</Ustrd></RmtInf></TxDtls>",
       false},
      {"remittance of one transaction", "<Ntry><NtryDtls><TxDtls><RmtInf>", "<Ustrd>abc</Ustrd>", false},
      {"attribute", "<Ntry a=\"", std::string(65536, 'x'), true},
      {"comment", "<!--", std::string(65536, 'x'), true},
      {"element name", "<", std::string(65536, 'x'), true},
      {"nesting", "", "<a>", true},
      {"CDATA", "<Ntry><AddtlNtryInf><![CDATA[", std::string(65536, 'x'), false},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    std::string chunk;
    while (chunk.size() < 65536) chunk += row.repeated;
    CollectingBankSink sink;
    CamtReader reader("f", &sink);
    ASSERT_TRUE(reader.Feed(kStart).ok());
    const size_t before = HeapBytes();
    size_t heap_max = 0;
    absl::Status status = reader.Feed(row.start);
    for (int i = 0; i < 1024 && status.ok(); ++i) {
      status = reader.Feed(chunk);
      heap_max = std::max(heap_max, HeapBytes());
    }
    EXPECT_EQ(status.ok(), !row.is_refused) << status.ToString();
    EXPECT_LE(heap_max, before + 3 * kCamtEntryBytesMax);
    if (row.repeated.size() > 100) {
      EXPECT_LE(heap_max, before + (4 << 20));
    }
  }
}

}  // namespace
}  // namespace relance::ledger
