#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "services/ledger/account_index.h"
#include "services/ledger/incoming.h"

namespace relance::ledger {

// What became of entries that a statement (camt.053) and a notification (camt.054) both tell.
struct MetEntries {
  int64_t known = 0;               // items left out: the other message told them
  std::vector<uint64_t> replaced;  // totals on ~unidentified whose details are among what is left
};

// Takes out of `to_route` what the other message of the bank has told already. An entry is the same by
// account, AcctSvcrRef and booking day. What comes second adds nothing, but for the details of a total that a
// statement told without them: as long as it lies on ~unidentified as a whole, and the details make it up,
// they take its place. Errors: those of the store.
absl::StatusOr<MetEntries> MeetOtherMessage(store::Store& store, const std::string& tenant,
                                            const AccountIndex& index, std::vector<IncomingItem>* to_route,
                                            store::Deadline deadline);

// Settles the totals that were replaced. Call when their details are stored: after a crash in between the
// next import of the notification does it. Idempotent.
absl::Status SettleReplaced(store::Store& store, const std::string& tenant,
                            const std::vector<uint64_t>& replaced, store::Deadline deadline);

// The entry of a camt item, as the index knows it; empty for others, and where the bank gave no reference.
// `source` is kSourceCamt or kCamt054Source: of the message that is asked for.
std::string BankEntryOf(const state::v1::Item& item, absl::string_view source);

}  // namespace relance::ledger
