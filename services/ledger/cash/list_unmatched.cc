#include "services/ledger/cash/list_unmatched.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/account/account_view.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_types.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/cash/cash_commands.h"
#include "services/ledger/cash/deductions.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/cash/weigh_accounts.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/to_proto.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

constexpr size_t kAccountsPerRead = 64;
constexpr int kShortPerHundred = 3;

// Where a payment stands in the list. ~unidentified is first, as an empty code.
using Place = std::tuple<std::string, int32_t, uint64_t>;

std::string RankOf(const std::string& account) { return account == kUnidentifiedAccount ? "" : account; }

Place PlaceOf(const std::string& account, const Item& payment) {
  return {RankOf(account), payment.issue_day(), payment.id()};
}

std::string CursorOf(const Place& place) {
  return absl::StrCat(std::get<1>(place), "/", std::get<2>(place), "/", std::get<0>(place));
}

Place PlaceFromCursor(const std::string& cursor) {
  Place place{"", INT32_MIN, 0};
  const std::vector<std::string> parts = absl::StrSplit(cursor, absl::MaxSplits('/', 2));
  if (parts.size() == 3 && absl::SimpleAtoi(parts[0], &std::get<1>(place)) &&
      absl::SimpleAtoi(parts[1], &std::get<2>(place))) {
    std::get<0>(place) = parts[2];
  }
  return place;
}

bool IsMoneyLeft(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_PAYMENT && item.open_minor() < 0 && item.returned_day() == 0;
}

// A debit that was paid but for little.
bool IsShortPaid(const Item& item, std::string* reason) {
  if (item.open_minor() <= 0 || item.paid_day() == 0 || item.open_minor() == item.amount_minor())
    return false;
  for (const auto& discount : item.discounts()) {
    if (discount.amount_minor() != item.open_minor()) continue;
    *reason = kEarlyPaymentDiscountLate;
    return true;
  }
  *reason = kShortPayment;
  return item.open_minor() * 100 <= item.amount_minor() * kShortPerHundred;
}

class Listing {
 public:
  Listing(const TenantContext& tenant, const AccountViews& views) : tenant_(tenant), views_(views) {}

  absl::StatusOr<v1::Proposal> ProposalOf(const Item& payment, const AccountMatch& match) const {
    const AccountView& view = views_.at(match.account);
    const auto money = [&](int64_t minor) { return rpc::MoneyToProto({minor, payment.currency()}); };
    v1::Proposal proposal;
    proposal.set_proposal_id(absl::StrFormat("%016x", match.match.hash));
    proposal.set_account_id(match.account);
    proposal.set_account_name(view.sum.attributes().name());
    proposal.set_rule(static_cast<v1::MatchRule>(match.match.rule));
    proposal.set_confidence_permille(match.match.confidence_permille);
    proposal.set_why(match.match.why);
    for (const MatchPart& part : match.match.parts) {
      v1::ProposedPart* made = proposal.add_parts();
      made->set_item_id(ItemIdText(part.debit));
      if (const Item* debit = Find(view, part.debit)) {
        made->set_item_number(debit->number());
        if (debit->has_due_day())
          *made->mutable_due_date() = rpc::DayToProto(DayFromNumber(debit->due_day()));
        RELANCE_ASSIGN_OR_RETURN(*made->mutable_open(), money(debit->open_minor()));
      }
      RELANCE_ASSIGN_OR_RETURN(*made->mutable_amount(), money(part.minor));
      if (part.credit == payment.id()) continue;
      made->set_credit_item_id(ItemIdText(part.credit));
      if (const Item* credit = Find(view, part.credit)) made->set_credit_item_number(credit->number());
    }
    for (const MatchDeduction& part : match.match.deductions) {
      v1::ProposedDeduction* made = proposal.add_deductions();
      made->set_item_id(ItemIdText(part.debit));
      if (const Item* debit = Find(view, part.debit)) made->set_item_number(debit->number());
      RELANCE_ASSIGN_OR_RETURN(*made->mutable_amount(), money(part.minor));
      made->set_reason(kEarlyPaymentDiscount);
    }
    if (match.match.left_minor > 0) {
      RELANCE_ASSIGN_OR_RETURN(*proposal.mutable_left(), money(match.match.left_minor));
    }
    return proposal;
  }

