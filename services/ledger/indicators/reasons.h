#pragma once

// Every reason that the indicators give, in the order in which a call checks for them. "Again" says whether
// the same request may succeed later. Besides: those of dates, page sizes, tenants and the store.
namespace relance::ledger {

// INVALID_ARGUMENT. Again: no.
inline constexpr char kBucketEdgesInvalid[] =
    "BUCKET_EDGES_INVALID";                                    // ascending, 1 to 3,650 days, at most 12
inline constexpr char kGroupByUnknown[] = "GROUP_BY_UNKNOWN";  // groupBy
inline constexpr char kSplitInvalid[] = "SPLIT_INVALID";       // by_account and group_by at once
inline constexpr char kPeriodInvalid[] = "PERIOD_INVALID";     // 1 to 3,660 days

}  // namespace relance::ledger
