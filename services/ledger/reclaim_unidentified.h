#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"

namespace relance::ledger {

// Gives money on ~unidentified to the account where the books booked it: a payment there is the receipt of an
// account in `told` when amount and currency are equal, the days are at most kConfirmDaysMax apart, exactly
// one unconfirmed receipt fits, and it fits exactly one payment. The receipt takes the bank's identity, and a
// counterpart settles the payment on ~unidentified. Two commits in this order; after a crash between them the
// next import of the books does the second. Returns how many. Errors: those of the store.
absl::StatusOr<int64_t> ReclaimUnidentified(store::Store& store, const std::string& tenant,
                                            const std::set<std::string>& told, store::Deadline deadline);

// The amounts of payments on ~unidentified that nobody has claimed: of accounts with no line of one of them
// ReclaimUnidentified need not be told. Errors: those of the store.
absl::StatusOr<absl::flat_hash_set<int64_t>> UnidentifiedAmounts(store::Store& store,
                                                                 const std::string& tenant,
                                                                 store::Deadline deadline);

}  // namespace relance::ledger