  absl::Status AddShortPaid(const AccountView& view, v1::ListUnmatchedResponse* response) const {
    for (const Item& item : view.items) {
      std::string reason;
      if (!IsShortPaid(item, &reason) || response->short_paid_size() >= kShortPaidMax) continue;
      v1::ShortPaid* made = response->add_short_paid();
      made->set_account_id(view.key.account);
      made->set_account_name(view.sum.attributes().name());
      RELANCE_ASSIGN_OR_RETURN(*made->mutable_item(), ToProto(item, view));
      RELANCE_ASSIGN_OR_RETURN(*made->mutable_missing(),
                               rpc::MoneyToProto({item.open_minor(), item.currency()}));
      made->set_reason(reason);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<v1::Item> ToProto(const Item& item, const AccountView& view) const {
    return ItemToProto(item, tenant_.business_date, [&](uint64_t id) { return Find(view, id); });
  }

 private:
  static const Item* Find(const AccountView& view, uint64_t id) {
    for (const auto* items : {&view.items, &view.history}) {
      for (const Item& item : *items) {
        if (item.id() == id) return &item;
      }
    }
    return nullptr;
  }

  const TenantContext& tenant_;
  const AccountViews& views_;
};

// What one page shows, before it is weighed.
struct Waiting {
  std::string account;
  Item payment;
  PaymentFacts facts;
};

}  // namespace

absl::StatusOr<v1::ListUnmatchedResponse> ListUnmatched(store::Store& store, AccountIndex& index,
                                                        const TenantContext& tenant,
                                                        const v1::ListUnmatchedRequest& request,
                                                        store::Deadline deadline) {
  const std::string& id = tenant.config.id();
  const std::string filter = absl::StrCat("unmatched/", id, "/", request.account_id());
  RELANCE_ASSIGN_OR_RETURN(const int size,
                           rpc::PageSize(request.page_size(), kUnmatchedPageSize, kUnmatchedPageSizeMax));
  RELANCE_ASSIGN_OR_RETURN(const std::string cursor, rpc::ParsePageToken(request.page_token(), filter));
  const Place after = PlaceFromCursor(cursor);
  const int proposals_max = request.proposals_max() <= 0
                                ? kProposalsDefault
                                : std::min<int>(request.proposals_max(), static_cast<int>(kMatchesMax));

  RELANCE_RETURN_IF_ERROR(index.Refresh(store, deadline));
  std::vector<std::string> codes = index.AccountsWithMoney();
  v1::ListUnmatchedResponse response;
  response.set_accounts(static_cast<int32_t>(codes.size()));
  if (!request.account_id().empty()) codes = {request.account_id()};
  codes.erase(std::remove_if(codes.begin(), codes.end(),
                             [&](const std::string& code) { return RankOf(code) < std::get<0>(after); }),
              codes.end());

  // One more than the page tells whether there is another.
  std::vector<Waiting> waiting;
  AccountViews own;
  for (size_t from = 0; from < codes.size() && waiting.size() <= static_cast<size_t>(size);
       from += kAccountsPerRead) {
    std::vector<store::AccountKey> keys;
    for (size_t i = from; i < std::min(codes.size(), from + kAccountsPerRead); ++i)
      keys.push_back({id, codes[i]});
    RELANCE_ASSIGN_OR_RETURN(auto views, ReadAccounts(store, keys, {.items = true}, deadline));
    for (auto& view : views) {
      if (!view.ok()) return view.status();
      std::vector<const Item*> money;
      for (const Item& item : view->items) {
        if (IsMoneyLeft(item) && PlaceOf(view->key.account, item) > after) money.push_back(&item);
      }
      std::sort(money.begin(), money.end(), [&](const Item* a, const Item* b) {
        return PlaceOf(view->key.account, *a) < PlaceOf(view->key.account, *b);
      });
      for (const Item* item : money) {
        if (waiting.size() <= static_cast<size_t>(size)) {
          waiting.push_back({view->key.account, *item, FactsOf(*item)});
        }
      }
      std::string code = view->key.account;
      own.emplace(std::move(code), *std::move(view));
    }
  }
  const bool more = waiting.size() > static_cast<size_t>(size);
  if (more) waiting.resize(size);

  std::vector<std::vector<AccountCandidate>> candidates;
  for (const Waiting& one : waiting) {
    candidates.push_back(one.payment.lettering().empty()
                             ? CandidatesOf(index, one.account, one.payment, one.facts)
                             : std::vector<AccountCandidate>());
  }
  RELANCE_ASSIGN_OR_RETURN(const AccountViews views, ReadCandidates(store, id, candidates, deadline));
  const Listing listing(tenant, views);
  std::string last_account;
  for (size_t i = 0; i < waiting.size(); ++i) {
    const Waiting& one = waiting[i];
    const AccountView& view = own.at(one.account);
    v1::UnmatchedPayment* made = response.add_payments();
    made->set_account_id(one.account);
    made->set_account_name(view.sum.attributes().name());
    RELANCE_ASSIGN_OR_RETURN(*made->mutable_payment(), listing.ToProto(one.payment, view));
    RELANCE_ASSIGN_OR_RETURN(*made->mutable_unapplied(),
                             rpc::MoneyToProto({-one.payment.open_minor(), one.payment.currency()}));
    const bool whole = one.payment.open_minor() == one.payment.amount_minor();
    for (const AccountMatch& match : WeighAccounts(one.payment, one.facts, candidates[i], views)) {
      if (made->proposals_size() >= proposals_max) break;
      // The rest of a payment stays on its account.
      if (!whole && match.account != one.account) continue;
      RELANCE_ASSIGN_OR_RETURN(*made->add_proposals(), listing.ProposalOf(one.payment, match));
    }
    if (one.account == last_account || one.account == kUnidentifiedAccount) continue;
    last_account = one.account;
    RELANCE_RETURN_IF_ERROR(listing.AddShortPaid(view, &response));
  }
  // An account that is asked for is shown even when it has no money.
  if (waiting.empty() && !request.account_id().empty() && own.contains(request.account_id())) {
    RELANCE_RETURN_IF_ERROR(listing.AddShortPaid(own.at(request.account_id()), &response));
  }
  if (more) {
    response.set_next_page_token(
        rpc::MakePageToken(CursorOf(PlaceOf(waiting.back().account, waiting.back().payment)), filter));
  }
  return response;
}

}  // namespace relance::ledger
