#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/documents/document_store.h"
#include "common/documents/outbox_directory.h"
#include "common/evidence/evidence.h"
#include "common/time/clock.h"
#include "common/time/day.h"
#include "common/worker/worker.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/scenario/account_handler.h"
#include "services/scenario/testing/account_builder.h"
#include "services/scenario/testing/fakes.h"
#include "tests/support/redis_process.h"

// The worker side of the scenario service on a real Redis, with real documents in real folders.
namespace relance::scenario {
namespace {

using testing::AccountBuilder;

constexpr int kAccounts = 300;
const absl::CivilDay kToday(2025, 6, 10);
const absl::CivilDay kDue(2025, 6, 2);

store::Deadline Soon() { return store::After(absl::Seconds(30)); }

class ScenarioRedisTest : public ::testing::Test {
 protected:
  ScenarioRedisTest() {
    folder_ = (std::filesystem::temp_directory_path() / absl::StrCat("relance-scenario-redis-", ::getpid()))
                  .string();
    std::filesystem::remove_all(folder_);
    documents_ =
        std::make_unique<documents::DocumentStore>(*documents::DocumentStore::Open(folder_ + "/documents"));
    mail_ = std::make_unique<DirectoryTransport>(*documents::OutboxDirectory::Open(folder_ + "/mail"));
    letters_ = std::make_unique<DirectoryTransport>(*documents::OutboxDirectory::Open(folder_ + "/letter"));
    store_ = Open(store::Service::kScenario);
    ledger_ = Open(store::Service::kLedger);
    state::v1::TenantConfig config;
    config.set_id("acme");
    config.set_legal_name("Acme SAS");
    config.set_country("FR");
    config.set_language("fr");
    config.set_currency("EUR");
    config.set_time_zone("Europe/Paris");
    config.set_email("credit@acme.example");
    config.set_ledger_max_age_days(3);
    config.set_agency_id("agency-1");
    Put(kTenantDocument, config.SerializeAsString());
    SetToday(kToday);
  }
  ~ScenarioRedisTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<store::Store> Open(store::Service service) {
    store::StoreOptions options;
    options.address = redis_.address();
    options.partitions = 8;
    auto opened = store::Store::Open(options, service);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  void Put(const std::string& name, const std::string& value) {
    const auto documents = store_->GetDocuments("acme", {name}, Soon());
    ASSERT_TRUE(documents.ok()) << documents.status();
    ASSERT_TRUE(store_->PutDocument("acme", name, value, (*documents)[0].version, Soon()).ok());
  }
  void SetToday(absl::CivilDay today) {
    state::v1::TenantClock clock;
    clock.set_test_day(DayNumber(today));
    Put(kClockDocument, clock.SerializeAsString());
    state::v1::Freshness freshness;
    freshness.set_ledger_day(DayNumber(today));
    Put(kFreshnessDocument, freshness.SerializeAsString());
  }
  // The ledger writes `count` accounts C0, C1, ... with one invoice each; they wait for the run of today.
  void WriteAccounts(int count) {
    WriteItems(count);
    state::v1::Plan plan;
    plan.set_next_day(DayNumber(kToday));
    for (int i = 0; i < count; ++i) {
      store::AccountWrite write;
      write.key = {"acme", absl::StrCat("C", i)};
      write.read_versions = {{store::kPlanOwner, 0}};
      write.set = {{kPlanField, plan.SerializeAsString()}};
      write.timer_day = plan.next_day();
      const store::CommitBatch batch{store_->PartitionOf(write.key), std::nullopt, {write}, 0};
      ASSERT_TRUE((*store_->Commit({&batch, 1}, Soon()))[0].ok());
    }
  }
  void WriteItems(int count) {
    std::map<int, store::CommitBatch> batches;
    for (int i = 0; i < count; ++i) {
      AccountBuilder debtor(absl::StrCat("C", i));
      debtor.Invoice(1, kDue, 20000 + i);
      debtor.view().sum.set_open_chunks(1);
      state::v1::ItemChunk chunk;
      *chunk.add_items() = debtor.view().items[0];
      store::AccountWrite write;
      write.key = debtor.view().key;
      write.read_versions = {{store::kLedgerOwner, 0}};
      write.set = {{kSumField, debtor.view().sum.SerializeAsString()},
                   {ItemsField(0), chunk.SerializeAsString()}};
      const int partition = ledger_->PartitionOf(write.key);
      store::CommitBatch& batch = batches[partition];
      batch.partition = partition;
      batch.writes.push_back(std::move(write));
      if (batch.writes.size() < 16) continue;
      ASSERT_TRUE((*ledger_->Commit({&batch, 1}, Soon()))[0].ok());
      batch.writes.clear();
    }
    for (auto& [partition, batch] : batches) {
      if (batch.writes.empty()) continue;
      ASSERT_TRUE((*ledger_->Commit({&batch, 1}, Soon()))[0].ok());
    }
  }
  SenderWorld World(store::Store* store, ScenarioDirectory* scenarios) {
    return {.store = store,
            .scenarios = scenarios,
            .documents = documents_.get(),
            .mail = mail_.get(),
            .letters = letters_.get(),
            .handoff = &handoff_,
            .templates = &render::TemplateSet::Embedded(),
            .now = [] { return RealClock::Get().TimeNow(); }};
  }
  int MailsInFolder() {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/mail/out"))
      count += entry.is_regular_file();
    return count;
  }

  ::relance::testing::RedisProcess redis_{{.appendfsync = "no"}};
  std::string folder_;
  std::unique_ptr<documents::DocumentStore> documents_;
  std::unique_ptr<DirectoryTransport> mail_, letters_;
  testing::FakeHandoff handoff_;
  std::unique_ptr<store::Store> store_, ledger_;
};

// One process of the service.
class Process {
 public:
  Process(std::unique_ptr<store::Store> store,
          const std::function<SenderWorld(store::Store*, ScenarioDirectory*)>& world,
          const std::string& holder)
      : store_(std::move(store)),
        tenants_(store_.get(), [] { return RealClock::Get().TimeNow(); }),
        scenarios_(store_.get(), [] { return RealClock::Get().TimeNow(); }),
        handler_(world(store_.get(), &scenarios_)),
        worker_(store_.get(), &tenants_, &handler_, &RealClock::Get(),
                {.holder = holder, .lease_ttl = absl::Milliseconds(300)}) {}
  worker::Worker& worker() { return worker_; }

