#include "services/handoff/review_placements.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/handoff/agency_message.h"
#include "services/handoff/item_money.h"
#include "services/handoff/placement_edit.h"
#include "services/handoff/placement_state.h"

namespace relance::handoff {
namespace {

using state::v1::Item;
using state::v1::Placement;

using ItemsById = std::unordered_map<uint64_t, const Item*>;

// Takes what is new of the items into the placement; what changed, one line an item.
std::vector<ItemChange> TakeInMoney(const std::map<uint64_t, ItemMoney>& money, const ItemsById& items,
                                    Placement* placement) {
  std::vector<ItemChange> changes;
  for (auto& placed : *placement->mutable_items()) {
    const auto item = items.find(placed.item());
    if (item == items.end()) continue;  // the books took it away: nothing was paid
    const ItemMoney& now = money.at(placed.item());
    ItemChange change;
    change.item = placed.item();
    change.number = item->second->number();
    change.currency = placed.currency();
    change.direct_paid_minor = now.direct_minor - placed.paid_minor();
    change.credited_minor = now.credited_minor - placed.credited_minor();
    change.remaining_minor = now.remaining_minor;
    if (change.direct_paid_minor == 0 && change.credited_minor == 0) continue;
    placed.set_paid_minor(now.direct_minor);
    placed.set_credited_minor(now.credited_minor);
    placed.set_direct_paid_minor(placed.direct_paid_minor() + change.direct_paid_minor);
    if (placed.currency() == placement->items(0).currency()) {
      placement->set_direct_paid_minor(placement->direct_paid_minor() + change.direct_paid_minor);
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

bool AllSettled(const ItemsById& items, const Placement& placement) {
  return std::all_of(placement.items().begin(), placement.items().end(), [&](const auto& placed) {
    const auto item = items.find(placed.item());
    return item == items.end() || item->second->open_minor() == 0;
  });
}

// How a settled placement ends. The reasons are words of the agencies.
std::string EndOf(const ItemsById& items, const Placement& placement) {
  bool written_off = false;
  bool paid = false;
  for (const auto& placed : placement.items()) {
    const auto item = items.find(placed.item());
    written_off = written_off || (item != items.end() && item->second->written_off());
    paid = paid || placed.direct_paid_minor() > 0;
  }
  for (const auto& payment : placement.payments()) {
    paid = paid || (payment.amount_minor() > 0 && !payment.reversed());
  }
  return written_off ? "WrittenOff" : paid ? "Paid" : "Credited";
}

absl::Status TellAgency(absl::string_view type, absl::string_view reason,
                        const std::vector<ItemChange>& changes, PlacementEdit& edit, Placement* placement,
                        std::string* document) {
  const int number = PlacementEdit::NextMessage(placement);
  RELANCE_ASSIGN_OR_RETURN(*document, edit.Send(*placement, number, type, "json",
                                                AgencyMessage(type, *placement, number,
                                                              DayFromNumber(edit.today()), reason, changes)));
  return absl::OkStatus();
}

// Whether something was changed.
absl::StatusOr<bool> Review(const AccountView& view, const ItemsById& items, PlacementEdit& edit,
                            Placement* placement) {
  if (IsOver(placement->state()) || placement->items().empty()) return false;
  std::set<uint64_t> ids;
  for (const auto& placed : placement->items()) ids.insert(placed.item());
  const std::vector<ItemChange> changes = TakeInMoney(MoneyOfItems(view, ids), items, placement);
  std::string document;
  if (!changes.empty()) {
    const bool paid = std::any_of(changes.begin(), changes.end(),
                                  [](const ItemChange& change) { return change.direct_paid_minor != 0; });
    const std::string type = paid ? "direct_payment" : "credit";
    RELANCE_RETURN_IF_ERROR(TellAgency(type, "", changes, edit, placement, &document));
    edit.Note(absl::StrCat("placement.", type), *placement).add_documents(document);
  }
  const bool ledger_knows_all = std::all_of(placement->payments().begin(), placement->payments().end(),
                                            [](const auto& payment) { return payment.recorded(); });
  if (!ledger_knows_all || !AllSettled(items, *placement)) return !changes.empty();
  const std::string reason = EndOf(items, *placement);
  RELANCE_RETURN_IF_ERROR(TellAgency("close", reason, {}, edit, placement, &document));
  placement->set_close_reason(reason);
  const Transition next = Next(
      placement->state(), reason == "Paid" ? PlacementEvent::kSettled : PlacementEvent::kSettledOtherwise);
  edit.Move(next.to, "placement.closed", placement).add_documents(document);
  return true;
}

}  // namespace

bool HasOpenPlacement(const state::v1::Case& placements) {
  return std::any_of(placements.placements().begin(), placements.placements().end(),
                     [](const Placement& placement) { return !IsOver(placement.state()); });
}

absl::StatusOr<std::optional<store::AccountWrite>> ReviewPlacements(const AccountView& view,
                                                                    const documents::DocumentStore& documents,
                                                                    absl::Time now, absl::CivilDay today) {
  ItemsById items;
  for (const Item& item : view.items) items[item.id()] = &item;
  for (const Item& item : view.history) items[item.id()] = &item;
  PlacementEdit edit(view, documents, now, DayNumber(today), "service:handoff", {store::kLedgerOwner});
  bool changed = false;
  for (Placement& placement : *edit.cases().mutable_placements()) {
    RELANCE_ASSIGN_OR_RETURN(const bool one, Review(view, items, edit, &placement));
    changed = changed || one;
  }
  if (!changed) return std::optional<store::AccountWrite>();
  return std::make_optional(edit.Finish());
}

}  // namespace relance::handoff
