#pragma once

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "common/account/account_view.h"
#include "common/time/day.h"

namespace relance::scenario::testing {

// Makes account views in a line or two. Items have the ids that the test gives them.
class AccountBuilder {
 public:
  explicit AccountBuilder(std::string account = "C001") {
    view_.key = {"acme", std::move(account)};
    view_.exists = true;
    auto* attributes = view_.sum.mutable_attributes();
    attributes->set_name("Dupont SA");
    attributes->add_address("1 rue de la Paix");
    attributes->add_address("75001 Paris");
    auto* person = attributes->add_contacts();
    person->set_role("billing");
    person->set_name("A. Martin");
    person->set_email("compta@dupont.example");
    person->set_phone("+33 1 02 03 04 05");
  }

  AccountBuilder& Invoice(uint64_t id, absl::CivilDay due, int64_t minor,
                          absl::string_view currency = "EUR") {
    return Add(id, state::v1::ITEM_KIND_INVOICE, due, minor, currency);
  }
  AccountBuilder& Credit(uint64_t id, int64_t minor, absl::string_view currency = "EUR") {
    return Add(id, state::v1::ITEM_KIND_CREDIT_NOTE, {}, -minor, currency);
  }
  AccountBuilder& InvoiceWithoutDueDay(uint64_t id, int64_t minor) {
    return Add(id, state::v1::ITEM_KIND_INVOICE, {}, minor, "EUR");
  }
  AccountBuilder& Dispute(uint64_t id, absl::CivilDay day) {
    Item(id)->mutable_dispute()->set_opened_day(DayNumber(day));
    return *this;
  }
  AccountBuilder& Place(uint64_t id) {
    auto* placement = view_.placements.add_placements();
    placement->set_state(state::v1::PLACEMENT_STATE_PLACED);
    placement->add_items()->set_item(id);
    return *this;
  }
  // The open amount becomes `minor`; 0 settles the item.
  AccountBuilder& Open(uint64_t id, int64_t minor) {
    if (minor != 0) {
      Item(id)->set_open_minor(minor);
      return *this;
    }
    for (auto it = view_.items.begin(); it != view_.items.end(); ++it) {
      if (it->id() != id) continue;
      view_.items.erase(it);
      break;
    }
    return *this;
  }
  AccountBuilder& NoMail() {
    view_.sum.mutable_attributes()->clear_contacts();
    return *this;
  }
  AccountBuilder& NoAddress() {
    view_.sum.mutable_attributes()->clear_address();
    return *this;
  }

  state::v1::Item* Item(uint64_t id) {
    for (auto& item : view_.items) {
      if (item.id() == id) return &item;
    }
    return nullptr;
  }
  AccountView& view() { return view_; }

 private:
  AccountBuilder& Add(uint64_t id, state::v1::ItemKind kind, std::optional<absl::CivilDay> due, int64_t minor,
                      absl::string_view currency) {
    state::v1::Item item;
    item.set_id(id);
    item.set_kind(kind);
    item.set_number("F" + std::to_string(id));
    if (due.has_value()) {
      item.set_due_day(DayNumber(*due));
      item.set_issue_day(DayNumber(*due) - 30);
    }
    item.set_amount_minor(minor);
    item.set_open_minor(minor);
    item.set_currency(std::string(currency));
    view_.items.push_back(std::move(item));
    return *this;
  }

  AccountView view_;
};

}  // namespace relance::scenario::testing
