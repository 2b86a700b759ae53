#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/ledger_service.pb.h"
#include "services/ledger/account_index.h"
#include "services/ledger/command_scene.h"

namespace relance::ledger {

// What people and programs do to one account. Each command is one commit that holds its effect, its evidence
// and its answer under the request_id; a repeat within a week is answered from there. Thread-safe.
//
// Errors of all, first match wins: INVALID_ARGUMENT / REQUEST_ID_MISSING, REQUEST_ID_MALFORMED and those of
// the fields; NOT_FOUND / TENANT_NOT_FOUND; ALREADY_EXISTS / REQUEST_ID_REUSED; NOT_FOUND /
// ACCOUNT_NOT_FOUND, ITEM_NOT_FOUND; then what the command says in ledger_service.proto.
class Commands {
 public:
  // All outlive this. `now` is for evidence.
  Commands(store::Store* store, TenantDirectory* directory, AccountIndexes* indexes,
           std::function<absl::Time()> now)
      : store_(store), directory_(directory), indexes_(indexes), now_(std::move(now)) {}

  absl::StatusOr<v1::RecordPaymentResponse> RecordPayment(const v1::RecordPaymentRequest& request,
                                                          store::Deadline deadline);
  absl::StatusOr<v1::ReturnPaymentResponse> ReturnPayment(const v1::ReturnPaymentRequest& request,
                                                          store::Deadline deadline);
  absl::StatusOr<v1::OpenDisputeResponse> OpenDispute(const v1::OpenDisputeRequest& request,
                                                      store::Deadline deadline);
  absl::StatusOr<v1::ResolveDisputeResponse> ResolveDispute(const v1::ResolveDisputeRequest& request,
                                                            store::Deadline deadline);
  absl::StatusOr<v1::WriteOffItemResponse> WriteOffItem(const v1::WriteOffItemRequest& request,
                                                        store::Deadline deadline);
  // Has no request_id: the etag, or the values themselves, make it safe to repeat.
  absl::StatusOr<v1::UpdateAccountResponse> UpdateAccount(const v1::UpdateAccountRequest& request,
                                                          store::Deadline deadline);

 private:
  using Scene = CommandScene;
  using Act =
      std::function<absl::StatusOr<uint64_t>(Scene& scene)>;  // returns the item that the answer shows

  // Runs a command whose answer is one item.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Run(const char* name, const Request& request, v1::Item* (Response::*item)(),
                               store::Deadline deadline, const Act& act);

  store::Store* const store_;
  TenantDirectory* const directory_;
  AccountIndexes* const indexes_;
  const std::function<absl::Time()> now_;
};

}  // namespace relance::ledger
