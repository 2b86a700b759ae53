#include "services/handoff/check_request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/account/item_id.h"
#include "common/documents/sha256.h"
#include "common/rpc/proto_types.h"
#include "common/rpc/request_id.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/status/utf8.h"
#include "services/handoff/choose_items.h"
#include "services/handoff/errors.h"
#include "services/handoff/placement_id.h"

namespace relance::handoff {
namespace {

constexpr size_t kReasonBytesMax = 63;

absl::Status Invalid(absl::string_view reason, absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, absl::StrCat(field, ": ", message),
                     {{"field", std::string(field)}});
}

// Printable ASCII without spaces: fit for keys, file names and logs.
bool IsId(absl::string_view id, size_t bytes_max) {
  return !id.empty() && id.size() <= bytes_max &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) { return absl::ascii_isgraph(c); });
}

absl::Status CheckText(absl::string_view field, const std::string& text) {
  const bool control =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_iscntrl(c) != 0; });
  if (text.empty() || text.size() > kReportTextBytesMax || control || CleanUtf8(text, text.size()) != text) {
    return Invalid(kReportInvalid, field, absl::StrCat("1 to ", kReportTextBytesMax, " bytes of plain text"));
  }
  return absl::OkStatus();
}

// The errors of dates and amounts, as those of a report.
template <typename T>
absl::StatusOr<T> InReport(absl::StatusOr<T> value, absl::string_view field) {
  if (value.ok()) return value;
  return Invalid(kReportInvalid, field, value.status().message());
}

absl::StatusOr<PaymentReport> CheckPayment(const v1::AgencyPayment& payment) {
  PaymentReport report;
  if (!IsId(payment.payment_id(), kReportIdBytesMax)) {
    return Invalid(kReportInvalid, "payment_id", "1 to 128 printable characters without spaces");
  }
  if (!payment.reverses_payment_id().empty() && !IsId(payment.reverses_payment_id(), kReportIdBytesMax)) {
    return Invalid(kReportInvalid, "reverses_payment_id", "1 to 128 printable characters without spaces");
  }
  report.payment_id = payment.payment_id();
  report.reverses_id = payment.reverses_payment_id();
  RELANCE_ASSIGN_OR_RETURN(
      report.received,
      InReport(rpc::DayFromProto(payment.received_date(), "received_date"), "received_date"));
  RELANCE_ASSIGN_OR_RETURN(report.amount,
                           InReport(rpc::MoneyFromProto(payment.amount(), "amount"), "amount"));
  if (report.amount.minor == 0 || report.amount.minor == INT64_MIN) {
    return Invalid(kReportInvalid, "amount", "is zero, or beyond any payment");
  }
  return report;
}

absl::StatusOr<RemittanceReport> CheckRemittance(const v1::Remittance& remittance) {
  RemittanceReport report;
  if (remittance.payment_ids_size() > kPaymentsPerPlacementMax) {
    return Invalid(kReportInvalid, "payment_ids", absl::StrCat("at most ", kPaymentsPerPlacementMax));
  }
  for (const std::string& id : remittance.payment_ids()) {
    if (!IsId(id, kReportIdBytesMax)) {
      return Invalid(kReportInvalid, "payment_ids", "1 to 128 printable characters without spaces");
    }
    report.payment_ids.push_back(id);
  }
  if (remittance.has_remitted_date()) {
    RELANCE_ASSIGN_OR_RETURN(
        report.day,
        InReport(rpc::DayFromProto(remittance.remitted_date(), "remitted_date"), "remitted_date"));
  }
  return report;
}

}  // namespace

absl::StatusOr<store::AccountKey> KeyOfPlacement(absl::string_view tenant, absl::string_view placement_id) {
  const auto key = AccountOfPlacement(placement_id);
  if (key.has_value() && key->tenant == tenant) return *key;
  return DomainError(absl::StatusCode::kNotFound, kPlacementNotFound, "no such placement",
                     {{"placementId", CleanUtf8(placement_id, 600)}});
}

absl::StatusOr<std::string> CheckActor(absl::string_view actor) {
  if (!IsId(actor, kActorBytesMax)) {
    return Invalid(kRequestInvalid, "actor", "1 to 128 printable characters without spaces");
  }
  if (absl::StartsWith(actor, "service:") || absl::StartsWith(actor, "user:")) return std::string(actor);
  return absl::StrCat("user:", actor);
}

absl::Status CheckReason(absl::string_view reason) {
  const bool good = !reason.empty() && reason.size() <= kReasonBytesMax && absl::ascii_isupper(reason[0]) &&
                    std::all_of(reason.begin(), reason.end(), [](unsigned char c) {
                      return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
                    });
  return good ? absl::OkStatus() : Invalid(kRequestInvalid, "reason", "UPPER_SNAKE of at most 63 characters");
}

