#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "relance/ledger/v1/cash_service.pb.h"
#include "services/ledger/account_index.h"
#include "services/ledger/cash/weigh_accounts.h"
#include "services/ledger/command_scene.h"

namespace relance::ledger {

// What people decide about money. Each call is one commit on the account that the money is on afterwards,
// with its effect, its evidence and its answer; money that comes from another account is settled there by a
// second commit, which a repeat of the call completes after a crash. Thread-safe.
//
// Errors: as cash_service.proto lists them; ABORTED / ACCOUNT_CONTENDED when somebody else allocated the
// money meanwhile.
class CashCommands {
 public:
  // All outlive this. `now` is for evidence.
  CashCommands(store::Store* store, TenantDirectory* directory, AccountIndexes* indexes,
               std::function<absl::Time()> now)
      : store_(store), directory_(directory), indexes_(indexes), now_(std::move(now)) {}

  absl::StatusOr<v1::AcceptProposalResponse> AcceptProposal(const v1::AcceptProposalRequest& request,
                                                            store::Deadline deadline);
  absl::StatusOr<v1::RefuseProposalResponse> RefuseProposal(const v1::RefuseProposalRequest& request,
                                                            store::Deadline deadline);
  absl::StatusOr<v1::AllocatePaymentResponse> AllocatePayment(const v1::AllocatePaymentRequest& request,
                                                              store::Deadline deadline);
  absl::StatusOr<v1::UndoAllocationResponse> UndoAllocation(const v1::UndoAllocationRequest& request,
                                                            store::Deadline deadline);
  absl::StatusOr<v1::RecordDeductionResponse> RecordDeduction(const v1::RecordDeductionRequest& request,
                                                              store::Deadline deadline);

 private:
  // A request on its way: who asks, under which id, about which account.
  struct Asked;
  using Act = std::function<absl::StatusOr<uint64_t>(CommandScene& scene)>;

  template <typename Request>
  absl::StatusOr<Asked> Begin(const char* name, const Request& request, store::Deadline deadline);
  // The stored answer, when it was asked before on one of the accounts.
  template <typename Response>
  absl::StatusOr<std::optional<Response>> Before(const Asked& asked, store::Deadline deadline);
  // One commit on `account`; the item that `act` returns goes into the answer.
  template <typename Response>
  absl::StatusOr<Response> Commit(const Asked& asked, const std::string& account,
                                  v1::Item* (Response::*item)(), Response response, const Act& act,
                                  store::Deadline deadline);
  // The same for money that may come from another account: it is settled where it lay.
  template <typename Response>
  absl::StatusOr<Response> CommitMoved(const Asked& asked, const std::string& target, uint64_t payment,
                                       Response response, const Act& act, store::Deadline deadline);
  absl::StatusOr<bool> GiveAwayAt(const Asked& asked, uint64_t payment, const std::string& response,
                                  store::Deadline deadline);
  absl::Status TakeBackFrom(const Asked& asked, const std::string& target, uint64_t payment,
                            store::Deadline deadline);
  // The payer of `facts` pays for `account` from now on: as its own payer, or as another account that does.
  absl::Status Remember(const Asked& asked, const PaymentFacts& facts, const std::string& account,
                        store::Deadline deadline);
  // The money of a request as it lies there now, and what may still be done with it.
  absl::StatusOr<state::v1::Item> OpenPayment(const Asked& asked, const std::string& id_text,
                                              store::Deadline deadline);
  absl::StatusOr<AccountMatch> FindProposal(const Asked& asked, const state::v1::Item& payment,
                                            const std::string& proposal_id, store::Deadline deadline);

  store::Store* const store_;
  TenantDirectory* const directory_;
  AccountIndexes* const indexes_;
  const std::function<absl::Time()> now_;
};

// The accounts that money on `account` may belong to, that one included.
std::vector<AccountCandidate> CandidatesOf(const AccountIndex& index, const std::string& account,
                                           const state::v1::Item& payment, const PaymentFacts& facts);

}  // namespace relance::ledger
