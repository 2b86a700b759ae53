#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "common/account/account_view.h"
#include "services/ledger/account_index.h"
#include "services/ledger/cash/find_matches.h"

// Which account money belongs to, when its words alone do not say.
namespace relance::ledger {

// Accounts as they are stored now, by code.
using AccountViews = absl::flat_hash_map<std::string, AccountView>;

// Reads the accounts of all candidates, each once. Errors: those of the store.
absl::StatusOr<AccountViews> ReadCandidates(store::Store& store, const std::string& tenant,
                                            absl::Span<const std::vector<AccountCandidate>> candidates,
                                            store::Deadline deadline);

// A match in one of the candidates.
struct AccountMatch {
  std::string account;
  PayerStanding payer;
  Match match;
};

// The matches of a payment in all its candidates, best first, at most kMatchesMax. Two accounts that are
// equally sure are both in doubt.
std::vector<AccountMatch> WeighAccounts(const state::v1::Item& payment, const PaymentFacts& facts,
                                        absl::Span<const AccountCandidate> candidates,
                                        const AccountViews& views);

// Where money goes without a person; nullopt: to ~unidentified. Needs no look at accounts (`views` null) when
// there is one candidate and it is strong; NeedsWeighing tells.
struct Destination {
  std::string account;
  PayerStanding payer;
};
bool NeedsWeighing(absl::Span<const AccountCandidate> candidates);
std::optional<Destination> ChooseAccount(const state::v1::Item& payment, const PaymentFacts& facts,
                                         absl::Span<const AccountCandidate> candidates,
                                         const AccountViews* views, int confidence_permille);

}  // namespace relance::ledger
