#include "services/scenario/account_facts.h"

#include <algorithm>
#include <unordered_set>

#include "common/money/rounding.h"

namespace relance::scenario {
namespace {

using state::v1::Item;

bool IsClaim(const Item& item) {
  switch (item.kind()) {
    case state::v1::ITEM_KIND_INVOICE:
    case state::v1::ITEM_KIND_OPENING:
    case state::v1::ITEM_KIND_DEBIT_NOTE:
    case state::v1::ITEM_KIND_RETURN:
      return item.open_minor() > 0;
    default:
      return false;
  }
}

bool IsDisputed(const Item& item) {
  return item.has_dispute() && item.dispute().opened_day() != 0 && item.dispute().resolved_day() == 0;
}

// Saturates: a sum that does not fit is larger than any threshold.
void AddTo(int64_t amount, int64_t* sum) { *sum = AddMinor(*sum, amount).value_or(INT64_MAX); }

bool OneOf(const std::vector<std::string>& allowed, const std::string& value) {
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end();
}

}  // namespace

bool IsWithAgency(const state::v1::Placement& placement) {
  return placement.state() == state::v1::PLACEMENT_STATE_PLACED ||
         placement.state() == state::v1::PLACEMENT_STATE_ACCEPTED ||
         placement.state() == state::v1::PLACEMENT_STATE_RECALL_PENDING;
}

const ItemFacts* AccountFacts::Find(uint64_t item) const {
  const auto it = by_id.find(item);
  return it == by_id.end() ? nullptr : &items[it->second];
}

AccountFacts GatherFacts(const AccountView& view, const state::v1::Plan& plan, int32_t today,
                         absl::string_view default_country) {
  AccountFacts facts;
  facts.country = view.sum.attributes().country().empty() ? std::string(default_country)
                                                          : view.sum.attributes().country();
  if (view.key.account == kUnidentifiedAccount) {
    facts.hold = AccountHold::kUnidentified;
  } else if (view.sum.attributes().insolvent_day() != 0 && view.sum.attributes().insolvent_day() <= today) {
    facts.hold = AccountHold::kInsolvent;
  } else if (std::any_of(plan.pauses().begin(), plan.pauses().end(), [&](const state::v1::Pause& pause) {
               return pause.from_day() <= today && today <= pause.until_day();
             })) {
    facts.hold = AccountHold::kPaused;
  }

  std::unordered_set<uint64_t> placed, promised;
  for (const auto& placement : view.placements.placements()) {
    if (!IsWithAgency(placement)) continue;
    for (const auto& item : placement.items()) placed.insert(item.item());
  }
  bool all_promised = false;
  for (const auto& promise : plan.promises()) {
    if (promise.state() != state::v1::PROMISE_STATE_RUNNING) continue;
    all_promised = all_promised || promise.items().empty();
    promised.insert(promise.items().begin(), promise.items().end());
  }
  std::unordered_map<uint64_t, const state::v1::ItemPosition*> positions;
  for (const auto& position : plan.positions()) positions[position.item()] = &position;

  for (const Item& item : view.items) {
    if (item.open_minor() < 0) AddTo(-item.open_minor(), &facts.credit_minor[item.currency()]);
    if (!IsClaim(item)) continue;
    ItemFacts fact;
    fact.item = &item;
    if (item.has_due_day()) fact.days_past_due = today - item.due_day();
    if (!item.has_due_day()) {
      fact.hold = ItemHold::kNoDueDay;
    } else if (placed.count(item.id())) {
      fact.hold = ItemHold::kPlaced;
    } else if (IsDisputed(item)) {
      fact.hold = ItemHold::kDisputed;
    } else if (all_promised || promised.count(item.id())) {
      fact.hold = ItemHold::kPromised;
    }
    const auto position = positions.find(item.id());
    if (position != positions.end()) fact.position = position->second;
    if (fact.overdue()) {
      facts.any_overdue = true;
      if (fact.hold == ItemHold::kNone) AddTo(item.open_minor(), &facts.overdue_minor[item.currency()]);
    }
    facts.by_id.emplace(item.id(), facts.items.size());
    facts.items.push_back(fact);
  }
  return facts;
}

bool CreditsCoverOverdue(const AccountFacts& facts) {
  if (facts.overdue_minor.empty()) return false;
  return std::all_of(facts.overdue_minor.begin(), facts.overdue_minor.end(), [&](const auto& overdue) {
    const auto credit = facts.credit_minor.find(overdue.first);
    return credit != facts.credit_minor.end() && credit->second >= overdue.second;
  });
}

bool IsBelowMinimum(const AccountFacts& facts, const Scenario& scenario) {
  for (const auto& [currency, minor] : facts.overdue_minor) {
    if (currency != scenario.currency || minor >= scenario.min_overdue_minor) return false;
  }
  return !facts.overdue_minor.empty();
}

bool Matches(const Conditions& conditions, const Item& item, const state::v1::Attributes& attributes,
             const AccountFacts& facts, const Scenario& scenario) {
  if (item.currency() == scenario.currency) {
    if (item.open_minor() < conditions.item_amount_minor_at_least.value_or(0)) return false;
    const auto overdue = facts.overdue_minor.find(scenario.currency);
    const int64_t minor = overdue == facts.overdue_minor.end() ? 0 : overdue->second;
    if (minor < conditions.overdue_minor_at_least.value_or(0)) return false;
  }
  return OneOf(conditions.segments, attributes.segment()) && OneOf(conditions.countries, facts.country) &&
         OneOf(conditions.customer_types, attributes.customer_type()) &&
         OneOf(conditions.regions, attributes.region()) && OneOf(conditions.sectors, attributes.sector());
}

}  // namespace relance::scenario
