#include "services/handoff/place_account.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/account/item_id.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/handoff/agencies.h"
#include "services/handoff/build_case_file.h"
#include "services/handoff/choose_items.h"
#include "services/handoff/edit_account.h"
#include "services/handoff/errors.h"
#include "services/handoff/item_money.h"
#include "services/handoff/placement_edit.h"
#include "services/handoff/placement_id.h"
#include "services/handoff/placement_state.h"
#include "services/handoff/write_case_csv.h"
#include "services/handoff/write_case_json.h"

namespace relance::handoff {
namespace {

using state::v1::Item;
using state::v1::Placement;

constexpr int kEvidencePerRead = 500;

std::string PayloadHash(const PlaceRequest& request) {
  std::vector<uint64_t> items = request.items;
  std::sort(items.begin(), items.end());
  return documents::Sha256Hex(absl::StrCat("place/", request.key.ToString(), "/", absl::StrJoin(items, ",")));
}

absl::StatusOr<std::vector<state::v1::EvidenceRecord>> ReadEvidence(store::Store& store,
                                                                    const AccountView& view,
                                                                    store::Deadline deadline) {
  std::vector<state::v1::EvidenceRecord> records;
  uint64_t from = view.evidence_count > kEvidenceRecordsMax ? view.evidence_count - kEvidenceRecordsMax : 0;
  // What is appended meanwhile makes the commit stale: this reads what the view knows of.
  while (from < view.evidence_count) {
    const int limit = static_cast<int>(std::min<uint64_t>(kEvidencePerRead, view.evidence_count - from));
    RELANCE_ASSIGN_OR_RETURN(const auto encoded, store.ReadEvidence(view.key, from, limit, deadline));
    if (encoded.empty()) break;
    for (const std::string& bytes : encoded) {
      if (!records.emplace_back().ParseFromString(bytes)) {
        return DomainError(absl::StatusCode::kInternal, "EVIDENCE_CORRUPT",
                           "a record of evidence does not parse",
                           {{"tenant", view.key.tenant}, {"account", view.key.account}});
      }
    }
    from += encoded.size();
  }
  return records;
}

// A debtor is never with two agencies at once.
std::string AgencyFor(const AccountView& view, const state::v1::TenantConfig& tenant) {
  for (const Placement& placement : view.placements.placements()) {
    if (!IsOver(placement.state())) return placement.agency_id();
  }
  return tenant.agency_id();
}

Placement NewPlacement(const AccountView& view, const std::vector<const Item*>& items,
                       const std::string& agency, int number, int32_t today) {
  Placement placement;
  placement.set_id(PlacementId(view.key, number));
  placement.set_agency_id(agency);
  placement.set_state(state::v1::PLACEMENT_STATE_PLACED);
  placement.set_placed_day(today);
  std::set<uint64_t> ids;
  for (const Item* item : items) ids.insert(item->id());
  const auto money = MoneyOfItems(view, ids);
  for (const Item* item : items) {
    auto* placed = placement.add_items();
    placed->set_item(item->id());
    placed->set_placed_minor(item->open_minor());
    placed->set_currency(item->currency());
    placed->set_paid_minor(money.at(item->id()).direct_minor);
    placed->set_credited_minor(money.at(item->id()).credited_minor);
  }
  return placement;
}

class Placing {
 public:
  Placing(const HandoffParts& parts, const PlaceRequest& request, TenantPtr tenant, store::Deadline deadline)
      : parts_(parts), request_(request), tenant_(std::move(tenant)), deadline_(deadline) {}

