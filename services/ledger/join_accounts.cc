#include "services/ledger/join_accounts.h"

#include <algorithm>
#include <climits>
#include <functional>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"
#include "services/ledger/cash/move_payment.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/company_key.h"
#include "services/ledger/complete_item.h"
#include "services/ledger/find_numbers.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

void ForEach(const AccountView& view, const std::function<void(const Item&)>& visit) {
  for (const Item& item : view.items) visit(item);
  for (const Item& item : view.history) visit(item);
}

std::vector<std::string> KeysOf(const AccountView& view) {
  const state::v1::Attributes& attributes = view.sum.attributes();
  return CompanyKeys(attributes.legal_id(), "", attributes.vat_id(), attributes.country());
}

std::map<uint64_t, const Item*> ById(const AccountView& view) {
  std::map<uint64_t, const Item*> items;
  ForEach(view, [&](const Item& item) { items[item.id()] = &item; });
  return items;
}

// Documents of electronic invoices that nothing has replaced: the first of each with its parts.
std::vector<std::vector<const Item*>> DocumentsOf(const std::map<uint64_t, const Item*>& items) {
  std::vector<std::vector<const Item*>> documents;
  for (const auto& [id, item] : items) {
    if (!HasDocument(*item) || items.count(ReplacedId(id)) != 0) continue;
    std::vector<const Item*>& parts = documents.emplace_back(std::vector<const Item*>{item});
    for (size_t i = 2; i <= kInstalmentsMax; ++i) {
      const auto part = items.find(PartId(id, i));
      if (part == items.end()) break;
      parts.push_back(part->second);
    }
  }
  return documents;
}

int64_t SumOf(const std::vector<const Item*>& parts) {
  int64_t sum = 0;
  for (const Item* part : parts) sum += part->amount_minor();
  return sum;
}

bool GoesAlong(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_PAYMENT && !IsDocumentSource(item) && item.returned_day() == 0 &&
         !IsGivenAway(item);
}

}  // namespace

bool IsSameDebtor(const AccountView& made, const AccountView& real) {
  std::vector<std::string> own = KeysOf(made);
  if (std::find(own.begin(), own.end(), made.key.account) == own.end()) own.push_back(made.key.account);
  switch (Compare(own, KeysOf(real))) {
    case SameCompany::kYes:
      return true;
    case SameCompany::kNo:
      return false;
    case SameCompany::kUnknown:
      break;
  }
  std::set<std::string> known;
  const auto name = [](const Item& item, int64_t amount_minor) {
    return absl::StrCat(NormaliseNumber(item.number()), "/", amount_minor, "/", item.currency());
  };
  ForEach(real, [&](const Item& item) {
    if (!NormaliseNumber(item.number()).empty() && item.kind() != state::v1::ITEM_KIND_PAYMENT)
      known.insert(name(item, item.amount_minor()));
  });
  const std::map<uint64_t, const Item*> items = ById(made);
  const auto documents = DocumentsOf(items);
  return std::any_of(documents.begin(), documents.end(), [&](const std::vector<const Item*>& parts) {
    const auto stand_in = items.find(StandInId(parts[0]->id()));
    const int64_t prepaid = stand_in == items.end() ? 0 : stand_in->second->amount_minor();
    return known.count(name(*parts[0], SumOf(parts))) != 0 ||
           known.count(name(*parts[0], SumOf(parts) + prepaid)) != 0;
  });
}

IncomingAccount ContentOf(const AccountView& made) {
  IncomingAccount content;
  const std::map<uint64_t, const Item*> items = ById(made);
  for (const auto& parts : DocumentsOf(items)) {
    IncomingDocument& document = content.documents.emplace_back();
    document.buyer = made.sum.attributes();
    for (const Item* part : parts) {
      Item& told = document.instalments.emplace_back(*part);
      if (!IsDueOfDocument(*part)) told.clear_due_day();
      told.clear_aliases();
      told.clear_allocations();
      told.clear_settled_day();
      told.clear_paid_day();
      if (part != parts[0]) told.clear_id();
    }
    const auto stand_in = items.find(StandInId(parts[0]->id()));
    if (stand_in != items.end()) document.prepaid_minor = -stand_in->second->amount_minor();
  }
  ForEach(made, [&](const Item& item) {
    if (!GoesAlong(item)) return;
    IncomingItem& told = content.items.emplace_back();
    told.item = ForAnotherAccount(item);
    told.item.clear_aliases();
    told.to_match = true;
    told.facts = FactsOf(item);
  });
  return content;
}

void GiveAwayContent(int32_t day, LedgerAccount* made) {
  std::map<uint64_t, const Item*> items;
  std::vector<uint64_t> money;
  made->ForEach([&](const Item& item) {
    items[item.id()] = &item;
    if (GoesAlong(item)) money.push_back(item.id());
  });
  std::vector<uint64_t> documents;
  std::vector<uint64_t> stand_ins;
  for (const auto& parts : DocumentsOf(items)) {
    for (const Item* part : parts) documents.push_back(part->id());
    if (items.count(StandInId(parts[0]->id())) != 0) stand_ins.push_back(StandInId(parts[0]->id()));
  }
  const auto all = [](const state::v1::Allocation&) { return true; };
  for (const uint64_t id : stand_ins) {
    RemoveAllocations(made, id, all);
    made->Remove(id);
  }
  for (const uint64_t id : money) {
    RemoveAllocations(made, id, all);
    GiveAway(id, day, made);
  }
  for (const uint64_t id : documents) {
    const Item item = *made->Find(id);
    if (item.open_minor() != 0) {
      Item counterpart;
      counterpart.set_id(StableHash(absl::StrCat("joined/", id)));
      counterpart.set_kind(item.open_minor() > 0 ? state::v1::ITEM_KIND_CREDIT_NOTE
                                                 : state::v1::ITEM_KIND_DEBIT_NOTE);
      counterpart.set_issue_day(std::max(day, item.issue_day()));
      counterpart.set_amount_minor(-item.open_minor());
      counterpart.set_open_minor(-item.open_minor());
      counterpart.set_currency(item.currency());
      counterpart.set_source(item.source());
      const uint64_t other = made->Add(std::move(counterpart)).id();
      Allocate(made, item.open_minor() > 0 ? other : id, item.open_minor() > 0 ? id : other, INT64_MAX, day,
               {state::v1::MATCH_RULE_COUNTERPART, kJoinedEvidence});
    }
    made->Edit(id).clear_aliases();
  }
}

}  // namespace relance::ledger
