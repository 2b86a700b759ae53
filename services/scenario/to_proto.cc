#include "services/scenario/to_proto.h"

#include "common/account/item_id.h"
#include "common/evidence/evidence.h"
#include "common/rpc/proto_types.h"
#include "common/time/day.h"
#include "services/scenario/words.h"

namespace relance::scenario {
namespace {

type::v1::Date DateOf(int32_t day) { return rpc::DayToProto(DayFromNumber(day)); }

// Stored amounts have known currencies; one that does not is told as nothing.
type::v1::Money MoneyOf(int64_t minor, const std::string& currency) {
  auto money = rpc::MoneyToProto({minor, currency});
  return money.ok() ? *std::move(money) : type::v1::Money();
}

std::string NumberOf(uint64_t id, const AccountView* view) {
  if (view == nullptr) return "";
  for (const auto* list : {&view->items, &view->history}) {
    for (const auto& item : *list) {
      if (item.id() == id) return item.number();
    }
  }
  return "";
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ",
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
                          absl::UTCTimeZone());
}

}  // namespace

v1::Contact ToProto(const std::string& account, const state::v1::Contact& contact, const AccountView* view) {
  v1::Contact out;
  out.set_account_id(account);
  out.set_contact_key(contact.key());
  out.set_step_id(contact.step());
  out.set_channel(std::string(ChannelWord(contact.channel())));
  out.set_state(std::string(ContactStateWord(contact.state())));
  *out.mutable_decided_date() = DateOf(contact.decided_day());
  if (contact.sent_day() != 0) *out.mutable_sent_date() = DateOf(contact.sent_day());
  for (const auto& item : contact.items()) {
    v1::ContactItem* part = out.add_items();
    part->set_item_id(ItemIdText(item.item()));
    // Contacts that were decided before numbers were kept have none of their own.
    part->set_number(item.number().empty() ? NumberOf(item.item(), view) : item.number());
    part->set_step_id(item.step());
    *part->mutable_open() = MoneyOf(item.open_minor(), item.currency());
  }
  out.set_outcome(contact.outcome());
  for (const std::string& document : contact.documents()) out.add_documents(document);
  out.set_interlocutor(contact.interlocutor());
  out.set_campaign_id(contact.campaign_id());
  return out;
}

v1::Promise ToProto(const state::v1::Promise& promise) {
  v1::Promise out;
  out.set_promise_id(promise.id());
  *out.mutable_given_date() = DateOf(promise.given_day());
  *out.mutable_promised_date() = DateOf(promise.promised_day());
  *out.mutable_amount() = MoneyOf(promise.amount_minor(), promise.currency());
  out.set_state(std::string(PromiseStateWord(promise.state())));
  if (promise.judged_day() != 0) {
    *out.mutable_judged_date() = DateOf(promise.judged_day());
    *out.mutable_paid() = MoneyOf(promise.paid_minor(), promise.currency());
  }
  for (uint64_t item : promise.items()) out.add_item_ids(ItemIdText(item));
  return out;
}

v1::Plan ToProto(const AccountView& view, const state::v1::Plan& plan) {
  v1::Plan out;
  out.set_account_id(view.key.account);
  out.set_scenario_id(plan.scenario_id());
  out.set_scenario_version(plan.scenario_version());
  out.set_state(std::string(PlanStateWord(plan.state())));
  for (const auto& position : plan.positions()) {
    v1::ItemPosition* made = out.add_positions();
    made->set_item_id(ItemIdText(position.item()));
    made->set_step_id(position.step());
    if (position.day() != 0) *made->mutable_step_date() = DateOf(position.day());
  }
  for (const auto& contact : plan.contacts()) *out.add_contacts() = ToProto(view.key.account, contact, &view);
  for (const auto& promise : plan.promises()) *out.add_promises() = ToProto(promise);
  for (const auto& pause : plan.pauses()) {
    v1::Pause* made = out.add_pauses();
    *made->mutable_from_date() = DateOf(pause.from_day());
    *made->mutable_until_date() = DateOf(pause.until_day());
    made->set_reason(pause.reason());
  }
  for (const std::string& reason : plan.reasons()) out.add_reasons(reason);
  if (plan.next_day() != 0) *out.mutable_next_date() = DateOf(plan.next_day());
  return out;
}

v1::WorklistEntry ToProto(const WorklistLine& line, int rank) {
  v1::WorklistEntry out;
  out.set_rank(rank);
  out.set_account_id(line.account);
  out.set_name(line.name);
  if (!line.contact.key().empty()) *out.mutable_contact() = ToProto(line.account, line.contact, nullptr);
  *out.mutable_overdue() = MoneyOf(line.overdue.minor, line.overdue.currency);
  out.set_oldest_days(line.oldest_days);
  out.set_late_probability(line.late_probability);
  out.set_reason(line.reason);
  out.set_priority(line.priority);
  out.set_kind(line.kind);
  out.set_phone(line.phone);
  return out;
}

v1::EvidenceRecord ToProto(const state::v1::EvidenceRecord& record, absl::string_view encoded) {
  v1::EvidenceRecord out;
  out.set_sequence(static_cast<int64_t>(record.sequence()));
  out.set_time(TimeText(record.time()));
  *out.mutable_business_date() = DateOf(record.business_day());
  out.set_actor(record.actor());
  out.set_kind(record.kind());
  out.set_subject(record.subject());
  for (const auto& [name, value] : record.details()) (*out.mutable_details())[name] = value;
  for (const std::string& document : record.documents()) out.add_documents(document);
  out.set_hash(EvidenceHash(encoded));
  out.set_previous_hash(record.previous_hash());
  return out;
}

}  // namespace relance::scenario
