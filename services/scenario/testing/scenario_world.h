#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/evidence/evidence.h"
#include "common/store/testing/fake_store.h"
#include "common/store/testing/faulty_store.h"
#include "common/time/day.h"
#include "common/time/testing/simulated_clock.h"
#include "common/worker/worker.h"
#include "gtest/gtest.h"
#include "services/scenario/account_handler.h"
#include "services/scenario/testing/account_builder.h"
#include "services/scenario/testing/fakes.h"

namespace relance::scenario::testing {

// One tenant, "acme" in France, on a test clock, with the whole worker side of the service over a store in
// memory.
class ScenarioWorld {
 public:
  explicit ScenarioWorld(absl::CivilDay today = absl::CivilDay(2025, 6, 10))
      : store(store::Service::kScenario, 2),
        ledger(store.As(store::Service::kLedger)),
        faulty(&store),
        today_(today) {
    directory_path = (std::filesystem::temp_directory_path() /
                      absl::StrCat("relance-scenario-", ::getpid(), "-", reinterpret_cast<uintptr_t>(this)))
                         .string();
    documents = std::make_unique<documents::DocumentStore>(*documents::DocumentStore::Open(directory_path));
    config.set_id("acme");
    config.set_legal_name("Acme SAS");
    config.add_address("1 quai de la Fosse");
    config.add_address("44000 Nantes");
    config.set_country("FR");
    config.set_language("fr");
    config.set_currency("EUR");
    config.set_time_zone("Europe/Paris");
    config.set_legal_id("732829320");
    config.set_iban("FR7630006000011234567890189");
    config.set_email("credit@acme.example");
    config.set_ledger_max_age_days(3);
    config.set_promise_grace_days(2);
    config.set_agency_id("agency-1");
    Put(kTenantDocument, config.SerializeAsString());
    SetToday(today);
    tenants = std::make_unique<TenantDirectory>(&faulty, [this] { return clock.TimeNow(); });
    scenarios = std::make_unique<ScenarioDirectory>(&faulty, [this] { return clock.TimeNow(); });
  }
  ~ScenarioWorld() { std::filesystem::remove_all(directory_path); }

  SenderWorld Sender() {
    SenderWorld world;
    world.store = &faulty;
    world.scenarios = scenarios.get();
    world.documents = documents.get();
    world.mail = &mail;
    world.letters = &letters;
    world.handoff = &handoff;
    world.templates = &render::TemplateSet::Embedded();
    world.now = [this] { return clock.TimeNow(); };
    return world;
  }

  void Put(const std::string& name, const std::string& value) {
    const auto documents = store.GetDocuments("acme", {name}, {});
    ASSERT_TRUE(store.PutDocument("acme", name, value, (*documents)[0].version, {}).ok());
  }
  // The books are as new as the day, unless told otherwise.
  void SetToday(absl::CivilDay today, int ledger_age_days = 0) {
    today_ = today;
    state::v1::TenantClock day;
    day.set_test_day(DayNumber(today));
    Put(kClockDocument, day.SerializeAsString());
    state::v1::Freshness freshness;
    freshness.set_ledger_day(DayNumber(today) - ledger_age_days);
    Put(kFreshnessDocument, freshness.SerializeAsString());
  }
  absl::CivilDay today() const { return today_; }

