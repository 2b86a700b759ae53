#pragma once

// Every reason that the indicators give, in the order in which a call checks for them. "Again" says whether
// the same request may succeed later. Besides: those of dates, page sizes, tenants and the store.
namespace relance::ledger {

// INVALID_ARGUMENT. Again: no.
inline constexpr char kBucketEdgesInvalid[] =
    "BUCKET_EDGES_INVALID";                                    // ascending, 1 to 3,650 days, at most 12
inline constexpr char kBucketUnknown[] = "BUCKET_UNKNOWN";     // bucket: none of the labels
inline constexpr char kGroupByUnknown[] = "GROUP_BY_UNKNOWN";  // groupBy
inline constexpr char kGroupWithoutSplit[] =
    "GROUP_WITHOUT_SPLIT";                                  // a group, but not of what; or the reverse
inline constexpr char kSplitInvalid[] = "SPLIT_INVALID";    // by_account and group_by at once
inline constexpr char kDatesReversed[] = "DATES_REVERSED";  // from_date is behind to_date
inline constexpr char kPeriodInvalid[] = "PERIOD_INVALID";  // 1 to 3,660 days
inline constexpr char kBasisUnspecified[] = "BASIS_UNSPECIFIED";
inline constexpr char kRatesInvalid[] = "RATES_INVALID";  // field, wanted

// FAILED_PRECONDITION. Again: once the ledger knows more months.
inline constexpr char kFlowsUnknown[] = "FLOWS_UNKNOWN";  // bucket, currency

}  // namespace relance::ledger
