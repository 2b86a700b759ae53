#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "tools/bench/floors.h"
#include "tools/bench/night_workers.h"
#include "tools/bench/rounds.h"

namespace relance::bench {
namespace {

constexpr size_t kAccountsPerBatch = 16;

double PerAccount(const Span& span, const Shared& shared) {
  return span.redis_seconds * 1e6 / shared.portfolio->accounts();
}

// The writes of all accounts, made beforehand, in one call.
absl::StatusOr<Span> CommitPrepared(const std::string& appendfsync, const Shared& shared) {
  RELANCE_ASSIGN_OR_RETURN(const auto world, LedgerWorld::Create(appendfsync));
  std::map<int, store::CommitBatch> filling;
  std::vector<store::CommitBatch> batches;
  for (const store::AccountWrite& write : shared.writes) {
    store::CommitBatch& batch = filling[world->store().PartitionOf(write.key)];
    batch.partition = world->store().PartitionOf(write.key);
    batch.writes.push_back(write);
    if (batch.writes.size() == kAccountsPerBatch) batches.push_back(std::exchange(batch, {}));
  }
  for (auto& [partition, batch] : filling) {
    if (!batch.writes.empty()) batches.push_back(std::move(batch));
  }
  return TakeTime(world->redis().pid(), [&]() -> absl::Status {
    RELANCE_ASSIGN_OR_RETURN(const auto results, world->store().Commit(batches, CallDeadline()));
    int64_t applied = 0;
    for (const auto& result : results) {
      RELANCE_RETURN_IF_ERROR(result.status());
      for (const store::WriteResult& write : *result)
        applied += write.outcome == store::WriteOutcome::kApplied ? 1 : 0;
    }
    shared.report->Expect("T1 commit: accounts applied", shared.portfolio->accounts(), applied);
    return absl::OkStatus();
  });
}

// T3: the same picture again with 1 % changed, and then only what changed.
absl::Status Resync(LedgerWorld& world, const std::string& mode, double full_seconds, Shared* shared) {
  Report& report = *shared->report;
  const Portfolio& portfolio = *shared->portfolio;
  ledger::PostingService::Outcome outcome;
  Revise(portfolio, 1, &shared->all);
  int64_t aof = world.AofBytes();
  RELANCE_ASSIGN_OR_RETURN(const Span whole, world.Post(&shared->all, &outcome));
  Figure& picture = report.Line("T3 " + mode, "re-sync of all rows, 1% changed", "full sync", "s", 0.45);
  picture.Add(full_seconds, whole.seconds);
  picture.redis_us.push_back(PerAccount(whole, *shared));
  report.Line("T3 " + mode, "AOF per changed invoice", "", "B", 2'500)
      .measured_values.push_back(static_cast<double>(world.AofBytes() - aof) /
                                 static_cast<double>(portfolio.changed_invoices()));
  report.Expect("T3 invoices changed", portfolio.changed_invoices(), outcome.result.changed);
  report.Expect("T3 invoices unchanged", portfolio.invoices() - portfolio.changed_invoices(),
                outcome.result.unchanged);
  report.Expect("T3 accounts changed", portfolio.changed_accounts(), outcome.accounts_changed);

  // The other way round: what changed goes back to larger amounts of the next revision.
  shared->changed = GatherRows(portfolio, 2, true);
  RELANCE_ASSIGN_OR_RETURN(const Span delta, world.Post(&shared->changed, &outcome));
  report.Line("T3 " + mode, "re-sync of the 1% alone", "full sync", "s", 0.45)
      .Add(full_seconds, delta.seconds);
  report.Expect("T3 delta: invoices changed", portfolio.changed_invoices(), outcome.result.changed);
  return absl::OkStatus();
}

// T4: every account is new to risk and to scenario. It ends when neither has news from the other.
absl::Status ScoreAndSchedule(LedgerWorld& world, NightWorkers& workers, const std::string& mode,
                              double floor_seconds, Shared* shared) {
  Report& report = *shared->report;
  const pid_t redis = world.redis().pid();
  RELANCE_ASSIGN_OR_RETURN(const Span score, TakeTime(redis, [&] { return workers.RunRisk(); }));
  report.Expect("T4 accounts scored", shared->portfolio->accounts(), workers.risk_stats().accounts_written);
  RELANCE_ASSIGN_OR_RETURN(const Span schedule, TakeTime(redis, [&] { return workers.RunScenario(); }));
  report.Expect("T4 accounts scheduled", shared->portfolio->accounts(),
                workers.scenario_stats().accounts_written);
  RELANCE_ASSIGN_OR_RETURN(const Span settle, TakeTime(redis, [&] { return workers.RunBoth(); }));
  Figure& both =
      report.Line("T4 " + mode, "score + schedule every account", "SET of the same bytes", "s", 4.0);
  both.Add(floor_seconds, score.seconds + schedule.seconds + settle.seconds);
  both.redis_us.push_back(
      PerAccount({0, score.redis_seconds + schedule.redis_seconds + settle.redis_seconds}, *shared));
  const std::string none;
  report.Line("T4 " + mode, "  of this, score", none, "s", 0).measured_values.push_back(score.seconds);
  report.Line("T4 " + mode, "  of this, schedule", none, "s", 0).measured_values.push_back(schedule.seconds);
  report.Line("T4 " + mode, "  of this, until neither has news", none, "s", 0)
      .measured_values.push_back(settle.seconds);
  report.Expect("T4 accounts that failed", 0,
                workers.risk_stats().accounts_failed + workers.scenario_stats().accounts_failed);
  return absl::OkStatus();
}

// T9: what a start from the rewritten file takes. Ends the connections of `world`.
absl::Status RestartRedis(LedgerWorld& world, const std::string& mode, double full_seconds, Shared* shared) {
  RELANCE_RETURN_IF_ERROR(world.RewriteAof());
  const std::string keys = world.redis().Command({"DBSIZE"});
  RELANCE_ASSIGN_OR_RETURN(const Span restart, TakeTime(0, [&] {
                             world.redis().Restart();
                             return absl::OkStatus();
                           }));
  shared->report->Line("T9 " + mode, "restart from the rewritten AOF", "full sync", "s", 1.0)
      .Add(full_seconds, restart.seconds);
  shared->report->Expect("T9 keys after the restart", std::atoll(keys.c_str()),
                         std::atoll(world.redis().Command({"DBSIZE"}).c_str()));
  return absl::OkStatus();
}

}  // namespace

absl::Status StoreRound(const std::string& mode, Shared* shared) {
  const Options& options = *shared->options;
  Report& report = *shared->report;
  const Portfolio& portfolio = *shared->portfolio;

  int64_t keys = 0;
  RELANCE_ASSIGN_OR_RETURN(const Span floor, SetSameBytes(mode, shared->writes, &keys));
  report.Expect("T1 keys of the floor", portfolio.accounts(), keys);

  if (options.Wants("T1")) {
    RELANCE_ASSIGN_OR_RETURN(const Span commit, CommitPrepared(mode, *shared));
    Figure& line =
        report.Line("T1 " + mode, "  the commits alone (CAS, event)", "SET of the same bytes", "s", 0);
    line.Add(floor.seconds, commit.seconds);
    line.redis_us.push_back(PerAccount(commit, *shared));
  }

  RELANCE_ASSIGN_OR_RETURN(const auto world, LedgerWorld::Create(mode));
  // They begin before there is anything, as in an installation: what is timed later is the work, not the
  // start.
  std::unique_ptr<NightWorkers> workers;
  if (options.Wants("T4") || options.Wants("T5")) {
    RELANCE_ASSIGN_OR_RETURN(workers, NightWorkers::Create(*world));
  }
  Revise(portfolio, 0, &shared->all);
  ledger::PostingService::Outcome outcome;
  RELANCE_ASSIGN_OR_RETURN(const Span full, world->Post(&shared->all, &outcome));
  report.Expect("full sync: invoices created", portfolio.invoices(), outcome.result.created);
  report.Expect("full sync: accounts changed", portfolio.accounts(), outcome.accounts_changed);
  if (options.Wants("T1")) {
    Figure& line =
        report.Line("T1 " + mode, "full sync: post, encode, CAS, event", "SET of the same bytes", "s", 4.0);
    line.Add(floor.seconds, full.seconds);
    line.redis_us.push_back(PerAccount(full, *shared));
  }
  if (workers != nullptr) {
    RELANCE_RETURN_IF_ERROR(ScoreAndSchedule(*world, *workers, mode, floor.seconds, shared));
  }
  if (options.Wants("T3")) RELANCE_RETURN_IF_ERROR(Resync(*world, mode, full.seconds, shared));
  if (options.Wants("T9")) RELANCE_RETURN_IF_ERROR(RestartRedis(*world, mode, full.seconds, shared));
  return absl::OkStatus();
}

}  // namespace relance::bench
