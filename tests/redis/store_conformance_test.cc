// One suite for every implementation of Store: in memory, on plain Redis, on one node in cluster mode, on a
// cluster of three. What a service's unit test learns from FakeStore holds on Redis because of this file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/store/errors.h"
#include "common/store/store.h"
#include "tests/redis/store_backend.h"
#include "tests/support/redis_process.h"

namespace relance::store {
namespace {

using ::relance::testing::AwaitCondition;
using ::relance::testing::BackendKind;
using ::relance::testing::StoreBackend;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Deadline Soon() { return After(absl::Seconds(20)); }

class StoreConformanceTest : public ::testing::TestWithParam<BackendKind> {
 protected:
  // One server for all tests of a kind; each test has a tenant of its own, or a fresh state where it reads
  // the feed.
  void SetUp() override {
    backend_ = StoreBackend::Create(GetParam());
    ledger_ = backend_->Open(Service::kLedger);
    scenario_ = backend_->Open(Service::kScenario);
  }

  AccountKey Key(absl::string_view account) const { return {"acme", std::string(account)}; }

  AccountWrite Write(const AccountKey& key, int64_t version, absl::string_view value = "v") const {
    AccountWrite write;
    write.key = key;
    write.read_versions = {{kLedgerOwner, version}};
    write.set = {{"sum", std::string(value)}};
    return write;
  }

  CommitBatch Batch(std::vector<AccountWrite> writes) const {
    CommitBatch batch;
    batch.partition = ledger_->PartitionOf(writes.front().key);
    batch.writes = std::move(writes);
    return batch;
  }

  // Accounts of one partition.
  std::vector<AccountKey> Neighbours(int count) const {
    std::vector<AccountKey> keys = {Key("n0")};
    for (int i = 1; static_cast<int>(keys.size()) < count; ++i) {
      AccountKey key = Key(absl::StrCat("n", i));
      if (ledger_->PartitionOf(key) == ledger_->PartitionOf(keys[0])) keys.push_back(key);
    }
    return keys;
  }

  WriteResult CommitOne(Store& store, const AccountWrite& write) {
    CommitBatch batch = Batch({write});
    auto results = store.Commit({batch}, Soon());
    EXPECT_TRUE(results.ok()) << results.status();
    EXPECT_TRUE(results->at(0).ok()) << results->at(0).status();
    return results->at(0)->at(0);
  }

  AccountRecord ReadAll(const AccountKey& key) {
    AccountRead read;
    read.key = key;
    read.all_fields = true;
    auto records = ledger_->Read({read}, Soon());
    EXPECT_TRUE(records.ok()) << records.status();
    return records->at(0);
  }

  std::vector<FeedEntry> Feed(int partition, int64_t after = 0) {
    auto reads = ledger_->ReadFeed({{partition, after}}, 100, Soon());
    EXPECT_TRUE(reads.ok()) << reads.status();
    EXPECT_FALSE(reads->at(0).gap);
    return reads->at(0).entries;
  }

