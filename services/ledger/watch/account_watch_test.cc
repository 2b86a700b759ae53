// WatchAccounts behind an in-process channel, on the store in memory.
#include "services/ledger/watch/account_watch.h"

#include <grpcpp/grpcpp.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/account/account_view.h"
#include "common/rpc/call_handler.h"
#include "common/rpc/status_conversion.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/tenant/tenant_directory.h"
#include "common/time/testing/simulated_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "services/ledger/watch/reasons.h"
#include "services/ledger/watch/watch_position.h"

namespace relance::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kPoll = absl::Milliseconds(100);

class Server : public v1::LedgerService::WithCallbackMethod_WatchAccounts<v1::LedgerService::Service> {
 public:
  explicit Server(AccountWatch* watch) : watch_(watch) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub_ = v1::LedgerService::NewStub(server_->InProcessChannel({}));
  }
  ~Server() override { server_->Shutdown(); }

  grpc::ServerWriteReactor<v1::WatchAccountsResponse>* WatchAccounts(
      grpc::CallbackServerContext* context, const v1::WatchAccountsRequest* request) override {
    return AccountWatch::Stream::Run(context, [this, context, request](AccountWatch::Stream& stream) {
      return calls_.Handle(context, [&](const rpc::CallContext&) { return watch_->Run(*request, stream); });
    });
  }
  v1::LedgerService::Stub& stub() { return *stub_; }

 private:
  const rpc::CallHandler calls_{{.service = "ledger"}};
  AccountWatch* const watch_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::LedgerService::Stub> stub_;
};

// A caller's side of one stream.
class Caller {
 public:
  Caller(v1::LedgerService::Stub& stub, const std::string& tenant, const std::string& position = "",
         const std::vector<std::string>& accounts = {}) {
    v1::WatchAccountsRequest request;
    request.set_tenant_id(tenant);
    request.set_position(position);
    for (const auto& account : accounts) request.add_account_ids(account);
    reader_ = stub.WatchAccounts(&context_, request);
  }
  ~Caller() { Go(); }

  // "" for a position alone, "<account>@<etag>" for an account, "end" when the stream has ended.
  std::string Next() {
    v1::WatchAccountsResponse response;
    if (!reader_->Read(&response)) return "end";
    position_ = response.position();
    if (!response.has_account()) return "";
    return absl::StrCat(response.account().account_id(), "@", response.account().etag());
  }
  std::vector<std::string> Next(int count) {
    std::vector<std::string> answers;
    while (count-- > 0) answers.push_back(Next());
    return answers;
  }
  // Waits for the end; "<code> <reason>".
  std::string End() {
    v1::WatchAccountsResponse response;
    while (reader_->Read(&response)) {
    }
    const absl::Status status = rpc::FromGrpcStatus(reader_->Finish());
    ended_ = true;
    return absl::StrCat(absl::StatusCodeToString(status.code()), " ", ReasonOf(status));
  }
  void Go() {
    if (ended_) return;
    context_.TryCancel();
    End();
  }
  const std::string& position() const { return position_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchAccountsResponse>> reader_;
  std::string position_;
  bool ended_ = false;
};

class AccountWatchTest : public ::testing::Test {
 protected:
  AccountWatchTest()
      : store_(store::Service::kLedger, 3), tenants_(&store_, [this] { return clock_.TimeNow(); }) {
    for (const char* tenant : {"demo", "other"}) {
      state::v1::TenantConfig config;
      config.set_id(tenant);
      config.set_time_zone("Europe/Paris");
      RELANCE_CHECK(store_.PutDocument(tenant, kTenantDocument, config.SerializeAsString(), 0, Soon()).ok());
    }
    Start({});
  }
  ~AccountWatchTest() override { server_.reset(); }

