#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tools/bench/floors.h"
#include "tools/bench/process.h"
#include "tools/bench/rounds.h"
#include "tools/bench/send_rows.h"

namespace relance::bench {

namespace v1 = ledger::v1;

absl::Status SyncOverGrpcRound(const std::string& mode, Shared* shared) {
  const Portfolio& portfolio = *shared->portfolio;
  Report& report = *shared->report;
  RELANCE_ASSIGN_OR_RETURN(const Span floor,
                           RedisBenchmark(mode, portfolio.accounts(), shared->bytes / portfolio.accounts()));
  RELANCE_ASSIGN_OR_RETURN(const auto world, LedgerWorld::Create(mode));
  RELANCE_ASSIGN_OR_RETURN(const auto services, RunningServices::Start(shared->options->binaries, {"ledger"},
                                                                       world->redis().address()));
  v1::LedgerService::Stub stub(services->channel("ledger"));

  const pid_t redis = world->redis().pid();
  v1::ImportReport done;
  // Sends the rows; the service's CPU counts with the client's.
  const auto sync = [&](const std::vector<v1::SyncItemsRequest>& rows) -> absl::StatusOr<Span> {
    const double service_cpu = services->cpu_seconds();
    RELANCE_ASSIGN_OR_RETURN(Span span, TakeTime(redis, [&]() -> absl::Status {
                               RELANCE_ASSIGN_OR_RETURN(done, SendRows(stub, rows));
                               return absl::OkStatus();
                             }));
    span.client_seconds += services->cpu_seconds() - service_cpu;
    return span;
  };
  const auto line = [&](const char* id, const char* what, const char* floor_name, double target) {
    return &report.Line(absl::StrCat(id, " ", mode), what, floor_name, "s", target);
  };

  RELANCE_ASSIGN_OR_RETURN(const Span full, sync(portfolio.Batches("full", 0, false)));
  report.Expect("T2 invoices created", portfolio.invoices(), done.created());
  report.Expect("T2 rows rejected", 0, done.rejected());
  AddRound(floor, full, portfolio.accounts(),
           line("T2", "SyncItems to relance-ledger, all acknowledged",
                "redis-benchmark -c 16 -P 64, same count and size", 6.0));

  RELANCE_ASSIGN_OR_RETURN(const Span delta, sync(portfolio.Batches("delta", 1, true)));
  report.Expect("T3 over gRPC: invoices changed", portfolio.changed_invoices(), done.changed());
  AddRound(full, delta, portfolio.accounts(),
           line("T3", "SyncItems of the 1% alone", "SyncItems of all", 0.45));

  RELANCE_ASSIGN_OR_RETURN(const Span again, sync(portfolio.Batches("again", 2, false)));
  report.Expect("T3 over gRPC, all again: invoices changed", portfolio.changed_invoices(), done.changed());
  AddRound(full, again, portfolio.accounts(),
           line("T3", "SyncItems of all, 1% changed", "SyncItems of all", 0.45));
  return absl::OkStatus();
}

}  // namespace relance::bench
