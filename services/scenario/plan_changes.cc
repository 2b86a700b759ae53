#include "services/scenario/plan_changes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace relance::scenario {
namespace {

using state::v1::Contact;
using state::v1::ItemPosition;
using state::v1::Plan;

ItemPosition* FindOrAddPosition(uint64_t item, Plan* plan) {
  for (ItemPosition& position : *plan->mutable_positions()) {
    if (position.item() == item) return &position;
  }
  ItemPosition* position = plan->add_positions();
  position->set_item(item);
  return position;
}

// Drops from the front what `over` says, until at most `keep` of these are left.
template <typename List, typename Over>
void DropOldest(List* list, int keep, Over over) {
  int excess = static_cast<int>(std::count_if(list->begin(), list->end(), over)) - keep;
  if (excess <= 0) return;
  List left;
  for (auto& entry : *list) {
    if (excess > 0 && over(entry)) {
      --excess;
    } else {
      left.Add()->Swap(&entry);
    }
  }
  list->Swap(&left);
}

}  // namespace

bool IsWritten(Channel channel) {
  return channel == Channel::CHANNEL_MAIL || channel == Channel::CHANNEL_LETTER;
}

bool IsUnsent(const Contact& contact) {
  return contact.state() == state::v1::CONTACT_STATE_PLANNED ||
         contact.state() == state::v1::CONTACT_STATE_RESERVED ||
         (contact.state() == state::v1::CONTACT_STATE_FAILED && contact.outcome() == kNoAddress);
}

bool IsOpen(const Contact& contact) {
  return IsUnsent(contact) || contact.state() == state::v1::CONTACT_STATE_SENDING ||
         contact.state() == state::v1::CONTACT_STATE_AMBIGUOUS ||
         contact.state() == state::v1::CONTACT_STATE_FAILED;
}

bool IsInOutbox(const Contact& contact) {
  return contact.state() == state::v1::CONTACT_STATE_RESERVED ||
         contact.state() == state::v1::CONTACT_STATE_SENDING;
}

const Contact* FindContact(const Plan& plan, absl::string_view key) {
  for (const Contact& contact : plan.contacts()) {
    if (contact.key() == key) return &contact;
  }
  return nullptr;
}

Contact* FindContact(Plan* plan, absl::string_view key) {
  return const_cast<Contact*>(FindContact(static_cast<const Plan&>(*plan), key));
}

void SetPosition(const Scenario& scenario, uint64_t item, absl::string_view step, int32_t cycle, int32_t day,
                 int32_t deadline_day, Plan* plan) {
  ItemPosition* position = FindOrAddPosition(item, plan);
  position->set_step(std::string(step));
  position->set_step_index(scenario.IndexOf(step));
  position->set_cycle(cycle);
  position->set_day(day);
  position->set_deadline_day(std::max(deadline_day, position->deadline_day()));
}

void MarkMade(const Scenario& scenario, int32_t today, bool reached, Contact* contact, Plan* plan) {
  contact->set_state(state::v1::CONTACT_STATE_SENT);
  contact->set_sent_day(today);
  for (const auto& item : contact->items()) {
    if (item.step().empty()) continue;  // a campaign makes no step
    SetPosition(scenario, item.item(), item.step(), contact->cycle(), today, contact->deadline_day(), plan);
  }
  if (contact->channel() == Channel::CHANNEL_HANDOFF) return;
  if (reached) plan->set_last_contact_day(today);
  if (IsWritten(contact->channel())) {
    plan->mutable_counts()->set_written(plan->counts().written() + 1);
  } else {
    plan->mutable_counts()->set_calls(plan->counts().calls() + 1);
  }
}

void MarkExpired(const Scenario& scenario, Contact* contact, Plan* plan) {
  contact->set_state(state::v1::CONTACT_STATE_EXPIRED);
  for (const auto& item : contact->items()) {
    if (item.step().empty() || item.step() != contact->step()) continue;
    const int32_t day = FindOrAddPosition(item.item(), plan)->day();
    SetPosition(scenario, item.item(), item.step(), contact->cycle(), day, 0, plan);
  }
}

void MarkWithdrawn(absl::string_view why, Contact* contact, Plan* plan) {
  contact->set_state(state::v1::CONTACT_STATE_WITHDRAWN);
  contact->set_outcome(std::string(why));
  plan->mutable_counts()->set_withdrawn(plan->counts().withdrawn() + 1);
}

std::string NewContactKey(absl::string_view step, Plan* plan) {
  if (plan->cycle() == 0) plan->set_cycle(1);
  if (FindContact(*plan, absl::StrCat(plan->cycle(), "/", step)) != nullptr)
    plan->set_cycle(plan->cycle() + 1);
  return absl::StrCat(plan->cycle(), "/", step);
}

void BoundPlan(Plan* plan) {
  DropOldest(plan->mutable_contacts(), kContactsOverMax, [&](const Contact& contact) {
    return !IsOpen(contact) && contact.key() != absl::StrCat(plan->cycle(), "/", contact.step());
  });
  DropOldest(plan->mutable_promises(), kPromisesOverMax, [](const state::v1::Promise& promise) {
    return promise.state() != state::v1::PROMISE_STATE_RUNNING;
  });
}

}  // namespace relance::scenario
