// What the readers of this folder must withstand: files cut anywhere, damaged anywhere, pushed in pieces of
// any size, and entries that never end.

#include <random>

#include "absl/strings/match.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/ledger/readers/bank/bank_delivery.h"
#include "services/ledger/readers/bank/reasons.h"
#include "services/ledger/readers/bank/testing/read_bank.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

struct Format {
  const char* name;
  const char* sample;
  BankResult (*read)(absl::string_view, size_t);
};
const Format kFormats[] = {
    {"coda", "samples/coda/ekwo-golden.cod", ReadCoda},
    {"coda of a bank", "samples/coda/triptyk-12298862.BC2", ReadCoda},
    {"cfonb120", "samples/cfonb120/ekwo-golden.cfonb120.txt", ReadCfonb},
    {"cfonb120 of two accounts", "samples/cfonb120/pennylane-example.txt", ReadCfonb},
    {"mt940", "samples/mt940/jejik-volksbankenraiffeisenbanken.txt", ReadMt940},
    {"mt940 in blocks", "samples/mt940/jejik-ing-dos.txt", ReadMt940},
};

TEST(HostileBankTest, TheSizeOfTheChunksChangesNothing) {
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const std::string bytes = SourceFile(format.sample);
    const std::string want = BankFingerprint(format.read(bytes, bytes.size()));
    for (const size_t chunk : {1, 2, 3, 7, 64, 119, 120, 121, 128, 129, 513, 1000}) {
      EXPECT_EQ(BankFingerprint(format.read(bytes, chunk)), want) << chunk;
    }
  }
}

TEST(HostileBankTest, AFileCutAtAnyByteGivesWholeEntriesOnly) {
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const std::string bytes = SourceFile(format.sample);
    const BankResult whole = format.read(bytes, bytes.size());
    const size_t step = bytes.size() > 10000 ? 7 : 1;
    for (size_t size = 0; size < bytes.size(); size += step) {
      const BankResult cut = format.read(bytes.substr(0, size), 512);
      ASSERT_LE(cut.records.size(), whole.records.size()) << size;
      // What is told of a cut file is told again, the same, by the whole one: nothing enters twice.
      for (size_t i = 0; i < cut.records.size(); ++i) {
        ASSERT_EQ(Fingerprint(cut.records[i]), Fingerprint(whole.records[i])) << size;
      }
    }
  }
}

TEST(HostileBankTest, DamagedFilesNeverCrashAndCountsAddUp) {
  std::mt19937 random(20260305);
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const std::string bytes = SourceFile(format.sample);
    for (int round = 0; round < 300; ++round) {
      std::string damaged = bytes;
      const int hits = 1 + static_cast<int>(random() % 20);
      for (int i = 0; i < hits; ++i) damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
      const BankResult result = format.read(damaged, 1 + random() % 300);
      EXPECT_EQ(result.summary.records, static_cast<int64_t>(result.records.size()));
      EXPECT_EQ(result.summary.rejected, static_cast<int64_t>(result.rejects.size()));
      EXPECT_EQ(result.summary.notices, static_cast<int64_t>(result.notices.size()));
      for (const Reject& reject : result.rejects) EXPECT_FALSE(reject.reason.empty());
      for (const BankTransaction& t : result.records) {
        EXPECT_GE(t.amount_minor, 0);
        EXPECT_LE(t.amount_minor, kAmountMinorMax);
        EXPECT_FALSE(t.key.empty());
      }
    }
  }
}

TEST(HostileBankTest, AnEntryThatNeverEndsIsRejectedAndTheNextIsIn) {
  const auto pad = [](std::string line, size_t width) {
    return line + std::string(width - line.size(), ' ') + "\n";
  };
  // 40,000 records of details of one movement.
  std::string cfonb =
      pad("013000400000828EUR2 00011234567  010326" + std::string(51, ' ') + "0000000000000{", 120);
  const std::string move =
      pad("0430004    00828EUR2 0001123456705050326  050326X" + std::string(41, ' ') + "0000000000100{", 120);
  cfonb =
      pad("0130004    00828EUR2 00011234567  010326" + std::string(50, ' ') + "0000000000000{", 120) + move;
  const std::string detail = pad("0530004    00828EUR2 0001123456705050326     LIBTEXT", 120);
  for (int i = 0; i < 40000; ++i) cfonb += detail;
  cfonb +=
      move + pad("0730004    00828EUR2 00011234567  310326" + std::string(50, ' ') + "0000000000200{", 120);
  const BankResult result = ReadCfonb(cfonb, 65536);
  EXPECT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.rejects.size(), 1u);
  EXPECT_EQ(result.rejects[0].reason, kEntryTooLarge);
  EXPECT_LE(result.rejects[0].raw.size(), kRawBytesMax);
  EXPECT_TRUE(result.rejects[0].raw_truncated);
  EXPECT_EQ(result.records.size(), 1u);
}

TEST(HostileBankTest, LinesWithoutAnEndHoldNoMoreThanTheirLimit) {
  const std::string endless(3'000'000, '5');
  for (const Format& format : kFormats) {
    SCOPED_TRACE(format.name);
    const std::string bytes = SourceFile(format.sample);
    // In front, in the middle and at the end.
    EXPECT_FALSE(format.read(endless, 65536).status.ok());
    const size_t line = bytes.find('\n', bytes.size() / 2) + 1;
    const BankResult middle = format.read(bytes.substr(0, line) + endless + "\n" + bytes.substr(line), 65536);
    for (const Reject& reject : middle.rejects) EXPECT_LE(reject.raw.size(), kRawBytesMax);
  }
}

}  // namespace
}  // namespace relance::ledger
