#include "common/worker/worker.h"

#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/domain_error.h"
#include "common/store/testing/fake_store.h"
#include "common/store/testing/faulty_store.h"
#include "common/time/day.h"
#include "common/time/testing/simulated_clock.h"
#include "gtest/gtest.h"

namespace relance::worker {
namespace {

using store::AccountKey;
using store::FakeStore;
using store::FaultyStore;
using store::Service;

constexpr char kTenant[] = "acme";

store::Deadline Soon() { return store::After(absl::Seconds(5)); }

// Writes the ledger's version into the plan, and looks again the day after.
class MirrorHandler : public AccountHandler {
 public:
  ViewSpec Spec() const override { return {false, false}; }

  absl::StatusOr<std::optional<store::AccountWrite>> Process(const AccountView& view,
                                                             const TenantContext& tenant) override {
    ++processed[view.key.account];
    if (poison.count(view.key.account)) return absl::InternalError("poisoned");
    if (idle.count(view.key.account) && view.versions[store::kPlanOwner] != 0) return std::nullopt;
    const int32_t today = DayNumber(tenant.business_date);
    if (view.plan.counts().written() == view.versions[store::kLedgerOwner] &&
        view.plan.last_contact_day() == today) {
      return std::nullopt;
    }
    store::AccountWrite write;
    write.key = view.key;
    write.read_versions = view.AllVersions();
    state::v1::Plan plan = view.plan;
    plan.mutable_counts()->set_written(static_cast<int32_t>(view.versions[store::kLedgerOwner]));
    plan.set_last_contact_day(today);
    write.set.emplace_back(kPlanField, plan.SerializeAsString());
    write.timer_day = today + 1;
    return write;
  }

  absl::StatusOr<OutboxResult> DeliverOutbox(const store::Lease&, const std::vector<TenantPtr>&) override {
    ++deliveries;
    return outbox_result;
  }

  std::map<std::string, int> processed;
  std::set<std::string> poison;
  std::set<std::string> idle;  // its timer is never moved on
  int deliveries = 0;
  OutboxResult outbox_result = OutboxResult::kEmpty;
};

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest()
      : ledger_(Service::kLedger), scenario_(ledger_.As(Service::kScenario)), faulty_(scenario_.get()) {
    state::v1::TenantConfig config;
    config.set_id(kTenant);
    Put(kTenantDocument, config.SerializeAsString());
    SetDay(absl::CivilDay(2022, 3, 1));
  }

  void Put(absl::string_view name, const std::string& value) {
    const auto documents = ledger_.GetDocuments(kTenant, std::vector<std::string>{std::string(name)}, Soon());
    ASSERT_TRUE(ledger_.PutDocument(kTenant, name, value, (*documents)[0].version, Soon()).ok());
  }

  void SetDay(absl::CivilDay day) {
    state::v1::TenantClock clock;
    clock.set_test_day(DayNumber(day));
    Put(kClockDocument, clock.SerializeAsString());
  }

  // What an import does: one more version of the ledger's part.
  void WriteLedger(const std::string& account) {
    const AccountKey key{kTenant, account};
    const auto record = ledger_.Read(std::vector<store::AccountRead>{{key, {}, false}}, Soon());
    store::CommitBatch batch;
    batch.partition = ledger_.PartitionOf(key);
    store::AccountWrite write;
    write.key = key;
    write.read_versions = {{store::kLedgerOwner, (*record)[0].versions[store::kLedgerOwner]}};
    state::v1::LedgerSum sum;
    sum.set_open_items(1);
    write.set.emplace_back(kSumField, sum.SerializeAsString());
    batch.writes.push_back(std::move(write));
    const auto results = ledger_.Commit(std::vector<store::CommitBatch>{batch}, Soon());
    ASSERT_TRUE(results.ok() && (*results)[0].ok());
    ASSERT_EQ((*(*results)[0])[0].outcome, store::WriteOutcome::kApplied);
  }

  std::unique_ptr<Worker> MakeWorker(store::Store* store, MirrorHandler* handler, const std::string& holder,
                                     int replica = 0, int replicas = 1) {
    WorkerOptions options;
    options.holder = holder;
    options.replica = replica;
    options.replicas = replicas;
    options.accounts_per_pass = 8;
    return std::make_unique<Worker>(store, &directory_, handler, &clock_, options);
  }

  // Runs until a round does nothing.
  void Settle(Worker& worker) {
    for (int round = 0; round < 50; ++round) {
      const auto busy = worker.RunOnce();
      ASSERT_TRUE(busy.ok()) << busy.status();
      if (!*busy) return;
    }
    FAIL() << "the worker does not come to rest";
  }

  state::v1::Plan PlanOf(const std::string& account) {
    return ReadAccount(ledger_, {kTenant, account}, {false, false}, Soon())->plan;
  }

