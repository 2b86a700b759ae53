#include "services/ledger/claims/claims.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/account/account_view.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/account_field.h"
#include "services/ledger/claims/errors.h"
#include "services/ledger/claims/state_claim.h"
#include "services/ledger/errors.h"
#include "services/ledger/evidence_records.h"
#include "services/ledger/to_proto.h"

namespace relance::ledger {
namespace {

using claims::Movement;
using state::v1::Item;

struct Cost {
  uint64_t item = 0;
  Money amount;
};

absl::Status Invalid(absl::string_view reason, absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, reason, message, {{"field", std::string(field)}});
}

absl::StatusOr<std::set<uint64_t>> ItemsOf(const v1::GetClaimsRequest& request) {
  std::set<uint64_t> items;
  for (const std::string& text : request.item_ids()) {
    RELANCE_ASSIGN_OR_RETURN(const uint64_t id, ItemIdFromText(text));
    items.insert(id);
  }
  return items;
}

// The rules with what the request says instead.
absl::StatusOr<ClaimRules> RulesOf(const v1::GetClaimsRequest& request, const TenantContext& tenant,
                                   absl::string_view customer_type) {
  ClaimRules rules = RulesFor(tenant.config.country(), customer_type, tenant.config.contract_rate_bps());
  if (!request.has_terms()) return rules;
  const v1::ClaimTerms& terms = request.terms();
  claims::InterestTerms& made = rules.interest.emplace();
  made.regime = terms.regime();
  if (terms.rate_bps() != 0) made.fixed_rate = claims::Rate{terms.rate_bps() * (claims::kPercentE8 / 100)};
  made.reference_multiple_hundredths = terms.reference_multiple_hundredths();
  return rules;
}

absl::Status CheckTerms(const v1::GetClaimsRequest& request) {
  if (!request.has_terms()) return absl::OkStatus();
  const v1::ClaimTerms& terms = request.terms();
  const absl::Status regime =
      claims::RateTables::BuiltIn().RegimeOn(terms.regime(), absl::CivilDay(2025, 1, 1)).status();
  if (ReasonOf(regime) == kRegimeUnknown) return regime;
  if (terms.rate_bps() < 0 || terms.rate_bps() > 10'000) {
    return Invalid(kInterestTermsInvalid, "terms.rate_bps", "a rate is 0 to 10,000 basis points");
  }
  const int multiple = terms.reference_multiple_hundredths();
  if (multiple < 0 || multiple > claims::kReferenceMultipleHundredthsMax) {
    return Invalid(kInterestTermsInvalid, "terms.reference_multiple_hundredths", "0 to 10,000 hundredths");
  }
  if (multiple != 0 && terms.rate_bps() != 0) {
    return Invalid(kInterestTermsInvalid, "terms.rate_bps", "a fixed rate or a multiple, not both");
  }
  if (terms.regime() == "FR_CONTRACT" && multiple == 0 && terms.rate_bps() == 0) {
    return Invalid(kInterestTermsInvalid, "terms.rate_bps", "a contract needs a rate or a multiple");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Cost>> CostsOf(const v1::GetClaimsRequest& request, absl::CivilDay as_of) {
  std::vector<Cost> costs;
  const auto refuse = [&](absl::string_view field, absl::string_view message) {
    return DomainError(absl::StatusCode::kInvalidArgument, kCostInvalid, message,
                       {{"field", std::string(field)}, {"cost", absl::StrCat(costs.size())}});
  };
  if (request.costs_size() > kClaimCostsMax) return refuse("costs", "at most 100 costs");
  for (const v1::ClaimCost& told : request.costs()) {
    const auto item = ItemIdFromText(told.item_id());
    if (!item.ok()) return refuse("item_id", "16 hexadecimal digits are needed");
    const auto date = rpc::DayFromProto(told.date(), "costs.date");
    if (!date.ok() || *date > as_of) return refuse("date", "a date up to that of the statement is needed");
    const auto amount = rpc::MoneyFromProto(told.amount(), "costs.amount");
    if (!amount.ok() || amount->minor <= 0) return refuse("amount", "a positive amount is needed");
    if (told.evidence().empty() || told.evidence().size() > kCostEvidenceBytesMax) {
      return refuse("evidence", "1 to 128 bytes that say what proves it are needed");
    }
    costs.push_back({*item, *amount});
  }
  return costs;
}

absl::Status PutMoney(int64_t minor, const std::string& currency, type::v1::Money* money) {
  RELANCE_ASSIGN_OR_RETURN(*money, rpc::MoneyToProto({minor, currency}));
  return absl::OkStatus();
}

type::v1::Date DateOf(absl::CivilDay day) { return rpc::DayToProto(day); }

absl::Status PutStatement(const ClaimedItem& claimed, const ItemStatement& statement,
                          const ClaimQuestion& question, v1::ItemClaim* proto) {
  const Item& item = *claimed.item;
  const std::string& currency = item.currency();
  proto->set_item_id(ItemIdText(item.id()));
  proto->set_number(item.number());
  *proto->mutable_issue_date() = DateOf(DayFromNumber(item.issue_day()));
  RELANCE_RETURN_IF_ERROR(PutMoney(item.amount_minor(), currency, proto->mutable_amount()));
  for (const Movement& movement : claimed.movements) {
    v1::ClaimMovement* made = proto->add_movements();
    *made->mutable_date() = DateOf(movement.day);
    RELANCE_RETURN_IF_ERROR(PutMoney(movement.minor, currency, made->mutable_amount()));
    made->set_payment(movement.kind == Movement::Kind::kPayment);
  }
  proto->set_regime(statement.regime);
  proto->set_basis(statement.basis);
  proto->set_denominator(statement.denominator);
  for (const claims::InterestSegment& segment : statement.interest.segments) {
    v1::ClaimSegment* made = proto->add_segments();
    *made->mutable_from_date() = DateOf(segment.from);
    *made->mutable_to_date() = DateOf(segment.to);
    made->set_days(segment.days);
    RELANCE_RETURN_IF_ERROR(PutMoney(segment.principal_minor, currency, made->mutable_principal()));
    made->set_rate_percent(claims::FormatPercent(segment.rate));
    RELANCE_RETURN_IF_ERROR(PutMoney(segment.amount_minor, currency, made->mutable_interest()));
    made->set_verified(segment.verified);
  }
  const claims::InterestStatement& interest = statement.interest;
  RELANCE_RETURN_IF_ERROR(PutMoney(interest.accrued_minor, currency, proto->mutable_accrued_interest()));
  RELANCE_RETURN_IF_ERROR(PutMoney(interest.open_interest_minor, currency, proto->mutable_open_interest()));
  RELANCE_RETURN_IF_ERROR(PutMoney(interest.principal_minor, currency, proto->mutable_principal()));
  RELANCE_RETURN_IF_ERROR(
      PutMoney(statement.indemnity.minor, statement.indemnity.currency, proto->mutable_indemnity()));
  RELANCE_RETURN_IF_ERROR(PutMoney(interest.surplus_minor, currency, proto->mutable_surplus()));
  proto->set_verified(statement.verified);
  for (const std::string& note : statement.notes) proto->add_notes(note);
  if (!item.has_due_day()) return absl::OkStatus();
  const absl::CivilDay due = DayFromNumber(item.due_day());
  *proto->mutable_due_date() = DateOf(due);
  if (question.rules.limitation_months == 0) return absl::OkStatus();
  *proto->mutable_limitation_date() = DateOf(AddMonthsClamped(due, question.rules.limitation_months));
  *proto->mutable_limitation_watch_date() =
      DateOf(AddMonthsClamped(due, question.rules.limitation_watch_months));
  return absl::OkStatus();
}

struct Total {
  int64_t principal = 0, interest = 0, indemnities = 0, costs = 0, surplus = 0;
};

// Adds exactly. Errors: OUT_OF_RANGE / AMOUNT_OVERFLOW.
absl::Status Increase(int64_t more, int64_t* sum) {
  RELANCE_ASSIGN_OR_RETURN(*sum, AddMinor(*sum, more));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> SumOf(const Total& total) {
  int64_t sum = 0;
  for (const int64_t part : {total.principal, total.interest, total.indemnities, total.costs}) {
    RELANCE_RETURN_IF_ERROR(Increase(part, &sum));
  }
  return SubtractMinor(sum, total.surplus);
}

absl::Status AddToTotals(const ClaimedItem& claimed, const ItemStatement& statement, int64_t costs,
                         std::map<std::string, Total>* totals, v1::ItemClaim* proto) {
  const std::string& currency = claimed.item->currency();
  Total one{statement.interest.principal_minor, statement.interest.open_interest_minor, 0, costs,
            statement.interest.surplus_minor};
  // An indemnity in another currency stands beside the item's total and in the totals of its own.
  if (statement.indemnity.currency == currency) one.indemnities = statement.indemnity.minor;
  RELANCE_ASSIGN_OR_RETURN(const int64_t total, SumOf(one));
  RELANCE_RETURN_IF_ERROR(PutMoney(costs, currency, proto->mutable_costs()));
  RELANCE_RETURN_IF_ERROR(PutMoney(total, currency, proto->mutable_total()));
  Total& sum = (*totals)[currency];
  RELANCE_RETURN_IF_ERROR(Increase(one.principal, &sum.principal));
  RELANCE_RETURN_IF_ERROR(Increase(one.interest, &sum.interest));
  RELANCE_RETURN_IF_ERROR(Increase(one.costs, &sum.costs));
  RELANCE_RETURN_IF_ERROR(Increase(one.surplus, &sum.surplus));
  if (statement.indemnity.minor == 0) return absl::OkStatus();
  return Increase(statement.indemnity.minor, &(*totals)[statement.indemnity.currency].indemnities);
}

absl::Status PutTotals(const std::map<std::string, Total>& totals, v1::GetClaimsResponse* response) {
  for (const auto& [currency, total] : totals) {
    v1::ClaimTotal* proto = response->add_totals();
    proto->set_currency_code(currency);
    RELANCE_ASSIGN_OR_RETURN(const int64_t sum, SumOf(total));
    RELANCE_RETURN_IF_ERROR(PutMoney(total.principal, currency, proto->mutable_principal()));
    RELANCE_RETURN_IF_ERROR(PutMoney(total.interest, currency, proto->mutable_interest()));
    RELANCE_RETURN_IF_ERROR(PutMoney(total.indemnities, currency, proto->mutable_indemnities()));
    RELANCE_RETURN_IF_ERROR(PutMoney(total.costs, currency, proto->mutable_costs()));
    RELANCE_RETURN_IF_ERROR(PutMoney(total.surplus, currency, proto->mutable_surplus()));
    RELANCE_RETURN_IF_ERROR(PutMoney(sum, currency, proto->mutable_total()));
  }
  return absl::OkStatus();
}

// Credits that had met no item at the end of a day, by currency.
absl::Status PutOpenCredits(const AccountView& view, int32_t day, v1::GetClaimsResponse* response) {
  std::map<std::string, int64_t> open;
  for (const auto* items : {&view.items, &view.history}) {
    for (const Item& item : *items) {
      if (item.amount_minor() >= 0 || item.issue_day() > day) continue;
      // What is settled without allocations was so for good.
      int64_t left = item.open_minor() == 0 && item.allocations().empty() ? 0 : -item.amount_minor();
      for (const auto& allocation : item.allocations()) {
        const bool stands =
            allocation.day() <= day && (allocation.undone_day() == 0 || day < allocation.undone_day());
        if (stands) left -= allocation.amount_minor();
      }
      if (left > 0) RELANCE_RETURN_IF_ERROR(Increase(left, &open[item.currency()]));
    }
  }
  for (const auto& [currency, minor] : open) {
    RELANCE_RETURN_IF_ERROR(PutMoney(minor, currency, response->add_open_credits()));
  }
  return absl::OkStatus();
}

// The items that are asked for: those that are named, else those that are late.
absl::StatusOr<std::vector<ClaimedItem>> Choose(std::vector<ClaimedItem> debits,
                                                const std::set<uint64_t>& named, bool include_paid,
                                                int32_t day, const AccountView& view) {
  std::vector<ClaimedItem> chosen;
  std::set<uint64_t> found;
  for (ClaimedItem& debit : debits) {
    const Item& item = *debit.item;
    found.insert(item.id());
    if (!named.empty()) {
      if (named.count(item.id()) == 0) continue;
      if (!IsClaimable(item)) {
        return DomainError(absl::StatusCode::kFailedPrecondition, kNotADebit,
                           "only what is owed by an invoice or a note can be charged",
                           {{"item", ItemIdText(item.id())}});
      }
    } else if (!IsClaimable(item) || !item.has_due_day() || item.due_day() >= day ||
               (debit.open_minor <= 0 && !include_paid)) {
      continue;
    }
    chosen.push_back(std::move(debit));
  }
  for (const uint64_t id : named) {
    if (found.count(id) != 0) continue;
    // A credit is there, but is no debit.
    for (const auto* items : {&view.items, &view.history}) {
      for (const Item& item : *items) {
        if (item.id() != id || item.issue_day() > day) continue;
        return DomainError(absl::StatusCode::kFailedPrecondition, kNotADebit, "the item is a credit",
                           {{"item", ItemIdText(id)}});
      }
    }
    return DomainError(absl::StatusCode::kNotFound, kItemNotFound, "the account has no such item",
                       {{"item", ItemIdText(id)}});
  }
  if (chosen.size() > static_cast<size_t>(kClaimedItemsMax)) {
    return DomainError(
        absl::StatusCode::kResourceExhausted, kTooManyItems,
        absl::StrCat("more than ", kClaimedItemsMax, " items are late: name those that are meant"),
        {{"itemsMax", absl::StrCat(kClaimedItemsMax)}});
  }
  return chosen;
}

}  // namespace

absl::StatusOr<v1::GetClaimsResponse> Claims::GetClaims(const v1::GetClaimsRequest& request,
                                                        store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const TenantPtr tenant, tenants_->Get(request.tenant_id(), deadline));
  ClaimQuestion question;
  question.as_of = tenant->business_date;
  if (request.has_as_of_date()) {
    RELANCE_ASSIGN_OR_RETURN(question.as_of, rpc::DayFromProto(request.as_of_date(), "as_of_date"));
  }
  if (request.has_notice_date()) {
    RELANCE_ASSIGN_OR_RETURN(question.notice, rpc::DayFromProto(request.notice_date(), "notice_date"));
  }
  if (request.mode() != v1::ALLOCATION_MODE_INTEREST_FIRST &&
      request.mode() != v1::ALLOCATION_MODE_PRINCIPAL_FIRST) {
    return Invalid(kModeUnspecified, "mode", "the mode says what a part payment discharges first");
  }
  RELANCE_ASSIGN_OR_RETURN(const std::set<uint64_t> named, ItemsOf(request));
  RELANCE_RETURN_IF_ERROR(CheckTerms(request));
  RELANCE_ASSIGN_OR_RETURN(const std::vector<Cost> costs, CostsOf(request, question.as_of));
  RELANCE_ASSIGN_OR_RETURN(const AccountView view,
                           ReadAccount(*store_, {request.tenant_id(), request.account_id()},
                                       {.items = true, .history = true}, deadline));
  const int32_t day = DayNumber(question.as_of);
  RELANCE_ASSIGN_OR_RETURN(const std::vector<ClaimedItem> chosen,
                           Choose(DebitsAt(view, day), named, request.include_paid(), day, view));

  const state::v1::Attributes& attributes = view.sum.attributes();
  RELANCE_ASSIGN_OR_RETURN(question.rules, RulesOf(request, *tenant, attributes.customer_type()));
  question.mode = request.mode() == v1::ALLOCATION_MODE_INTEREST_FIRST
                      ? claims::AllocationMode::kInterestFirst
                      : claims::AllocationMode::kPrincipalFirst;
  question.country = tenant->config.country();
  question.notice_by_post = request.notice_by_post();
  if (attributes.insolvent_day() != 0) question.insolvency_opened = DayFromNumber(attributes.insolvent_day());
  if (!costs.empty() && question.rules.is_consumer) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kCostsNotClaimable,
                       "costs of recovery are not borne by a consumer",
                       {{"item", ItemIdText(costs.front().item)}});
  }

