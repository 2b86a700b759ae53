#include "services/scenario/decide.h"

#include <algorithm>
#include <climits>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/time/day.h"
#include "services/scenario/account_facts.h"
#include "services/scenario/choose_step.h"
#include "services/scenario/judge_promises.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/review_contacts.h"

namespace relance::scenario {
namespace {

using state::v1::Contact;
using state::v1::Plan;

// One decision under way.
class Planner {
 public:
  Planner(const AccountView& view, const Scenario& scenario, const Calendar& calendar, absl::CivilDay date,
          const DecideOptions& options)
      : view_(view), scenario_(scenario), calendar_(calendar), today_(DayNumber(date)), options_(options) {}

  Decision Run() {
    plan_ = view_.plan;
    plan_.set_scenario_id(scenario_.id);
    plan_.set_scenario_version(scenario_.version);
    if (plan_.cycle() == 0) plan_.set_cycle(1);

    JudgePromises(view_, today_, &plan_);
    DropPastPauses();
    DropPositionsOfSettledItems();
    Gather();
    ReviewContacts(facts_, view_.sum.attributes(), scenario_, today_, options_.occasion, &plan_);
    Gather();  // an expired call has moved positions
    // Reasons and timers tell of the plan as it is left behind, so what is decided is looked at once more.
    for (size_t decided = 0;; decided = decided_.size()) {
      plan_.clear_reasons();
      next_day_ = INT_MAX;
      AddHoldReasons();
      if (facts_.hold == AccountHold::kNone) DecideContacts();
      if (decided_.size() == decided && !joined_) break;
      joined_ = false;
    }
    SetTimers();
    SetState();
    BoundPlan(&plan_);
    plan_.set_next_day(next_day_ == INT_MAX ? 0 : next_day_);

    Decision decision;
    for (const Contact& contact : plan_.contacts()) {
      if (decided_.count(contact.key())) decision.contacts.push_back(contact);
    }
    decision.plan = std::move(plan_);
    return decision;
  }

 private:
  struct Candidate {
    const ItemFacts* item;
    int step;
  };

  void Gather() { facts_ = GatherFacts(view_, plan_, today_, options_.default_country); }
  void Reason(absl::string_view code) {
    const std::string text(code);
    if (std::find(plan_.reasons().begin(), plan_.reasons().end(), text) == plan_.reasons().end()) {
      plan_.add_reasons(text);
    }
  }
  void WakeOn(int32_t day) {
    if (day > today_) next_day_ = std::min(next_day_, day);
  }

  void DropPastPauses() {
    auto* pauses = plan_.mutable_pauses();
    pauses->erase(std::remove_if(pauses->begin(), pauses->end(),
                                 [&](const state::v1::Pause& pause) { return pause.until_day() < today_; }),
                  pauses->end());
  }

  void DropPositionsOfSettledItems() {
    std::unordered_set<uint64_t> open;
    for (const state::v1::Item& item : view_.items) open.insert(item.id());
    auto* positions = plan_.mutable_positions();
    positions->erase(std::remove_if(positions->begin(), positions->end(),
                                    [&](const auto& position) { return open.count(position.item()) == 0; }),
                     positions->end());
  }

  void AddHoldReasons() {
    if (facts_.hold == AccountHold::kUnidentified) Reason(kReasonUnidentified);
    if (facts_.hold == AccountHold::kInsolvent) Reason(kReasonInsolvent);
    if (facts_.hold == AccountHold::kPaused) Reason(kReasonPaused);
    bool held[5] = {};
    for (const ItemFacts& item : facts_.items) held[static_cast<int>(item.hold)] = true;
    if (held[static_cast<int>(ItemHold::kNoDueDay)]) Reason(kReasonNoDueDay);
    if (held[static_cast<int>(ItemHold::kPlaced)]) Reason(kReasonPlaced);
    if (held[static_cast<int>(ItemHold::kDisputed)]) Reason(kReasonDisputed);
    if (held[static_cast<int>(ItemHold::kPromised)]) Reason(kReasonPromised);
    if (!plan_.promises().empty() && facts_.any_overdue) {
      const auto state = plan_.promises(plan_.promises_size() - 1).state();
      if (state == state::v1::PROMISE_STATE_BROKEN || state == state::v1::PROMISE_STATE_PARTIAL) {
        Reason(kReasonPromiseBroken);
      }
    }
  }

  // Items of contacts that are under way wait for their outcome.
  std::unordered_set<uint64_t> BusyItems() {
    std::unordered_set<uint64_t> busy;
    for (const Contact& contact : plan_.contacts()) {
      if (!IsOpen(contact) || !contact.campaign_id().empty()) continue;
      for (const auto& item : contact.items()) busy.insert(item.item());
    }
    return busy;
  }

