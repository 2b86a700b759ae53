#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"
#include "tools/bench/floors.h"
#include "tools/bench/process.h"
#include "tools/bench/rounds.h"

namespace relance::bench {
namespace {

namespace v1 = ledger::v1;

// Sends all batches and waits until the last is acknowledged.
absl::StatusOr<v1::ImportReport> Sync(v1::LedgerService::Stub& stub,
                                      const std::vector<v1::SyncItemsRequest>& batches) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoSeconds(kCallMax));
  const auto stream = stub.SyncItems(&context);
  std::thread writer([&] {
    for (const v1::SyncItemsRequest& batch : batches) {
      if (!stream->Write(batch)) break;
    }
    stream->WritesDone();
  });
  v1::SyncItemsResponse response;
  v1::ImportReport report;
  int64_t acknowledged = 0;
  while (stream->Read(&response)) {
    acknowledged = response.acknowledged_batch();
    if (response.has_report()) report = response.report();
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return absl::InternalError(absl::StrCat("SyncItems: ", status.error_message()));
  if (acknowledged != static_cast<int64_t>(batches.size()))
    return absl::InternalError("SyncItems ended before its last batch");
  return report;
}

}  // namespace

absl::Status SyncOverGrpcRound(const std::string& mode, Shared* shared) {
  const Portfolio& portfolio = *shared->portfolio;
  Report& report = *shared->report;
  RELANCE_ASSIGN_OR_RETURN(const Span floor,
                           RedisBenchmark(mode, portfolio.accounts(), shared->bytes / portfolio.accounts()));
  RELANCE_ASSIGN_OR_RETURN(const auto world, LedgerWorld::Create(mode));
  RELANCE_ASSIGN_OR_RETURN(const auto service, RunningService::Start(shared->options->binaries, "ledger",
                                                                     world->redis().address()));
  v1::LedgerService::Stub stub(service->channel());

  v1::ImportReport done;
  const double service_cpu = CpuSeconds(service->pid());
  const auto full_rows = portfolio.Batches("full", 0, false);
  RELANCE_ASSIGN_OR_RETURN(const Span full, TakeTime(world->redis().pid(), [&]() -> absl::Status {
                             RELANCE_ASSIGN_OR_RETURN(done, Sync(stub, full_rows));
                             return absl::OkStatus();
                           }));
  Figure& line = report.Line("T2 " + mode, "SyncItems to relance-ledger, all acknowledged",
                             "redis-benchmark -c 16 -P 64, same count and size", "s", 6.0);
  line.Add(floor.seconds, full.seconds);
  line.redis_us.push_back(full.redis_seconds * 1e6 / portfolio.accounts());
  report.Line("T2 " + mode, "  of this, CPU of relance-ledger", "", "s", 0)
      .measured_values.push_back(CpuSeconds(service->pid()) - service_cpu);
  report.Expect("T2 invoices created", portfolio.invoices(), done.created());
  report.Expect("T2 rows rejected", 0, done.rejected());

  const auto changed_rows = portfolio.Batches("delta", 1, true);
  RELANCE_ASSIGN_OR_RETURN(const Span delta, TakeTime(world->redis().pid(), [&]() -> absl::Status {
                             RELANCE_ASSIGN_OR_RETURN(done, Sync(stub, changed_rows));
                             return absl::OkStatus();
                           }));
  report.Line("T3 " + mode, "SyncItems of the 1% alone", "SyncItems of all", "s", 0.45)
      .Add(full.seconds, delta.seconds);
  report.Expect("T3 over gRPC: invoices changed", portfolio.changed_invoices(), done.changed());

  const auto again_rows = portfolio.Batches("again", 2, false);
  RELANCE_ASSIGN_OR_RETURN(const Span again, TakeTime(world->redis().pid(), [&]() -> absl::Status {
                             RELANCE_ASSIGN_OR_RETURN(done, Sync(stub, again_rows));
                             return absl::OkStatus();
                           }));
  report.Line("T3 " + mode, "SyncItems of all, 1% changed", "SyncItems of all", "s", 0)
      .Add(full.seconds, again.seconds);
  report.Expect("T3 over gRPC, all again: invoices changed", portfolio.changed_invoices(), done.changed());
  return absl::OkStatus();
}

}  // namespace relance::bench
