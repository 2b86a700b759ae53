#include "services/handoff/choose_items.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/account/item_id.h"
#include "common/money/rounding.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/handoff/errors.h"
#include "services/handoff/item_money.h"
#include "services/handoff/placement_state.h"

namespace relance::handoff {
namespace {

using state::v1::Item;

absl::Status Refuse(absl::string_view reason, absl::string_view message, uint64_t item,
                    std::map<std::string, std::string> metadata = {}) {
  metadata.emplace("itemId", ItemIdText(item));
  const auto code =
      reason == kItemNotFound ? absl::StatusCode::kNotFound : absl::StatusCode::kFailedPrecondition;
  return DomainError(code, reason, message, std::move(metadata));
}

// What stands between the items of an account and an agency.
struct Holds {
  std::unordered_map<uint64_t, std::string> placed;  // by placement
  std::unordered_map<uint64_t, int32_t> deadline;    // last day that a letter grants
  std::set<uint64_t> promised;
  bool all_promised = false;
};

Holds GatherHolds(const AccountView& view, int32_t today) {
  Holds holds;
  for (const auto& placement : view.placements.placements()) {
    if (IsOver(placement.state())) continue;
    for (const auto& item : placement.items()) holds.placed[item.item()] = placement.id();
  }
  for (const auto& position : view.plan.positions()) {
    if (position.deadline_day() >= today) holds.deadline[position.item()] = position.deadline_day();
  }
  for (const auto& promise : view.plan.promises()) {
    if (promise.state() != state::v1::PROMISE_STATE_RUNNING) continue;
    holds.all_promised = holds.all_promised || promise.items().empty();
    holds.promised.insert(promise.items().begin(), promise.items().end());
  }
  return holds;
}

bool IsOverdue(const Item& item, int32_t today) { return item.has_due_day() && item.due_day() < today; }

absl::Status CheckAsked(uint64_t id, const Item* item, bool settled, const Holds& holds, int32_t today) {
  if (item == nullptr && !settled) return Refuse(kItemNotFound, "the account has no such item", id);
  const auto placed = holds.placed.find(id);
  if (placed != holds.placed.end()) {
    return Refuse(kAlreadyPlaced, absl::StrCat("the item is in placement ", placed->second), id,
                  {{"placementId", placed->second}});
  }
  if (item == nullptr || !IsOpenDebit(*item)) return Refuse(kNothingToPlace, "the item is no open debit", id);
  if (IsDisputed(*item)) return Refuse(kItemDisputed, "a dispute on the item stands", id);
  if (!IsOverdue(*item, today)) return Refuse(kItemNotOverdue, "the item is not overdue", id);
  const auto deadline = holds.deadline.find(id);
  if (deadline != holds.deadline.end()) {
    const std::string until = FormatIsoDay(DayFromNumber(deadline->second));
    return Refuse(kDeadlineRunning, absl::StrCat("the last letter grants until ", until), id,
                  {{"until", until}});
  }
  return absl::OkStatus();
}

// Drops the items of currencies in which the account's open credits cover what was chosen.
absl::StatusOr<std::vector<const Item*>> WithoutCovered(const AccountView& view,
                                                        const std::vector<const Item*>& chosen) {
  std::map<std::string, int64_t> credit, debit;
  for (const Item& item : view.items) {
    if (item.open_minor() >= 0) continue;
    RELANCE_ASSIGN_OR_RETURN(credit[item.currency()],
                             SubtractMinor(credit[item.currency()], item.open_minor()));
  }
  for (const Item* item : chosen) {
    RELANCE_ASSIGN_OR_RETURN(debit[item->currency()], AddMinor(debit[item->currency()], item->open_minor()));
  }
  std::vector<const Item*> left;
  for (const Item* item : chosen) {
    if (credit[item->currency()] < debit[item->currency()]) left.push_back(item);
  }
  return left;
}

absl::StatusOr<std::vector<const Item*>> AllThatMayGo(const AccountView& view, const Holds& holds,
                                                      int32_t today) {
  std::vector<const Item*> chosen;
  for (const Item& item : view.items) {
    if (!IsOpenDebit(item) || IsDisputed(item) || !IsOverdue(item, today)) continue;
    if (holds.placed.count(item.id()) || holds.deadline.count(item.id())) continue;
    if (holds.all_promised || holds.promised.count(item.id())) continue;
    chosen.push_back(&item);
  }
  RELANCE_ASSIGN_OR_RETURN(chosen, WithoutCovered(view, chosen));
  if (chosen.size() > kItemsPerPlacementMax) chosen.resize(kItemsPerPlacementMax);
  return chosen;
}

}  // namespace

absl::StatusOr<std::vector<const Item*>> ChooseItems(const AccountView& view,
                                                     const std::vector<uint64_t>& asked, int32_t today) {
  if (view.key.account == kUnidentifiedAccount) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kNothingToPlace,
                       "money that nobody could be found for is nobody's debt");
  }
  const int32_t insolvent = view.sum.attributes().insolvent_day();
  if (insolvent != 0 && insolvent <= today) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kDebtorInsolvent,
                       "an insolvency judgment stops individual collection");
  }
  const Holds holds = GatherHolds(view, today);
  std::vector<const Item*> chosen;
  if (asked.empty()) {
    RELANCE_ASSIGN_OR_RETURN(chosen, AllThatMayGo(view, holds, today));
  } else {
    std::unordered_map<uint64_t, const Item*> open;
    std::set<uint64_t> settled;
    for (const Item& item : view.items) open[item.id()] = &item;
    for (const Item& item : view.history) settled.insert(item.id());
    const std::set<uint64_t> wanted(asked.begin(), asked.end());
    for (uint64_t id : wanted) {
      const auto it = open.find(id);
      const Item* item = it == open.end() ? nullptr : it->second;
      RELANCE_RETURN_IF_ERROR(CheckAsked(id, item, settled.count(id) > 0, holds, today));
    }
    for (const Item& item : view.items) {
      if (wanted.count(item.id())) chosen.push_back(&item);
    }
  }
  if (chosen.empty()) {
    return DomainError(absl::StatusCode::kFailedPrecondition, kNothingToPlace,
                       "nothing of the account is overdue and free to be placed");
  }
  return chosen;
}

}  // namespace relance::handoff
