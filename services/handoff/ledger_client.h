#pragma once

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/money/money.h"
#include "common/rpc/call_context.h"
#include "common/store/store.h"

namespace relance::handoff {

// Money that an agency received for the creditor.
struct LedgerPayment {
  std::string request_id;
  store::AccountKey key;
  Money amount;
  absl::CivilDay day;
  std::vector<uint64_t> items;  // to settle, in order; empty: it stays on the account
  std::string reference;
  std::string source;  // "agency:<id>"
};

struct LedgerReturn {
  std::string request_id;
  store::AccountKey key;
  uint64_t payment = 0;
  absl::CivilDay day;
};

// What the handoff asks of the ledger. Calls are idempotent by request_id, so that each may be repeated until
// it answers.
class LedgerClient {
 public:
  virtual ~LedgerClient() = default;

  // The payment as an item of the ledger. Errors: as the RPC.
  virtual absl::StatusOr<uint64_t> RecordPayment(const rpc::CallContext& call,
                                                 const LedgerPayment& payment) = 0;
  virtual absl::Status ReturnPayment(const rpc::CallContext& call, const LedgerReturn& taken_back) = 0;
};

// The ledger behind `channel`. A call ends after at most 5 seconds.
std::unique_ptr<LedgerClient> MakeLedgerClient(std::shared_ptr<grpc::Channel> channel);

}  // namespace relance::handoff