 private:
  std::unique_ptr<store::Store> store_;
  TenantDirectory tenants_;
  ScenarioDirectory scenarios_;
  ScenarioHandler handler_;
  worker::Worker worker_;
};

TEST_F(ScenarioRedisTest, FC03_TwoProcessesSendEveryReminderOnceAndProveIt) {
  WriteAccounts(kAccounts);
  const auto world = [&](store::Store* store, ScenarioDirectory* scenarios) {
    return World(store, scenarios);
  };
  Process a(Open(store::Service::kScenario), world, "a"), b(Open(store::Service::kScenario), world, "b");
  a.worker().Start();
  b.worker().Start();
  const bool done = relance::testing::AwaitCondition(
      [&] {
        const auto worked = store_->WorkedTo("acme", store::Service::kScenario, Soon());
        return worked.ok() && std::all_of(worked->begin(), worked->end(),
                                          [&](int32_t day) { return day == DayNumber(kToday); });
      },
      absl::Seconds(60));
  a.worker().Stop();
  b.worker().Stop();
  ASSERT_TRUE(done);
  EXPECT_EQ(MailsInFolder(), kAccounts);
  for (int i = 0; i < kAccounts; ++i) {
    const store::AccountKey key{"acme", absl::StrCat("C", i)};
    const auto view = ReadAccount(*store_, key, {}, Soon());
    ASSERT_TRUE(view.ok());
    ASSERT_EQ(view->plan.contacts_size(), 1);
    ASSERT_EQ(view->plan.contacts(0).state(), state::v1::CONTACT_STATE_SENT);
    const auto chain = store_->ReadEvidence(key, 0, 100, Soon());
    ASSERT_EQ(chain->size(), 1u);
    ASSERT_TRUE(VerifyEvidenceChain(*chain, view->evidence_head).empty());
  }
}

TEST_F(ScenarioRedisTest, ProcessesThatKeepDyingSendEveryReminderOnce) {
  WriteAccounts(kAccounts);
  const auto world = [&](store::Store* store, ScenarioDirectory* scenarios) {
    return World(store, scenarios);
  };
  // Each process works a round, Redis dies with it, and the next process takes over.
  for (int i = 0; i < 40 && MailsInFolder() < kAccounts; ++i) {
    Process process(Open(store::Service::kScenario), world, absl::StrCat("p", i));
    const bool worked = relance::testing::AwaitCondition(
        [&] {
          process.worker().RunOnce().IgnoreError();
          return process.worker().stats().partitions > 0;
        },
        absl::Seconds(5));
    ASSERT_TRUE(worked);
    redis_.Kill();
    redis_.Restart();
  }
  Process last(Open(store::Service::kScenario), world, "last");
  ASSERT_TRUE(relance::testing::AwaitCondition([&] {
    const auto busy = last.worker().RunOnce();
    int waiting = 0;
    for (int p = 0; p < store_->partitions(); ++p) {
      const auto outbox = store_->ReadOutbox(p, 1000, Soon());
      waiting += outbox.ok() ? static_cast<int>(outbox->size()) : 1;
    }
    return busy.ok() && !*busy && waiting == 0 && MailsInFolder() == kAccounts;
  }));
  for (int i = 0; i < kAccounts; ++i) {
    const auto chain = store_->ReadEvidence({"acme", absl::StrCat("C", i)}, 0, 100, Soon());
    ASSERT_EQ(chain->size(), 1u) << i;
  }
}

}  // namespace
}  // namespace relance::scenario
