#include "services/handoff/handoff_handler.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/handoff/edit_account.h"
#include "services/handoff/errors.h"
#include "services/handoff/pass_to_ledger.h"
#include "services/handoff/placement_edit.h"
#include "services/handoff/review_placements.h"

namespace relance::handoff {
namespace {

constexpr int kMessagesPerRead = 1'000;
constexpr absl::Duration kCallTimeout = absl::Seconds(10);

std::string ReviewOutboxKey(const store::AccountKey& key) { return absl::StrCat("review/", key.ToString()); }

bool EndsTheRound(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "LEASE_LOST" || reason == "STORE_UNAVAILABLE" || reason == "STORE_DEADLINE";
}

}  // namespace

HandoffHandler::HandoffHandler(HandoffParts parts, std::string outbox_directory)
    : parts_(std::move(parts)), outbox_directory_(std::move(outbox_directory)) {}

absl::StatusOr<std::optional<store::AccountWrite>> HandoffHandler::Process(const AccountView& view,
                                                                           const TenantContext& tenant) {
  // Nearly every account has none, so that items and history are read only where they are needed.
  if (!HasOpenPlacement(view.placements)) return std::optional<store::AccountWrite>();
  const auto whole =
      ReadAccount(*parts_.store, view.key, {.items = true, .history = true}, store::After(kCallTimeout));
  if (whole.ok()) {
    auto write = ReviewPlacements(*whole, *parts_.documents, parts_.now(), tenant.business_date);
    if (write.ok()) return write;
  }
  // The news must not be lost with the pass: a message without an addressee has the account reviewed until it
  // is done.
  state::v1::HandoffMessage message;
  message.set_tenant(view.key.tenant);
  message.set_account(view.key.account);
  store::AccountWrite later;
  later.key = view.key;
  later.read_versions = {{store::kCaseOwner, view.versions[store::kCaseOwner]}};
  later.outbox_put.emplace_back(ReviewOutboxKey(view.key), message.SerializeAsString());
  return std::make_optional(std::move(later));
}

absl::Status HandoffHandler::ReviewAgain(const store::Lease& lease, const store::AccountKey& key,
                                         const std::vector<TenantPtr>& tenants) {
  const auto tenant = std::find_if(tenants.begin(), tenants.end(),
                                   [&](const TenantPtr& one) { return one->config.id() == key.tenant; });
  if (tenant == tenants.end()) return absl::FailedPreconditionError("the tenant of a message is not known");
  return EditAccount(*parts_.store, key, {.items = true, .history = true}, lease, store::After(kCallTimeout),
                     [&](const AccountView& view) -> absl::StatusOr<std::optional<store::AccountWrite>> {
                       RELANCE_ASSIGN_OR_RETURN(
                           auto write,
                           ReviewPlacements(view, *parts_.documents, parts_.now(), (*tenant)->business_date));
                       if (!write.has_value()) {
                         write.emplace();
                         write->key = key;
                         write->read_versions = {{store::kCaseOwner, view.versions[store::kCaseOwner]}};
                       }
                       write->outbox_erase.push_back(ReviewOutboxKey(key));
                       return write;
                     })
      .status();
}

absl::StatusOr<documents::OutboxDirectory*> HandoffHandler::Directory(const std::string& agency_id) {
  auto it = directories_.find(agency_id);
  if (it == directories_.end()) {
    RELANCE_ASSIGN_OR_RETURN(auto directory, documents::OutboxDirectory::Open(
                                                 absl::StrCat(outbox_directory_, "/agency/", agency_id)));
    it = directories_.emplace(agency_id, std::move(directory)).first;
  }
  return &it->second;
}

absl::Status HandoffHandler::DeliverFile(const state::v1::AgencyFile& file) {
  RELANCE_ASSIGN_OR_RETURN(const std::string bytes, parts_.documents->Get(file.document()));
  RELANCE_ASSIGN_OR_RETURN(documents::OutboxDirectory* const directory, Directory(file.agency_id()));
  return directory->Deliver(file.key(), file.extension(), bytes);
}

absl::Status HandoffHandler::DeliverFiles(const store::Lease& lease, const store::AccountKey& key,
                                          const std::vector<Message>& messages) {
  for (const auto& [outbox_key, message] : messages) RELANCE_RETURN_IF_ERROR(DeliverFile(message.file()));
  return EditAccount(*parts_.store, key, {.items = false, .history = false}, lease,
                     store::After(kCallTimeout),
                     [&](const AccountView& view) -> absl::StatusOr<std::optional<store::AccountWrite>> {
                       store::AccountWrite write;
                       write.key = key;
                       write.read_versions = {{store::kCaseOwner, view.versions[store::kCaseOwner]}};
                       state::v1::Case cases = view.placements;
                       bool changed = false;
                       for (const auto& [outbox_key, message] : messages) {
                         write.outbox_erase.push_back(outbox_key);
                         if (!message.file().is_case()) continue;
                         for (auto& placement : *cases.mutable_placements()) {
                           if (placement.id() != message.placement_id() || placement.delivered()) continue;
                           placement.set_delivered(true);
                           changed = true;
                         }
                       }
                       if (changed) write.set.emplace_back(kCaseField, cases.SerializeAsString());
                       return std::make_optional(std::move(write));
                     })
      .status();
}

absl::StatusOr<worker::OutboxResult> HandoffHandler::DeliverOutbox(const store::Lease& lease,
                                                                   const std::vector<TenantPtr>& tenants) {
  RELANCE_ASSIGN_OR_RETURN(const auto outbox, parts_.store->ReadOutbox(lease.partition, kMessagesPerRead,
                                                                       store::After(kCallTimeout)));
  if (outbox.empty()) return worker::OutboxResult::kEmpty;
  std::map<store::AccountKey, std::vector<Message>> files;
  std::set<std::pair<store::AccountKey, std::string>> money;  // account and placement
  std::vector<store::AccountKey> reviews;
  bool retry = outbox.size() == kMessagesPerRead;  // there may be more behind these
  bool waiting = false;
  for (const auto& [key, bytes] : outbox) {
    state::v1::HandoffMessage message;
    if (!message.ParseFromString(bytes)) {
      log::Error("a message of the outbox does not parse", {{"partition", lease.partition}});
      waiting = true;
      continue;
    }
    const store::AccountKey account{message.tenant(), message.account()};
    if (message.has_file()) {
      files[account].emplace_back(key, std::move(message));
    } else if (message.has_ledger()) {
      money.emplace(account, message.placement_id());
    } else {
      reviews.push_back(account);
    }
  }
  for (const store::AccountKey& account : reviews) {
    const absl::Status reviewed = ReviewAgain(lease, account, tenants);
    if (EndsTheRound(reviewed)) return reviewed;
    // What it put into the outbox is delivered in the next pass.
    (reviewed.ok() || absl::IsUnavailable(reviewed) || absl::IsAborted(reviewed) ? retry : waiting) = true;
    if (!reviewed.ok()) log::Write(log::Severity::kWarning, "a placement waits for its review", reviewed);
  }
  for (const auto& [account, messages] : files) {
    const absl::Status delivered = DeliverFiles(lease, account, messages);
    if (delivered.ok()) continue;
    if (EndsTheRound(delivered)) return delivered;
    log::Write(log::Severity::kError, "files for an agency were not delivered", delivered,
               {{"partition", lease.partition}});
    // A full disk may be freed; what is broken stays so.
    (absl::IsUnavailable(delivered) || absl::IsAborted(delivered) ? retry : waiting) = true;
  }
  for (const auto& [account, placement] : money) {
    const auto passed = PassToLedger(parts_, account, placement, lease, rpc::BackgroundCall(kCallTimeout));
    if (EndsTheRound(passed.status())) return passed.status();
    if (passed.ok()) {
      waiting = waiting || passed->refused > 0;
      continue;
    }
    log::Write(log::Severity::kWarning, "money of an agency waits for the ledger", passed.status(),
               {{"partition", lease.partition}});
    retry = true;
  }
  return retry     ? worker::OutboxResult::kRetry
         : waiting ? worker::OutboxResult::kWaiting
                   : worker::OutboxResult::kEmpty;
}

}  // namespace relance::handoff
