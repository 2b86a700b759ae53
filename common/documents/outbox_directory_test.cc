#include "common/documents/outbox_directory.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/documents/durable_file.h"
#include "common/documents/errors.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"

namespace relance::documents {
namespace {

namespace fs = std::filesystem;

constexpr char kKey[] = "main/411ACME/1/final-notice";

class OutboxDirectoryTest : public testing::Test {
 protected:
  OutboxDirectoryTest() {
    std::string pattern = absl::StrCat(testing::TempDir(), "outbox_XXXXXX");
    root_ = ::mkdtemp(pattern.data());
  }
  ~OutboxDirectoryTest() override { fs::remove_all(root_); }
  OutboxDirectory Outbox() const { return *OutboxDirectory::Open(root_); }
  std::string OutPath() const { return absl::StrCat(root_, "/out/", OutboxDirectory::FileName(kKey, "pdf")); }
  int OutCount() const {
    return static_cast<int>(std::distance(fs::directory_iterator(root_ + "/out"), fs::directory_iterator()));
  }
  std::string root_;
};

TEST(OutboxFileName, ReadableDeterministicAndSafe) {
  const std::string name = OutboxDirectory::FileName(kKey, "pdf");
  EXPECT_EQ(name, "main-411ACME-1-final-notice_" + Sha256Hex(kKey).substr(0, 32) + ".pdf");
  EXPECT_EQ(OutboxDirectory::FileName("../../etc/é", "pdf").find('/'), std::string::npos);
  EXPECT_NE(OutboxDirectory::FileName("a/b", "pdf"), OutboxDirectory::FileName("a-b", "pdf"));
  EXPECT_NE(OutboxDirectory::FileName(std::string(kDeliveryKeyBytesMax, 'k'), "pdf"), "");
  for (const auto& [key, extension] : std::vector<std::pair<std::string, std::string>>{
           {"", "pdf"},
           {"k", ""},
           {"k", "PDF"},
           {"k", "p/f"},
           {"k", "ninechars"},
           {std::string(kDeliveryKeyBytesMax + 1, 'k'), "pdf"}}) {
    EXPECT_EQ(OutboxDirectory::FileName(key, extension), "") << key << " " << extension;
  }
}

TEST_F(OutboxDirectoryTest, DeliversOnceAndKnowsIt) {
  const OutboxDirectory outbox = Outbox();
  EXPECT_EQ(*outbox.Probe(kKey, "pdf"), Delivery::kNotDelivered);
  ASSERT_TRUE(outbox.Deliver(kKey, "pdf", "letter").ok());
  EXPECT_EQ(*outbox.Probe(kKey, "pdf"), Delivery::kDelivered);
  EXPECT_EQ(*ReadFile(OutPath(), 100), "letter");
  ASSERT_TRUE(outbox.Deliver(kKey, "pdf", "letter").ok());
  EXPECT_EQ(OutCount(), 1);
  EXPECT_EQ(ReasonOf(outbox.Deliver(kKey, "pdf", "another")), kDeliveryKeyReused);
  EXPECT_EQ(*ReadFile(OutPath(), 100), "letter");
}

TEST_F(OutboxDirectoryTest, AFileThatTheReceiverTookIsNotDeliveredAgain) {
  const OutboxDirectory outbox = Outbox();
  ASSERT_TRUE(outbox.Deliver(kKey, "pdf", "letter").ok());
  fs::remove(OutPath());
  EXPECT_EQ(*outbox.Probe(kKey, "pdf"), Delivery::kDelivered);
  ASSERT_TRUE(outbox.Deliver(kKey, "pdf", "letter").ok());
  EXPECT_EQ(OutCount(), 0);
}

TEST_F(OutboxDirectoryTest, EveryPointOfACrashIsResolvedTruthfully) {
  const std::string name = OutboxDirectory::FileName(kKey, "pdf");
  const std::string started = absl::StrCat(root_, "/.started/", Sha256Hex(kKey).substr(0, 2));
  const OutboxDirectory outbox = Outbox();
  // Died while writing: a half temporary file.
  std::ofstream(absl::StrCat(root_, "/.pending/.", name, ".1.0.tmp")) << "let";
  EXPECT_EQ(*outbox.Probe(kKey, "pdf"), Delivery::kNotDelivered);
  // Died with the pending file complete, without the marker. The text may be another one by the time it is
  // retried.
  std::ofstream(absl::StrCat(root_, "/.pending/", name)) << "older";
  EXPECT_EQ(*outbox.Probe(kKey, "pdf"), Delivery::kNotDelivered);
  // Died between the marker and the rename.
  ASSERT_TRUE(MakeDirectories(started).ok());
  std::ofstream(absl::StrCat(root_, "/.pending/", name)) << "letter";
  std::ofstream(absl::StrCat(started, "/", name)) << Sha256Hex("letter");
  EXPECT_EQ(*outbox.Probe(kKey, "pdf"), Delivery::kNotDelivered);
  EXPECT_EQ(OutCount(), 0);
  ASSERT_TRUE(outbox.Deliver(kKey, "pdf", "letter").ok());
  EXPECT_EQ(*outbox.Probe(kKey, "pdf"), Delivery::kDelivered);
  EXPECT_EQ(*ReadFile(OutPath(), 100), "letter");
}

TEST_F(OutboxDirectoryTest, PendingWithoutMarkerIsReplacedByTheNewBytes) {
  const OutboxDirectory outbox = Outbox();
  std::ofstream(absl::StrCat(root_, "/.pending/", OutboxDirectory::FileName(kKey, "pdf"))) << "older";
  ASSERT_TRUE(outbox.Deliver(kKey, "pdf", "letter").ok());
  EXPECT_EQ(*ReadFile(OutPath(), 100), "letter");
}

TEST_F(OutboxDirectoryTest, UnseenTextIsReplacedEvenWithItsMarker) {
  const OutboxDirectory outbox = Outbox();
  const std::string name = OutboxDirectory::FileName(kKey, "pdf");
  const std::string started = absl::StrCat(root_, "/.started/", Sha256Hex(kKey).substr(0, 2));
  ASSERT_TRUE(MakeDirectories(started).ok());
  std::ofstream(absl::StrCat(root_, "/.pending/", name)) << "older";
  std::ofstream(absl::StrCat(started, "/", name)) << Sha256Hex("older");
  ASSERT_TRUE(outbox.Deliver(kKey, "pdf", "letter").ok());
  EXPECT_EQ(*ReadFile(OutPath(), 100), "letter");
  EXPECT_EQ(OutCount(), 1);
}

TEST_F(OutboxDirectoryTest, ABatchIsAsManyDeliveries) {
  const OutboxDirectory outbox = Outbox();
  ASSERT_TRUE(outbox.Deliver("before", "pdf", "old").ok());
  const std::vector<OutboxDirectory::File> files = {
      {"a", "pdf", "1"},        {"b", "pdf", "2"},        {"", "pdf", "3"},  {"c", "pdf", ""},
      {"before", "pdf", "old"}, {"before", "pdf", "new"}, {"a", "pdf", "1"}, {"b", "pdf", "other"}};
  const std::vector<absl::Status> results = outbox.DeliverAll(files);
  ASSERT_EQ(results.size(), files.size());
  const char* reasons[] = {
      "", "", kDeliveryKeyInvalid, kDocumentSizeRefused, "", kDeliveryKeyReused, "", kDeliveryKeyReused};
  for (size_t i = 0; i < files.size(); ++i) EXPECT_EQ(ReasonOf(results[i]), reasons[i]) << i;
  EXPECT_EQ(OutCount(), 3);
  EXPECT_EQ(*outbox.Probe("a", "pdf"), Delivery::kDelivered);
  EXPECT_EQ(*ReadFile(absl::StrCat(root_, "/out/", OutboxDirectory::FileName("b", "pdf")), 10), "2");
}

TEST_F(OutboxDirectoryTest, RacingDeliveriesGiveOneFile) {
  const OutboxDirectory outbox = Outbox();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(outbox.Deliver(kKey, "pdf", "letter").ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(OutCount(), 1);
  EXPECT_EQ(*outbox.Probe(kKey, "pdf"), Delivery::kDelivered);
}

// A process is killed at an arbitrary point of a stream of deliveries; afterwards Probe agrees with what is
// in out/.
TEST_F(OutboxDirectoryTest, KilledProcessLeavesNoDoubt) {
  const OutboxDirectory outbox = Outbox();
  for (int round = 0; round < 10; ++round) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (int i = 0; i < 100'000; ++i) {
        if (!outbox.Deliver(absl::StrCat("r", round, "/", i), "pdf", "letter").ok()) ::_exit(1);
        if (i == round && ::write(ready[1], "x", 1) != 1) ::_exit(1);
      }
      ::_exit(0);
    }
    char byte;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(ready[0]);
    ::close(ready[1]);
    for (int i = 0; i < 1'000; ++i) {
      const std::string key = absl::StrCat("r", round, "/", i);
      const bool visible = fs::exists(absl::StrCat(root_, "/out/", OutboxDirectory::FileName(key, "pdf")));
      ASSERT_EQ(*outbox.Probe(key, "pdf") == Delivery::kDelivered, visible) << key;
      if (!visible && i > round + 1) break;
    }
  }
}

}  // namespace
}  // namespace relance::documents
