#pragma once

// Every reason that the handoff service gives, beside those of the store, of tenants, of paging and of
// common/rpc. "Again" says whether the same request may succeed later.
namespace relance::handoff {

// The request is wrong. INVALID_ARGUMENT. Again: no.
inline constexpr char kAgencyInvalid[] = "AGENCY_INVALID";    // field
inline constexpr char kRequestInvalid[] = "REQUEST_INVALID";  // field
inline constexpr char kReportInvalid[] = "REPORT_INVALID";    // field
inline constexpr char kFormatUnknown[] = "FORMAT_UNKNOWN";    // format; json and csv are known

// Nothing like it is there. NOT_FOUND. Again: after it was made.
inline constexpr char kAccountNotFound[] = "ACCOUNT_NOT_FOUND";      // tenant, account
inline constexpr char kItemNotFound[] = "ITEM_NOT_FOUND";            // itemId
inline constexpr char kPlacementNotFound[] = "PLACEMENT_NOT_FOUND";  // placementId

// The id was used with another payload. ALREADY_EXISTS. Again: no.
inline constexpr char kRequestIdReused[] = "REQUEST_ID_REUSED";  // requestId
inline constexpr char kReportIdReused[] = "REPORT_ID_REUSED";    // reportId
inline constexpr char kPaymentIdReused[] = "PAYMENT_ID_REUSED";  // paymentId

// State is in the way. FAILED_PRECONDITION. Again: after the state changed.
inline constexpr char kDebtorInsolvent[] = "DEBTOR_INSOLVENT";  // claims go to the insolvency administrator
inline constexpr char kNoAgency[] = "NO_AGENCY";  // the tenant names none, or one that is not registered
inline constexpr char kAlreadyPlaced[] = "ALREADY_PLACED";     // itemId, placementId
inline constexpr char kNothingToPlace[] = "NOTHING_TO_PLACE";  // itemId when one was asked for: no open debit
inline constexpr char kItemDisputed[] = "ITEM_DISPUTED";       // itemId
inline constexpr char kItemNotOverdue[] = "ITEM_NOT_OVERDUE";  // itemId
inline constexpr char kDeadlineRunning[] = "DEADLINE_RUNNING";  // itemId, until: granted by the last letter
inline constexpr char kPlacementOver[] = "PLACEMENT_OVER";      // placementId, state. Again: never
inline constexpr char kNotRecalled[] = "NOT_RECALLED";          // placementId: nobody asked it back
inline constexpr char kNotPaid[] = "NOT_PAID";  // placementId: closed as paid, but items are open

// RESOURCE_EXHAUSTED. Again: no.
inline constexpr char kTooManyPlacements[] = "TOO_MANY_PLACEMENTS";  // placementsMax
inline constexpr char kTooManyPayments[] = "TOO_MANY_PAYMENTS";      // paymentsMax

// ABORTED: the account kept changing. Again: yes, with the same request_id or report_id.
inline constexpr char kAccountBusy[] = "ACCOUNT_BUSY";

// UNAVAILABLE: the ledger did not answer; what the agency told is kept and tried again. Again: yes.
inline constexpr char kLedgerUnavailable[] = "LEDGER_UNAVAILABLE";

}  // namespace relance::handoff