  int64_t FeedLag(Service service) {
    std::vector<int> all;
    for (int p = 0; p < ledger_.partitions(); ++p) all.push_back(p);
    const auto ends = ledger_.FeedEnds(all, Soon());
    const auto cursors = ledger_.Cursors(all, service, Soon());
    int64_t lag = 0;
    for (size_t p = 0; p < all.size(); ++p) lag += (*ends)[p] - (*cursors)[p];
    return lag;
  }

  FakeStore ledger_;
  std::unique_ptr<FakeStore> scenario_;
  FaultyStore faulty_;
  TenantDirectory directory_{&ledger_, [] { return absl::UnixEpoch(); }};
  SimulatedClock clock_{absl::FromUnixSeconds(1'000'000)};
  MirrorHandler handler_;
};

TEST_F(WorkerTest, ReactsToAChangeOnceAndMovesItsCursorBehindIt) {
  for (int i = 0; i < 30; ++i) WriteLedger(absl::StrCat("C", i));
  auto worker = MakeWorker(scenario_.get(), &handler_, "w1");
  Settle(*worker);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(PlanOf(absl::StrCat("C", i)).counts().written(), 1) << i;
  EXPECT_EQ(FeedLag(Service::kScenario), 0);
  const auto processed = handler_.processed;
  Settle(*worker);
  EXPECT_EQ(handler_.processed, processed) << "own writes are no news";
}

TEST_F(WorkerTest, FC28_APaymentBetweenReadingAndCommittingIsDecidedAnew) {
  WriteLedger("C1");
  auto worker = MakeWorker(&faulty_, &handler_, "w1");
  faulty_.BeforeCall(1, "Commit", [&] { WriteLedger("C1"); });
  Settle(*worker);
  EXPECT_EQ(PlanOf("C1").counts().written(), 2);
  EXPECT_GE(worker->stats().accounts_stale, 1);
  EXPECT_EQ(FeedLag(Service::kScenario), 0);
}

TEST_F(WorkerTest, AHandlerThatLeavesATimerDueHoldsUpNobody) {
  for (int i = 0; i < 20; ++i) WriteLedger(absl::StrCat("C", i));
  auto worker = MakeWorker(scenario_.get(), &handler_, "w1");
  Settle(*worker);
  handler_.idle = {"C3", "C7"};
  const absl::CivilDay tomorrow(2022, 3, 2);
  SetDay(tomorrow);
  Settle(*worker);
  for (int i = 0; i < 20; ++i) {
    const std::string account = absl::StrCat("C", i);
    EXPECT_EQ(PlanOf(account).last_contact_day(),
              DayNumber(tomorrow) - (handler_.idle.count(account) ? 1 : 0));
  }
  EXPECT_EQ(worker->stats().accounts_failed, 2);
  const auto worked_to = scenario_->WorkedTo(kTenant, Service::kScenario, Soon());
  for (const int32_t day : *worked_to) EXPECT_EQ(day, DayNumber(tomorrow));
  // The next day they get another chance.
  handler_.idle.clear();
  SetDay(tomorrow + 1);
  Settle(*worker);
  EXPECT_EQ(PlanOf("C3").last_contact_day(), DayNumber(tomorrow + 1));
}

TEST_F(WorkerTest, ALostAnswerIsNoSecondEffect) {
  WriteLedger("C1");
  auto worker = MakeWorker(&faulty_, &handler_, "w1");
  faulty_.FailCall(1, "Commit", absl::UnavailableError("cut"), FaultyStore::When::kAfter);
  EXPECT_FALSE(worker->RunOnce().ok());
  Settle(*worker);
  const auto view = ReadAccount(ledger_, {kTenant, "C1"}, {false, false}, Soon());
  EXPECT_EQ(view->versions[store::kPlanOwner], 1);
}

TEST_F(WorkerTest, EveryStoreCallMayFailOnceWithoutALoss) {
  for (int nth = 1; nth <= 24; ++nth) {
    SCOPED_TRACE(nth);
    const std::string account = absl::StrCat("N", nth);
    WriteLedger(account);
    auto worker = MakeWorker(&faulty_, &handler_, absl::StrCat("w", nth));
    scenario_->AdvanceTime(absl::Minutes(1));
    faulty_.FailCall(nth, "", absl::UnavailableError("cut"),
                     nth % 2 ? FaultyStore::When::kAfter : FaultyStore::When::kBefore);
    // One of these rounds fails on order; what it leaves is for the next.
    for (int round = 0; round < 30; ++round) worker->RunOnce().status().IgnoreError();
    Settle(*worker);
    EXPECT_EQ(PlanOf(account).counts().written(), 1);
    EXPECT_EQ(FeedLag(Service::kScenario), 0);
  }
}

TEST_F(WorkerTest, FC04_TimersWaitForTheirDayAndAJumpCatchesUp) {
  WriteLedger("C1");
  auto worker = MakeWorker(scenario_.get(), &handler_, "w1");
  Settle(*worker);
  EXPECT_EQ(handler_.processed["C1"], 1);
  Settle(*worker);
  EXPECT_EQ(handler_.processed["C1"], 1) << "its timer is for tomorrow";
  SetDay(absl::CivilDay(2022, 3, 9));
  Settle(*worker);
  EXPECT_EQ(handler_.processed["C1"], 2) << "several days at once are one look";
  const auto worked = ledger_.WorkedTo(kTenant, Service::kScenario, Soon());
  for (int32_t day : *worked) EXPECT_EQ(day, DayNumber(absl::CivilDay(2022, 3, 9)));
}

TEST_F(WorkerTest, ADayIsNotDoneWhileItsMessagesCannotLeave) {
  WriteLedger("C1");
  handler_.outbox_result = OutboxResult::kRetry;
  auto worker = MakeWorker(scenario_.get(), &handler_, "w1");
  for (int round = 0; round < 5; ++round) ASSERT_TRUE(worker->RunOnce().ok());
  auto worked = ledger_.WorkedTo(kTenant, Service::kScenario, Soon());
  for (int32_t day : *worked) EXPECT_EQ(day, INT32_MIN);
  handler_.outbox_result = OutboxResult::kEmpty;
  Settle(*worker);
  worked = ledger_.WorkedTo(kTenant, Service::kScenario, Soon());
  for (int32_t day : *worked) EXPECT_EQ(day, DayNumber(absl::CivilDay(2022, 3, 1)));
}

TEST_F(WorkerTest, FC55_OneBadAccountNeverStopsTheOthers) {
  for (int i = 0; i < 10; ++i) WriteLedger(absl::StrCat("C", i));
  handler_.poison.insert("C3");
  auto worker = MakeWorker(scenario_.get(), &handler_, "w1");
  Settle(*worker);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(PlanOf(absl::StrCat("C", i)).counts().written(), i == 3 ? 0 : 1) << i;
  EXPECT_GE(worker->stats().accounts_failed, 1);
  EXPECT_EQ(FeedLag(Service::kScenario), 0);
}

TEST_F(WorkerTest, FC03_AnOverthrownWorkerWritesNothing) {
  WriteLedger("C1");
  auto old_worker = MakeWorker(scenario_.get(), &handler_, "old");
  Settle(*old_worker);
  ledger_.AdvanceTime(absl::Minutes(1));  // its leases ran out while it was away
  auto new_worker = MakeWorker(scenario_.get(), &handler_, "new");
  Settle(*new_worker);
  WriteLedger("C1");
  MirrorHandler stale_handler;
  ASSERT_TRUE(old_worker->RunOnce().ok());
  EXPECT_EQ(PlanOf("C1").counts().written(), 1) << "the old token is refused";
  EXPECT_GE(old_worker->stats().leases_lost, 1);
  Settle(*new_worker);
  EXPECT_EQ(PlanOf("C1").counts().written(), 2);
}

TEST_F(WorkerTest, TwoReplicasShareThePartitionsAndTakeOverFromTheDead) {
  MirrorHandler other;
  auto first = MakeWorker(scenario_.get(), &handler_, "a", 0, 2);
  auto second_store = ledger_.As(Service::kScenario);
  auto second = MakeWorker(second_store.get(), &other, "b", 1, 2);
  for (int i = 0; i < 40; ++i) WriteLedger(absl::StrCat("C", i));
  Settle(*first);
  Settle(*second);
  EXPECT_EQ(handler_.processed.size() + other.processed.size(), 40u) << "each account by one of them";
  EXPECT_EQ(first->stats().partitions, 2);
  EXPECT_EQ(second->stats().partitions, 2);
  // The second dies; its partitions go on after their leases ran out.
  for (int step = 0; step < 8; ++step) {
    ledger_.AdvanceTime(absl::Seconds(4));
    clock_.AdvanceTime(absl::Seconds(4));
    Settle(*first);
  }
  EXPECT_EQ(first->stats().partitions, 4);
  for (int i = 0; i < 40; ++i) WriteLedger(absl::StrCat("C", i));
  Settle(*first);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(PlanOf(absl::StrCat("C", i)).counts().written(), 2) << i;
}

TEST_F(WorkerTest, ATrimmedFeedMakesItLookAtEveryAccount) {
  for (int i = 0; i < 20; ++i) WriteLedger(absl::StrCat("C", i));
  std::vector<int> all;
  for (int p = 0; p < ledger_.partitions(); ++p) all.push_back(p);
  // No service has a cursor yet, so nothing holds the feed back.
  ASSERT_TRUE(ledger_.TrimFeed(all, 1, Soon()).ok());
  auto worker = MakeWorker(scenario_.get(), &handler_, "w1");
  Settle(*worker);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(PlanOf(absl::StrCat("C", i)).counts().written(), 1) << i;
}

TEST_F(WorkerTest, ItsThreadStopsAtOnceAndGivesItsLeasesBack) {
  WriteLedger("C1");
  auto worker = MakeWorker(scenario_.get(), &handler_, "w1");
  worker->Start();
  worker->Stop();
  const int partition = 0;
  const auto leases = scenario_->AcquireLeases({&partition, 1}, "w2", absl::Seconds(5), Soon());
  EXPECT_TRUE((*leases)[0].has_value());
}

}  // namespace
}  // namespace relance::worker
