#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call_context.h"
#include "common/store/store.h"

// The other services, as narrow as this one needs them. UNAVAILABLE and DEADLINE_EXCEEDED leave the outcome
// unknown: repeat with the same request_id.
namespace relance::scenario {

class HandoffClient {
 public:
  virtual ~HandoffClient() = default;
  // Places `items` with the tenant's agency; the id of the placement. Errors: those of
  // HandoffService.PlaceAccount.
  virtual absl::StatusOr<std::string> PlaceAccount(const rpc::CallContext& call,
                                                   const store::AccountKey& account,
                                                   const std::vector<uint64_t>& items,
                                                   const std::string& request_id) = 0;
};

class LedgerClient {
 public:
  virtual ~LedgerClient() = default;
  // Opens a dispute over all that is open of `item`. Errors: those of LedgerService.OpenDispute.
  virtual absl::Status OpenDispute(const rpc::CallContext& call, const store::AccountKey& account,
                                   uint64_t item, const std::string& reason, const std::string& actor,
                                   const std::string& request_id) = 0;
};

std::unique_ptr<HandoffClient> MakeHandoffClient(std::shared_ptr<grpc::Channel> channel);
std::unique_ptr<LedgerClient> MakeLedgerClient(std::shared_ptr<grpc::Channel> channel);

}  // namespace relance::scenario
