// What the store does when Redis, or the way to it, fails: an error that says what is known, and then
// recovery.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "common/status/domain_error.h"
#include "common/store/errors.h"
#include "common/store/store.h"
#include "tests/redis/writers.h"
#include "tests/support/fault_gate.h"
#include "tests/support/redis_process.h"

namespace relance::store {
namespace {

using ::relance::testing::AwaitCondition;
using ::relance::testing::BatchOf;
using ::relance::testing::FaultGate;
using ::relance::testing::RedisProcess;

Deadline Soon() { return After(absl::Seconds(20)); }

StoreOptions OptionsFor(const std::string& address) {
  StoreOptions options;
  options.address = address;
  options.partitions = 8;
  options.connections = 2;
  return options;
}

class StoreFaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    gate_ = std::make_unique<FaultGate>(redis_.socket_path());
    auto store = Store::Open(OptionsFor(gate_->address()), Service::kLedger);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  absl::Status CommitStatus(const AccountKey& key, int64_t version, Deadline deadline) {
    auto results = store_->Commit({BatchOf(*store_, key, version)}, deadline);
    EXPECT_TRUE(results.ok()) << results.status();
    return results->at(0).status();
  }

  int64_t VersionOf(const AccountKey& key) {
    AccountRead read;
    read.key = key;
    auto records = store_->Read({read}, Soon());
    EXPECT_TRUE(records.ok()) << records.status();
    return records->at(0).versions[kLedgerOwner];
  }

  RedisProcess redis_;
  std::unique_ptr<FaultGate> gate_;
  std::unique_ptr<Store> store_;
  const AccountKey key_{"acme", "a"};
};

TEST_F(StoreFaultTest, RefusedConnectionsAreUnavailableAndThenRecover) {
  gate_->Refuse();
  EXPECT_EQ(ReasonOf(store_->Ping(Soon())), kStoreUnavailable);
  EXPECT_EQ(ReasonOf(CommitStatus(key_, 0, Soon())), kStoreUnavailable);
  gate_->Pass();
  EXPECT_TRUE(store_->Ping(Soon()).ok());
  EXPECT_EQ(VersionOf(key_), 0);
  EXPECT_TRUE(CommitStatus(key_, 0, Soon()).ok());
  EXPECT_EQ(VersionOf(key_), 1);
}

TEST_F(StoreFaultTest, AStalledRedisEndsAtTheDeadline) {
  gate_->Stall();
  for (bool write : {false, true}) {
    const auto start = std::chrono::steady_clock::now();
    const Deadline deadline = After(absl::Milliseconds(150));
    const absl::Status status = write ? CommitStatus(key_, 0, deadline) : store_->Ping(deadline);
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_EQ(ReasonOf(status), kStoreDeadline);
    EXPECT_GE(took, std::chrono::milliseconds(150));
    EXPECT_LT(took, std::chrono::milliseconds(1500));
  }
  gate_->Pass();
  EXPECT_TRUE(store_->Ping(Soon()).ok());
  // The held commit may arrive now or never: whoever repeats it meets its version, and it counts once.
  EXPECT_TRUE(AwaitCondition([&] {
    const int64_t version = VersionOf(key_);
    return version == 1 || CommitStatus(key_, version, Soon()).ok();
  }));
  EXPECT_EQ(VersionOf(key_), 1);
}

TEST_F(StoreFaultTest, TheCallTimeoutBoundsACallerWithoutADeadline) {
  StoreOptions options = OptionsFor(gate_->address());
  options.call_timeout = absl::Milliseconds(200);
  auto store = Store::Open(options, Service::kLedger);
  ASSERT_TRUE(store.ok());
  gate_->Stall();
  EXPECT_EQ(ReasonOf((*store)->Ping(Deadline::max())), kStoreDeadline);
}

TEST_F(StoreFaultTest, ALostReplyOfAWriteIsUnknownAndNotSentAgain) {
  gate_->CutRepliesAfter(0);
  const absl::Status status = CommitStatus(key_, 0, Soon());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), kStoreUnavailable);
  EXPECT_EQ(gate_->cuts(), 1);
  EXPECT_EQ(VersionOf(key_), 1);
}

TEST_F(StoreFaultTest, ALostReplyOfAReadIsReadAgain) {
  ASSERT_TRUE(CommitStatus(key_, 0, Soon()).ok());
  gate_->CutRepliesAfter(3);
  EXPECT_EQ(VersionOf(key_), 1);
  EXPECT_EQ(gate_->cuts(), 1);
  EXPECT_GE(store_->stats().reconnects, 1);
}

TEST_F(StoreFaultTest, ARequestCutInTheMiddleIsNotDone) {
  for (int64_t bytes : {1, 100, 200}) {
    SCOPED_TRACE(bytes);
    gate_->CutRequestsAfter(bytes);
    EXPECT_EQ(ReasonOf(CommitStatus(key_, 0, Soon())), kStoreUnavailable);
    EXPECT_EQ(VersionOf(key_), 0);
  }
  EXPECT_TRUE(CommitStatus(key_, 0, Soon()).ok());
}

