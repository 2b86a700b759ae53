#include "services/handoff/report_from_agency.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/request_id.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/handoff/edit_account.h"
#include "services/handoff/errors.h"
#include "services/handoff/placement_edit.h"
#include "services/handoff/placement_state.h"

namespace relance::handoff {
namespace {

using state::v1::AgencyPayment;
using state::v1::Placement;

absl::Status Over(const Placement& placement) {
  return DomainError(absl::StatusCode::kFailedPrecondition, kPlacementOver,
                     absl::StrCat("the placement is ", StateWord(placement.state())),
                     {{"placementId", placement.id()}, {"state", std::string(StateWord(placement.state()))}});
}

absl::Status InvalidReport(absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, kReportInvalid, absl::StrCat(field, ": ", message),
                     {{"field", std::string(field)}});
}

// Moves the placement as `event` says, and notes it. `reason` is kept when the placement moves.
absl::Status Apply(PlacementEvent event, absl::string_view kind, const std::string& reason,
                   PlacementEdit& edit, Placement* placement) {
  const Transition next = Next(placement->state(), event);
  switch (next.verdict) {
    case Verdict::kOver:
      return Over(*placement);
    case Verdict::kNotAsked:
      return DomainError(absl::StatusCode::kFailedPrecondition, kNotRecalled,
                         "nobody asked the placement back", {{"placementId", placement->id()}});
    case Verdict::kStays:
      edit.Note(kind, *placement);
      return absl::OkStatus();
    case Verdict::kMoves:
      if (!reason.empty()) placement->set_close_reason(reason);
      edit.Move(next.to, kind, placement);
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

const AgencyPayment* FindPayment(const Placement& placement, const std::string& id, bool reversal) {
  for (const AgencyPayment& payment : placement.payments()) {
    if (payment.id() == id && (payment.amount_minor() < 0) == reversal) return &payment;
  }
  return nullptr;
}

// The payment that a reversal takes back; null when there is none of that amount that still stands.
AgencyPayment* FindReversed(const PaymentReport& report, Placement* placement) {
  const auto fits = [&](const AgencyPayment& payment) {
    return payment.amount_minor() > 0 && !payment.reversed() &&
           payment.amount_minor() == -report.amount.minor && payment.currency() == report.amount.currency;
  };
  for (AgencyPayment& payment : *placement->mutable_payments()) {
    const std::string& named = report.reverses_id.empty() ? report.payment_id : report.reverses_id;
    if (payment.id() == named && fits(payment)) return &payment;
  }
  if (!report.reverses_id.empty()) return nullptr;
  auto& payments = *placement->mutable_payments();
  const auto newest = std::find_if(payments.rbegin(), payments.rend(), fits);
  return newest == payments.rend() ? nullptr : &*newest;
}

bool AllSettled(const AccountView& view, const Placement& placement) {
  return std::none_of(view.items.begin(), view.items.end(), [&](const state::v1::Item& item) {
    return item.open_minor() > 0 &&
           std::any_of(placement.items().begin(), placement.items().end(),
                       [&](const state::v1::PlacedItem& placed) { return placed.item() == item.id(); });
  });
}

// Takes one report into `placement`.
struct TakeIn {
  const AccountView& view;
  PlacementEdit& edit;
  Placement* placement;

  absl::Status operator()(const AcceptedReport& report) const {
    if (IsOver(placement->state())) return Over(*placement);
    placement->set_agency_reference(report.reference);
    return Apply(PlacementEvent::kAccepted, "placement.accepted", "", edit, placement);
  }
  absl::Status operator()(const RejectedReport& report) const {
    return Apply(PlacementEvent::kRejected, "placement.rejected", report.reason, edit, placement);
  }
  absl::Status operator()(const ClosedReport& report) const {
    if (!absl::EqualsIgnoreCase(report.reason, "Paid")) {
      return Apply(PlacementEvent::kClosedUnpaid, "placement.closed", report.reason, edit, placement);
    }
    if (!IsOver(placement->state()) && !AllSettled(view, *placement)) {
      return DomainError(absl::StatusCode::kFailedPrecondition, kNotPaid, "items of the placement are open",
                         {{"placementId", placement->id()}});
    }
    return Apply(PlacementEvent::kClosedPaid, "placement.closed", report.reason, edit, placement);
  }
  absl::Status operator()(const RecallConfirmedReport&) const {
    return Apply(PlacementEvent::kRecallConfirmed, "placement.recalled", "", edit, placement);
  }
  absl::Status operator()(const RecallObjectedReport& report) const {
    RELANCE_RETURN_IF_ERROR(
        Apply(PlacementEvent::kRecallObjected, "placement.recall_objected", report.reason, edit, placement));
    return absl::OkStatus();
  }
  // Money is owed to the creditor in any state of the placement.
  absl::Status operator()(const RemittanceReport& report) const {
    const int32_t day = report.day.has_value() ? DayNumber(*report.day) : edit.today();
    if (day > edit.today()) return InvalidReport("remitted_date", "is in the future");
    std::vector<AgencyPayment*> passed_on;
    for (const std::string& id : report.payment_ids) {
      const auto told = std::find_if(
          placement->mutable_payments()->begin(), placement->mutable_payments()->end(),
          [&](const AgencyPayment& payment) { return payment.id() == id && payment.amount_minor() > 0; });
      if (told == placement->mutable_payments()->end() || told->reversed()) {
        return InvalidReport("payment_ids",
                             absl::StrCat("the placement has no such payment that stands: ", id));
      }
      passed_on.push_back(&*told);
    }
    if (report.payment_ids.empty()) {
      for (AgencyPayment& payment : *placement->mutable_payments()) {
        const bool waits = payment.amount_minor() > 0 && !payment.reversed() && payment.remitted_day() == 0;
        if (waits && payment.received_day() <= day) passed_on.push_back(&payment);
      }
      if (passed_on.empty()) return InvalidReport("payment_ids", "nothing is left to be passed on");
    }
    std::vector<std::string> ids;
    for (AgencyPayment* payment : passed_on) {
      if (day < payment->received_day()) {
        return InvalidReport("remitted_date", absl::StrCat("is before it was received: ", payment->id()));
      }
      payment->set_remitted_day(day);
      ids.push_back(payment->id());
    }
    auto& details = *edit.Note("placement.remittance", *placement).mutable_details();
    details["payments"] = absl::StrJoin(ids, ",");
    details["remitted_date"] = FormatIsoDay(DayFromNumber(day));
    return absl::OkStatus();
  }
  absl::Status operator()(const PaymentReport& report) const {
    const bool reversal = report.amount.minor < 0;
    if (DayNumber(report.received) > edit.today()) return InvalidReport("received_date", "is in the future");
    if (placement->payments_size() >= kPaymentsPerPlacementMax) {
      return DomainError(absl::StatusCode::kResourceExhausted, kTooManyPayments,
                         absl::StrCat("a placement has at most ", kPaymentsPerPlacementMax, " payments"),
                         {{"paymentsMax", absl::StrCat(kPaymentsPerPlacementMax)}});
    }
    std::string reverses_id;
    if (reversal) {
      AgencyPayment* reversed = FindReversed(report, placement);
      if (reversed == nullptr)
        return InvalidReport("amount", "no payment of that amount stands that it could take back");
      reversed->set_reversed(true);
      reverses_id = reversed->id();
    }
    AgencyPayment& payment = *placement->add_payments();
    payment.set_id(report.payment_id);
    payment.set_received_day(DayNumber(report.received));
    payment.set_amount_minor(report.amount.minor);
    payment.set_currency(report.amount.currency);
    payment.set_reverses_id(reverses_id);
    payment.set_reported_day(edit.today());
    auto& details =
        *edit.Note(reversal ? "placement.reversal" : "placement.payment", *placement).mutable_details();
    details["payment"] = report.payment_id;
    details["amount_minor"] = absl::StrCat(report.amount.minor);
    details["currency"] = report.amount.currency;
    details["received_date"] = FormatIsoDay(report.received);
    edit.TellLedger(*placement, payment);
    return absl::OkStatus();
  }
};

// Whether the money is known already. Errors: ALREADY_EXISTS / PAYMENT_ID_REUSED.
absl::StatusOr<bool> IsKnown(const PaymentReport& report, const Placement& placement) {
  const AgencyPayment* known = FindPayment(placement, report.payment_id, report.amount.minor < 0);
  if (known == nullptr) return false;
  if (known->amount_minor() == report.amount.minor && known->currency() == report.amount.currency)
    return true;
  return DomainError(absl::StatusCode::kAlreadyExists, kPaymentIdReused,
                     "payment_id was used with another amount", {{"paymentId", report.payment_id}});
}

}  // namespace

absl::StatusOr<ReportResult> ReportFromAgency(const HandoffParts& parts, const AgencyReport& report,
                                              store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, parts.tenants->Get(report.key.tenant, deadline));
  const int32_t today = DayNumber(tenant->business_date);
  const auto* money = std::get_if<PaymentReport>(&report.content);
  ReportResult taken{false, money != nullptr};
  const std::string request_id =
      rpc::DeriveRequestId({"handoff.report", report.key.tenant, report.placement_id, report.report_id});
  const absl::Status reused =
      DomainError(absl::StatusCode::kAlreadyExists, kReportIdReused, "report_id was used with another report",
                  {{"reportId", report.report_id}});
  RELANCE_ASSIGN_OR_RETURN(const auto known, parts.store->FindRequest(report.key, request_id, deadline));
  if (known.has_value()) {
    if (known->first != report.payload_hash) return reused;
    taken.replayed = true;
    return taken;
  }
  const ViewSpec spec{.items = std::holds_alternative<ClosedReport>(report.content), .history = false};
  const auto edited =
      EditAccount(*parts.store, report.key, spec, std::nullopt, deadline,
                  [&](const AccountView& view) -> absl::StatusOr<std::optional<store::AccountWrite>> {
                    std::vector<store::Owner> owners;
                    if (spec.items) owners.push_back(store::kLedgerOwner);
                    PlacementEdit probe(view, *parts.documents, parts.now(), today, "", {});
                    Placement* placement = probe.Find(report.placement_id);
                    if (placement == nullptr) {
                      return DomainError(absl::StatusCode::kNotFound, kPlacementNotFound, "no such placement",
                                         {{"placementId", report.placement_id}});
                    }
                    if (money != nullptr) {
                      RELANCE_ASSIGN_OR_RETURN(taken.replayed, IsKnown(*money, *placement));
                      if (taken.replayed) return std::optional<store::AccountWrite>();
                    }
                    PlacementEdit edit(view, *parts.documents, parts.now(), today,
                                       absl::StrCat("agency:", placement->agency_id()), std::move(owners));
                    placement = edit.Find(report.placement_id);
                    RELANCE_RETURN_IF_ERROR(std::visit(TakeIn{view, edit, placement}, report.content));
                    store::AccountWrite write = edit.Finish();
                    write.request_id = request_id;
                    write.request_payload_hash = report.payload_hash;
                    return std::make_optional(std::move(write));
                  });
  if (!edited.ok()) return ReasonOf(edited.status()) == kRequestIdReused ? reused : edited.status();
  taken.replayed = taken.replayed || edited->replayed;
  return taken;
}

absl::string_view ReportKind(const AgencyReport& report) {
  struct Word {
    absl::string_view operator()(const AcceptedReport&) const { return "accepted"; }
    absl::string_view operator()(const RejectedReport&) const { return "rejected"; }
    absl::string_view operator()(const PaymentReport& payment) const {
      return payment.amount.minor < 0 ? "reversal" : "payment";
    }
    absl::string_view operator()(const ClosedReport&) const { return "closed"; }
    absl::string_view operator()(const RecallConfirmedReport&) const { return "recall_confirmed"; }
    absl::string_view operator()(const RecallObjectedReport&) const { return "recall_objected"; }
    absl::string_view operator()(const RemittanceReport&) const { return "remittance"; }
  };
  return std::visit(Word{}, report.content);
}

}  // namespace relance::handoff
