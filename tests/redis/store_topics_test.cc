// Timers, evidence, outbox, leases, feed and documents. Runs on every implementation of Store.
#include "tests/redis/store_conformance.h"

#include <gmock/gmock.h>

#include <functional>
#include <optional>

#include "common/status/domain_error.h"
#include "common/store/errors.h"
#include "tests/support/redis_process.h"

namespace relance::store {
namespace {

using ::relance::testing::AwaitCondition;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class StoreTopicsTest : public StoreConformanceTest {};

TEST_P(StoreTopicsTest, TimersAreThoseOfTheTenantAndTheService) {
  const std::vector<AccountKey> keys = Neighbours(3);
  const int partition = ledger_->PartitionOf(keys[0]);
  for (int i = 0; i < 3; ++i) {
    AccountWrite write = Write(keys[i], 0);
    write.timer_day = 20 - i;
    CommitOne(*ledger_, write);
  }
  auto due = ledger_->DueTimers("acme", partition, 19, 10, Soon());
  ASSERT_TRUE(due.ok());
  ASSERT_EQ(due->size(), 2u);
  EXPECT_EQ(due->at(0).key, keys[2]);
  EXPECT_EQ(due->at(0).day, 18);
  EXPECT_EQ(due->at(1).key, keys[1]);
  EXPECT_EQ(ledger_->DueTimers("acme", partition, 20, 1, Soon())->size(), 1u);
  EXPECT_THAT(*ledger_->DueTimers("other", partition, 99, 10, Soon()), IsEmpty());
  EXPECT_THAT(*scenario_->DueTimers("acme", partition, 99, 10, Soon()), IsEmpty());
  AccountWrite clear = Write(keys[2], 1);
  clear.timer_day = AccountWrite::kClearTimer;
  CommitOne(*ledger_, clear);
  EXPECT_EQ(ledger_->DueTimers("acme", partition, 99, 10, Soon())->size(), 2u);
}

TEST_P(StoreTopicsTest, EvidenceIsChainedByItsLength) {
  const AccountKey key = Key("proof");
  AccountWrite write = Write(key, 0);
  write.evidence = {"one", "two"};
  write.evidence_head_after = "h2";
  EXPECT_EQ(CommitOne(*ledger_, write).outcome, WriteOutcome::kApplied);
  AccountWrite fork = Write(key, 1);
  fork.evidence = {"three"};
  fork.evidence_count_read = 1;
  EXPECT_EQ(CommitOne(*ledger_, fork).outcome, WriteOutcome::kStale);
  fork.evidence_count_read = 2;
  fork.evidence_head_after = "h3";
  EXPECT_EQ(CommitOne(*ledger_, fork).outcome, WriteOutcome::kApplied);
  const AccountRecord record = ReadAll(key);
  EXPECT_EQ(record.evidence_count, 3u);
  EXPECT_EQ(record.evidence_head, "h3");
  EXPECT_THAT(*ledger_->ReadEvidence(key, 0, 10, Soon()), ElementsAre("one", "two", "three"));
  EXPECT_THAT(*ledger_->ReadEvidence(key, 1, 1, Soon()), ElementsAre("two"));
  EXPECT_THAT(*ledger_->ReadEvidence(key, 3, 5, Soon()), IsEmpty());
  EXPECT_THAT(*ledger_->ReadEvidence(Key("none"), 0, 5, Soon()), IsEmpty());
}

TEST_P(StoreTopicsTest, TheOutboxBelongsToTheService) {
  const AccountKey key = Key("post");
  const int partition = ledger_->PartitionOf(key);
  AccountWrite write = Write(key, 0);
  write.outbox_put = {{"m2", "b"}, {"m1", "a"}};
  CommitOne(*ledger_, write);
  EXPECT_THAT(*ledger_->ReadOutbox(partition, 10, Soon()), ElementsAre(Pair("m1", "a"), Pair("m2", "b")));
  EXPECT_EQ(ledger_->ReadOutbox(partition, 1, Soon())->size(), 1u);
  EXPECT_THAT(*scenario_->ReadOutbox(partition, 10, Soon()), IsEmpty());
  AccountWrite sent = Write(key, 1);
  sent.set.clear();
  sent.outbox_erase = {"m1"};
  CommitOne(*ledger_, sent);
  EXPECT_THAT(*ledger_->ReadOutbox(partition, 10, Soon()), ElementsAre(Pair("m2", "b")));
}

TEST_P(StoreTopicsTest, ALeaseIsHeldRenewedReleasedAndTakenOver) {
  const std::vector<int> both = {0, 1};
  auto mine = ledger_->AcquireLeases(both, "a", absl::Minutes(5), Soon());
  ASSERT_TRUE(mine.ok());
  ASSERT_TRUE(mine->at(0).has_value() && mine->at(1).has_value());
  EXPECT_EQ(mine->at(1)->partition, 1);
  EXPECT_EQ(ledger_->AcquireLeases({0}, "a", absl::Minutes(5), Soon())->at(0)->token, mine->at(0)->token);
  EXPECT_FALSE(ledger_->AcquireLeases({0}, "b", absl::Minutes(5), Soon())->at(0).has_value());
  EXPECT_TRUE(scenario_->AcquireLeases({0}, "b", absl::Minutes(5), Soon())->at(0).has_value());

  const Lease foreign{0, mine->at(0)->token};
  ASSERT_TRUE(ledger_->ReleaseLeases({foreign}, "b", Soon()).ok());
  EXPECT_FALSE(ledger_->AcquireLeases({0}, "b", absl::Minutes(5), Soon())->at(0).has_value());
  ASSERT_TRUE(ledger_->ReleaseLeases({*mine->at(0)}, "a", Soon()).ok());
  auto taken = ledger_->AcquireLeases({0}, "b", absl::Milliseconds(1), Soon());
  ASSERT_TRUE(taken->at(0).has_value());
  EXPECT_GT(taken->at(0)->token, mine->at(0)->token);
  std::optional<Lease> after_expiry;
  EXPECT_TRUE(AwaitCondition([&] {
    backend_->AdvanceTime(absl::Milliseconds(1));
    after_expiry = ledger_->AcquireLeases({0}, "c", absl::Minutes(5), Soon())->at(0);
    return after_expiry.has_value();
  }));
  EXPECT_GT(after_expiry->token, taken->at(0)->token);
}

TEST_P(StoreTopicsTest, TheFeedIsDenseAndAGapShowsAfterTrimming) {
  const std::vector<AccountKey> keys = Neighbours(1);
  const int partition = ledger_->PartitionOf(keys[0]);
  for (int i = 0; i < 6; ++i) CommitOne(*ledger_, Write(keys[0], i));
  EXPECT_THAT(*ledger_->FeedEnds({partition}, Soon()), ElementsAre(6));
  const auto limited = ledger_->ReadFeed({{partition, 2}}, 3, Soon());
  ASSERT_EQ(limited->at(0).entries.size(), 3u);
  EXPECT_EQ(limited->at(0).entries[0].position, 3);
  EXPECT_EQ(limited->at(0).entries[2].accounts[0].second, 5);

  CommitBatch move;
  move.partition = partition;
  move.cursor_to = 4;
  ASSERT_TRUE(ledger_->Commit({move}, Soon())->at(0).ok());
  ASSERT_TRUE(ledger_->TrimFeed({partition}, 3, Soon()).ok());  // keeps 4, 5, 6
  EXPECT_TRUE(ledger_->ReadFeed({{partition, 2}}, 100, Soon())->at(0).gap);
  EXPECT_FALSE(ledger_->ReadFeed({{partition, 3}}, 100, Soon())->at(0).gap);
  ASSERT_TRUE(ledger_->TrimFeed({partition}, 0, Soon()).ok());  // never past a cursor
  EXPECT_EQ(Feed(partition, 4).size(), 2u);
  move.cursor_to = 6;
  ASSERT_TRUE(ledger_->Commit({move}, Soon())->at(0).ok());
  ASSERT_TRUE(ledger_->TrimFeed({partition}, 0, Soon()).ok());
  EXPECT_TRUE(ledger_->ReadFeed({{partition, 5}}, 100, Soon())->at(0).gap);
  EXPECT_THAT(Feed(partition, 6), IsEmpty());
  EXPECT_TRUE(ledger_->ReadFeed({{partition, 7}}, 100, Soon())->at(0).gap);  // the feed went back: restored
  CommitOne(*ledger_, Write(keys[0], 6));
  EXPECT_EQ(Feed(partition, 6).at(0).position, 7);
}

TEST_P(StoreTopicsTest, DocumentsHaveVersions) {
  EXPECT_EQ(ledger_->GetDocuments("acme", {"clock"}, Soon())->at(0).version, 0);
  EXPECT_THAT(*ledger_->PutDocument("acme", "scenario/b/1", "x", 0, Soon()), 1);
  EXPECT_THAT(*ledger_->PutDocument("acme", "scenario/a/2", "y", 0, Soon()), 1);
  EXPECT_THAT(*ledger_->PutDocument("acme", "tenant", "t", 0, Soon()), 1);
  EXPECT_THAT(*ledger_->PutDocument("", "tenant", "installation", 0, Soon()), 1);
  EXPECT_THAT(*ledger_->PutDocument("acme", "tenant", "t2", 1, Soon()), 2);
  const auto conflict = ledger_->PutDocument("acme", "tenant", "t3", 1, Soon());
  EXPECT_EQ(conflict.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(conflict.status()), kDocumentChanged);
  EXPECT_EQ(ReasonOf(ledger_->PutDocument("ghost", "tenant", "t", 3, Soon()).status()), kDocumentChanged);
  auto documents = scenario_->GetDocuments("acme", {"none", "tenant"}, Soon());
  ASSERT_TRUE(documents.ok());
  EXPECT_EQ(documents->at(0).version, 0);
  EXPECT_EQ(documents->at(1).value, "t2");
  EXPECT_THAT(*ledger_->ListDocuments("acme", "scenario/", Soon()),
              ElementsAre("scenario/a/2", "scenario/b/1"));
  EXPECT_THAT(*ledger_->ListDocuments("acme", "", Soon()),
              ElementsAre("scenario/a/2", "scenario/b/1", "tenant"));
  EXPECT_THAT(*ledger_->ListDocuments("", "", Soon()), ElementsAre("tenant"));
  EXPECT_THAT(*ledger_->PutDocument("beta", "tenant", "t", 0, Soon()), 1);
  EXPECT_THAT(*ledger_->ListTenants(Soon()), ElementsAre("acme", "beta"));
}

TEST_P(StoreTopicsTest, CampaignWritesNoFieldButKeepsRequestsAndOutbox) {
  const std::unique_ptr<Store> campaign = backend_->Open(Service::kCampaign);
  AccountWrite write;
  write.key = Key("camp");
  write.request_id = "r";
  write.outbox_put = {{"m", "x"}};
  EXPECT_EQ(CommitOne(*campaign, write).outcome, WriteOutcome::kApplied);
  EXPECT_EQ(CommitOne(*campaign, write).outcome, WriteOutcome::kReplayed);
  EXPECT_FALSE(ReadAll(write.key).exists);
}

RELANCE_ON_EVERY_STORE(StoreTopicsTest);

}  // namespace
}  // namespace relance::store
