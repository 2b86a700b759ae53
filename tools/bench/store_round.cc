#include <map>

#include "absl/strings/str_cat.h"
#include "common/projection/projection.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/campaign/filter.h"
#include "services/campaign/select_members.h"
#include "tools/bench/floors.h"
#include "tools/bench/hand_off.h"
#include "tools/bench/night_workers.h"
#include "tools/bench/rounds.h"

namespace relance::bench {
namespace {

constexpr size_t kAccountsPerBatch = 16;
constexpr absl::CivilDay kScoringDay = kBusinessDay + 7;    // risk looks at each account every week
constexpr absl::CivilDay kHandoffDay = kBusinessDay + 200;  // everything is 90 days past due
constexpr int kAccountsPerPlacement = 1'000;

// A line that only informs: what a part of the work above or below it took.
void AddPart(const std::string& id, const std::string& what, const Span& part, Shared* shared) {
  Figure& line = shared->report->Line(id, what, "", "s", 0);
  line.measured_values.push_back(part.seconds);
  line.redis_us.push_back(part.redis_seconds * 1e6 / shared->portfolio->accounts());
  line.client_us.push_back(part.client_seconds * 1e6 / shared->portfolio->accounts());
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
absl::Status Resync(LedgerWorld& world, const std::string& mode, const Span& full, Shared* shared) {
  Report& report = *shared->report;
  const Portfolio& portfolio = *shared->portfolio;
  ledger::PostingService::Outcome outcome;
  Revise(portfolio, 2, &shared->all);
  int64_t aof = world.AofBytes();
  RELANCE_ASSIGN_OR_RETURN(const Span whole, world.Post(&shared->all, &outcome));
  Figure& picture = report.Line("T3 " + mode, "re-sync of all rows, 1% changed", "full sync", "s", 0.45);
  AddRound(full, whole, portfolio.accounts(), &picture);
  aof = world.AofBytes() - aof;
  report.Line("T3 " + mode, "AOF per changed invoice", "", "B", 2'500)
      .measured_values.push_back(static_cast<double>(aof) /
                                 static_cast<double>(portfolio.changed_invoices()));
  report.Expect("T3 the AOF grew", 1, aof > 0 ? 1 : 0);
  report.Expect("T3 invoices changed", portfolio.changed_invoices(), outcome.result.changed);
  report.Expect("T3 invoices unchanged", portfolio.invoices() - portfolio.changed_invoices(),
                outcome.result.unchanged);
  report.Expect("T3 accounts changed", portfolio.changed_accounts(), outcome.accounts_changed);

  ledger::Gathered changed = GatherRows(portfolio, 3, true);
  RELANCE_ASSIGN_OR_RETURN(const Span delta, world.Post(&changed, &outcome));
  AddRound(full, delta, portfolio.accounts(),
           &report.Line("T3 " + mode, "re-sync of the 1% alone", "full sync", "s", 0.45));
  report.Expect("T3 delta: invoices changed", portfolio.changed_invoices(), outcome.result.changed);
  return absl::OkStatus();
}

// T4: every account is new to risk and to scenario. It ends when neither has news from the other.
absl::Status ScoreAndSchedule(LedgerWorld& world, NightWorkers& workers, const std::string& mode,
                              const Span& floor, Shared* shared) {
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
  Span all = score;
  all += schedule;
  all += settle;
  AddRound(floor, all, shared->portfolio->accounts(), &both);
  AddPart("T4 " + mode, "  of this, score", score, shared);
  AddPart("T4 " + mode, "  of this, schedule", schedule, shared);
  AddPart("T4 " + mode, "  of this, until neither has news", settle, shared);
  report.Expect("T4 accounts that failed", 0,
                workers.risk_stats().accounts_failed + workers.scenario_stats().accounts_failed);
  return absl::OkStatus();
}

// T5: the night on which every account is due to be scored again: the books bring 1 % of changes, the day
// comes, risk works every account and scenario those with news, a campaign selects a tenth, one account in a
// thousand goes to the agency.
absl::Status Cycle(LedgerWorld& world, NightWorkers& workers, const std::string& mode, const Span& floor,
                   Shared* shared) {
  Report& report = *shared->report;
  const pid_t redis = world.redis().pid();
  projection::Projection projection(&world.store());
  RELANCE_ASSIGN_OR_RETURN(const Span build,
                           TakeTime(redis, [&] { return projection.CatchUp(CallDeadline()); }));
  AddPart("T5 " + mode, "  before it: build the projection", build, shared);
  RELANCE_ASSIGN_OR_RETURN(const campaign::Filter filter, campaign::ParseFilter(kTenthFilter));

  ledger::PostingService::Outcome outcome;
  ledger::Gathered changed = GatherRows(*shared->portfolio, 1, true);
  const int64_t scored_before = workers.risk_stats().accounts_written;
  RELANCE_ASSIGN_OR_RETURN(const Span resync, world.Post(&changed, &outcome));
  RELANCE_RETURN_IF_ERROR(world.SetDay(kScoringDay));
  RELANCE_ASSIGN_OR_RETURN(const Span work, TakeTime(redis, [&] { return workers.RunBoth(); }));
  size_t selected = 0;
  RELANCE_ASSIGN_OR_RETURN(const Span select, TakeTime(redis, [&]() -> absl::Status {
                             RELANCE_RETURN_IF_ERROR(projection.CatchUp(CallDeadline()));
                             projection.Read(kTenant, [&](const projection::TenantColumns& columns) {
                               selected =
                                   campaign::SelectMembers(columns, filter,
                                                           {.currency = "EUR", .day = DayNumber(kScoringDay)})
                                       .taken.size();
                             });
                             return absl::OkStatus();
                           }));
  // Nothing of the portfolio is overdue yet: what goes to the agency goes on a day when it is. Nobody else
  // works then.
  RELANCE_ASSIGN_OR_RETURN(const auto handoff, HandOff::Create(world));
  std::vector<store::AccountKey> placed;
  for (int account = 0; account < shared->portfolio->accounts(); account += kAccountsPerPlacement)
    placed.push_back({kTenant, shared->portfolio->CodeOf(account)});
  RELANCE_RETURN_IF_ERROR(world.SetDay(kHandoffDay));
  RELANCE_ASSIGN_OR_RETURN(const Span hand_off, TakeTime(redis, [&] { return handoff->Place(placed); }));
  RELANCE_RETURN_IF_ERROR(world.SetDay(kScoringDay));

  Figure& line = report.Line("T5 " + mode, "night: re-sync 1%, score, schedule, select 10%, hand off",
                             "SET of the same bytes", "s", 5.0);
  Span night = resync;
  night += work;
  night += select;
  night += hand_off;
  AddRound(floor, night, shared->portfolio->accounts(), &line);
  AddPart("T5 " + mode, "  of this, re-sync", resync, shared);
  AddPart("T5 " + mode, "  of this, score and schedule", work, shared);
  AddPart("T5 " + mode, "  of this, bring the projection up to date and select", select, shared);
  AddPart("T5 " + mode, "  of this, hand one account in a thousand to the agency", hand_off, shared);
  report.Expect("T5 case files that left", 2 * static_cast<int64_t>(placed.size()), handoff->files());
  report.Expect("T5 invoices changed", shared->portfolio->changed_invoices(), outcome.result.changed);
  report.Expect(
      "T5 every account was scored again", 1,
      workers.risk_stats().accounts_written - scored_before >= shared->portfolio->accounts() ? 1 : 0);
  report.Expect("T5 accounts selected", AccountsOfTenth(*shared->portfolio), static_cast<int64_t>(selected));
  return absl::OkStatus();
}

// T9: what a start from the rewritten file takes. Ends the connections of `world`.
absl::Status RestartRedis(LedgerWorld& world, const std::string& mode, const Span& full, Shared* shared) {
  RELANCE_RETURN_IF_ERROR(world.RewriteAof());
  const std::string keys = world.redis().Command({"DBSIZE"});
  RELANCE_ASSIGN_OR_RETURN(const Span restart, TakeTime(0, [&] {
                             world.redis().Restart();
                             return absl::OkStatus();
                           }));
  shared->report->Line("T9 " + mode, "restart from the rewritten AOF", "full sync", "s", 1.0)
      .Add(full.seconds, restart.seconds);
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
    AddRound(floor, commit, portfolio.accounts(), &line);
  }

  if (options.Wants("T1")) {
    Revise(portfolio, 0, &shared->all);
    RELANCE_ASSIGN_OR_RETURN(const Span build, TakeTime(0, [&] { return WritesOf(&shared->all).status(); }));
    AddPart("T1 " + mode, "  making the accounts alone, no Redis", build, shared);
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
    AddRound(floor, full, portfolio.accounts(), &line);
  }
  if (workers != nullptr) {
    RELANCE_RETURN_IF_ERROR(ScoreAndSchedule(*world, *workers, mode, floor, shared));
  }
  if (options.Wants("T5")) RELANCE_RETURN_IF_ERROR(Cycle(*world, *workers, mode, floor, shared));
  if (options.Wants("T3")) RELANCE_RETURN_IF_ERROR(Resync(*world, mode, full, shared));
  if (options.Wants("T9")) RELANCE_RETURN_IF_ERROR(RestartRedis(*world, mode, full, shared));
  return absl::OkStatus();
}

}  // namespace relance::bench
