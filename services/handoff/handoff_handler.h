#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/documents/outbox_directory.h"
#include "common/worker/account_handler.h"
#include "services/handoff/handoff_parts.h"

namespace relance::handoff {

// What the worker of this service does: reviews placements when their account changed (ReviewPlacements),
// delivers files to
// `<outbox directory>/agency/<agency id>/`, and passes money that agencies received on to the ledger.
//
// Outbox: a file is written once however often it is tried (OutboxDirectory), then its message is erased in a
// commit under
//         the lease. Money that the ledger does not take for lack of an answer is tried again (kRetry: the
//         day is not done); what it refuses waits for a person and is tried again when the tenant's day or
//         configuration changes.
class HandoffHandler : public worker::AccountHandler {
 public:
  HandoffHandler(HandoffParts parts, std::string outbox_directory);

  ViewSpec Spec() const override { return {.items = false, .history = false}; }
  bool Heeds(absl::string_view service) const override { return service == "ledger"; }
  absl::StatusOr<std::optional<store::AccountWrite>> Process(const AccountView& view,
                                                             const TenantContext& tenant) override;
  absl::StatusOr<worker::OutboxResult> DeliverOutbox(const store::Lease& lease,
                                                     const std::vector<TenantPtr>& tenants) override;

 private:
  using Message = std::pair<std::string, state::v1::HandoffMessage>;  // with its key

  // Reviews an account whose review failed in Process, and erases its message.
  absl::Status ReviewAgain(const store::Lease& lease, const store::AccountKey& key,
                           const std::vector<TenantPtr>& tenants);
  absl::Status DeliverFile(const state::v1::AgencyFile& file);
  // Delivers the files of one account and erases their messages.
  absl::Status DeliverFiles(const store::Lease& lease, const store::AccountKey& key,
                            const std::vector<Message>& messages);
  absl::StatusOr<documents::OutboxDirectory*> Directory(const std::string& agency_id);

  const HandoffParts parts_;
  const std::string outbox_directory_;
  std::map<std::string, documents::OutboxDirectory> directories_;  // by agency; of the worker's thread
};

}  // namespace relance::handoff
