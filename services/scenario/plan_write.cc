#include "services/scenario/plan_write.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/evidence/evidence.h"
#include "common/time/day.h"
#include "services/scenario/plan_changes.h"
#include "services/scenario/words.h"

namespace relance::scenario {
namespace {

using state::v1::Contact;
using state::v1::EvidenceRecord;
using state::v1::Plan;

// Evidence of what became of a contact; empty when it is nobody's business outside.
absl::string_view KindOf(const Contact* before, const Contact& after) {
  const auto state_before = before == nullptr ? state::v1::CONTACT_STATE_UNSPECIFIED : before->state();
  if (state_before == after.state()) return "";
  switch (after.state()) {
    case state::v1::CONTACT_STATE_SENT:
      return after.channel() == state::v1::CHANNEL_CALL      ? "call.made"
             : after.channel() == state::v1::CHANNEL_HANDOFF ? "handoff.asked"
                                                             : "contact.sent";
    case state::v1::CONTACT_STATE_WITHDRAWN:
      return "contact.withdrawn";
    case state::v1::CONTACT_STATE_EXPIRED:
      return "contact.expired";
    case state::v1::CONTACT_STATE_FAILED:
      return after.outcome() == kNoAddress ? "contact.not_sent" : "contact.failed";
    case state::v1::CONTACT_STATE_AMBIGUOUS:
      return "contact.ambiguous";
    default:
      return state_before == state::v1::CONTACT_STATE_AMBIGUOUS ? "contact.resolved" : "";
  }
}

absl::string_view KindOf(state::v1::PromiseState state) {
  switch (state) {
    case state::v1::PROMISE_STATE_KEPT:
      return "promise.kept";
    case state::v1::PROMISE_STATE_PARTIAL:
      return "promise.partial";
    case state::v1::PROMISE_STATE_BROKEN:
      return "promise.broken";
    case state::v1::PROMISE_STATE_REPLACED:
      return "promise.replaced";
    default:
      return "promise.given";
  }
}

class PlanEvidence {
 public:
  PlanEvidence(const AccountView& view, const PlanWriteInfo& info)
      : view_(view), info_(info), appender_(view, info.now, info.business_day, info.actor) {}

  void AddAll(const Plan& before, const Plan& after) {
    for (const Contact& contact : after.contacts()) AddContact(FindContact(before, contact.key()), contact);
    for (const auto& promise : after.promises()) AddPromise(before, promise);
    for (const auto& pause : after.pauses()) {
      if (!Holds(before, pause)) AddPause("pause.set", pause);
    }
    for (const auto& pause : before.pauses()) {
      if (!Holds(after, pause) && pause.until_day() >= info_.business_day) AddPause("pause.ended", pause);
    }
  }
  void Finish(store::AccountWrite* write) { appender_.Finish(write); }

 private:
  EvidenceRecord& Add(absl::string_view kind, absl::string_view subject) {
    EvidenceRecord& record = appender_.Add(kind, subject);
    for (const auto& [name, value] : info_.details) (*record.mutable_details())[name] = value;
    return record;
  }

  void AddContact(const Contact* before, const Contact& contact) {
    const absl::string_view kind = KindOf(before, contact);
    if (kind.empty()) return;
    EvidenceRecord& record = Add(kind, contact.key());
    auto& details = *record.mutable_details();
    details["step"] = contact.step();
    details["channel"] = std::string(ChannelWord(contact.channel()));
    details["interlocutor"] = contact.interlocutor();
    details["scenario"] = absl::StrCat(view_.plan.scenario_id(), "/", contact.scenario_version());
    if (!contact.template_id().empty()) details["template"] = contact.template_id();
    if (!contact.outcome().empty()) details["outcome"] = contact.outcome();
    if (!contact.campaign_id().empty()) details["campaign"] = contact.campaign_id();
    if (!contact.placement_id().empty()) details["placement"] = contact.placement_id();
    if (contact.deadline_day() != 0)
      details["deadline"] = FormatIsoDay(DayFromNumber(contact.deadline_day()));
    for (const std::string& document : contact.documents()) record.add_documents(document);
    EvidenceAppender::AddKnownItems(view_, &record);
  }

  void AddPromise(const Plan& before, const state::v1::Promise& promise) {
    const auto it = std::find_if(before.promises().begin(), before.promises().end(),
                                 [&](const auto& old) { return old.id() == promise.id(); });
    const bool is_new = it == before.promises().end();
    if (!is_new && it->state() == promise.state()) return;
    if (is_new) AddPromiseRecord("promise.given", promise);
    if (promise.state() != state::v1::PROMISE_STATE_RUNNING)
      AddPromiseRecord(KindOf(promise.state()), promise);
  }

  void AddPromiseRecord(absl::string_view kind, const state::v1::Promise& promise) {
    EvidenceRecord& record = Add(kind, promise.id());
    auto& details = *record.mutable_details();
    details["promised_date"] = FormatIsoDay(DayFromNumber(promise.promised_day()));
    details["amount_minor"] = absl::StrCat(promise.amount_minor());
    details["currency"] = promise.currency();
    if (promise.judged_day() != 0) details["paid_minor"] = absl::StrCat(promise.paid_minor());
    EvidenceAppender::AddKnownItems(view_, &record);
  }

  static bool Holds(const Plan& plan, const state::v1::Pause& pause) {
    return std::any_of(plan.pauses().begin(), plan.pauses().end(), [&](const state::v1::Pause& other) {
      return other.SerializeAsString() == pause.SerializeAsString();
    });
  }

  void AddPause(absl::string_view kind, const state::v1::Pause& pause) {
    auto& details = *Add(kind, absl::StrCat("pause/", pause.from_day())).mutable_details();
    details["until_date"] = FormatIsoDay(DayFromNumber(pause.until_day()));
    details["reason"] = pause.reason();
  }

  const AccountView& view_;
  const PlanWriteInfo& info_;
  EvidenceAppender appender_;
};

void PutOutbox(const AccountView& view, const Plan& after, store::AccountWrite* write) {
  for (const Contact& contact : after.contacts()) {
    const Contact* before = FindContact(view.plan, contact.key());
    const bool was = before != nullptr && IsInOutbox(*before);
    if (IsInOutbox(contact) && !was) {
      state::v1::OutboxMessage message;
      message.set_tenant(view.key.tenant);
      message.set_account(view.key.account);
      message.set_contact_key(contact.key());
      write->outbox_put.emplace_back(OutboxKey(view.key, contact.key()), message.SerializeAsString());
    } else if (!IsInOutbox(contact) && was) {
      write->outbox_erase.push_back(OutboxKey(view.key, contact.key()));
    }
  }
}

}  // namespace

std::string OutboxKey(const store::AccountKey& key, absl::string_view contact_key) {
  return absl::StrCat(key.tenant, "/", key.account, "#", contact_key);
}

store::AccountWrite MakePlanWrite(const AccountView& view, const Plan& after, const PlanWriteInfo& info) {
  store::AccountWrite write;
  write.key = view.key;
  if (info.all_versions) {
    write.read_versions = view.AllVersions();
  } else {
    write.read_versions = {{store::kPlanOwner, view.versions[store::kPlanOwner]}};
  }
  write.set.emplace_back(kPlanField, after.SerializeAsString());
  write.timer_day = after.next_day() == 0 ? store::AccountWrite::kClearTimer : after.next_day();
  PutOutbox(view, after, &write);
  PlanEvidence evidence(view, info);
  evidence.AddAll(view.plan, after);
  evidence.Finish(&write);
  return write;
}

}  // namespace relance::scenario
