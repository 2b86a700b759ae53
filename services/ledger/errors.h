#pragma once

// Every reason that the ledger gives, in the order in which a call checks for them. Readers have their own
// (readers/reasons.h), and so has the store. "Again" says whether the same request may succeed later.
namespace relance::ledger {

// The request is wrong. INVALID_ARGUMENT. Again: no.
inline constexpr char kHeaderMissingReason[] = "HEADER_MISSING";  // the first message carries no header
inline constexpr char kHeaderRepeatedReason[] = "HEADER_TWICE";   // a header after the first message
inline constexpr char kFormatUnknown[] = "FORMAT_UNKNOWN";        // format
inline constexpr char kFileUnreadable[] = "FILE_UNREADABLE";  // line, field, cause: not such a file at all
inline constexpr char kFileTooLarge[] = "FILE_TOO_LARGE";     // RESOURCE_EXHAUSTED; bytesMax
inline constexpr char kBatchOutOfOrder[] = "BATCH_OUT_OF_ORDER";        // batch, expected
inline constexpr char kBatchTooLargeReason[] = "SYNC_BATCH_TOO_LARGE";  // items, itemsMax
inline constexpr char kSyncIdInvalid[] = "SYNC_ID_INVALID";             // 1 to 64 of [A-Za-z0-9._-]
inline constexpr char kSyncBusy[] = "SYNC_BUSY";    // RESOURCE_EXHAUSTED: another stream is at it
inline constexpr char kSyncEnded[] = "SYNC_ENDED";  // FAILED_PRECONDITION: `last` was stored before
inline constexpr char kAmountNotPositive[] = "AMOUNT_NOT_POSITIVE";
inline constexpr char kItemIdInvalid[] = "ITEM_ID_INVALID";  // not 16 hexadecimal digits
inline constexpr char kReasonInvalid[] = "REASON_INVALID";   // not UPPER_SNAKE of at most 63 characters
inline constexpr char kTermsInvalid[] = "TERMS_INVALID";
inline constexpr char kAttributesTooMany[] = "ATTRIBUTES_TOO_MANY";  // more than 6 lines or 20 contacts
inline constexpr char kTenantIdInvalid[] = "TENANT_ID_INVALID";
inline constexpr char kLegalNameMissing[] = "LEGAL_NAME_MISSING";
inline constexpr char kCountryUnsupported[] = "COUNTRY_UNSUPPORTED";  // country; FR and BE are known
inline constexpr char kCurrencyUnknown[] = "CURRENCY_UNKNOWN";
inline constexpr char kTimeZoneUnknown[] = "TIME_ZONE_UNKNOWN";
inline constexpr char kTenantFieldInvalid[] = "TENANT_FIELD_INVALID";  // field
inline constexpr char kQualityKindUnknown[] = "QUALITY_KIND_UNKNOWN";  // kind
inline constexpr char kClockBackwards[] = "CLOCK_BACKWARDS";           // now, wanted
inline constexpr char kClockTooFar[] = "CLOCK_TOO_FAR";  // now, wanted: more than kAdvanceDaysMax

// Nothing like it is there. NOT_FOUND. Again: after it was made.
inline constexpr char kTenantNotFound[] = "TENANT_NOT_FOUND";
inline constexpr char kImportNotFound[] = "IMPORT_NOT_FOUND";
inline constexpr char kAccountNotFound[] = "ACCOUNT_NOT_FOUND";
inline constexpr char kItemNotFound[] = "ITEM_NOT_FOUND";

// ALREADY_EXISTS. Again: no.
inline constexpr char kRequestIdReused[] = "REQUEST_ID_REUSED";  // same request_id, other payload
inline constexpr char kTenantExists[] = "TENANT_EXISTS";         // with another configuration

// State is in the way. FAILED_PRECONDITION. Again: after the state changed.
inline constexpr char kNotAPayment[] = "NOT_A_PAYMENT";
inline constexpr char kItemSettled[] = "ITEM_SETTLED";
inline constexpr char kNotADebit[] = "NOT_A_DEBIT";
inline constexpr char kAlreadyDisputed[] = "ALREADY_DISPUTED";
inline constexpr char kNotDisputed[] = "NOT_DISPUTED";
inline constexpr char kRealClock[] = "REAL_CLOCK";
inline constexpr char kNothingToRepair[] = "NOTHING_TO_REPAIR";  // importId: every line entered, or no file
inline constexpr char kLetteredByBooks[] =
    "LETTERED_BY_BOOKS";  // the books have matched it; correct it there
inline constexpr char kPaymentAllocated[] = "PAYMENT_ALLOCATED";  // allocated in part: undo that first
inline constexpr char kNotAllocated[] = "NOT_ALLOCATED";          // nothing of it is allocated to that
inline constexpr char kAmountTooLarge[] = "AMOUNT_TOO_LARGE";     // more than is open, or left

// UNIMPLEMENTED: the process was started without the indicators. Again: no.
inline constexpr char kIndicatorsAbsent[] = "INDICATORS_ABSENT";

// ABORTED: read again, decide again.
inline constexpr char kEtagMismatch[] = "ETAG_MISMATCH";
inline constexpr char kProposalGone[] = "PROPOSAL_GONE";          // proposalId; the items have changed
inline constexpr char kAccountContended[] = "ACCOUNT_CONTENDED";  // it kept changing under the writer

// DEADLINE_EXCEEDED. Again: yes.
inline constexpr char kServiceLags[] = "SERVICE_LAGS";  // service, partition

// UNAVAILABLE. Again: yes.
inline constexpr char kSpoolFailed[] = "SPOOL_FAILED";  // the spool directory does not take the file

}  // namespace relance::ledger