  void Start(WatchOptions options) {
    server_.reset();
    watch_ = std::make_unique<AccountWatch>(
        &store_, &tenants_, &clock_,
        [](const AccountView& view, absl::CivilDay) -> absl::StatusOr<v1::Account> {
          v1::Account account;
          account.set_account_id(view.key.account);
          account.set_etag(view.sum.attributes().name());
          return account;
        },
        options);
    server_ = std::make_unique<Server>(watch_.get());
  }

  static store::Deadline Soon() { return store::After(absl::Seconds(10)); }

  // Writes an account of the ledger (or of another service), with a text that tells this write from others.
  void Write(const std::string& account, const std::string& text, const std::string& tenant = "demo") {
    const store::AccountKey key{tenant, account};
    const auto record = store_.Read({{{key, {}, false}}}, Soon());
    store::AccountWrite write;
    write.key = key;
    write.read_versions = {{store::kLedgerOwner, (*record)[0].versions[store::kLedgerOwner]}};
    state::v1::LedgerSum sum;
    sum.mutable_attributes()->set_name(text);
    write.set = {{kSumField, sum.SerializeAsString()}};
    Commit(&store_, std::move(write));
  }
  void WriteOfRisk(const std::string& account) {
    const auto risk = store_.As(store::Service::kRisk);
    store::AccountWrite write;
    write.key = {"demo", account};
    write.read_versions = {{store::kRiskOwner, 0}};
    write.set = {{kRiskField, ""}};
    Commit(risk.get(), std::move(write));
  }
  static void Commit(store::Store* store, store::AccountWrite write) {
    store::CommitBatch batch;
    batch.partition = store->PartitionOf(write.key);
    batch.writes.push_back(std::move(write));
    const auto results = store->Commit({&batch, 1}, Soon());
    ASSERT_TRUE(results.ok() && (*results)[0].ok());
    ASSERT_EQ((**(*results).begin())[0].outcome, store::WriteOutcome::kApplied);
  }

  // Lets the feed be looked at once more: the poller and `watchers` callers wait.
  void Poll(int watchers = 1) {
    clock_.BlockUntilSleepers(1 + watchers);
    clock_.AdvanceTime(kPoll);
  }

