#include "services/ledger/attributes.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "common/time/payment_terms.h"
#include "services/ledger/errors.h"
#include "services/ledger/readers/reasons.h"

namespace relance::ledger {
namespace {

using state::v1::Attributes;

struct TextField {
  const char* name;
  const std::string& (Attributes::*get)() const;
  std::string* (Attributes::*edit)();
  const std::string& (v1::Attributes::*told)() const;
  std::string* (v1::Attributes::*answer)();
};

#define RELANCE_TEXT(field)                                                           \
  TextField {                                                                         \
#field, &Attributes::field, &Attributes::mutable_##field, &v1::Attributes::field, \
        &v1::Attributes::mutable_##field                                              \
  }
const TextField kTexts[] = {
    RELANCE_TEXT(name),          RELANCE_TEXT(legal_id),  RELANCE_TEXT(vat_id),  RELANCE_TEXT(country),
    RELANCE_TEXT(region),        RELANCE_TEXT(sector),    RELANCE_TEXT(segment), RELANCE_TEXT(language),
    RELANCE_TEXT(customer_type), RELANCE_TEXT(collector), RELANCE_TEXT(terms),   RELANCE_TEXT(trade),
    RELANCE_TEXT(parent),
};
#undef RELANCE_TEXT

// Visits the fields that are told, by name, with what takes each over.
void ForEachTold(const Attributes& told, Attributes* attributes,
                 const std::function<void(const char* name, const std::function<void()>& take)>& visit) {
  for (const TextField& field : kTexts) {
    const std::string& value = (told.*field.get)();
    if (!value.empty()) visit(field.name, [&] { *(attributes->*field.edit)() = value; });
  }
  if (told.address_size() > 0) visit("address", [&] { *attributes->mutable_address() = told.address(); });
  if (told.contacts_size() > 0) visit("contacts", [&] { *attributes->mutable_contacts() = told.contacts(); });
  if (told.insolvent_day() != 0)
    visit("insolvent_date", [&] { attributes->set_insolvent_day(told.insolvent_day()); });
  if (told.has_credit_limit_minor()) {
    visit("credit_limit", [&] {
      attributes->set_credit_limit_minor(told.credit_limit_minor());
      attributes->set_credit_limit_currency(told.credit_limit_currency());
    });
  }
}

void Erase(const std::string& name, Attributes* attributes) {
  for (const TextField& field : kTexts) {
    if (name == field.name) (attributes->*field.edit)()->clear();
  }
  if (name == "address") attributes->clear_address();
  if (name == "contacts") attributes->clear_contacts();
  if (name == "insolvent_date") attributes->clear_insolvent_day();
  if (name == "credit_limit") {
    attributes->clear_credit_limit_minor();
    attributes->clear_credit_limit_currency();
  }
}

absl::Status TooLong(absl::string_view field) {
  return DomainError(absl::StatusCode::kInvalidArgument, "FIELD_TOO_LONG",
                     absl::StrCat("attributes.", field, " is longer than ", kAttributeBytesMax, " bytes"),
                     {{"field", absl::StrCat("attributes.", field)}});
}

using Names = google::protobuf::RepeatedPtrField<std::string>;

bool Holds(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void Add(const std::string& name, Names* names) {
  if (Holds(*names, name)) return;
  *names->Add() = name;
  std::sort(names->begin(), names->end());
}

}  // namespace

absl::Status AttributesFromProto(const v1::Attributes& told, Attributes* attributes) {
  if (told.address_size() > kAddressLinesMax || told.contacts_size() > kContactsMax) {
    return DomainError(
        absl::StatusCode::kInvalidArgument, kAttributesTooMany,
        absl::StrCat("at most ", kAddressLinesMax, " lines of an address and ", kContactsMax, " contacts"));
  }
  for (const TextField& field : kTexts) {
    const std::string& value = (told.*field.told)();
    if (value.size() > kAttributeBytesMax) return TooLong(field.name);
    *(attributes->*field.edit)() = value;
  }
  for (const std::string& line : told.address()) {
    if (line.size() > kAttributeBytesMax) return TooLong("address");
    attributes->add_address(line);
  }
  for (const v1::ContactPerson& person : told.contacts()) {
    for (const std::string* text : {&person.role(), &person.name(), &person.email(), &person.phone()}) {
      if (text->size() > kAttributeBytesMax) return TooLong("contacts");
    }
    state::v1::ContactPerson* contact = attributes->add_contacts();
    contact->set_role(person.role());
    contact->set_name(person.name());
    contact->set_email(person.email());
    contact->set_phone(person.phone());
    contact->set_inactive(person.inactive());
  }
  if (!told.terms().empty() && !ParsePaymentTerms(told.terms()).ok()) {
    return DomainError(absl::StatusCode::kInvalidArgument, kTermsInvalid,
                       "attributes.terms cannot be read, see docs/terms.md", {{"field", "attributes.terms"}});
  }
  if (told.has_credit_limit()) {
    RELANCE_ASSIGN_OR_RETURN(const Money limit,
                             rpc::MoneyFromProto(told.credit_limit(), "attributes.credit_limit"));
    if (limit.minor < 0) {
      return DomainError(absl::StatusCode::kInvalidArgument, kAmountNegative,
                         "attributes.credit_limit is negative", {{"field", "attributes.credit_limit"}});
    }
    attributes->set_credit_limit_minor(limit.minor);
    attributes->set_credit_limit_currency(limit.currency);
  }
  if (told.has_insolvent_date()) {
    RELANCE_ASSIGN_OR_RETURN(const absl::CivilDay day,
                             rpc::DayFromProto(told.insolvent_date(), "attributes.insolvent_date"));
    attributes->set_insolvent_day(DayNumber(day));
  }
  return absl::OkStatus();
}

void AttributesToProto(const Attributes& attributes, v1::Attributes* answer) {
  for (const TextField& field : kTexts) *(answer->*field.answer)() = (attributes.*field.get)();
  *answer->mutable_address() = attributes.address();
  for (const state::v1::ContactPerson& contact : attributes.contacts()) {
    v1::ContactPerson* person = answer->add_contacts();
    person->set_role(contact.role());
    person->set_name(contact.name());
    person->set_email(contact.email());
    person->set_phone(contact.phone());
    person->set_inactive(contact.inactive());
  }
  for (const std::string& account : attributes.pays_for()) answer->add_pays_for(account);
  if (attributes.has_credit_limit_minor()) {
    const auto limit =
        rpc::MoneyToProto({attributes.credit_limit_minor(), attributes.credit_limit_currency()});
    if (limit.ok()) *answer->mutable_credit_limit() = *limit;
  }
  if (attributes.insolvent_day() != 0) {
    *answer->mutable_insolvent_date() = rpc::DayToProto(DayFromNumber(attributes.insolvent_day()));
  }
}

void MergeTold(const Attributes& told, Attributes* attributes) {
  ForEachTold(told, attributes, [](const char*, const std::function<void()>& take) { take(); });
}

void MergeFromSource(const Attributes& told, Attributes* attributes) {
  ForEachTold(told, attributes, [&](const char* name, const std::function<void()>& take) {
    if (!Holds(attributes->edited(), name) && !Holds(attributes->mastered(), name)) take();
  });
}

void MergeFromMaster(const Attributes& told, const std::vector<std::string>& erased, Attributes* attributes) {
  ForEachTold(told, attributes, [&](const char* name, const std::function<void()>& take) {
    if (Holds(attributes->edited(), name)) return;
    take();
    Add(name, attributes->mutable_mastered());
  });
  for (const std::string& name : erased) {
    Names* const mastered = attributes->mutable_mastered();
    const auto it = std::find(mastered->begin(), mastered->end(), name);
    if (it == mastered->end()) continue;
    mastered->erase(it);
    if (!Holds(attributes->edited(), name)) Erase(name, attributes);
  }
}

void MergeFromPerson(const Attributes& told, Attributes* attributes) {
  ForEachTold(told, attributes, [&](const char* name, const std::function<void()>& take) {
    take();
    Add(name, attributes->mutable_edited());
  });
}

}  // namespace relance::ledger
