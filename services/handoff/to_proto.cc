#include "services/handoff/to_proto.h"

#include <map>
#include <unordered_map>

#include "common/account/item_id.h"
#include "common/money/rounding.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/handoff/errors.h"

namespace relance::handoff {
namespace {

absl::Status AddSums(const std::map<std::string, int64_t>& sums,
                     google::protobuf::RepeatedPtrField<type::v1::Money>* out) {
  for (const auto& [currency, minor] : sums) {
    RELANCE_ASSIGN_OR_RETURN(*out->Add(), rpc::MoneyToProto({minor, currency}));
  }
  return absl::OkStatus();
}

absl::Status AddItems(const AccountView& view, const state::v1::Placement& placement, v1::Placement* out) {
  std::unordered_map<uint64_t, const state::v1::Item*> items;
  for (const auto& item : view.items) items[item.id()] = &item;
  for (const auto& item : view.history) items[item.id()] = &item;
  std::map<std::string, int64_t> sums;
  for (const auto& placed : placement.items()) {
    v1::PlacedItem& item = *out->add_items();
    item.set_item_id(ItemIdText(placed.item()));
    int64_t open = 0;
    const auto known = items.find(placed.item());
    if (known != items.end()) {
      item.set_number(known->second->number());
      if (known->second->has_due_day()) {
        *item.mutable_due_date() = rpc::DayToProto(DayFromNumber(known->second->due_day()));
      }
      open = known->second->open_minor();
    }
    const std::string& currency = placed.currency();
    RELANCE_ASSIGN_OR_RETURN(*item.mutable_placed(), rpc::MoneyToProto({placed.placed_minor(), currency}));
    RELANCE_ASSIGN_OR_RETURN(*item.mutable_open(), rpc::MoneyToProto({open, currency}));
    RELANCE_ASSIGN_OR_RETURN(*item.mutable_direct_paid(),
                             rpc::MoneyToProto({placed.direct_paid_minor(), currency}));
    RELANCE_ASSIGN_OR_RETURN(sums[currency], AddMinor(sums[currency], placed.placed_minor()));
  }
  return AddSums(sums, out->mutable_placed());
}

absl::Status AddPayments(const state::v1::Placement& placement, const RemittanceDays& days,
                         v1::Placement* out) {
  std::map<std::string, int64_t> sums;
  for (const auto& told : placement.payments()) {
    v1::AgencyPayment& payment = *out->add_payments();
    payment.set_payment_id(told.id());
    *payment.mutable_received_date() = rpc::DayToProto(DayFromNumber(told.received_day()));
    RELANCE_ASSIGN_OR_RETURN(*payment.mutable_amount(),
                             rpc::MoneyToProto({told.amount_minor(), told.currency()}));
    payment.set_recorded(told.recorded());
    payment.set_reverses_payment_id(told.reverses_id());
    if (told.remitted_day() != 0) {
      *payment.mutable_remitted_date() = rpc::DayToProto(DayFromNumber(told.remitted_day()));
    }
    if (const auto due = RemittanceDueDay(told, placement.agency_id(), days)) {
      *payment.mutable_remittance_due_date() = rpc::DayToProto(DayFromNumber(*due));
    }
    RELANCE_ASSIGN_OR_RETURN(sums[told.currency()], AddMinor(sums[told.currency()], told.amount_minor()));
  }
  return AddSums(sums, out->mutable_recovered());
}

}  // namespace

absl::StatusOr<v1::Placement> PlacementToProto(const AccountView& view, absl::string_view placement_id,
                                               const RemittanceDays& days) {
  for (const auto& placement : view.placements.placements()) {
    if (placement.id() != placement_id) continue;
    v1::Placement out;
    out.set_placement_id(placement.id());
    out.set_tenant_id(view.key.tenant);
    out.set_account_id(view.key.account);
    out.set_agency_id(placement.agency_id());
    // The stored states have the numbers of the public ones.
    out.set_state(static_cast<v1::PlacementState>(placement.state()));
    *out.mutable_placed_date() = rpc::DayToProto(DayFromNumber(placement.placed_day()));
    RELANCE_RETURN_IF_ERROR(AddItems(view, placement, &out));
    RELANCE_RETURN_IF_ERROR(AddPayments(placement, days, &out));
    out.set_agency_reference(placement.agency_reference());
    out.set_close_reason(placement.close_reason());
    if (placement.closed_day() != 0)
      *out.mutable_closed_date() = rpc::DayToProto(DayFromNumber(placement.closed_day()));
    if (!placement.items().empty()) {
      RELANCE_ASSIGN_OR_RETURN(
          *out.mutable_direct_paid(),
          rpc::MoneyToProto({placement.direct_paid_minor(), placement.items(0).currency()}));
    }
    for (const std::string& document : placement.documents()) out.add_documents(document);
    return out;
  }
  return DomainError(absl::StatusCode::kNotFound, kPlacementNotFound, "no such placement",
                     {{"placementId", std::string(placement_id)}});
}

v1::Agency AgencyToProto(const state::v1::Agency& agency) {
  v1::Agency out;
  out.set_agency_id(agency.id());
  out.set_legal_name(agency.legal_name());
  out.set_mandate_id(agency.mandate_id());
  out.set_fee_bps(agency.fee_bps());
  out.set_remittance_days(agency.remittance_days());
  return out;
}

}  // namespace relance::handoff
