#include "common/evidence/evidence.h"

#include "gtest/gtest.h"

namespace relance {
namespace {

AccountView View() {
  AccountView view;
  view.key = {"acme", "C001"};
  return view;
}

std::vector<std::string> Chain(AccountView& view, int records) {
  std::vector<std::string> all;
  for (int i = 0; i < records; ++i) {
    EvidenceAppender appender(view, absl::FromUnixSeconds(1000 + i), 19000 + i, "service:scenario");
    appender.Add("contact.sent", absl::StrCat(i, "/reminder")).add_documents("ab");
    store::AccountWrite write;
    appender.Finish(&write);
    view.evidence_count += write.evidence.size();
    view.evidence_head = write.evidence_head_after;
    for (std::string& record : write.evidence) all.push_back(std::move(record));
  }
  return all;
}

TEST(EvidenceTest, WholeChainHolds) {
  AccountView view = View();
  const std::vector<std::string> chain = Chain(view, 5);
  EXPECT_TRUE(VerifyEvidenceChain(chain, view.evidence_head).empty());
}

TEST(EvidenceTest, EmptyChainHolds) { EXPECT_TRUE(VerifyEvidenceChain({}, "").empty()); }

TEST(EvidenceTest, SeveralRecordsOfOneCommitAreChained) {
  AccountView view = View();
  EvidenceAppender appender(view, absl::FromUnixSeconds(1), 1, "user:u1");
  appender.Add("promise.given", "p1");
  appender.Add("contact.withdrawn", "1/reminder");
  store::AccountWrite write;
  appender.Finish(&write);
  ASSERT_EQ(write.evidence.size(), 2u);
  EXPECT_TRUE(VerifyEvidenceChain(write.evidence, write.evidence_head_after).empty());
}

TEST(EvidenceTest, AChangedByteIsFoundAtTheNextRecord) {
  AccountView view = View();
  std::vector<std::string> chain = Chain(view, 4);
  state::v1::EvidenceRecord record;
  ASSERT_TRUE(record.ParseFromString(chain[1]));
  record.set_subject("forged");
  chain[1] = record.SerializeAsString();
  const auto breaks = VerifyEvidenceChain(chain, view.evidence_head);
  ASSERT_EQ(breaks.size(), 1u);
  EXPECT_EQ(breaks[0].sequence, 2u);
}

TEST(EvidenceTest, AMissingRecordIsFound) {
  AccountView view = View();
  std::vector<std::string> chain = Chain(view, 4);
  chain.erase(chain.begin() + 1);
  EXPECT_FALSE(VerifyEvidenceChain(chain, view.evidence_head).empty());
}

TEST(EvidenceTest, ACutTailIsFoundByTheHead) {
  AccountView view = View();
  std::vector<std::string> chain = Chain(view, 4);
  chain.pop_back();
  const auto breaks = VerifyEvidenceChain(chain, view.evidence_head);
  ASSERT_EQ(breaks.size(), 1u);
  EXPECT_EQ(breaks[0].sequence, 3u);
}

}  // namespace
}  // namespace relance