  v1::GetClaimsResponse response;
  *response.mutable_as_of_date() = rpc::DayToProto(question.as_of);
  response.set_mode(request.mode());
  response.set_verified(true);
  std::map<std::string, Total> totals;
  size_t costs_used = 0;
  for (const ClaimedItem& claimed : chosen) {
    const auto statement =
        StateClaim(claims::RateTables::BuiltIn(), claims::IndemnityScales::BuiltIn(), claimed, question);
    if (!statement.ok()) {
      const std::string id = ItemIdText(claimed.item->id());
      return AddContext(statement.status(), absl::StrCat("item ", id), "item", id);
    }
    int64_t costs_minor = 0;
    for (const Cost& cost : costs) {
      if (cost.item != claimed.item->id()) continue;
      if (cost.amount.currency != claimed.item->currency()) {
        return Invalid(kCostInvalid, "amount", "a cost is in the currency of its item");
      }
      RELANCE_RETURN_IF_ERROR(Increase(cost.amount.minor, &costs_minor));
      ++costs_used;
    }
    // Paid in time: nothing to state, unless it was asked for by name.
    const bool nothing = claimed.open_minor <= 0 && statement->interest.segments.empty() &&
                         statement->indemnity.minor == 0 && costs_minor == 0;
    if (nothing && named.empty()) continue;
    v1::ItemClaim* proto = response.add_items();
    RELANCE_RETURN_IF_ERROR(PutStatement(claimed, *statement, question, proto));
    RELANCE_RETURN_IF_ERROR(AddToTotals(claimed, *statement, costs_minor, &totals, proto));
    response.set_verified(response.verified() && statement->verified);
  }
  if (costs_used != costs.size()) {
    return Invalid(kCostInvalid, "item_id", "a cost is of an item that is not in the statement");
  }
  RELANCE_RETURN_IF_ERROR(PutTotals(totals, &response));
  RELANCE_RETURN_IF_ERROR(PutOpenCredits(view, day, &response));
  return response;
}

}  // namespace relance::ledger
