#include "services/scenario/compose_message.h"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/scenario/account_facts.h"
#include "services/scenario/reach.h"
#include "services/scenario/state_claims.h"

namespace relance::scenario {
namespace {

using state::v1::Contact;
using state::v1::Item;

const Step* StepOf(const Contact& contact, const Scenario& scenario) {
  const int index = contact.campaign_id().empty() ? scenario.IndexOf(contact.step()) : -1;
  return index < 0 ? nullptr : &scenario.steps[index];
}

// The voice as it signs, by language; English for others.
std::string RoleOf(absl::string_view interlocutor, absl::string_view language) {
  static const auto& roles = *new std::map<std::string, std::string>{
      {"fr/accounts_assistant", "Comptabilité clients"},
      {"en/accounts_assistant", "Accounts receivable"},
      {"nl/accounts_assistant", "Debiteurenadministratie"},
      {"de/accounts_assistant", "Debitorenbuchhaltung"},
      {"fr/credit_manager", "Responsable du crédit client"},
      {"en/credit_manager", "Credit manager"},
      {"nl/credit_manager", "Kredietbeheer"},
      {"de/credit_manager", "Kreditmanagement"},
      {"fr/legal", "Service contentieux"},
      {"en/legal", "Legal collection"},
      {"nl/legal", "Dienst geschillen"},
      {"de/legal", "Rechtsabteilung"},
  };
  for (absl::string_view tongue : {language, absl::string_view("en")}) {
    const auto it = roles.find(absl::StrCat(tongue, "/", interlocutor));
    if (it != roles.end()) return it->second;
  }
  return "";
}

// "Nantes" of the line "44000 Nantes"; empty when no line looks like it.
std::string CityOf(const google::protobuf::RepeatedPtrField<std::string>& address) {
  for (const std::string& line : address) {
    size_t digits = 0;
    while (digits < line.size() && absl::ascii_isdigit(line[digits])) ++digits;
    if ((digits == 4 || digits == 5) && digits < line.size() && line[digits] == ' ') {
      return std::string(absl::StripAsciiWhitespace(line.substr(digits)));
    }
  }
  return "";
}

render::Sender SenderOf(const state::v1::TenantConfig& tenant, const Contact& contact,
                        absl::string_view language) {
  render::Sender sender;
  sender.legal_name = tenant.legal_name();
  sender.address_lines.assign(tenant.address().begin(), tenant.address().end());
  sender.city = CityOf(tenant.address());
  sender.siren = tenant.legal_id();
  sender.vat_number = tenant.vat_id();
  sender.iban = tenant.iban();
  sender.phone = tenant.phone();
  sender.email = tenant.email();
  sender.interlocutor_role = RoleOf(contact.interlocutor(), language);
  if (!tenant.language().empty()) sender.language = tenant.language();
  return sender;
}

render::Recipient RecipientOf(const AccountView& view, const TenantContext& tenant, Channel channel) {
  const auto& attributes = view.sum.attributes();
  render::Recipient recipient;
  recipient.company = attributes.name().empty() ? view.key.account : attributes.name();
  recipient.address_lines.assign(attributes.address().begin(), attributes.address().end());
  recipient.language = attributes.language().empty() ? tenant.config.language() : attributes.language();
  const auto* person =
      channel == Channel::CHANNEL_MAIL ? AddresseeOfMail(attributes) : AddresseeOfLetter(attributes);
  if (person != nullptr) {
    recipient.contact = person->name();
    recipient.email = person->email();
  }
  return recipient;
}

render::Item ItemOf(const Item& item) {
  render::Item line;
  line.number = item.number();
  if (item.issue_day() != 0) line.issue_date = DayFromNumber(item.issue_day());
  line.due_date = DayFromNumber(item.due_day());
  line.original = {std::max(item.amount_minor(), item.open_minor()), item.currency()};
  line.open = {item.open_minor(), item.currency()};
  return line;
}

// What the scenario will really do after this step for a debtor like this one.
render::NextStep NextOf(const Step* step, const Item& item, const AccountView& view,
                        const AccountFacts& facts, const Scenario& scenario, const TenantContext& tenant) {
  if (step == nullptr) return render::NextStep::kNone;
  for (size_t i = scenario.IndexOf(step->id) + 1; i < scenario.steps.size(); ++i) {
    const Step& next = scenario.steps[i];
    if (next.IsPreDue() || !Matches(next.when, item, view.sum.attributes(), facts, scenario)) continue;
    if (next.channel == Channel::CHANNEL_CALL) return render::NextStep::kCall;
    if (next.announces_costs) return render::NextStep::kFinalNotice;
    if (next.IsHandoff() && !tenant.config.agency_id().empty()) return render::NextStep::kCollection;
    return render::NextStep::kNone;
  }
  return render::NextStep::kNone;
}

}  // namespace

bool AnnouncesCosts(const Contact& contact, const Scenario& scenario) {
  const Step* step = StepOf(contact, scenario);
  return step != nullptr && step->announces_costs;
}

int32_t DeadlineDay(const Contact& contact, const Scenario& scenario, int32_t today) {
  const Step* step = StepOf(contact, scenario);
  const int days = step == nullptr ? kCampaignGrantDays : step->grant_days;
  return days == 0 ? 0 : today + days;
}

absl::StatusOr<render::Message> ComposeMessage(const AccountView& view, const Contact& contact,
                                               const Scenario& scenario, const TenantContext& tenant,
                                               Channel channel) {
  const int32_t today = DayNumber(tenant.business_date);
  const Step* step = StepOf(contact, scenario);
  const AccountFacts facts = GatherFacts(view, view.plan, today, tenant.config.country());

  render::Message message;
  message.contact_key = absl::StrCat(view.key.ToString(), "/", contact.key());
  message.kind = step != nullptr && step->IsPreDue()        ? render::StepKind::kPreDue
                 : step != nullptr && step->announces_costs ? render::StepKind::kFinalNotice
                                                            : render::StepKind::kReminder;
  message.text_key = contact.template_id();
  message.date = tenant.business_date;
  message.account = view.key.account;
  message.recipient = RecipientOf(view, tenant, channel);
  message.sender = SenderOf(tenant.config, contact, message.recipient.language);
  message.law = tenant.config.country() == "BE" ? render::Law::kBelgium : render::Law::kFrance;
  if (tenant.config.country() == "FR" && view.sum.attributes().customer_type() == "public") {
    message.legal_basis = "Articles L2192-13, R2192-31 et D2192-35 du Code de la commande publique.";
  } else if (tenant.config.country() != "FR" && tenant.config.country() != "BE") {
    message.legal_basis =
        "Directive 2011/7/EU on combating late payment in commercial transactions, articles 3 and 6.";
  }
  if (const int32_t deadline = DeadlineDay(contact, scenario, today); deadline != 0) {
    message.deadline = DayFromNumber(deadline);
  }

  std::unordered_set<uint64_t> listed;
  std::vector<const Item*> claimed;
  const Item* first = nullptr;
  for (const auto& entry : contact.items()) {
    const ItemFacts* fact = facts.Find(entry.item());
    if (fact == nullptr) continue;
    listed.insert(entry.item());
    if (first == nullptr || entry.step() == contact.step()) first = fact->item;
    if (message.kind != render::StepKind::kPreDue && !fact->overdue()) {
      message.not_yet_due.push_back(ItemOf(*fact->item));
      continue;
    }
    message.items.push_back(ItemOf(*fact->item));
    claimed.push_back(fact->item);
  }
  // A reminder of one invoice does not hide the debtor's others.
  for (const ItemFacts& fact : facts.items) {
    if (message.kind != render::StepKind::kReminder || message.items.size() >= render::kItemsMax) break;
    if (fact.hold != ItemHold::kNone || !fact.overdue() || listed.count(fact.item->id())) continue;
    message.items.push_back(ItemOf(*fact.item));
  }
  for (const Item& item : view.items) {
    if (item.open_minor() >= 0 || message.credits.size() >= render::kItemsMax) continue;
    message.credits.push_back({item.kind() == state::v1::ITEM_KIND_PAYMENT
                                   ? render::Credit::Kind::kPayment
                                   : render::Credit::Kind::kCreditNote,
                               item.number(),
                               DayFromNumber(item.issue_day()),
                               {-item.open_minor(), item.currency()}});
  }
  if (message.items.size() == 1 && first != nullptr) message.payment_reference = first->reference();
  // What the debtor contests is not asked for, but a notice that passed over it would look like giving in.
  for (const ItemFacts& fact : facts.items) {
    if (message.kind == render::StepKind::kPreDue || message.items.size() >= render::kItemsMax) break;
    if (fact.hold != ItemHold::kDisputed || !fact.overdue()) continue;
    message.items.push_back(ItemOf(*fact.item));
    message.items.back().disputed = true;
  }
  if (first != nullptr) message.next_step = NextOf(step, *first, view, facts, scenario, tenant);
  if (message.kind == render::StepKind::kFinalNotice) {
    RELANCE_RETURN_IF_ERROR(StateClaims(view, claimed, tenant, &message));
  }
  return message;
}

}  // namespace relance::scenario
