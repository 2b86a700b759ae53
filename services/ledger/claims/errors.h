#pragma once

// Every reason that claims give, in the order in which a call checks for them. "Again" says whether the same
// request may succeed later. Besides: those of dates, tenants, accounts and the store, and
// TENANT_NOT_FOUND, ITEM_ID_INVALID, ACCOUNT_NOT_FOUND, ITEM_NOT_FOUND, NOT_A_DEBIT of the ledger.
namespace relance::ledger {

// INVALID_ARGUMENT. Again: no.
inline constexpr char kModeUnspecified[] = "MODE_UNSPECIFIED";
inline constexpr char kRegimeUnknown[] = "REGIME_UNKNOWN";                 // regime
inline constexpr char kInterestTermsInvalid[] = "INTEREST_TERMS_INVALID";  // field
inline constexpr char kCostInvalid[] = "COST_INVALID";                     // field, cost: its place

// FAILED_PRECONDITION. Again: when the tables hold the period.
inline constexpr char kCostsNotClaimable[] = "COSTS_NOT_CLAIMABLE";  // item: costs of a consumer are not
inline constexpr char kRateMissing[] = "RATE_MISSING";               // rate, day, period, item
inline constexpr char kRegimeMissing[] = "REGIME_MISSING";           // regime, day, item
inline constexpr char kScaleMissing[] = "SCALE_MISSING";             // scale, day, item

// RESOURCE_EXHAUSTED. Again: no; name items.
inline constexpr char kTooManyItems[] = "TOO_MANY_ITEMS";  // itemsMax

}  // namespace relance::ledger
