#include "services/scenario/words.h"

#include <map>

#include "services/scenario/decide.h"

namespace relance::scenario {

absl::string_view ChannelWord(state::v1::Channel channel) {
  switch (channel) {
    case state::v1::CHANNEL_MAIL:
      return "mail";
    case state::v1::CHANNEL_LETTER:
      return "letter";
    case state::v1::CHANNEL_CALL:
      return "call";
    case state::v1::CHANNEL_HANDOFF:
      return "handoff";
    case state::v1::CHANNEL_SMS:
      return "sms";
    default:
      return "unspecified";
  }
}

absl::string_view ContactStateWord(state::v1::ContactState state) {
  switch (state) {
    case state::v1::CONTACT_STATE_PLANNED:
      return "planned";
    case state::v1::CONTACT_STATE_RESERVED:
      return "reserved";
    case state::v1::CONTACT_STATE_SENDING:
      return "sending";
    case state::v1::CONTACT_STATE_SENT:
      return "sent";
    case state::v1::CONTACT_STATE_FAILED:
      return "failed";
    case state::v1::CONTACT_STATE_AMBIGUOUS:
      return "ambiguous";
    case state::v1::CONTACT_STATE_WITHDRAWN:
      return "withdrawn";
    case state::v1::CONTACT_STATE_EXPIRED:
      return "expired";
    default:
      return "unspecified";
  }
}

absl::string_view PromiseStateWord(state::v1::PromiseState state) {
  switch (state) {
    case state::v1::PROMISE_STATE_RUNNING:
      return "running";
    case state::v1::PROMISE_STATE_KEPT:
      return "kept";
    case state::v1::PROMISE_STATE_PARTIAL:
      return "partial";
    case state::v1::PROMISE_STATE_BROKEN:
      return "broken";
    case state::v1::PROMISE_STATE_REPLACED:
      return "replaced";
    default:
      return "unspecified";
  }
}

absl::string_view PlanStateWord(state::v1::PlanState state) {
  switch (state) {
    case state::v1::PLAN_STATE_SETTLED:
      return "settled";
    case state::v1::PLAN_STATE_ACTIVE:
      return "active";
    case state::v1::PLAN_STATE_DISPUTED:
      return "disputed";
    case state::v1::PLAN_STATE_PROMISED:
      return "promised";
    case state::v1::PLAN_STATE_PAUSED:
      return "paused";
    case state::v1::PLAN_STATE_PLACED:
      return "placed";
    case state::v1::PLAN_STATE_INSOLVENT:
      return "insolvent";
    case state::v1::PLAN_STATE_CURRENT:
      return "current";
    case state::v1::PLAN_STATE_LEGAL:
      return "legal";
    case state::v1::PLAN_STATE_ON_PLAN:
      return "on_plan";
    default:
      return "unspecified";
  }
}

state::v1::Channel ChannelFromWord(absl::string_view word) {
  if (word == "mail") return state::v1::CHANNEL_MAIL;
  if (word == "letter") return state::v1::CHANNEL_LETTER;
  if (word == "call") return state::v1::CHANNEL_CALL;
  return state::v1::CHANNEL_UNSPECIFIED;
}

std::string ReasonSentence(absl::string_view code) {
  static const auto& sentences = *new std::map<std::string, std::string>{
      {kReasonUnidentified, "This is the account of money that nobody has claimed: it is never dunned."},
      {kReasonInsolvent, "Insolvency proceedings are open: nothing may be asked for outside of them."},
      {kReasonPaused, "A person has paused the account."},
      {kReasonNoDueDay, "An item has no due date: it cannot be dunned until the books are corrected."},
      {kReasonPlaced, "Items are with an agency."},
      {kReasonDisputed, "Items are disputed; the others go on."},
      {kReasonPromised, "A promise runs for items."},
      {kReasonPromiseBroken, "The last promise was not kept: the scenario goes on."},
      {kReasonCreditsCover, "Credits that are not allocated cover all that is overdue: allocate them first."},
      {kReasonBelowMinimum, "Less is overdue than the scenario asks for."},
      {kReasonSpacing, "The debtor was contacted recently."},
      {kReasonDeadline, "The deadline that the last letter granted has not passed."},
      {kReasonNotBusinessDay, "Today is no business day."},
      {kReasonNextRun, "A step is due: it is chosen when the next day is worked."},
      {kReasonUnderWay, "A contact is under way."},
      {kReasonCallOpen, "A call waits on the worklist."},
      {kReasonAmbiguous, "Nobody knows whether a contact left: a person has to say."},
      {kReasonFailed, "A contact failed: a person has to look at it."},
      {kReasonNoAddress, "The debtor has neither an e-mail nor a postal address for this contact."},
      {kReasonNoAgency, "The items are due for an agency, but the tenant has none."},
      {kReasonLastStepOver, "The last step of the scenario is over: a person decides what comes next."},
  };
  const auto it = sentences.find(std::string(code));
  return it == sentences.end() ? std::string(code) : it->second;
}

}  // namespace relance::scenario
