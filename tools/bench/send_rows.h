#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"

namespace relance::bench {

// Sends all batches of a sync and waits until the last is acknowledged; its report.
absl::StatusOr<ledger::v1::ImportReport> SendRows(ledger::v1::LedgerService::Stub& stub,
                                                  const std::vector<ledger::v1::SyncItemsRequest>& batches);

}  // namespace relance::bench