  absl::StatusOr<std::optional<store::AccountWrite>> Decide(const AccountView& view) {
    const int32_t today = DayNumber(tenant_->business_date);
    RELANCE_ASSIGN_OR_RETURN(const auto items, ChooseItems(view, request_.items, today));
    RELANCE_ASSIGN_OR_RETURN(const auto agency, GetAgency(*parts_.store, view.key.tenant,
                                                          AgencyFor(view, tenant_->config), deadline_));
    if (view.placements.placements_size() >= kPlacementsPerAccountMax) {
      return DomainError(absl::StatusCode::kResourceExhausted, kTooManyPlacements,
                         absl::StrCat("an account has at most ", kPlacementsPerAccountMax, " placements"),
                         {{"placementsMax", absl::StrCat(kPlacementsPerAccountMax)}});
    }
    PlacementEdit edit(view, *parts_.documents, parts_.now(), today, request_.actor,
                       {store::kLedgerOwner, store::kPlanOwner});
    state::v1::Case& cases = edit.cases();
    cases.set_placement_count(cases.placement_count() + 1);
    Placement& placement = *cases.add_placements();
    placement = NewPlacement(view, items, agency.id(), cases.placement_count(), today);
    placement_id_ = placement.id();
    RELANCE_RETURN_IF_ERROR(SendCase(view, items, agency, edit, &placement));
    state::v1::EvidenceRecord& record = edit.Note("placement.made", placement);
    (*record.mutable_details())["mandate"] = agency.mandate_id();
    (*record.mutable_details())["items"] = absl::StrJoin(
        items, " ", [](std::string* out, const Item* item) { absl::StrAppend(out, ItemIdText(item->id())); });
    for (const std::string& document : placement.documents()) record.add_documents(document);
    EvidenceAppender::AddKnownItems(view, &record);

    store::AccountWrite write = edit.Finish();
    write.request_id = request_.request_id;
    write.request_payload_hash = PayloadHash(request_);
    write.request_response = placement_id_;
    return std::make_optional(std::move(write));
  }

  const std::string& placement_id() const { return placement_id_; }

 private:
  absl::Status SendCase(const AccountView& view, const std::vector<const Item*>& items,
                        const state::v1::Agency& agency, PlacementEdit& edit, Placement* placement) {
    RELANCE_ASSIGN_OR_RETURN(const auto evidence, ReadEvidence(*parts_.store, view, deadline_));
    RELANCE_ASSIGN_OR_RETURN(const CaseFile file, BuildCaseFile({.view = view,
                                                                 .items = items,
                                                                 .tenant = tenant_->config,
                                                                 .agency = agency,
                                                                 .case_id = placement->id(),
                                                                 .date = tenant_->business_date,
                                                                 .evidence = evidence,
                                                                 .rates = *parts_.rates}));
    const int number = PlacementEdit::NextMessage(placement);
    RELANCE_ASSIGN_OR_RETURN(*placement->add_documents(),
                             edit.Send(*placement, number, "case", "json", WriteCaseJson(file)));
    RELANCE_ASSIGN_OR_RETURN(*placement->add_documents(),
                             edit.Send(*placement, number, "case", "csv", WriteCaseCsv(file)));
    return absl::OkStatus();
  }

  const HandoffParts& parts_;
  const PlaceRequest& request_;
  const TenantPtr tenant_;
  const store::Deadline deadline_;
  std::string placement_id_;
};

}  // namespace

absl::StatusOr<PlaceResult> PlaceAccount(const HandoffParts& parts, const PlaceRequest& request,
                                         store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(TenantPtr tenant, parts.tenants->Get(request.key.tenant, deadline));
  // Before any look at the state, which the first try has changed.
  RELANCE_ASSIGN_OR_RETURN(const auto known,
                           parts.store->FindRequest(request.key, request.request_id, deadline));
  if (known.has_value()) {
    if (known->first != PayloadHash(request)) {
      return DomainError(absl::StatusCode::kAlreadyExists, kRequestIdReused,
                         "request_id was used with another payload", {{"requestId", request.request_id}});
    }
    return PlaceResult{known->second, true};
  }
  Placing placing(parts, request, std::move(tenant), deadline);
  const auto result = EditAccount(*parts.store, request.key, {.items = true, .history = true}, std::nullopt,
                                  deadline, [&](const AccountView& view) { return placing.Decide(view); });
  if (!result.ok()) {
    // The same request may have come twice at once, or its first try's answer was lost: then it is done.
    const auto again = parts.store->FindRequest(request.key, request.request_id, deadline);
    if (again.ok() && again->has_value() && (*again)->first == PayloadHash(request)) {
      return PlaceResult{(*again)->second, true};
    }
    return result.status();
  }
  if (result->replayed) return PlaceResult{result->response, true};
  return PlaceResult{placing.placement_id(), false};
}

}  // namespace relance::handoff
