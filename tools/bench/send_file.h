#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "relance/ledger/v1/ledger_service.grpc.pb.h"

namespace relance::bench {

// Imports a file as a program would: in pieces of 1 MiB, until the report is there.
absl::StatusOr<ledger::v1::ImportReport> SendFile(ledger::v1::LedgerService::Stub& stub,
                                                  const std::string& format, const std::string& path);

}  // namespace relance::bench
