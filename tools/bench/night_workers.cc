#include "tools/bench/night_workers.h"

#include "absl/time/clock.h"
#include "common/documents/document_store.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "services/risk/prior_cache.h"
#include "services/risk/risk_handler.h"
#include "services/scenario/account_handler.h"
#include "services/scenario/testing/fakes.h"
#include "tools/bench/process.h"
#include "tools/bench/step_worker.h"

namespace relance::bench {
struct NightWorkers::Parts {
  Parts(std::unique_ptr<store::Store> risk, std::unique_ptr<store::Store> scenario)
      : risk_store(std::move(risk)), scenario_store(std::move(scenario)) {}

  static absl::Time Now() { return absl::Now(); }

  const std::unique_ptr<store::Store> risk_store;
  TenantDirectory risk_tenants{risk_store.get(), Now};
  risk::PriorCache priors{risk_store.get()};
  risk::RiskHandler risk_handler{&priors};
  worker::Worker risk_worker{risk_store.get(), &risk_tenants, &risk_handler, &RealClock::Get(),
                             WorkerOptionsOf("bench-r")};

  const std::unique_ptr<store::Store> scenario_store;
  TenantDirectory scenario_tenants{scenario_store.get(), Now};
  scenario::ScenarioDirectory scenarios{scenario_store.get(), Now};
  TemporaryFolder folder;
  documents::DocumentStore documents = *documents::DocumentStore::Open(folder.path());
  scenario::testing::FakeTransport mail, letters;
  scenario::testing::FakeHandoff handoff;
  scenario::ScenarioHandler scenario_handler{scenario::SenderWorld{
      .store = scenario_store.get(),
      .scenarios = &scenarios,
      .documents = &documents,
      .mail = &mail,
      .letters = &letters,
      .handoff = &handoff,
      .templates = &scenario::render::TemplateSet::Embedded(),
      .now = Now,
      .call_timeout = kCallMax,
  }};
  worker::Worker scenario_worker{scenario_store.get(), &scenario_tenants, &scenario_handler,
                                 &RealClock::Get(), WorkerOptionsOf("bench-s")};
};

NightWorkers::NightWorkers(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
NightWorkers::~NightWorkers() = default;

absl::StatusOr<std::unique_ptr<NightWorkers>> NightWorkers::Create(const LedgerWorld& world) {
  RELANCE_ASSIGN_OR_RETURN(auto risk, world.Open(store::Service::kRisk));
  RELANCE_ASSIGN_OR_RETURN(auto scenario, world.Open(store::Service::kScenario));
  std::unique_ptr<NightWorkers> workers(
      new NightWorkers(std::make_unique<Parts>(std::move(risk), std::move(scenario))));
  // Leases are taken here, before anything is timed.
  RELANCE_RETURN_IF_ERROR(RunUntilIdle(workers->parts_->risk_worker));
  RELANCE_RETURN_IF_ERROR(RunUntilIdle(workers->parts_->scenario_worker));
  return workers;
}

absl::Status NightWorkers::RunRisk() { return RunUntilIdle(parts_->risk_worker); }
absl::Status NightWorkers::RunScenario() { return RunUntilIdle(parts_->scenario_worker); }
absl::Status NightWorkers::RunBoth() {
  while (true) {
    RELANCE_ASSIGN_OR_RETURN(const bool risk, parts_->risk_worker.RunOnce());
    RELANCE_ASSIGN_OR_RETURN(const bool scenario, parts_->scenario_worker.RunOnce());
    if (!risk && !scenario) return absl::OkStatus();
  }
}

worker::WorkerStats NightWorkers::risk_stats() const { return parts_->risk_worker.stats(); }
worker::WorkerStats NightWorkers::scenario_stats() const { return parts_->scenario_worker.stats(); }

}  // namespace relance::bench
