#include "services/handoff/build_case_file.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/account/item_id.h"
#include "common/money/rounding.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/handoff/item_money.h"
#include "services/handoff/legal_terms.h"

namespace relance::handoff {
namespace {

using state::v1::Item;

std::string KindWord(state::v1::ItemKind kind) {
  switch (kind) {
    case state::v1::ITEM_KIND_INVOICE:
      return "invoice";
    case state::v1::ITEM_KIND_OPENING:
      return "opening";
    case state::v1::ITEM_KIND_DEBIT_NOTE:
      return "debit_note";
    case state::v1::ITEM_KIND_RETURN:
      return "returned_payment";
    default:
      return "other";
  }
}

std::string PromiseWord(state::v1::PromiseState state) {
  switch (state) {
    case state::v1::PROMISE_STATE_RUNNING:
      return "running";
    case state::v1::PROMISE_STATE_KEPT:
      return "kept";
    case state::v1::PROMISE_STATE_PARTIAL:
      return "partial";
    case state::v1::PROMISE_STATE_BROKEN:
      return "broken";
    default:
      return "replaced";
  }
}

std::string DebtorType(const state::v1::Attributes& attributes) {
  if (attributes.customer_type() == "public" || attributes.customer_type() == "consumer") {
    return attributes.customer_type();
  }
  return "company";
}

CaseParty Creditor(const state::v1::TenantConfig& tenant) {
  CaseParty party;
  party.id = tenant.id();
  party.name = tenant.legal_name();
  party.type = "company";
  party.country = tenant.country();
  party.language = tenant.language();
  party.legal_id = tenant.legal_id();
  party.vat_id = tenant.vat_id();
  party.address.assign(tenant.address().begin(), tenant.address().end());
  party.iban = tenant.iban();
  party.email = tenant.email();
  party.phone = tenant.phone();
  return party;
}

CaseParty Debtor(const AccountView& view, const state::v1::TenantConfig& tenant) {
  const auto& attributes = view.sum.attributes();
  CaseParty party;
  party.id = view.key.account;
  party.name = attributes.name();
  party.type = DebtorType(attributes);
  party.country = attributes.country().empty() ? tenant.country() : attributes.country();
  party.language = attributes.language().empty() ? tenant.language() : attributes.language();
  party.legal_id = attributes.legal_id();
  party.vat_id = attributes.vat_id();
  party.address.assign(attributes.address().begin(), attributes.address().end());
  for (const auto& person : attributes.contacts()) {
    if (person.inactive()) continue;
    party.contacts.push_back({person.role(), person.name(), person.email(), person.phone()});
  }
  return party;
}

absl::Status AddInterest(const CaseInput& input, const LegalTerms& terms, const ItemMoney& money,
                         CaseItem* item) {
  claims::InterestInput interest;
  interest.principal = {item->original_minor, item->currency};
  interest.due = *item->due;
  interest.value_date = input.date;
  interest.terms = *terms.interest;
  interest.mode = claims::AllocationMode::kPrincipalFirst;
  interest.movements = money.movements;
  const int32_t insolvent = input.view.sum.attributes().insolvent_day();
  if (insolvent != 0) interest.insolvency_opened = DayFromNumber(insolvent);
  const auto statement = claims::ComputeInterest(input.rates, interest);
  if (!statement.ok()) {
    if (absl::IsOutOfRange(statement.status())) return statement.status();
    item->interest_missing = ReasonOf(statement.status());
    return absl::OkStatus();
  }
  item->interest = statement->segments;
  item->interest_minor = statement->open_interest_minor;
  item->interest_verified = statement->verified;
  if (statement->indemnity.minor > 0) item->indemnity = statement->indemnity;
  return absl::OkStatus();
}

absl::StatusOr<CaseItem> MakeItem(const CaseInput& input, const LegalTerms& terms, const Item& item,
                                  const ItemMoney& money) {
  CaseItem made;
  made.item_id = ItemIdText(item.id());
  made.kind = KindWord(item.kind());
  made.number = item.number();
  made.reference = item.reference();
  made.issued = DayFromNumber(item.issue_day());
  if (item.has_due_day()) made.due = DayFromNumber(item.due_day());
  made.currency = item.currency();
  made.original_minor = money.original_minor;
  made.paid_minor = money.paid_minor();
  made.credited_minor = money.credited_minor;
  made.remaining_minor = money.remaining_minor;
  const bool bears_interest =
      item.kind() == state::v1::ITEM_KIND_INVOICE || item.kind() == state::v1::ITEM_KIND_OPENING;
  if (made.due.has_value()) {
    made.limitation = LimitationDay(terms, *made.due);
    if (terms.interest.has_value() && bears_interest) {
      RELANCE_RETURN_IF_ERROR(AddInterest(input, terms, money, &made));
    }
  }
  return made;
}

std::vector<CaseContact> Contacts(absl::Span<const state::v1::EvidenceRecord> evidence) {
  std::vector<CaseContact> contacts;
  for (const auto& record : evidence) {
    if (record.kind() != "contact.sent" && record.kind() != "call.made") continue;
    const auto detail = [&](const char* name) {
      const auto it = record.details().find(name);
      return it == record.details().end() ? std::string() : it->second;
    };
    CaseContact contact;
    contact.date = DayFromNumber(record.business_day());
    contact.kind = record.kind();
    contact.key = record.subject();
    contact.channel = detail("channel");
    contact.step = detail("step");
    contact.interlocutor = detail("interlocutor");
    contact.outcome = detail("outcome");
    contact.deadline = detail("deadline");
    contact.documents.assign(record.documents().begin(), record.documents().end());
    contacts.push_back(std::move(contact));
  }
  return contacts;
}

std::vector<CasePromise> Promises(const state::v1::Plan& plan) {
  std::vector<CasePromise> promises;
  for (const auto& promise : plan.promises()) {
    CasePromise made;
    made.id = promise.id();
    made.state = PromiseWord(promise.state());
    made.given = DayFromNumber(promise.given_day());
    made.promised = DayFromNumber(promise.promised_day());
    made.amount_minor = promise.amount_minor();
    made.paid_minor = promise.paid_minor();
    made.currency = promise.currency();
    promises.push_back(std::move(made));
  }
  std::stable_sort(promises.begin(), promises.end(),
                   [](const CasePromise& a, const CasePromise& b) { return a.given < b.given; });
  return promises;
}

std::vector<CaseDispute> Disputes(const std::vector<const Item*>& items) {
  std::vector<CaseDispute> disputes;
  for (const Item* item : items) {
    if (!item->has_dispute() || item->dispute().opened_day() == 0) continue;
    CaseDispute made;
    made.item_id = ItemIdText(item->id());
    made.number = item->number();
    made.reason = item->dispute().reason();
    made.amount_minor = item->dispute().amount_minor();
    made.currency = item->currency();
    made.opened = DayFromNumber(item->dispute().opened_day());
    if (item->dispute().resolved_day() != 0) made.resolved = DayFromNumber(item->dispute().resolved_day());
    disputes.push_back(std::move(made));
  }
  return disputes;
}

absl::StatusOr<std::vector<CaseTotal>> Totals(const AccountView& view, const std::vector<CaseItem>& items) {
  std::map<std::string, CaseTotal> totals;
  for (const CaseItem& item : items) {
    CaseTotal& total = totals[item.currency];
    RELANCE_ASSIGN_OR_RETURN(total.principal_minor, AddMinor(total.principal_minor, item.remaining_minor));
    RELANCE_ASSIGN_OR_RETURN(total.interest_minor, AddMinor(total.interest_minor, item.interest_minor));
    if (!item.indemnity.has_value()) continue;
    CaseTotal& flat = totals[item.indemnity->currency];
    RELANCE_ASSIGN_OR_RETURN(flat.indemnity_minor, AddMinor(flat.indemnity_minor, item.indemnity->minor));
  }
  for (const Item& item : view.items) {
    const auto it = totals.find(item.currency());
    if (it == totals.end() || item.open_minor() >= 0) continue;
    RELANCE_ASSIGN_OR_RETURN(it->second.open_credits_minor,
                             SubtractMinor(it->second.open_credits_minor, item.open_minor()));
  }
  std::vector<CaseTotal> sorted;
  for (auto& [currency, total] : totals) {
    total.currency = currency;
    RELANCE_ASSIGN_OR_RETURN(total.total_minor, AddMinor(total.principal_minor, total.interest_minor));
    RELANCE_ASSIGN_OR_RETURN(total.total_minor, AddMinor(total.total_minor, total.indemnity_minor));
    sorted.push_back(std::move(total));
  }
  return sorted;
}

}  // namespace

absl::StatusOr<CaseFile> BuildCaseFile(const CaseInput& input) {
  CaseFile file;
  file.case_id = input.case_id;
  file.placed = input.date;
  file.made_up = input.tenant.made_up();
  file.creditor = Creditor(input.tenant);
  file.debtor = Debtor(input.view, input.tenant);
  file.agency = {input.agency.id(), input.agency.legal_name(), input.agency.mandate_id(),
                 input.agency.fee_bps(), input.agency.remittance_days()};
  const LegalTerms terms =
      LegalTermsFor(input.tenant.country(), file.debtor.type, input.tenant.contract_rate_bps());
  file.legal_basis = terms.basis;
  if (terms.interest.has_value()) file.interest_regime = terms.interest->regime;
  file.limitation_basis = terms.limitation_basis;

  std::set<uint64_t> ids;
  for (const Item* item : input.items) ids.insert(item->id());
  const std::map<uint64_t, ItemMoney> money = MoneyOfItems(input.view, ids);
  for (const Item* item : input.items) {
    RELANCE_ASSIGN_OR_RETURN(CaseItem made, MakeItem(input, terms, *item, money.at(item->id())));
    file.items.push_back(std::move(made));
  }
  file.contacts = Contacts(input.evidence);
  file.promises = Promises(input.view.plan);
  file.disputes = Disputes(input.items);
  RELANCE_ASSIGN_OR_RETURN(file.totals, Totals(input.view, file.items));
  return file;
}

}  // namespace relance::handoff