  // Whether a written contact is under way: then nothing else is said until it has an outcome.
  bool WrittenUnderWay() {
    bool under_way = false;
    for (const Contact& contact : plan_.contacts()) {
      if (!IsOpen(contact)) continue;
      if (contact.state() == state::v1::CONTACT_STATE_AMBIGUOUS) {
        Reason(kReasonAmbiguous);
      } else if (contact.state() == state::v1::CONTACT_STATE_FAILED) {
        Reason(contact.outcome() == kNoAddress ? kReasonNoAddress : kReasonFailed);
      } else {
        Reason(contact.state() == state::v1::CONTACT_STATE_PLANNED ? kReasonCallOpen : kReasonUnderWay);
      }
      under_way = under_way || IsWritten(contact.channel());
    }
    return under_way;
  }

  void DecideContacts() {
    const bool covered = scenario_.credits == CreditPolicy::kHold && CreditsCoverOverdue(facts_);
    const bool tiny = IsBelowMinimum(facts_, scenario_);
    if (covered) Reason(kReasonCreditsCover);
    if (tiny) Reason(kReasonBelowMinimum);
    const bool quiet = WrittenUnderWay();
    const auto busy = BusyItems();
    std::vector<Candidate> due, handoffs;
    for (const ItemFacts& item : facts_.items) {
      if (item.hold != ItemHold::kNone || busy.count(item.item->id())) continue;
      const NextStep next = ChooseNextStep(item, facts_, view_.sum.attributes(), scenario_, today_);
      if (next.index < 0) {
        if (item.position != nullptr) Reason(kReasonLastStepOver);
        continue;
      }
      const Step& step = scenario_.steps[next.index];
      if (!step.IsPreDue() && (covered || tiny)) {
        WakeOn(next.day);
        continue;
      }
      if (!step.IsHandoff() && quiet) continue;
      const int32_t day = FirstDay(step, next.day, today_);
      if (day > today_) {
        AddWaitReason(item, step, next.day, day);
        WakeOn(day);
      } else if (step.IsHandoff() && !options_.has_agency) {
        Reason(kReasonNoAgency);
        WakeOn(DayNumber(calendar_.BusinessDayOnOrAfter(DayFromNumber(today_ + 1))));
      } else if (options_.occasion != Occasion::kDaysRun) {
        Reason(kReasonNextRun);
        WakeOn(FirstDay(step, next.day, today_ + 1));
      } else {
        (step.IsHandoff() ? handoffs : due).push_back({&item, next.index});
      }
    }
    Make(std::move(due));
    Make(std::move(handoffs));
  }

  // The first day from `from` on that suits the step.
  int32_t FirstDay(const Step& step, int32_t day, int32_t from) const {
    return FirstContactDay(step, day, from, plan_.last_contact_day(), scenario_, calendar_);
  }

  // Why an item whose offset has passed still waits.
  void AddWaitReason(const ItemFacts& item, const Step& step, int32_t item_day, int32_t day) {
    if (today_ < item.item->due_day() + step.offset_days) return;
    if (item.position != nullptr && item.position->deadline_day() >= today_) {
      Reason(kReasonDeadline);
    } else if (item_day <= today_ && !step.IsHandoff() && plan_.last_contact_day() != 0 &&
               plan_.last_contact_day() + scenario_.min_days_between_contacts > today_) {
      Reason(kReasonSpacing);
    } else if (item_day <= today_ && day > today_) {
      Reason(kReasonNotBusinessDay);
    }
  }

  void Make(std::vector<Candidate> due) {
    if (due.empty()) return;
    const int top = std::max_element(due.begin(), due.end(), [](const Candidate& a, const Candidate& b) {
                      return a.step < b.step;
                    })->step;
    const Step& step = scenario_.steps[top];
    const size_t items_max = step.announces_costs ? kNoticeItemsMax : kContactItemsMax;
    if (step.IsWritten() && due.size() > items_max) {
      std::stable_partition(due.begin(), due.end(),
                            [&](const Candidate& candidate) { return candidate.step == top; });
      due.resize(items_max);
    }
    Contact* contact = step.channel == Channel::CHANNEL_CALL ? OpenCall() : nullptr;
    joined_ = joined_ || contact != nullptr;
    if (contact == nullptr) {
      const std::string key = NewContactKey(step.id, &plan_);
      contact = plan_.add_contacts();
      contact->set_key(key);
      contact->set_cycle(plan_.cycle());
      contact->set_step(step.id);
      contact->set_channel(step.channel);
      contact->set_decided_day(today_);
      contact->set_scenario_version(scenario_.version);
      decided_.insert(key);
    }
    for (const Candidate& candidate : due) {
      auto* item = contact->add_items();
      item->set_item(candidate.item->item->id());
      item->set_step(scenario_.steps[candidate.step].id);
      item->set_open_minor(candidate.item->item->open_minor());
      item->set_currency(candidate.item->item->currency());
      item->set_number(candidate.item->item->number());
    }
    SetVoice(step, contact);
    if (step.IsWritten()) {
      ReserveOrFail(&step, view_.sum.attributes(), contact);
    } else {
      contact->set_state(step.IsHandoff() ? state::v1::CONTACT_STATE_RESERVED
                                          : state::v1::CONTACT_STATE_PLANNED);
    }
  }

