#include "services/ledger/cash/weigh_accounts.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace relance::ledger {
namespace {

constexpr size_t kAccountsPerRead = 512;
constexpr int kDoubtful = 990;

}  // namespace

absl::StatusOr<AccountViews> ReadCandidates(store::Store& store, const std::string& tenant,
                                            absl::Span<const std::vector<AccountCandidate>> candidates,
                                            store::Deadline deadline) {
  std::set<std::string> codes;
  for (const auto& of_one : candidates) {
    for (const AccountCandidate& candidate : of_one) codes.insert(candidate.account);
  }
  std::vector<store::AccountKey> keys;
  for (const std::string& code : codes) keys.push_back({tenant, code});
  AccountViews views;
  for (size_t from = 0; from < keys.size(); from += kAccountsPerRead) {
    const auto some = absl::MakeConstSpan(keys).subspan(from, kAccountsPerRead);
    RELANCE_ASSIGN_OR_RETURN(auto read,
                             ReadAccounts(store, some, {.items = true, .history = true}, deadline));
    for (auto& view : read) {
      if (!view.ok()) return view.status();
      std::string code = view->key.account;
      views.emplace(std::move(code), *std::move(view));
    }
  }
  return views;
}

std::vector<AccountMatch> WeighAccounts(const state::v1::Item& payment, const PaymentFacts& facts,
                                        absl::Span<const AccountCandidate> candidates,
                                        const AccountViews& views) {
  std::vector<AccountMatch> matches;
  for (const AccountCandidate& candidate : candidates) {
    const auto view = views.find(candidate.account);
    if (view == views.end()) continue;
    for (Match& match : FindMatches(payment, facts, candidate.payer, AccountLook(view->second))) {
      matches.push_back({candidate.account, candidate.payer, std::move(match)});
    }
  }
  const auto rank = [](const AccountMatch& m) {
    return std::make_tuple(-m.match.confidence_permille, m.match.rule);
  };
  std::stable_sort(matches.begin(), matches.end(),
                   [&](const AccountMatch& a, const AccountMatch& b) { return rank(a) < rank(b); });
  // A reference with check digits that fits to the cent (1000) beats whatever else is sure.
  if (!matches.empty()) {
    const int best = matches[0].match.confidence_permille;
    for (const AccountMatch& rival : matches) {
      if (rival.account == matches[0].account || rival.match.confidence_permille != best) continue;
      for (AccountMatch& m : matches) {
        if (m.match.confidence_permille != best) continue;
        m.match.confidence_permille = std::min(best, kDoubtful);
        absl::StrAppend(&m.match.why, "; but it fits ",
                        m.account == rival.account ? matches[0].account : rival.account, " as well");
      }
      break;
    }
  }
  if (matches.size() > kMatchesMax) matches.erase(matches.begin() + kMatchesMax, matches.end());
  return matches;
}

bool NeedsWeighing(absl::Span<const AccountCandidate> candidates) {
  return !candidates.empty() && (candidates.size() > 1 || !candidates[0].is_strong);
}

std::optional<Destination> ChooseAccount(const state::v1::Item& payment, const PaymentFacts& facts,
                                         absl::Span<const AccountCandidate> candidates,
                                         const AccountViews* views, int confidence_permille) {
  if (candidates.empty()) return std::nullopt;
  if (views == nullptr) return Destination{candidates[0].account, candidates[0].payer};
  const int threshold = confidence_permille == 0 ? kMatchConfidenceDefault : confidence_permille;
  const std::vector<AccountMatch> matches = WeighAccounts(payment, facts, candidates, *views);
  if (!matches.empty() && matches[0].match.confidence_permille >= threshold) {
    return Destination{matches[0].account, matches[0].payer};
  }
  // Nothing is sure: it is money of its payer, if that is one account; else of the only one that is named.
  std::vector<const AccountCandidate*> payers, named;
  for (const AccountCandidate& candidate : candidates) {
    if (!candidate.is_strong) continue;
    const bool is_other = candidate.payer.kind == PayerStanding::Kind::kOtherAccount ||
                          candidate.payer.kind == PayerStanding::Kind::kGroup ||
                          candidate.payer.kind == PayerStanding::Kind::kPaysFor;
    (is_other ? named : payers).push_back(&candidate);
  }
  const auto& chosen = payers.empty() ? named : payers;
  if (chosen.size() != 1) return std::nullopt;
  Destination destination{chosen[0]->account, chosen[0]->payer};
  // Two accounts that are equally sure: none of them is paid without a person.
  destination.payer.is_doubtful = !matches.empty() && matches[0].match.confidence_permille == kDoubtful;
  return destination;
}

}  // namespace relance::ledger
