#pragma once

namespace relance::scenario {

// Every reason that the scenario service reports, beside those of the store, of tenants and of
// render/errors.h. "Again" says whether the same request may succeed later.

// INVALID_ARGUMENT: the YAML breaks a rule of docs/scenarios.md. Metadata: line, column, key. Again: no.
inline constexpr char kScenarioInvalid[] = "SCENARIO_INVALID";
// NOT_FOUND: the tenant has no such scenario or version. Metadata: scenarioId, version. Again: after
// ApplyScenario.
inline constexpr char kScenarioNotFound[] = "SCENARIO_NOT_FOUND";
// INVALID_ARGUMENT: a field of the request is missing or malformed. Metadata: field. Again: no.
inline constexpr char kRequestInvalid[] = "REQUEST_INVALID";
// INVALID_ARGUMENT: page_size is negative or page_token is not one of ours for this filter. Again: no.
inline constexpr char kPageInvalid[] = "PAGE_INVALID";
// NOT_FOUND: nobody has told of this account. Metadata: tenant, account. Again: after an import.
inline constexpr char kAccountNotFound[] = "ACCOUNT_NOT_FOUND";
// NOT_FOUND: the account has no such contact, or it is no call. Metadata: contactKey. Again: no.
inline constexpr char kContactNotFound[] = "CONTACT_NOT_FOUND";
// FAILED_PRECONDITION: the call was made, has expired or was withdrawn. Metadata: contactKey, state. Again:
// no.
inline constexpr char kContactOver[] = "CONTACT_OVER";
// FAILED_PRECONDITION: the contact is neither ambiguous nor failed. Metadata: contactKey, state. Again: no.
inline constexpr char kContactNotAmbiguous[] = "CONTACT_NOT_AMBIGUOUS";
// INVALID_ARGUMENT: not one of promised, disputed, no_answer, refused, message_left, paid. Again: no.
inline constexpr char kOutcomeInvalid[] = "OUTCOME_INVALID";
// INVALID_ARGUMENT: the promised day is before the business date or over 180 days after it, the amount is not
// positive, more than is owed, or in another currency, or an item is unknown. Metadata: field. Again: no.
inline constexpr char kPromiseInvalid[] = "PROMISE_INVALID";
// FAILED_PRECONDITION: nothing that could be promised is owed. Again: when something is.
inline constexpr char kNothingOwed[] = "NOTHING_OWED";
// INVALID_ARGUMENT: until_date is in the past or over 365 days ahead, or there is no reason. Metadata: field.
// Again: no.
inline constexpr char kPauseInvalid[] = "PAUSE_INVALID";
// INVALID_ARGUMENT: more than 1,000 accounts in one call. Again: in parts.
inline constexpr char kTooManyAccounts[] = "TOO_MANY_ACCOUNTS";
// ALREADY_EXISTS: the request_id was used with another payload. Metadata: requestId. Again: no.
inline constexpr char kRequestIdReused[] = "REQUEST_ID_REUSED";
// ABORTED: the account kept changing. Again: yes, with the same request_id.
inline constexpr char kAccountBusy[] = "ACCOUNT_BUSY";
// UNAVAILABLE: the ledger (the handoff) did not answer; the outcome is unknown. Again: yes, with the same
// request_id.
inline constexpr char kLedgerUnavailable[] = "LEDGER_UNAVAILABLE";
inline constexpr char kHandoffUnavailable[] = "HANDOFF_UNAVAILABLE";

}  // namespace relance::scenario