TEST_F(StoreFaultTest, ARepeatWithItsRequestIdIsAnsweredNotDoneTwice) {
  CommitBatch batch = BatchOf(*store_, key_, 0);
  batch.writes[0].request_id = "r1";
  batch.writes[0].request_payload_hash = "h";
  batch.writes[0].request_response = "answer";
  gate_->CutRepliesAfter(0);
  EXPECT_FALSE(store_->Commit({batch}, Soon())->at(0).ok());
  auto again = store_->Commit({batch}, Soon());
  ASSERT_TRUE(again->at(0).ok());
  EXPECT_EQ(again->at(0)->at(0).outcome, WriteOutcome::kReplayed);
  EXPECT_EQ(again->at(0)->at(0).response, "answer");
  EXPECT_EQ(VersionOf(key_), 1);
}

TEST_F(StoreFaultTest, AFlushedFunctionLibraryIsLoadedAgain) {
  ASSERT_EQ(redis_.Command({"FUNCTION", "FLUSH"}), "OK");
  EXPECT_TRUE(CommitStatus(key_, 0, Soon()).ok());
  EXPECT_EQ(VersionOf(key_), 1);
  ASSERT_EQ(redis_.Command({"FUNCTION", "FLUSH"}), "OK");
  EXPECT_TRUE(store_->ReadFeed({{0, 0}}, 10, Soon()).ok());
}

TEST_F(StoreFaultTest, AnotherNumberOfPartitionsIsRefused) {
  StoreOptions options = OptionsFor(redis_.address());
  options.partitions = 16;
  const auto store = Store::Open(options, Service::kRisk);
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(store.status()), kPartitionsDiffer);
  EXPECT_EQ(ErrorInfoOf(store.status()).metadata["stored"], "8");
}

TEST_F(StoreFaultTest, AFullRedisSaysSoAndNothingIsWritten) {
  ASSERT_EQ(redis_.Command({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  EXPECT_EQ(ReasonOf(CommitStatus(key_, 0, Soon())), kStoreFull);
  ASSERT_EQ(redis_.Command({"CONFIG", "SET", "maxmemory", "0"}), "OK");
  EXPECT_EQ(VersionOf(key_), 0);
}

TEST_F(StoreFaultTest, AWriteThatNoReplicaAcknowledgedIsUnknown) {
  StoreOptions options = OptionsFor(redis_.address());
  options.replicas_to_wait = 1;
  auto store = Store::Open(options, Service::kLedger);
  ASSERT_TRUE(store.ok());
  auto results = (*store)->Commit({BatchOf(**store, key_, 0)}, After(absl::Milliseconds(200)));
  EXPECT_EQ(ReasonOf(results->at(0).status()), kStoreUnavailable);
  EXPECT_EQ(VersionOf(key_), 1);
}

TEST_F(StoreFaultTest, TlsNeedsItsLibrary) {
  StoreOptions options = OptionsFor(redis_.address());
  options.tls = true;
  options.tls_ca_file = "/nonexistent/ca.pem";
  const std::string reason = ReasonOf(Store::Open(options, Service::kRisk).status());
  EXPECT_TRUE(reason == kTlsUnsupported || reason == kBadTlsFile) << reason;
}

TEST_F(StoreFaultTest, TheWrongPasswordIsNotRetried) {
  ASSERT_EQ(redis_.Command({"CONFIG", "SET", "requirepass", "secret"}), "OK");
  StoreOptions options = OptionsFor(redis_.address());
  EXPECT_EQ(ReasonOf(Store::Open(options, Service::kRisk).status()), kStoreAuth);
  options.password = "wrong";
  EXPECT_EQ(ReasonOf(Store::Open(options, Service::kRisk).status()), kStoreAuth);
  options.password = "secret";
  EXPECT_TRUE(Store::Open(options, Service::kRisk).ok());
}

TEST(StoreOpenTest, AddressesAndOptions) {
  for (const char* address : {"", "nowhere", "host:", "host:0", "host:70000", ":6379", "unix:", "a:1,,b:2"}) {
    SCOPED_TRACE(address);
    EXPECT_EQ(ReasonOf(Store::Open(OptionsFor(address), Service::kLedger).status()), kBadAddress);
  }
  EXPECT_EQ(ReasonOf(Store::Open(OptionsFor("unix:/nonexistent/redis.sock"), Service::kLedger).status()),
            kStoreUnavailable);
  StoreOptions none = OptionsFor("unix:/nonexistent/redis.sock");
  none.partitions = 0;
  EXPECT_EQ(ReasonOf(Store::Open(none, Service::kLedger).status()), kBadPartition);
}

}  // namespace
}  // namespace relance::store
