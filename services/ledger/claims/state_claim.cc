#include "services/ledger/claims/state_claim.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/projection/allocations_of.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"

namespace relance::ledger {
namespace {

using claims::Movement;
using state::v1::Item;

void AddMovements(const std::vector<const Item*>& items, int32_t day, std::vector<ClaimedItem>* debits) {
  std::map<const Item*, ClaimedItem> claimed;
  for (const Item* item : items) {
    if (item->amount_minor() > 0 && item->issue_day() <= day)
      claimed[item] = {item, item->amount_minor(), {}};
  }
  for (const projection::AllocationTable::Row& row : projection::AllocationsOf(items)) {
    if (row.debit == projection::kNoRow || row.day > day || day >= row.undone_day) continue;
    const auto found = claimed.find(items[row.debit]);
    if (found == claimed.end() || row.amount <= 0) continue;
    const Item& debit = *found->first;
    Movement movement;
    movement.minor = row.amount;
    movement.kind = Movement::Kind::kCredit;
    if (row.credit == projection::kNoRow) {
      movement.day = DayFromNumber(debit.has_due_day() ? debit.due_day() : debit.issue_day());
    } else {
      // The money was there from its own day on, whenever it found this item.
      movement.day = DayFromNumber(items[row.credit]->issue_day());
      if (items[row.credit]->kind() == state::v1::ITEM_KIND_PAYMENT) movement.kind = Movement::Kind::kPayment;
    }
    found->second.movements.push_back(movement);
    found->second.open_minor -= row.amount;
  }
  for (auto& [item, one] : claimed) {
    std::stable_sort(one.movements.begin(), one.movements.end(),
                     [](const Movement& a, const Movement& b) { return a.day < b.day; });
    debits->push_back(std::move(one));
  }
}

// What is left of the amount at the end of a day.
int64_t BalanceAt(const ClaimedItem& claimed, absl::CivilDay day) {
  int64_t balance = claimed.item->amount_minor();
  for (const Movement& movement : claimed.movements) {
    if (movement.day <= day) balance -= movement.minor;
  }
  return std::max<int64_t>(balance, 0);
}

// Nothing runs: only what is left of the principal.
void OnlyPrincipal(const ClaimedItem& claimed, const ClaimQuestion& question, ItemStatement* statement) {
  statement->interest.currency = claimed.item->currency();
  statement->interest.mode = question.mode;
  statement->interest.principal_minor = BalanceAt(claimed, question.as_of);
  statement->indemnity = {0, claimed.item->currency()};
}

absl::Status NoteFloor(const claims::RateTables& tables, const claims::InterestTerms& terms,
                       ItemStatement* statement) {
  if (terms.regime != "FR_CONTRACT" || statement->interest.segments.empty()) return absl::OkStatus();
  RELANCE_ASSIGN_OR_RETURN(const auto breaches, claims::FindFloorBreachesFrance(
                                                    tables, terms, statement->interest.segments.front().from,
                                                    statement->interest.segments.back().to));
  for (const claims::FloorBreach& breach : breaches) {
    statement->notes.push_back(
        absl::StrCat("the rate of the contract, ", claims::FormatPercent(breach.contract),
                     " %, is below three times the legal rate, ", claims::FormatPercent(breach.floor),
                     " %, in ", claims::HalfYearName(breach.half_year)));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsClaimable(const Item& item) {
  return item.amount_minor() > 0 &&
         (item.kind() == state::v1::ITEM_KIND_INVOICE || item.kind() == state::v1::ITEM_KIND_OPENING ||
          item.kind() == state::v1::ITEM_KIND_DEBIT_NOTE);
}

std::vector<ClaimedItem> DebitsAt(const AccountView& view, int32_t day) {
  std::map<std::string, std::vector<const Item*>> by_currency;
  for (const auto* items : {&view.items, &view.history}) {
    for (const Item& item : *items) by_currency[item.currency()].push_back(&item);
  }
  std::vector<ClaimedItem> debits;
  for (const auto& [currency, items] : by_currency) AddMovements(items, day, &debits);
  const auto due = [](const Item& item) { return item.has_due_day() ? item.due_day() : projection::kNoDay; };
  std::sort(debits.begin(), debits.end(), [&](const ClaimedItem& a, const ClaimedItem& b) {
    return std::make_pair(due(*a.item), a.item->id()) < std::make_pair(due(*b.item), b.item->id());
  });
  return debits;
}

absl::StatusOr<ItemStatement> StateClaim(const claims::RateTables& tables,
                                         const claims::IndemnityScales& scales, const ClaimedItem& claimed,
                                         const ClaimQuestion& question) {
  const Item& item = *claimed.item;
  const ClaimRules& rules = question.rules;
  ItemStatement statement;
  OnlyPrincipal(claimed, question, &statement);
  if (!item.has_due_day()) {
    statement.notes.push_back("without a due date nothing is late");
    return statement;
  }
  if (!rules.interest.has_value()) {
    statement.notes.push_back("no rule for this kind of debtor: the principal only");
    return statement;
  }
  claims::InterestInput input;
  input.due = DayFromNumber(item.due_day());
  if (rules.is_consumer) {
    if (!question.notice.has_value()) {
      statement.notes.push_back("a consumer without a notice: the principal only");
      return statement;
    }
    input.due = std::max(input.due, GraceEnd(question.country, *question.notice, question.notice_by_post));
  }
  input.principal = {item.amount_minor(), item.currency()};
  input.value_date = question.as_of;
  input.terms = *rules.interest;
  input.mode = question.mode;
  input.movements = claimed.movements;
  input.insolvency_opened = question.insolvency_opened;
  RELANCE_ASSIGN_OR_RETURN(statement.interest, claims::ComputeInterest(tables, input));
  RELANCE_ASSIGN_OR_RETURN(const claims::Regime regime, tables.RegimeOn(input.terms.regime, input.due + 1));
  statement.regime = regime.name;
  statement.basis = regime.source;
  statement.denominator = regime.denominator;
  statement.indemnity = statement.interest.indemnity;
  statement.verified = statement.interest.verified;
  if (!rules.indemnity_scale.empty()) {
    statement.indemnity = {0, item.currency()};
    const int64_t balance = BalanceAt(claimed, input.due);
    if (question.as_of > input.due && balance > 0) {
      RELANCE_ASSIGN_OR_RETURN(
          const claims::ScaledIndemnity scaled,
          scales.AmountOn(rules.indemnity_scale, input.due + 1, {balance, item.currency()}));
      statement.indemnity = scaled.amount;
      statement.verified = statement.verified && scaled.verified;
      absl::StrAppend(&statement.basis, "; ", scaled.source);
    }
  }
  if (question.insolvency_opened.has_value() && *question.insolvency_opened <= question.as_of) {
    statement.notes.push_back(absl::StrCat("interest stops before the opening judgment of ",
                                           FormatIsoDay(*question.insolvency_opened)));
  }
  RELANCE_RETURN_IF_ERROR(NoteFloor(tables, input.terms, &statement));
  return statement;
}

}  // namespace relance::ledger