  store::FakeStore store_;
  SimulatedClock clock_;
  TenantDirectory tenants_;
  std::unique_ptr<AccountWatch> watch_;
  std::unique_ptr<Server> server_;
};

TEST_F(AccountWatchTest, TellsWhatChangesFromNowOn) {
  Write("A", "before");
  Caller caller(server_->stub(), "demo");
  EXPECT_EQ(caller.Next(), "") << "a position first";
  EXPECT_NE(caller.position(), "");
  clock_.BlockUntilSleepers(2);
  Write("A", "one");
  Write("A", "two");
  Write("B", "one", "other");
  WriteOfRisk("A");
  Poll();
  EXPECT_EQ(caller.Next(), "A@two") << "once, with its newest state";
  clock_.BlockUntilSleepers(2);
  Write("B", "three");
  Poll();
  EXPECT_EQ(caller.Next(), "B@three") << "nothing of another tenant, nothing of another service";
}

TEST_F(AccountWatchTest, GoesOnWhereTheCallerWasCutOff) {
  std::string position;
  {
    Caller caller(server_->stub(), "demo");
    caller.Next();
    position = caller.position();
  }
  std::vector<std::string> all;
  for (int i = 0; i < 200; ++i) {
    Write(absl::StrCat("A", i), "x");
    all.push_back(absl::StrCat("A", i, "@x"));
  }
  // Cut off after every single answer: each one is told, and the last of a partition moves the position.
  std::set<std::string> told;
  for (int cuts = 0; cuts < 2000 && told.size() < all.size(); ++cuts) {
    Caller caller(server_->stub(), "demo", position);
    const std::string first = caller.position();
    // As many answers as move the position on.
    do {
      told.insert(caller.Next());
    } while (caller.position() == position);
    position = caller.position();
  }
  EXPECT_THAT(told, ::testing::UnorderedElementsAreArray(all));
  // Behind it nothing is left.
  Write("Z", "last");
  Caller caller(server_->stub(), "demo", position);
  EXPECT_EQ(caller.Next(), "Z@last");
}

TEST_F(AccountWatchTest, ACutInTheMiddleOfAReadBringsItAgain) {
  Caller first(server_->stub(), "demo");
  first.Next();
  const std::string start = first.position();
  first.Go();
  // One partition, several accounts of one read.
  std::vector<std::string> names;
  for (int i = 0; names.size() < 3; ++i) {
    const std::string name = absl::StrCat("P", i);
    if (store_.PartitionOf({"demo", name}) != 0) continue;
    Write(name, "x");
    names.push_back(name + "@x");
  }
  Caller cut(server_->stub(), "demo", start);
  EXPECT_EQ(cut.Next(), names[0]);
  EXPECT_EQ(cut.position(), start);
  const std::string position = cut.position();
  cut.Go();
  Caller again(server_->stub(), "demo", position);
  EXPECT_THAT(again.Next(3), ::testing::UnorderedElementsAreArray(names));
  EXPECT_NE(again.position(), start);
}

TEST_F(AccountWatchTest, TellsOnlyTheAccountsThatWereNamed) {
  Caller caller(server_->stub(), "demo", "", {"B", "C"});
  caller.Next();
  const std::string start = caller.position();
  clock_.BlockUntilSleepers(2);
  for (const char* account : {"A", "B", "C", "D"}) Write(account, "x");
  Poll();
  EXPECT_THAT(caller.Next(2), UnorderedElementsAre("B@x", "C@x"));
  caller.Go();
  Caller all(server_->stub(), "demo", start);
  EXPECT_THAT(all.Next(4), UnorderedElementsAre("A@x", "B@x", "C@x", "D@x"));
}

TEST_F(AccountWatchTest, WithoutNewsThePositionComesEvery15Seconds) {
  Caller caller(server_->stub(), "demo", "", {"A"});
  caller.Next();
  const std::string start = caller.position();
  clock_.BlockUntilSleepers(2);
  Write("B", "not asked for");
  // Each sign of life comes at its time; once the feed was asked, it has moved past what was not asked for.
  while (caller.position() == start) {
    clock_.BlockUntilSleepers(2);
    clock_.AdvanceTime(absl::Seconds(15));
    EXPECT_EQ(caller.Next(), "");
  }
  // Not before its time: what comes next is the change.
  clock_.BlockUntilSleepers(2);
  clock_.AdvanceTime(absl::Seconds(14));
  clock_.BlockUntilSleepers(2);
  Write("A", "asked for");
  clock_.AdvanceTime(kPoll);
  EXPECT_EQ(caller.Next(), "A@asked for");
}

TEST_F(AccountWatchTest, APositionThatTheFeedNoLongerHasIsLost) {
  std::string position;
  {
    Caller caller(server_->stub(), "demo");
    caller.Next();
    position = caller.position();
  }
  for (int i = 0; i < 30; ++i) Write(absl::StrCat("A", i), "x");
  ASSERT_TRUE(store_.TrimFeed({{0, 1, 2}}, 2, Soon()).ok());
  EXPECT_EQ(Caller(server_->stub(), "demo", position).End(), "OUT_OF_RANGE POSITION_LOST");
  // Further than the feed goes: the store was restored from an older state.
  const std::string ahead = EncodePosition("demo", std::vector<int64_t>{999, 999, 999});
  EXPECT_EQ(Caller(server_->stub(), "demo", ahead).End(), "OUT_OF_RANGE POSITION_LOST");
}

TEST_F(AccountWatchTest, RefusesInTheOrderOfItsReasons) {
  const std::string good = EncodePosition("demo", std::vector<int64_t>{0, 0, 0});
  const std::vector<std::string> too_many(kWatchedAccountsMax + 1, "A");
  struct Row {
    const char* name;
    std::string tenant, position;
    std::vector<std::string> accounts;
    const char* refusal;
  };
  const Row rows[] = {
      {"no such tenant", "nobody", "nonsense", too_many, "NOT_FOUND TENANT_NOT_FOUND"},
      {"too many accounts", "demo", "nonsense", too_many, "INVALID_ARGUMENT WATCHED_TOO_MANY"},
      {"nonsense", "demo", "nonsense", {}, "INVALID_ARGUMENT POSITION_INVALID"},
      {"another tenant's", "other", good, {}, "INVALID_ARGUMENT POSITION_INVALID"},
      {"fewer partitions",
       "demo",
       EncodePosition("demo", std::vector<int64_t>{0, 0}),
       {},
       "INVALID_ARGUMENT POSITION_INVALID"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Caller(server_->stub(), row.tenant, row.position, row.accounts).End(), row.refusal);
  }
  Write("A", "x");
  const std::vector<std::string> enough(kWatchedAccountsMax, "A");
  Caller accepted(server_->stub(), "demo", good, enough);
  EXPECT_EQ(accepted.Next(), "A@x");
}

TEST_F(AccountWatchTest, AtMostSoManyWatchAtOnce) {
  Start({.watchers_max = 2});
  auto one = std::make_unique<Caller>(server_->stub(), "demo");
  Caller two(server_->stub(), "demo");
  one->Next();
  two.Next();
  EXPECT_EQ(Caller(server_->stub(), "demo").End(), "RESOURCE_EXHAUSTED TOO_MANY_WATCHERS");
  one.reset();
  // The place is free when the server has seen the caller go: the poller and one watcher are left.
  while (true) {
    Caller three(server_->stub(), "demo");
    if (three.Next() == "") break;
    EXPECT_EQ(three.End(), "RESOURCE_EXHAUSTED TOO_MANY_WATCHERS");
  }
}

TEST_F(AccountWatchTest, StoppingEndsEveryoneAndRefusesMore) {
  Caller waiting(server_->stub(), "demo");
  waiting.Next();
  clock_.BlockUntilSleepers(2);
  watch_->Stop();
  EXPECT_EQ(waiting.End(), "UNAVAILABLE WATCH_ENDED");
  EXPECT_EQ(Caller(server_->stub(), "demo").End(), "UNAVAILABLE WATCH_ENDED");
}

TEST_F(AccountWatchTest, ACallerWhoDoesNotReadHoldsNothingUp) {
  Caller first(server_->stub(), "demo");
  first.Next();
  const std::string start = first.position();
  first.Go();
  // Far more than a connection takes without a reader.
  const std::string large(60'000, 'x');
  for (int i = 0; i < 100; ++i) Write(absl::StrCat("A", i), large);
  Caller silent(server_->stub(), "demo", start);
  Caller other(server_->stub(), "demo");
  EXPECT_EQ(other.Next(), "");
  watch_->Stop();
  EXPECT_THAT(silent.End(), ::testing::AnyOf("UNAVAILABLE WATCH_ENDED", "CANCELLED "));
  EXPECT_THAT(other.End(), ::testing::AnyOf("UNAVAILABLE WATCH_ENDED", "CANCELLED "));
}

TEST(WatchPositionTest, ComesBackAsItWas) {
  for (const std::vector<int64_t>& positions : {std::vector<int64_t>{0},
                                                {1, 127, 128, 16383, 16384},
                                                {INT64_MAX / 2, 0, 3},
                                                std::vector<int64_t>(64, 1)}) {
    const std::string token = EncodePosition("t", positions);
    const auto decoded = DecodePosition("t", static_cast<int>(positions.size()), token);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, positions);
    // No single character may be changed.
    for (size_t i = 0; i < token.size(); ++i) {
      std::string broken = token;
      broken[i] = broken[i] == 'A' ? 'B' : 'A';
      const auto result = DecodePosition("t", static_cast<int>(positions.size()), broken);
      EXPECT_TRUE(!result.ok() || *result == positions) << i;
    }
  }
}

}  // namespace
}  // namespace relance::ledger
