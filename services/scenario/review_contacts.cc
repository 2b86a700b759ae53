#include "services/scenario/review_contacts.h"

#include <string>

#include "services/scenario/plan_changes.h"
#include "services/scenario/reach.h"

namespace relance::scenario {
namespace {

using state::v1::Contact;

// Why `item` no longer belongs into a contact of `step` (null: a campaign); empty when it does.
std::string Dropped(const ItemFacts* item, const Step* step, int step_index, const AccountFacts& facts,
                    const state::v1::Attributes& attributes, const Scenario& scenario, Occasion occasion) {
  if (item == nullptr) return "settled";
  switch (item->hold) {
    case ItemHold::kNone:
      break;
    case ItemHold::kNoDueDay:
      return "no_due_date";
    case ItemHold::kPlaced:
      return "placed";
    case ItemHold::kDisputed:
      return "disputed";
    case ItemHold::kPromised:
      return "promised";
  }
  if (step == nullptr) return item->overdue() ? "" : "not_overdue";
  if (item->position != nullptr && scenario.IndexOf(*item->position) >= step_index) return "step_over";
  if (step->IsPreDue() && step->until_days.has_value() && item->days_past_due > *step->until_days)
    return "overdue";
  if (item->days_past_due < step->offset_days) return "no_longer_due";
  if (occasion == Occasion::kNews) return "";
  return Matches(step->when, *item->item, attributes, facts, scenario) ? "" : "no_longer_due";
}

std::string AccountHoldOutcome(const AccountFacts& facts, const Step* step, const Scenario& scenario,
                               Occasion occasion) {
  if (facts.hold == AccountHold::kInsolvent) return "insolvent";
  if (facts.hold == AccountHold::kPaused) return "paused";
  if (facts.hold == AccountHold::kUnidentified) return "unidentified";
  if (occasion == Occasion::kNews || (step != nullptr && step->IsPreDue())) return "";
  if (scenario.credits == CreditPolicy::kHold && CreditsCoverOverdue(facts)) return "credits_cover";
  if (IsBelowMinimum(facts, scenario)) return "below_minimum";
  return "";
}

void ReviewContact(const AccountFacts& facts, const state::v1::Attributes& attributes,
                   const Scenario& scenario, Occasion occasion, Contact* contact, state::v1::Plan* plan) {
  const bool campaign = !contact->campaign_id().empty();
  const int index = campaign ? -1 : scenario.IndexOf(contact->step());
  if (!campaign && index < 0) return MarkWithdrawn("scenario_changed", contact, plan);
  const Step* step = campaign ? nullptr : &scenario.steps[index];

  const auto all = contact->items();  // stays on record when it is withdrawn
  google::protobuf::RepeatedPtrField<state::v1::ContactItem> kept;
  bool own_step_left = false;
  std::string why;
  for (auto& item : *contact->mutable_items()) {
    const int item_index = campaign ? -1 : scenario.IndexOf(item.step());
    const ItemFacts* fact = facts.Find(item.item());
    std::string dropped = !campaign && item_index < 0
                              ? "scenario_changed"
                              : Dropped(fact, campaign ? nullptr : &scenario.steps[item_index], item_index,
                                        facts, attributes, scenario, occasion);
    if (!dropped.empty()) {
      if (why.empty()) why = std::move(dropped);
      continue;
    }
    own_step_left = own_step_left || item.step() == contact->step();
    item.set_open_minor(fact->item->open_minor());
    kept.Add()->Swap(&item);
  }
  contact->mutable_items()->Swap(&kept);
  if (!own_step_left || contact->items().empty()) {
    *contact->mutable_items() = all;
    return MarkWithdrawn(why.empty() ? "settled" : why, contact, plan);
  }
  const std::string hold = AccountHoldOutcome(facts, step, scenario, occasion);
  if (!hold.empty()) return MarkWithdrawn(hold, contact, plan);
  if (!IsWritten(contact->channel())) return;
  if (occasion == Occasion::kDaysRun || contact->state() != state::v1::CONTACT_STATE_FAILED) {
    ReserveOrFail(step, attributes, contact);
  }
}

std::vector<Channel> ChannelsFor(Channel wanted, const Step* step, const state::v1::Attributes& attributes) {
  return ReachableChannels(wanted, step == nullptr ? std::nullopt : step->copy, attributes);
}

}  // namespace

bool IsReachable(const Step* step, const state::v1::Attributes& attributes, const Contact& contact) {
  return !ChannelsFor(step == nullptr ? contact.channel() : step->channel, step, attributes).empty();
}

void ReserveOrFail(const Step* step, const state::v1::Attributes& attributes, Contact* contact) {
  const Channel wanted = step == nullptr ? contact->channel() : step->channel;
  const auto channels = ChannelsFor(wanted, step, attributes);
  if (channels.empty()) {
    contact->set_channel(wanted);
    contact->set_state(state::v1::CONTACT_STATE_FAILED);
    contact->set_outcome(kNoAddress);
    return;
  }
  contact->set_channel(channels[0]);
  contact->set_state(state::v1::CONTACT_STATE_RESERVED);
  contact->clear_outcome();
}

void ReviewContacts(const AccountFacts& facts, const state::v1::Attributes& attributes,
                    const Scenario& scenario, int32_t today, Occasion occasion, state::v1::Plan* plan) {
  for (Contact& contact : *plan->mutable_contacts()) {
    if (!IsUnsent(contact)) continue;
    ReviewContact(facts, attributes, scenario, occasion, &contact, plan);
    if (contact.state() != state::v1::CONTACT_STATE_PLANNED) continue;
    const int index = scenario.IndexOf(contact.step());
    const int expires = index < 0 ? kCampaignCallDays : scenario.steps[index].expires_after_days;
    if (today > contact.decided_day() + expires) MarkExpired(scenario, &contact, plan);
  }
}

}  // namespace relance::scenario