  // The call of the scenario that waits on the worklist; new items join it.
  Contact* OpenCall() {
    for (Contact& contact : *plan_.mutable_contacts()) {
      if (contact.state() == state::v1::CONTACT_STATE_PLANNED && contact.campaign_id().empty())
        return &contact;
    }
    return nullptr;
  }

  void SetVoice(const Step& step, Contact* contact) {
    contact->set_template_id(step.template_id);
    contact->set_interlocutor(step.interlocutor);
    int32_t oldest = INT_MIN;
    const ItemFacts* first = nullptr;
    for (const auto& item : contact->items()) {
      const ItemFacts* fact = facts_.Find(item.item());
      if (fact != nullptr && fact->days_past_due > oldest) {
        oldest = fact->days_past_due;
        first = fact;
      }
    }
    for (const Variant& variant : step.variants) {
      if (oldest < variant.overdue_days_at_least.value_or(INT_MIN)) continue;
      if (!Matches(variant.when, *first->item, view_.sum.attributes(), facts_, scenario_)) continue;
      if (!variant.template_id.empty()) contact->set_template_id(variant.template_id);
      if (!variant.interlocutor.empty()) contact->set_interlocutor(variant.interlocutor);
      return;
    }
  }

  // The days on which something changes by itself.
  void SetTimers() {
    for (const auto& promise : plan_.promises()) {
      if (promise.state() == state::v1::PROMISE_STATE_RUNNING) WakeOn(promise.hold_until_day() + 1);
    }
    for (const auto& pause : plan_.pauses()) {
      WakeOn(pause.from_day());
      WakeOn(pause.until_day() + 1);
    }
    for (const Contact& contact : plan_.contacts()) {
      if (contact.state() != state::v1::CONTACT_STATE_PLANNED) continue;
      const int index = scenario_.IndexOf(contact.step());
      const int expires = index < 0 ? kCampaignCallDays : scenario_.steps[index].expires_after_days;
      WakeOn(contact.decided_day() + expires + 1);
    }
    WakeForNewAddresses();
    WakeOn(view_.sum.attributes().insolvent_day());
    for (const ItemFacts& item : facts_.items) {
      if (item.item->has_due_day()) WakeOn(item.item->due_day() + 1);
    }
  }

  // A contact that failed for want of an address is reserved in the first run that finds one.
  void WakeForNewAddresses() {
    for (const Contact& contact : plan_.contacts()) {
      if (contact.state() != state::v1::CONTACT_STATE_FAILED || contact.outcome() != kNoAddress) continue;
      const int index = scenario_.IndexOf(contact.step());
      const Step* step = index < 0 ? nullptr : &scenario_.steps[index];
      if (IsReachable(step, view_.sum.attributes(), contact)) WakeOn(today_ + 1);
    }
  }

  void SetState() {
    using namespace state::v1;
    if (facts_.hold == AccountHold::kInsolvent) return plan_.set_state(PLAN_STATE_INSOLVENT);
    if (facts_.items.empty()) return plan_.set_state(PLAN_STATE_SETTLED);
    if (!facts_.any_overdue) return plan_.set_state(PLAN_STATE_CURRENT);
    if (facts_.hold == AccountHold::kPaused) return plan_.set_state(PLAN_STATE_PAUSED);
    bool placed = false, disputed = false;
    for (const ItemFacts& item : facts_.items) {
      if (!item.overdue()) continue;
      if (item.hold == ItemHold::kNone) return plan_.set_state(PLAN_STATE_ACTIVE);
      placed = placed || item.hold == ItemHold::kPlaced;
      disputed = disputed || item.hold == ItemHold::kDisputed;
    }
    plan_.set_state(placed ? PLAN_STATE_PLACED : disputed ? PLAN_STATE_DISPUTED : PLAN_STATE_PROMISED);
  }

  const AccountView& view_;
  const Scenario& scenario_;
  const Calendar& calendar_;
  const int32_t today_;
  const DecideOptions& options_;
  Plan plan_;
  AccountFacts facts_;
  int32_t next_day_ = INT_MAX;
  std::unordered_set<std::string> decided_;
  bool joined_ = false;  // items joined a call that was planned before
};

}  // namespace

bool IsDaysRun(const Plan& plan, absl::CivilDay date) {
  return plan.next_day() != 0 && plan.next_day() <= DayNumber(date);
}

Decision Decide(const AccountView& view, const Scenario& scenario, const Calendar& calendar,
                absl::CivilDay business_date, const DecideOptions& options) {
  return Planner(view, scenario, calendar, business_date, options).Run();
}

}  // namespace relance::scenario
