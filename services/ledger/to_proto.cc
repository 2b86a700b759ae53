#include "services/ledger/to_proto.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/attributes.h"
#include "services/ledger/errors.h"
#include "services/ledger/evidence_records.h"

namespace relance::ledger {
namespace {

type::v1::Date DateOf(int32_t day) { return rpc::DayToProto(DayFromNumber(day)); }

absl::Status DisputeToProto(const state::v1::Item& item, v1::Dispute* dispute) {
  dispute->set_reason(item.dispute().reason());
  dispute->set_owner(item.dispute().owner());
  RELANCE_ASSIGN_OR_RETURN(*dispute->mutable_amount(),
                           rpc::MoneyToProto({item.dispute().amount_minor(), item.currency()}));
  *dispute->mutable_opened_date() = DateOf(item.dispute().opened_day());
  if (item.dispute().resolved_day() != 0)
    *dispute->mutable_resolved_date() = DateOf(item.dispute().resolved_day());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Item> ItemToProto(const state::v1::Item& item, absl::CivilDay business_date,
                                     const ItemLookup& lookup) {
  v1::Item answer;
  answer.set_item_id(ItemIdText(item.id()));
  answer.set_kind(static_cast<v1::ItemKind>(item.kind()));
  answer.set_number(item.number());
  *answer.mutable_issue_date() = DateOf(item.issue_day());
  if (item.has_due_day()) {
    *answer.mutable_due_date() = DateOf(item.due_day());
    if (item.open_minor() != 0) answer.set_days_past_due(DayNumber(business_date) - item.due_day());
  }
  RELANCE_ASSIGN_OR_RETURN(*answer.mutable_amount(),
                           rpc::MoneyToProto({item.amount_minor(), item.currency()}));
  RELANCE_ASSIGN_OR_RETURN(*answer.mutable_open_amount(),
                           rpc::MoneyToProto({item.open_minor(), item.currency()}));
  if (item.has_dispute()) RELANCE_RETURN_IF_ERROR(DisputeToProto(item, answer.mutable_dispute()));
  for (const state::v1::Allocation& allocation : item.allocations()) {
    v1::Allocation* made = answer.add_allocations();
    made->set_item_id(ItemIdText(allocation.item()));
    if (const state::v1::Item* settled = lookup(allocation.item())) made->set_item_number(settled->number());
    RELANCE_ASSIGN_OR_RETURN(*made->mutable_amount(),
                             rpc::MoneyToProto({allocation.amount_minor(), item.currency()}));
    *made->mutable_business_date() = DateOf(allocation.day());
    made->set_rule(static_cast<v1::MatchRule>(allocation.rule()));
    made->set_evidence(allocation.evidence());
    if (allocation.undone_day() != 0) *made->mutable_undone_date() = DateOf(allocation.undone_day());
  }
  if (!IsOpen(item)) *answer.mutable_settled_date() = DateOf(item.settled_day());
  answer.set_reference(item.reference());
  answer.set_source(item.source());
  if (item.returned_day() != 0) *answer.mutable_returned_date() = DateOf(item.returned_day());
  answer.set_lettering(item.lettering());
  answer.set_control_account(item.control_account());
  if (item.original_minor() != 0) {
    RELANCE_ASSIGN_OR_RETURN(*answer.mutable_original_amount(),
                             rpc::MoneyToProto({item.original_minor(), item.original_currency()}));
  }
  answer.set_payer_name(item.words().payer_name());
  answer.set_payer_account(item.words().payer_account());
  for (const auto* words : {&item.words().references(), &item.words().documents(), &item.words().texts()}) {
    for (const std::string& text : *words) answer.add_texts(text);
  }
  for (const state::v1::Discount& discount : item.discounts()) {
    v1::Discount* told = answer.add_discounts();
    *told->mutable_until_date() = DateOf(discount.until_day());
    RELANCE_ASSIGN_OR_RETURN(*told->mutable_amount(),
                             rpc::MoneyToProto({discount.amount_minor(), item.currency()}));
  }
  answer.set_reason(item.reason());
  answer.set_replaces(item.replaces());
  return answer;
}

std::string EtagOf(const store::AccountKey& key, int64_t ledger_version) {
  return absl::StrFormat("%016x", StableHash(absl::StrCat(key.ToString(), "@", ledger_version)));
}

absl::StatusOr<v1::Account> AccountToProto(const AccountView& view, absl::CivilDay business_date) {
  v1::Account account;
  account.set_tenant_id(view.key.tenant);
  account.set_account_id(view.key.account);
  AttributesToProto(view.sum.attributes(), account.mutable_attributes());
  for (const state::v1::Balance& stored : view.sum.balances()) {
    v1::Balance* balance = account.add_balances();
    const auto money = [&](int64_t minor) { return rpc::MoneyToProto({minor, stored.currency()}); };
    RELANCE_ASSIGN_OR_RETURN(*balance->mutable_open(), money(stored.open_minor()));
    RELANCE_ASSIGN_OR_RETURN(*balance->mutable_debits(), money(stored.debit_minor()));
    RELANCE_ASSIGN_OR_RETURN(*balance->mutable_credits(), money(stored.credit_minor()));
    RELANCE_ASSIGN_OR_RETURN(*balance->mutable_disputed(), money(stored.disputed_minor()));
    RELANCE_ASSIGN_OR_RETURN(*balance->mutable_unapplied(), money(stored.unapplied_minor()));
    if (stored.has_oldest_due_day()) *balance->mutable_oldest_due_date() = DateOf(stored.oldest_due_day());
  }
  std::map<uint64_t, const state::v1::Item*> by_id;
  for (const auto* items : {&view.items, &view.history}) {
    for (const state::v1::Item& item : *items) by_id[item.id()] = &item;
  }
  const auto lookup = [&](uint64_t id) -> const state::v1::Item* {
    const auto it = by_id.find(id);
    return it == by_id.end() ? nullptr : it->second;
  };
  for (const state::v1::Item& item : view.items) {
    RELANCE_ASSIGN_OR_RETURN(*account.add_items(), ItemToProto(item, business_date, lookup));
  }
  for (auto item = view.history.rbegin(); item != view.history.rend(); ++item) {
    RELANCE_ASSIGN_OR_RETURN(*account.add_history(), ItemToProto(*item, business_date, lookup));
  }
  account.set_etag(EtagOf(view.key, view.versions[store::kLedgerOwner]));
  return account;
}

absl::StatusOr<uint64_t> ItemIdFromText(absl::string_view text) {
  uint64_t id = 0;
  const bool digits = text.size() == 16 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
                        return absl::ascii_isxdigit(c);
                      });
  if (digits && absl::SimpleHexAtoi(text, &id)) return id;
  return DomainError(absl::StatusCode::kInvalidArgument, kItemIdInvalid,
                     "an item id is 16 hexadecimal digits");
}

}  // namespace relance::ledger