absl::StatusOr<PlaceRequest> CheckPlaceRequest(const v1::PlaceAccountRequest& request) {
  PlaceRequest checked;
  RELANCE_ASSIGN_OR_RETURN(checked.request_id, rpc::CanonicalRequestId(request.request_id()));
  if (request.tenant_id().empty()) return Invalid(kRequestInvalid, "tenant_id", "is required");
  if (request.account_id().empty()) return Invalid(kRequestInvalid, "account_id", "is required");
  checked.key = {request.tenant_id(), request.account_id()};
  if (static_cast<size_t>(request.item_ids_size()) > kItemsPerPlacementMax) {
    return Invalid(kRequestInvalid, "item_ids", absl::StrCat("at most ", kItemsPerPlacementMax));
  }
  RELANCE_ASSIGN_OR_RETURN(checked.actor, CheckActor(request.actor()));
  for (const std::string& text : request.item_ids()) {
    const auto id = ParseItemId(text);
    if (!id.has_value()) {
      return DomainError(absl::StatusCode::kNotFound, kItemNotFound, "an item id has 16 hexadecimal digits",
                         {{"itemId", CleanUtf8(text, 64)}});
    }
    checked.items.push_back(*id);
  }
  return checked;
}

absl::StatusOr<AgencyReport> CheckReport(const v1::ReportFromAgencyRequest& request) {
  AgencyReport report;
  if (!IsId(request.report_id(), kReportIdBytesMax)) {
    return Invalid(kReportInvalid, "report_id", "1 to 128 printable characters without spaces");
  }
  RELANCE_ASSIGN_OR_RETURN(report.key, KeyOfPlacement(request.tenant_id(), request.placement_id()));
  report.report_id = request.report_id();
  report.placement_id = request.placement_id();
  std::vector<std::string> payload;
  switch (request.report_case()) {
    case v1::ReportFromAgencyRequest::kAcceptedReference:
      RELANCE_RETURN_IF_ERROR(CheckText("accepted_reference", request.accepted_reference()));
      report.content = AcceptedReport{request.accepted_reference()};
      payload = {"accepted", request.accepted_reference()};
      break;
    case v1::ReportFromAgencyRequest::kRejectedReason:
      RELANCE_RETURN_IF_ERROR(CheckText("rejected_reason", request.rejected_reason()));
      report.content = RejectedReport{request.rejected_reason()};
      payload = {"rejected", request.rejected_reason()};
      break;
    case v1::ReportFromAgencyRequest::kClosedReason:
      RELANCE_RETURN_IF_ERROR(CheckText("closed_reason", request.closed_reason()));
      report.content = ClosedReport{request.closed_reason()};
      payload = {"closed", request.closed_reason()};
      break;
    case v1::ReportFromAgencyRequest::kRecallObjection:
      RELANCE_RETURN_IF_ERROR(CheckText("recall_objection", request.recall_objection()));
      report.content = RecallObjectedReport{request.recall_objection()};
      payload = {"objected", request.recall_objection()};
      break;
    case v1::ReportFromAgencyRequest::kRecallConfirmed:
      if (!request.recall_confirmed())
        return Invalid(kReportInvalid, "recall_confirmed", "is false: nothing is reported");
      report.content = RecallConfirmedReport{};
      payload = {"confirmed"};
      break;
    case v1::ReportFromAgencyRequest::kPayment: {
      RELANCE_ASSIGN_OR_RETURN(const PaymentReport payment, CheckPayment(request.payment()));
      payload = {"payment",
                 payment.payment_id,
                 payment.reverses_id,
                 absl::StrCat(payment.amount.minor),
                 payment.amount.currency,
                 absl::FormatCivilTime(payment.received)};
      report.content = payment;
      break;
    }
    case v1::ReportFromAgencyRequest::kRemittance: {
      RELANCE_ASSIGN_OR_RETURN(const RemittanceReport remittance, CheckRemittance(request.remittance()));
      payload = {"remittance", remittance.day.has_value() ? absl::FormatCivilTime(*remittance.day) : ""};
      payload.insert(payload.end(), remittance.payment_ids.begin(), remittance.payment_ids.end());
      report.content = remittance;
      break;
    }
    case v1::ReportFromAgencyRequest::REPORT_NOT_SET:
      return Invalid(kReportInvalid, "report", "exactly one kind of report is required");
  }
  std::string joined;
  for (const std::string& part : payload) absl::StrAppend(&joined, part.size(), ":", part);
  report.payload_hash = documents::Sha256Hex(joined);
  return report;
}

}  // namespace relance::handoff