  std::unique_ptr<StoreBackend> backend_;
  std::unique_ptr<Store> ledger_;
  std::unique_ptr<Store> scenario_;
};

TEST_P(StoreConformanceTest, AnAccountThatIsNotThere) {
  const AccountRecord record = ReadAll(Key("none"));
  EXPECT_FALSE(record.exists);
  EXPECT_EQ(record.key, Key("none"));
  EXPECT_THAT(record.fields, IsEmpty());
  EXPECT_THAT(record.versions, ElementsAre(0, 0, 0, 0));
}

TEST_P(StoreConformanceTest, WritesFieldsAndCountsVersions) {
  const AccountKey key = Key("411 DUPONT/é");
  AccountWrite write = Write(key, 0, absl::string_view("a\0\r\n{}", 6));
  write.set.push_back({"items:0", "chunk"});
  EXPECT_EQ(CommitOne(*ledger_, write).version, 1);
  AccountWrite second = Write(key, 1, "b");
  second.erase = {"items:0"};
  const WriteResult result = CommitOne(*ledger_, second);
  EXPECT_EQ(result.outcome, WriteOutcome::kApplied);
  EXPECT_EQ(result.version, 2);

  const AccountRecord record = ReadAll(key);
  EXPECT_TRUE(record.exists);
  EXPECT_THAT(record.fields, ElementsAre(Pair("sum", "b")));
  EXPECT_THAT(record.versions, ElementsAre(2, 0, 0, 0));
  auto keys = ledger_->ListAccounts("acme", ledger_->PartitionOf(key), Soon());
  ASSERT_TRUE(keys.ok());
  EXPECT_THAT(*keys, ElementsAre(key));
}

TEST_P(StoreConformanceTest, ReadsOnlyTheFieldsAskedForInTheOrderOfTheReads) {
  for (const char* name : {"a", "b", "c"}) CommitOne(*ledger_, Write(Key(name), 0, name));
  std::vector<AccountRead> reads;
  for (const char* name : {"c", "none", "a", "b"}) reads.push_back({Key(name), {"sum", "plan"}});
  auto records = ledger_->Read(reads, Soon());
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 4u);
  EXPECT_THAT(records->at(0).fields, ElementsAre(Pair("sum", "c")));
  EXPECT_FALSE(records->at(1).exists);
  EXPECT_THAT(records->at(2).fields, ElementsAre(Pair("sum", "a")));
  EXPECT_EQ(records->at(3).versions[kLedgerOwner], 1);
}

TEST_P(StoreConformanceTest, AStaleVersionIsRefusedWhileOthersApply) {
  const std::vector<AccountKey> keys = Neighbours(3);
  CommitOne(*ledger_, Write(keys[1], 0));
  CommitBatch batch = Batch({Write(keys[0], 0, "x"), Write(keys[1], 0, "x"), Write(keys[2], 0, "x")});
  batch.cursor_to = 7;
  auto results = ledger_->Commit({batch}, Soon());
  ASSERT_TRUE(results.ok() && results->at(0).ok());
  EXPECT_EQ(results->at(0)->at(0).outcome, WriteOutcome::kApplied);
  EXPECT_EQ(results->at(0)->at(1).outcome, WriteOutcome::kStale);
  EXPECT_EQ(results->at(0)->at(1).version, 1);
  EXPECT_EQ(results->at(0)->at(2).outcome, WriteOutcome::kApplied);
  EXPECT_THAT(ReadAll(keys[1]).fields, ElementsAre(Pair("sum", "v")));
  EXPECT_THAT(ReadAll(keys[2]).fields, ElementsAre(Pair("sum", "x")));
  EXPECT_THAT(*ledger_->Cursors({batch.partition}, Service::kLedger, Soon()), ElementsAre(0));

  const std::vector<FeedEntry> feed = Feed(batch.partition);
  ASSERT_EQ(feed.size(), 2u);
  EXPECT_EQ(feed[1].position, 2);
  EXPECT_EQ(feed[1].service, "ledger");
  EXPECT_THAT(feed[1].accounts, ElementsAre(Pair(keys[0], 1), Pair(keys[2], 1)));
}

TEST_P(StoreConformanceTest, AVersionOfAnotherOwnerCountsToo) {
  const AccountKey key = Key("shared");
  CommitOne(*ledger_, Write(key, 0));
  AccountWrite plan;
  plan.key = key;
  plan.read_versions = {{kPlanOwner, 0}, {kLedgerOwner, 0}};
  plan.set = {{"plan", "p"}};
  EXPECT_EQ(CommitOne(*scenario_, plan).outcome, WriteOutcome::kStale);
  plan.read_versions = {{kPlanOwner, 0}, {kLedgerOwner, 1}};
  EXPECT_EQ(CommitOne(*scenario_, plan).outcome, WriteOutcome::kApplied);
  EXPECT_THAT(ReadAll(key).versions, ElementsAre(1, 0, 1, 0));
}

TEST_P(StoreConformanceTest, TheCursorMovesForwardOnlyAndNeverPastARefusal) {
  const std::vector<AccountKey> keys = Neighbours(3);
  CommitBatch first = Batch({Write(keys[0], 0)}), second = Batch({Write(keys[1], 9)}),
              third = Batch({Write(keys[2], 0)});
  first.cursor_to = 3;
  second.cursor_to = 4;
  third.cursor_to = 5;
  auto results = ledger_->Commit({first, second, third}, Soon());
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(results->at(1)->at(0).outcome, WriteOutcome::kStale);
  EXPECT_EQ(results->at(2)->at(0).outcome, WriteOutcome::kApplied);
  EXPECT_THAT(*ledger_->Cursors({first.partition}, Service::kLedger, Soon()), ElementsAre(3));

  CommitBatch back;
  back.partition = first.partition;
  back.cursor_to = 2;
  ASSERT_TRUE(ledger_->Commit({back}, Soon())->at(0).ok());
  EXPECT_THAT(*ledger_->Cursors({first.partition}, Service::kLedger, Soon()), ElementsAre(3));
  back.cursor_to = 8;
  ASSERT_TRUE(ledger_->Commit({back}, Soon())->at(0).ok());
  EXPECT_THAT(*ledger_->Cursors({first.partition}, Service::kLedger, Soon()), ElementsAre(8));
  EXPECT_THAT(*ledger_->Cursors({first.partition}, Service::kRisk, Soon()), ElementsAre(0));
}

TEST_P(StoreConformanceTest, WhatChangesNoFieldHasNoVersionAndNoFeedEntry) {
  const AccountKey key = Key("quiet");
  CommitOne(*ledger_, Write(key, 0));
  AccountWrite timer;
  timer.key = key;
  timer.read_versions = {{kLedgerOwner, 1}};
  timer.timer_day = 20000;
  EXPECT_EQ(CommitOne(*ledger_, timer).version, 1);
  AccountWrite silent = Write(key, 1);
  silent.announce = false;
  EXPECT_EQ(CommitOne(*ledger_, silent).version, 2);
  EXPECT_EQ(Feed(ledger_->PartitionOf(key)).size(), 1u);
}

TEST_P(StoreConformanceTest, TimersAreThoseOfTheTenantAndTheService) {
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

TEST_P(StoreConformanceTest, EvidenceIsChainedByItsLength) {
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

TEST_P(StoreConformanceTest, TheOutboxBelongsToTheService) {
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

TEST_P(StoreConformanceTest, ARequestIsDoneOnceAndAnsweredAgain) {
  const AccountKey key = Key("once");
  AccountWrite write = Write(key, 0);
  write.request_id = "r:1";
  write.request_payload_hash = "hash";
  write.request_response = "done";
  EXPECT_EQ(CommitOne(*ledger_, write).outcome, WriteOutcome::kApplied);
  const WriteResult again =
      CommitOne(*ledger_, write);  // its version is stale by now: the request comes first
  EXPECT_EQ(again.outcome, WriteOutcome::kReplayed);
  EXPECT_EQ(again.response, "done");
  EXPECT_EQ(again.version, 1);
  write.request_payload_hash = "has";
  EXPECT_EQ(CommitOne(*ledger_, write).outcome, WriteOutcome::kReused);
  EXPECT_EQ(ReadAll(key).versions[kLedgerOwner], 1);

  auto found = ledger_->FindRequest(key, "r:1", Soon());
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_THAT(**found, Pair("hash", "done"));
  EXPECT_FALSE(ledger_->FindRequest(key, "r", Soon())->has_value());
  EXPECT_FALSE(scenario_->FindRequest(key, "r:1", Soon())->has_value());
}

TEST_P(StoreConformanceTest, ARequestRecordExpires) {
  const AccountKey key = Key("short");
  AccountWrite write = Write(key, 0);
  write.request_id = "r1";
  write.request_ttl = absl::Milliseconds(20);
  CommitOne(*ledger_, write);
  EXPECT_TRUE(AwaitCondition([&] {
    backend_->AdvanceTime(absl::Milliseconds(20));
    return !ledger_->FindRequest(key, "r1", Soon())->has_value();
  }));
}

TEST_P(StoreConformanceTest, ALeaseIsHeldRenewedReleasedAndTakenOver) {
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

TEST_P(StoreConformanceTest, AStaleTokenIsRefusedWhole) {
  const AccountKey key = Key("fenced");
  const int partition = ledger_->PartitionOf(key);
  const Lease old = *ledger_->AcquireLeases({partition}, "a", absl::Minutes(1), Soon())->at(0);
  ASSERT_TRUE(ledger_->ReleaseLeases({old}, "a", Soon()).ok());
  const Lease now = *ledger_->AcquireLeases({partition}, "b", absl::Minutes(1), Soon())->at(0);
  CommitBatch batch = Batch({Write(key, 0)});
  batch.lease = old;
  auto refused = ledger_->Commit({batch}, Soon());
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->at(0).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused->at(0).status()), kLeaseLost);
  EXPECT_FALSE(ReadAll(key).exists);
  EXPECT_EQ(ReasonOf(ledger_->MarkWorkedTo("acme", old, 5, Soon())), kLeaseLost);
  batch.lease = now;
  EXPECT_EQ(ledger_->Commit({batch}, Soon())->at(0)->at(0).outcome, WriteOutcome::kApplied);
  EXPECT_EQ(ledger_->stats().batches_fenced, 1);
  EXPECT_TRUE(ledger_->MarkWorkedTo("acme", now, 5, Soon()).ok());
  auto worked = scenario_->WorkedTo("acme", Service::kLedger, Soon());
  ASSERT_EQ(static_cast<int>(worked->size()), ledger_->partitions());
  EXPECT_EQ(worked->at(partition), 5);
  EXPECT_EQ(scenario_->WorkedTo("acme", Service::kScenario, Soon())->at(partition), INT32_MIN);
}

TEST_P(StoreConformanceTest, TheFeedIsDenseAndAGapShowsAfterTrimming) {
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

TEST_P(StoreConformanceTest, DocumentsHaveVersions) {
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

TEST_P(StoreConformanceTest, CampaignWritesNoFieldButKeepsRequestsAndOutbox) {
  const std::unique_ptr<Store> campaign = backend_->Open(Service::kCampaign);
  AccountWrite write;
  write.key = Key("camp");
  write.request_id = "r";
  write.outbox_put = {{"m", "x"}};
  EXPECT_EQ(CommitOne(*campaign, write).outcome, WriteOutcome::kApplied);
  EXPECT_EQ(CommitOne(*campaign, write).outcome, WriteOutcome::kReplayed);
  EXPECT_FALSE(ReadAll(write.key).exists);
}

TEST_P(StoreConformanceTest, AWholeBatchOfTheGreatestSize) {
  const std::vector<AccountKey> keys = Neighbours(kBatchMax);
  std::vector<AccountWrite> writes;
  for (const AccountKey& key : keys) writes.push_back(Write(key, 0, std::string(2000, 'x')));
  auto results = ledger_->Commit({Batch(writes)}, Soon());
  ASSERT_TRUE(results.ok() && results->at(0).ok());
  EXPECT_EQ(Feed(ledger_->PartitionOf(keys[0])).at(0).accounts.size(), static_cast<size_t>(kBatchMax));
  EXPECT_EQ(ledger_->ListAccounts("acme", ledger_->PartitionOf(keys[0]), Soon())->size(), keys.size());
}

TEST_P(StoreConformanceTest, ManyBatchesOverAllPartitions) {
  std::vector<std::vector<AccountWrite>> writes(ledger_->partitions());
  for (int i = 0; i < 3000; ++i) {
    const AccountKey key = Key(absl::StrCat("m", i));
    writes[ledger_->PartitionOf(key)].push_back(Write(key, 0, absl::StrCat(i)));
  }
  std::vector<CommitBatch> batches;
  for (auto& part : writes) {
    for (size_t i = 0; i < part.size(); i += 16) {
      batches.push_back(Batch({part.begin() + i, part.begin() + std::min(part.size(), i + 16)}));
    }
  }
  auto results = ledger_->Commit(batches, Soon());
  ASSERT_TRUE(results.ok());
  for (const auto& batch : *results) {
    ASSERT_TRUE(batch.ok()) << batch.status();
    for (const WriteResult& result : *batch) EXPECT_EQ(result.outcome, WriteOutcome::kApplied);
  }
  size_t listed = 0;
  for (int partition = 0; partition < ledger_->partitions(); ++partition) {
    listed += ledger_->ListAccounts("acme", partition, Soon())->size();
  }
  EXPECT_EQ(listed, 3000u);
}

TEST_P(StoreConformanceTest, WhatIsRefusedBeforeItIsSent) {
  const AccountKey key = Key("bad");
  struct Row {
    const char* reason;
    std::function<void(CommitBatch&)> spoil;
  };
  const Row rows[] = {
      {kBadPartition, [&](CommitBatch& b) { b.partition = ledger_->partitions(); }},
      {kBadPartition, [&](CommitBatch& b) { b.partition = -1; }},
      {kBatchTooLarge, [&](CommitBatch& b) { b.writes.resize(kBatchMax + 1, b.writes[0]); }},
      {kBadLease,
       [&](CommitBatch& b) {
         b.lease = Lease{b.partition, 0};
       }},
      {kBadAccountKey, [&](CommitBatch& b) { b.writes[0].key.tenant = "Acme"; }},
      {kBadAccountKey, [&](CommitBatch& b) { b.writes[0].key.account = ""; }},
      {kBadAccountKey, [&](CommitBatch& b) { b.writes[0].key.account = "a\nb"; }},
      {kBadAccountKey, [&](CommitBatch& b) { b.writes[0].key.account = std::string(129, 'a'); }},
      {kWrongPartition, [&](CommitBatch& b) { b.partition = (b.partition + 1) % ledger_->partitions(); }},
      {kAccountTwice, [&](CommitBatch& b) { b.writes.push_back(b.writes[0]); }},
      {kWriteTooLarge,
       [&](CommitBatch& b) {
         b.writes[0].set.resize(2001, {"sum", ""});
       }},
      {kNotOwner,
       [&](CommitBatch& b) {
         b.writes[0].set = {{"plan", "p"}};
       }},
      {kNotOwner, [&](CommitBatch& b) { b.writes[0].erase = {"v:ledger"}; }},
      {kNotOwner,
       [&](CommitBatch& b) {
         b.writes[0].set = {{"summary", "p"}};
       }},
      {kOwnVersionMissing,
       [&](CommitBatch& b) {
         b.writes[0].read_versions = {{kPlanOwner, 0}};
       }},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.reason);
    CommitBatch batch = Batch({Write(key, 0)});
    row.spoil(batch);
    const auto result = ledger_->Commit({batch}, Soon());
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(result.status()), row.reason);
  }
  EXPECT_FALSE(ReadAll(key).exists);
  EXPECT_EQ(ReasonOf(ledger_->PutDocument("acme", "", "x", 0, Soon()).status()), kBadDocumentName);
  CommitBatch most = Batch({Write(key, 0)});
  most.writes[0].set.clear();
  for (int i = 0; i < 2000; ++i) most.writes[0].set.push_back({absl::StrCat("items:", i), "x"});
  EXPECT_EQ(ledger_->Commit({most}, Soon())->at(0)->at(0).outcome, WriteOutcome::kApplied);
  EXPECT_EQ(ReadAll(key).fields.size(), 2000u);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreConformanceTest,
                         ::testing::Values(BackendKind::kFake, BackendKind::kPlainRedis,
                                           BackendKind::kOneClusterNode, BackendKind::kClusterOfThree),
                         [](const auto& info) { return relance::testing::NameOf(info.param); });

}  // namespace
}  // namespace relance::store