  // The ledger writes the account as `account` has it.
  void WriteLedger(AccountBuilder& account) {
    AccountView& view = account.view();
    view.sum.set_open_chunks(1);
    view.sum.set_history_chunks(view.history.empty() ? 0 : 1);
    state::v1::ItemChunk items, history;
    for (const auto& item : view.items) *items.add_items() = item;
    for (const auto& item : view.history) *history.add_items() = item;
    store::AccountWrite write;
    write.key = view.key;
    const auto stored = store.Read(std::vector<store::AccountRead>{{view.key, {}, false}}, {});
    write.read_versions = {{store::kLedgerOwner, (*stored)[0].versions[store::kLedgerOwner]}};
    write.set = {{kSumField, view.sum.SerializeAsString()}, {ItemsField(0), items.SerializeAsString()}};
    if (!view.history.empty()) write.set.emplace_back(HistoryField(0), history.SerializeAsString());
    store::CommitBatch batch{store.PartitionOf(view.key), std::nullopt, {write}, 0};
    const auto result = ledger->Commit(std::vector<store::CommitBatch>{batch}, {});
    ASSERT_TRUE(result.ok() && (*result)[0].ok());
    ASSERT_EQ((*(*result)[0])[0].outcome, store::WriteOutcome::kApplied);
  }

  // Likewise, and the account waits for the run of today: it was known yesterday.
  void WriteDue(AccountBuilder& account) {
    WriteLedger(account);
    state::v1::Plan plan;
    plan.set_next_day(DayNumber(today_));
    store::AccountWrite write;
    write.key = account.view().key;
    write.read_versions = {{store::kPlanOwner, 0}};
    write.set = {{kPlanField, plan.SerializeAsString()}};
    write.timer_day = plan.next_day();
    store::CommitBatch batch{store.PartitionOf(write.key), std::nullopt, {write}, 0};
    const auto result = store.Commit(std::vector<store::CommitBatch>{batch}, {});
    ASSERT_TRUE(result.ok() && (*result)[0].ok());
    ASSERT_EQ((*(*result)[0])[0].outcome, store::WriteOutcome::kApplied);
  }

  AccountView Read(const std::string& account) {
    return *ReadAccount(store, {"acme", account}, {.items = true, .history = true},
                        store::After(absl::Seconds(5)));
  }
  std::vector<std::string> EvidenceKinds(const std::string& account) {
    std::vector<std::string> kinds;
    for (const auto& record : Evidence(account)) kinds.push_back(record.kind());
    return kinds;
  }
  std::vector<state::v1::EvidenceRecord> Evidence(const std::string& account) {
    const auto encoded = store.ReadEvidence({"acme", account}, 0, 1000, {});
    EXPECT_TRUE(VerifyEvidenceChain(*encoded, Read(account).evidence_head).empty());
    std::vector<state::v1::EvidenceRecord> records(encoded->size());
    for (size_t i = 0; i < records.size(); ++i) EXPECT_TRUE(records[i].ParseFromString((*encoded)[i]));
    return records;
  }
  int OutboxSize() {
    int size = 0;
    for (int p = 0; p < store.partitions(); ++p)
      size += static_cast<int>(store.ReadOutbox(p, 1000, {})->size());
    return size;
  }

  SimulatedClock clock{absl::FromUnixSeconds(1'750'000'000)};
  store::FakeStore store;
  std::unique_ptr<store::FakeStore> ledger;
  store::FaultyStore faulty;
  std::string directory_path;
  std::unique_ptr<documents::DocumentStore> documents;
  state::v1::TenantConfig config;
  std::unique_ptr<TenantDirectory> tenants;
  std::unique_ptr<ScenarioDirectory> scenarios;
  FakeTransport mail, letters;
  FakeHandoff handoff;
  FakeLedger disputes;

 private:
  absl::CivilDay today_;
};

// A process that works the world: handler and worker. Destroy and make another one to restart it.
class ScenarioProcess {
 public:
  ScenarioProcess(ScenarioWorld& world, std::string holder)
      : handler(world.Sender()),
        worker(&world.faulty, world.tenants.get(), &handler, &world.clock, {.holder = std::move(holder)}) {}
  // Rounds until nothing is done, at most `rounds_max`; errors end a round, not the process.
  void Work(int rounds_max = 20) {
    for (int i = 0; i < rounds_max; ++i) {
      const auto busy = worker.RunOnce();
      if (busy.ok() && !*busy) return;
    }
  }

  ScenarioHandler handler;
  worker::Worker worker;
};

}  // namespace relance::scenario::testing
