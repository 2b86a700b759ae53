#include "tools/bench/send_rows.h"

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tools/bench/bench_world.h"

namespace relance::bench {

namespace v1 = ledger::v1;

absl::StatusOr<v1::ImportReport> SendRows(v1::LedgerService::Stub& stub,
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

}  // namespace relance::bench
