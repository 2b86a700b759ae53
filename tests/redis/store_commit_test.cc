// Reading and committing accounts: versions, requests, cursor, what is refused. Runs on every implementation
// of Store.
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

class StoreCommitTest : public StoreConformanceTest {};

TEST_P(StoreCommitTest, AnAccountThatIsNotThere) {
  const AccountRecord record = ReadAll(Key("none"));
  EXPECT_FALSE(record.exists);
  EXPECT_EQ(record.key, Key("none"));
  EXPECT_THAT(record.fields, IsEmpty());
  EXPECT_THAT(record.versions, ElementsAre(0, 0, 0, 0));
}

TEST_P(StoreCommitTest, WritesFieldsAndCountsVersions) {
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

TEST_P(StoreCommitTest, ReadsOnlyTheFieldsAskedForInTheOrderOfTheReads) {
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

TEST_P(StoreCommitTest, AStaleVersionIsRefusedWhileOthersApply) {
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

TEST_P(StoreCommitTest, AVersionOfAnotherOwnerCountsToo) {
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

TEST_P(StoreCommitTest, TheCursorMovesForwardOnlyAndNeverPastARefusal) {
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

TEST_P(StoreCommitTest, WhatChangesNoFieldHasNoVersionAndNoFeedEntry) {
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

TEST_P(StoreCommitTest, ARequestIsDoneOnceAndAnsweredAgain) {
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

TEST_P(StoreCommitTest, ARequestRecordExpires) {
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

TEST_P(StoreCommitTest, AStaleTokenIsRefusedWhole) {
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

TEST_P(StoreCommitTest, AWholeBatchOfTheGreatestSize) {
  const std::vector<AccountKey> keys = Neighbours(kBatchMax);
  std::vector<AccountWrite> writes;
  for (const AccountKey& key : keys) writes.push_back(Write(key, 0, std::string(2000, 'x')));
  auto results = ledger_->Commit({Batch(writes)}, Soon());
  ASSERT_TRUE(results.ok() && results->at(0).ok());
  EXPECT_EQ(Feed(ledger_->PartitionOf(keys[0])).at(0).accounts.size(), static_cast<size_t>(kBatchMax));
  EXPECT_EQ(ledger_->ListAccounts("acme", ledger_->PartitionOf(keys[0]), Soon())->size(), keys.size());
}

TEST_P(StoreCommitTest, ManyBatchesOverAllPartitions) {
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

TEST_P(StoreCommitTest, WhatIsRefusedBeforeItIsSent) {
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

RELANCE_ON_EVERY_STORE(StoreCommitTest);

}  // namespace
}  // namespace relance::store
