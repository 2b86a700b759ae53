#include "services/ledger/complete_item.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/time/day.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"
#include "services/ledger/book_day.h"
#include "services/ledger/find_numbers.h"
#include "services/ledger/plan_books.h"
#include "services/ledger/post_items.h"

namespace relance::ledger {
namespace {

using state::v1::Allocation;
using state::v1::Item;

// Told again with another year's number: the second one.
constexpr size_t kSameNumberMax = 8;

std::string Plain(absl::string_view number) {
  std::string plain;
  for (const char c : number) {
    if (absl::ascii_isalnum(c)) plain.push_back(absl::ascii_toupper(c));
  }
  return plain;
}

bool IsDocumentKind(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_INVOICE || item.kind() == state::v1::ITEM_KIND_CREDIT_NOTE ||
         item.kind() == state::v1::ITEM_KIND_DEBIT_NOTE || item.kind() == state::v1::ITEM_KIND_OPENING;
}

bool HasAlias(const Item& item, uint64_t alias) {
  return std::find(item.aliases().begin(), item.aliases().end(), alias) != item.aliases().end();
}

uint64_t PartMark(uint64_t id) { return StableHash(absl::StrCat("einvoice-is-part/", id)); }
uint64_t DueMark(uint64_t id) { return StableHash(absl::StrCat("einvoice-due/", id)); }

// Whether `item` and a document can be one: `opening` is the one that may be younger.
bool DaysFit(const Item& a, const Item& b) {
  if (a.kind() == state::v1::ITEM_KIND_OPENING) return a.issue_day() >= b.issue_day();
  if (b.kind() == state::v1::ITEM_KIND_OPENING) return b.issue_day() >= a.issue_day();
  return std::abs(a.issue_day() - b.issue_day()) <= kDocumentDaysMax;
}

bool SameSide(const Item& a, const Item& b) { return (a.amount_minor() > 0) == (b.amount_minor() > 0); }

int32_t DueOrMax(const Item& item) { return item.has_due_day() ? item.due_day() : INT_MAX; }

// A standing allocation to a debit, with its credit.
struct Paid {
  uint64_t credit = 0;
  Allocation allocation;
};

std::vector<Paid> PaidOn(const LedgerAccount& account, uint64_t debit) {
  std::vector<Paid> paid;
  account.ForEach([&](const Item& credit) {
    for (const Allocation& a : credit.allocations()) {
      if (a.undone_day() == 0 && a.item() == debit) paid.push_back({credit.id(), a});
    }
  });
  std::sort(paid.begin(), paid.end(), [](const Paid& a, const Paid& b) {
    return std::make_tuple(a.allocation.day(), a.credit) < std::make_tuple(b.allocation.day(), b.credit);
  });
  return paid;
}

void Release(LedgerAccount* account, uint64_t debit, const std::vector<Paid>& paid) {
  for (const Paid& p : paid) {
    RemoveAllocations(account, p.credit, [&](const Allocation& a) { return a.item() == debit; });
  }
}

// Allocates again what was released, on the debits in their order.
void PayAgain(LedgerAccount* account, const std::vector<Paid>& paid, const std::vector<uint64_t>& debits) {
  for (const Paid& p : paid) {
    int64_t left = p.allocation.amount_minor();
    for (const uint64_t debit : debits) {
      if (left == 0) break;
      left -= Allocate(account, p.credit, debit, left, p.allocation.day(),
                       {p.allocation.rule(), p.allocation.evidence()});
    }
  }
}

}  // namespace

uint64_t DocumentId(const Item& item) {
  const int64_t year = DayFromNumber(item.issue_day()).year();
  return StableHash(absl::StrCat("einvoice/", item.amount_minor() > 0 ? "debit/" : "credit/", year, "/",
                                 Plain(item.number()), "/",
                                 Plain(item.number()).empty() ? item.number() : ""));
}

uint64_t PartId(uint64_t first, size_t i) {
  return StableHash(absl::StrCat("einvoice-part/", first, "/", i));
}

uint64_t DocumentMark(uint64_t first) { return StableHash(absl::StrCat("einvoice-mark/", first)); }

bool HasDocument(const Item& item) {
  return item.aliases_size() > 0 && HasAlias(item, DocumentMark(item.id()));
}

bool IsPart(const Item& item) { return item.aliases_size() > 0 && HasAlias(item, PartMark(item.id())); }

uint64_t StandInId(uint64_t first) { return StableHash(absl::StrCat("einvoice-prepaid/", first)); }

uint64_t ReplacedId(uint64_t id) { return StableHash(absl::StrCat("einvoice-replaced/", id)); }

bool IsDueOfDocument(const Item& item) { return HasAlias(item, DueMark(item.id())); }

bool IsDocumentSource(const Item& item) {
  return item.source() == kSourceUbl || item.source() == kSourceCii || item.source() == kSourceFacturX;
}

std::vector<std::string> FieldsForDocuments(const LedgerAccount& account, const IncomingAccount& incoming) {
  if (!account.exists()) return {};
  if (!incoming.documents.empty()) return account.FieldsForAll();
  std::vector<uint64_t> ids;
  for (const IncomingItem& told : incoming.items) {
    const Item* known = account.FindByAnyId(told.item.id());
    if (known != nullptr && HasDocument(*known)) return account.FieldsForAll();
    if (known == nullptr && IsDocumentKind(told.item)) ids.push_back(DocumentId(told.item));
  }
  std::vector<std::string> fields = account.FieldsForItems(ids);
  if (!fields.empty()) return fields;
  const bool any =
      std::any_of(ids.begin(), ids.end(), [&](uint64_t id) { return account.Find(id) != nullptr; });
  return any ? account.FieldsForAll() : std::vector<std::string>();
}

std::set<uint64_t> MarksOf(const LedgerAccount& account, const absl::flat_hash_set<uint64_t>& seen) {
  std::set<uint64_t> marks;
  account.ForEach([&](const Item& item) {
    const bool told =
        seen.contains(item.id()) || std::any_of(item.aliases().begin(), item.aliases().end(),
                                                [&](uint64_t alias) { return seen.contains(alias); });
    if (told && HasDocument(item)) marks.insert(DocumentMark(item.id()));
  });
  return marks;
}

// --- What is there ---

const std::map<std::string, std::vector<uint64_t>>& DocumentPosting::ByNumber() {
  if (numbers_known_) return by_number_;
  numbers_known_ = true;
  account_->ForEach([&](const Item& item) {
    if (!IsDocumentKind(item) || !HasDocument(item)) return;
    by_number_[Plain(item.number())].push_back(item.id());
    const Item* stand_in = account_->Find(StandInId(item.id()));
    if (stand_in != nullptr) stand_ins_.emplace(stand_in->amount_minor(), item.id());
  });
  return by_number_;
}

// What the books have told of a document, if they have: the same amount first, then the nearest day.
const Item* DocumentPosting::FindTold(const Item& told) const {
  const std::string number = Plain(told.number());
  if (number.empty()) return nullptr;
  const bool weak = NormaliseNumber(told.number()).empty();
  const Item* best = nullptr;
  const auto order = [&](const Item& item) {
    return std::make_tuple(item.amount_minor() != told.amount_minor(),
                           std::abs(item.issue_day() - told.issue_day()), item.id());
  };
  account_->ForEach([&](const Item& item) {
    if (!IsDocumentKind(item) || IsDocumentSource(item) || item.source() == kSourceSnapshot ||
        item.source() == kSourceCarried || HasDocument(item) || IsPart(item) || !SameSide(item, told) ||
        Plain(item.number()) != number || !DaysFit(item, told)) {
      return;
    }
    if (weak && item.amount_minor() != told.amount_minor()) return;
    if (best == nullptr || order(item) < order(*best)) best = &item;
  });
  return best;
}

std::vector<uint64_t> DocumentPosting::PartsOf(uint64_t first) const {
  std::vector<uint64_t> parts = {first};
  for (size_t i = 2; i <= kInstalmentsMax; ++i) {
    const uint64_t id = PartId(first, i);
    if (account_->Find(id) == nullptr) break;
    parts.push_back(id);
  }
  return parts;
}

int64_t DocumentPosting::SumOf(const std::vector<uint64_t>& parts) const {
  int64_t sum = 0;
  for (const uint64_t id : parts) sum += account_->Find(id)->amount_minor();
  return sum;
}

// --- The electronic invoice tells ---

void DocumentPosting::Post(const IncomingDocument& document, PostResult* result) {
  const int64_t edits = account_->edits();
  const std::string attributes = account_->attributes().SerializeAsString();
  FillBuyer(document.buyer);
  if (account_->attributes().SerializeAsString() != attributes) ++result->accounts_updated;
  Item told = document.instalments[0];
  int64_t total = 0;
  for (const Item& part : document.instalments) total += part.amount_minor();
  told.set_amount_minor(total);

  uint64_t id = told.id();
  const Item* known = account_->FindByAnyId(id);
  for (size_t i = 2; known != nullptr && !DaysFit(*known, told) && i <= kSameNumberMax; ++i) {
    id = StableHash(absl::StrCat("einvoice-other/", told.id(), "/", i));
    known = account_->FindByAnyId(id);
  }
  const bool is_known = known != nullptr;
  if (!is_known) known = FindTold(told);
  if (known == nullptr) {
    Add(document, id);
    result->created += static_cast<int64_t>(document.instalments.size());
  } else if (IsDocumentSource(*known)) {
    id = known->id();
    Rewrite(document, id);
  } else {
    const uint64_t first = known->id();
    const bool is_new = !is_known;
    if (is_new && first != id) account_->AddAlias(first, id);
    id = first;
    Complete(document, id);
    if (is_new) ++result->completed;
  }
  Correct(document, id);
  if (is_known) ++(account_->edits() == edits ? result->unchanged : result->changed);
}

void DocumentPosting::FillBuyer(const state::v1::Attributes& buyer) {
  const state::v1::Attributes& known = account_->attributes();
  const auto free = [&](const char* name) {
    return std::find(known.edited().begin(), known.edited().end(), name) == known.edited().end() &&
           std::find(known.mastered().begin(), known.mastered().end(), name) == known.mastered().end();
  };
  state::v1::Attributes filled = known;
  if (known.name().empty() && free("name")) filled.set_name(buyer.name());
  if (known.legal_id().empty() && free("legal_id")) filled.set_legal_id(buyer.legal_id());
  if (known.vat_id().empty() && free("vat_id")) filled.set_vat_id(buyer.vat_id());
  if (known.country().empty() && free("country")) filled.set_country(buyer.country());
  if (known.address().empty() && free("address")) *filled.mutable_address() = buyer.address();
  if (known.contacts().empty() && free("contacts")) *filled.mutable_contacts() = buyer.contacts();
  *account_->mutable_attributes() = std::move(filled);
}

void DocumentPosting::Mark(uint64_t id) {
  if (!HasDocument(*account_->Find(id))) account_->AddAlias(id, DocumentMark(id));
}

void DocumentPosting::SetDue(const Item& told, uint64_t id) {
  if (!told.has_due_day()) return;
  if (!HasAlias(*account_->Find(id), DueMark(id))) account_->AddAlias(id, DueMark(id));
  const Item& known = *account_->Find(id);
  if (!known.has_due_day() || known.due_day() != told.due_day())
    account_->Edit(id).set_due_day(told.due_day());
}

void DocumentPosting::Add(const IncomingDocument& document, uint64_t id) {
  for (size_t i = 0; i < document.instalments.size(); ++i) {
    Item item = document.instalments[i];
    item.set_id(i == 0 ? id : PartId(id, i + 1));
    item.set_open_minor(item.amount_minor());
    const bool by_terms = !item.has_due_day() && IsDebit(item);
    if (by_terms) item.set_due_day(DayNumber(DueDate(terms_, DayFromNumber(item.issue_day()))));
    const uint64_t part = account_->Add(std::move(item)).id();
    account_->AddAlias(part, DocumentMark(id));
    if (i > 0) account_->AddAlias(part, PartMark(part));
    if (!by_terms && IsDebit(*account_->Find(part))) account_->AddAlias(part, DueMark(part));
  }
  numbers_known_ = false;
  by_number_.clear();
  stand_ins_.clear();
  AddPrepaid(id, document.prepaid_minor);
}

void DocumentPosting::FillFrom(const Item& told, uint64_t id) {
  const Item& known = *account_->Find(id);
  Item filled = known;
  if (!told.reference().empty()) filled.set_reference(told.reference());
  if (!told.replaces().empty()) filled.set_replaces(told.replaces());
  *filled.mutable_discounts() = told.discounts();
  if (known.kind() != state::v1::ITEM_KIND_OPENING) filled.set_kind(told.kind());
  if (filled.SerializeAsString() != known.SerializeAsString()) account_->Edit(id) = std::move(filled);
}

void DocumentPosting::Rewrite(const IncomingDocument& document, uint64_t id) {
  const std::vector<uint64_t> parts = PartsOf(id);
  bool same = parts.size() == document.instalments.size();
  int64_t total = 0;
  for (size_t i = 0; i < document.instalments.size(); ++i) {
    total += document.instalments[i].amount_minor();
    same = same && account_->Find(parts[i])->amount_minor() == document.instalments[i].amount_minor();
  }
  const bool prepaid_differs = PrepaidOf(id) != document.prepaid_minor;
  if (prepaid_differs) {
    DropStandIn(id);
    DropPrepaid(id);
  }
  if (!same) {
    if (parts.size() > 1) Join(id);
    SetAmount(id, total);
    if (document.instalments.size() > 1) Split(id, document.instalments);
  }
  if (prepaid_differs) AddPrepaid(id, document.prepaid_minor);
  const std::vector<uint64_t> after = PartsOf(id);
  for (size_t i = 0; i < after.size(); ++i) {
    const Item& told = document.instalments[std::min(i, document.instalments.size() - 1)];
    FillFrom(told, after[i]);
    SetDue(told, after[i]);
    const Item& known = *account_->Find(after[i]);
    if (known.number() == told.number() && known.issue_day() == told.issue_day()) continue;
    Item& item = account_->Edit(after[i]);
    item.set_number(told.number());
    item.set_issue_day(told.issue_day());
  }
}

// The books have it already.
void DocumentPosting::Complete(const IncomingDocument& document, uint64_t id) {
  Mark(id);
  const std::vector<Item>& told = document.instalments;
  int64_t total = 0;
  for (const Item& part : told) total += part.amount_minor();
  const std::vector<uint64_t> parts = PartsOf(id);
  const int64_t booked = SumOf(parts);
  const Item& known = *account_->Find(id);
  if (known.currency() != told[0].currency() && known.original_minor() != total) {
    account_->Edit(id).set_original_minor(total);
    account_->Edit(id).set_original_currency(told[0].currency());
  }
  const bool one_currency = known.currency() == told[0].currency();
  std::vector<Item> instalments = told;
  // Books that have the advance elsewhere book what is payable.
  const bool net = one_currency && document.prepaid_minor != 0 && booked == total - document.prepaid_minor;
  if (net) instalments[0].set_amount_minor(instalments[0].amount_minor() - document.prepaid_minor);
  const bool divides = told.size() > 1 && one_currency && (net || booked == total) &&
                       std::all_of(instalments.begin(), instalments.end(),
                                   [](const Item& part) { return part.amount_minor() > 0; });
  if (!divides) {
    if (parts.size() > 1) Join(id);
    if (!one_currency) instalments[0].clear_discounts();
    FillFrom(instalments[0], id);
    // Instalments that are not those of the books: the last day, so that nobody is reminded too early.
    SetDue(told.back(), id);
    std::vector<uint64_t> others;
    account_->ForEach([&](const Item& item) {
      if (item.id() != id && IsDocumentKind(item) && !IsDocumentSource(item) &&
          item.source() != kSourceCarried && item.source() != kSourceSnapshot && !HasDocument(item) &&
          !IsPart(item) && SameSide(item, known) && Plain(item.number()) == Plain(told[0].number()) &&
          DaysFit(item, told[0])) {
        others.push_back(item.id());
      }
    });
    // The books may have one document on several lines; a number that could be anything says nothing of them.
    if (NormaliseNumber(told[0].number()).empty()) others.clear();
    for (const uint64_t other : others) {
      Mark(other);
      SetDue(told.back(), other);
      if (account_->Find(other)->reference().empty() && !told[0].reference().empty()) {
        account_->Edit(other).set_reference(told[0].reference());
      }
    }
  } else {
    bool same = parts.size() == instalments.size();
    for (size_t i = 0; same && i < parts.size(); ++i) {
      same = account_->Find(parts[i])->amount_minor() == instalments[i].amount_minor();
    }
    if (!same) {
      if (parts.size() > 1) Join(id);
      Split(id, instalments);
    }
    const std::vector<uint64_t> after = PartsOf(id);
    for (size_t i = 0; i < after.size(); ++i) {
      FillFrom(instalments[i], after[i]);
      SetDue(instalments[i], after[i]);
    }
  }
}

// --- The books tell ---

bool DocumentPosting::TakeOver(const IncomingItem& told) {
  if (ByNumber().empty() || !IsDocumentKind(told.item) || Plain(told.item.number()).empty()) return false;
  const auto it = ByNumber().find(Plain(told.item.number()));
  if (it == ByNumber().end()) return false;
  const bool weak = NormaliseNumber(told.item.number()).empty();
  for (const uint64_t first : it->second) {
    const Item* known = account_->Find(first);
    if (known == nullptr || !IsDocumentSource(*known) || !SameSide(*known, told.item) ||
        !DaysFit(*known, told.item)) {
      continue;
    }
    const std::vector<uint64_t> parts = PartsOf(first);
    // Not one of the parts: these have the mark of the first.
    if (!HasDocument(*known) || (weak && SumOf(parts) != told.item.amount_minor())) continue;
    if (known->currency() != told.item.currency()) {
      // Amounts in another currency: only while nothing lies on it.
      if (parts.size() > 1 || known->open_minor() != known->amount_minor()) continue;
      Item& item = account_->Edit(first);
      item.set_original_minor(item.amount_minor());
      item.set_original_currency(item.currency());
      item.set_amount_minor(told.item.amount_minor());
      item.set_open_minor(told.item.amount_minor());
      item.set_currency(told.item.currency());
    }
    account_->AddAlias(first, told.item.id());
    TakeBackReplacement(first);
    const int64_t sum = SumOf(parts);
    const Item* stand_in = account_->Find(StandInId(first));
    const int64_t prepaid = stand_in == nullptr ? 0 : -stand_in->amount_minor();
    DropStandIn(first);
    if (told.item.amount_minor() != sum) {
      DropPrepaid(first);
      const int64_t rest = account_->Find(first)->amount_minor() - prepaid;
      if (prepaid != 0 && told.item.amount_minor() == sum - prepaid && rest > 0 && parts.size() > 1) {
        ChangeAmount(account_, first, rest);
      }
    }
    if (told.item.kind() == state::v1::ITEM_KIND_OPENING) {
      for (const uint64_t part : parts) account_->Edit(part).set_kind(state::v1::ITEM_KIND_OPENING);
    }
    Overwrite(told, first);
    return true;
  }
  return false;
}

void DocumentPosting::Overwrite(const IncomingItem& told, uint64_t id) {
  const Item& item = told.item;
  if (account_->Find(id)->currency() == item.currency()) SetAmount(id, item.amount_minor());
  for (const uint64_t part : PartsOf(id)) {
    const Item& known = *account_->Find(part);
    Item now = known;
    if (!item.number().empty()) now.set_number(item.number());
    const int32_t book_day = BookDay(item);
    now.set_issue_day(item.issue_day());
    SetBookDay(book_day, &now);
    now.set_source(item.source());
    if (!item.control_account().empty() && known.control_account().empty())
      now.set_control_account(item.control_account());
    if (told.from_books && !(item.lettering().empty() && told.lettering_is_later)) {
      now.set_lettering(item.lettering());
      now.set_lettering_day(item.lettering_day());
    }
    if (known.reference().empty()) now.set_reference(item.reference());
    if (!HasAlias(known, DueMark(part))) {
      if (item.has_due_day()) {
        now.set_due_day(item.due_day());
      } else if (!known.has_due_day() && told.due_from_terms && IsDebit(known)) {
        now.set_due_day(DayNumber(DueDate(terms_, DayFromNumber(item.issue_day()))));
      }
    }
    if (now.SerializeAsString() != known.SerializeAsString()) account_->Edit(part) = std::move(now);
  }
}

void DocumentPosting::CompleteNew(const IncomingItem& told, uint64_t id) {
  if (ByNumber().empty() || !IsDocumentKind(told.item) || NormaliseNumber(told.item.number()).empty()) return;
  const auto it = ByNumber().find(Plain(told.item.number()));
  if (it == ByNumber().end()) return;
  for (const uint64_t other : it->second) {
    const Item* known = account_->Find(other);
    if (known == nullptr || other == id || !SameSide(*known, told.item) || !DaysFit(*known, told.item))
      continue;
    Mark(id);
    if (HasAlias(*known, DueMark(other))) SetDue(*known, id);
    const std::string reference = known->reference();
    if (account_->Find(id)->reference().empty() && !reference.empty())
      account_->Edit(id).set_reference(reference);
    return;
  }
}

// --- Amounts and parts ---

void DocumentPosting::SetAmount(uint64_t first, int64_t amount_minor) {
  const std::vector<uint64_t> parts = PartsOf(first);
  if (SumOf(parts) == amount_minor) return;
  if (parts.size() > 1) Join(first);
  ChangeAmount(account_, first, amount_minor);
}

void DocumentPosting::Split(uint64_t first, const std::vector<Item>& instalments) {
  const std::vector<Paid> paid = PaidOn(*account_, first);
  Release(account_, first, paid);
  ChangeAmount(account_, first, instalments[0].amount_minor());
  const Item whole = *account_->Find(first);
  std::vector<uint64_t> parts = {first};
  SetDue(instalments[0], first);
  for (size_t i = 1; i < instalments.size(); ++i) {
    Item part = whole;
    part.set_id(PartId(first, i + 1));
    part.clear_aliases();
    part.clear_dispute();
    part.clear_original_minor();
    part.clear_original_currency();
    part.set_amount_minor(instalments[i].amount_minor());
    part.set_open_minor(instalments[i].amount_minor());
    *part.mutable_discounts() = instalments[i].discounts();
    const uint64_t id = account_->Add(std::move(part)).id();
    account_->AddAlias(id, DocumentMark(first));
    account_->AddAlias(id, PartMark(id));
    SetDue(instalments[i], id);
    parts.push_back(id);
  }
  std::stable_sort(parts.begin(), parts.end(), [&](uint64_t a, uint64_t b) {
    return DueOrMax(*account_->Find(a)) < DueOrMax(*account_->Find(b));
  });
  PayAgain(account_, paid, parts);
}

void DocumentPosting::Join(uint64_t first) {
  const std::vector<uint64_t> parts = PartsOf(first);
  const int64_t sum = SumOf(parts);
  std::vector<Paid> paid;
  for (const uint64_t part : parts) {
    const std::vector<Paid> here = PaidOn(*account_, part);
    Release(account_, part, here);
    paid.insert(paid.end(), here.begin(), here.end());
  }
  for (size_t i = 1; i < parts.size(); ++i) account_->Remove(parts[i]);
  ChangeAmount(account_, first, sum);
  PayAgain(account_, paid, {first});
}

// --- What is prepaid ---

void DocumentPosting::AddPrepaid(uint64_t first, int64_t prepaid_minor) {
  const Item debit = *account_->Find(first);
  if (prepaid_minor <= 0 || !IsDebit(debit)) return;
  const Item* money = nullptr;
  account_->ForEach([&](const Item& item) {
    if (item.kind() != state::v1::ITEM_KIND_PAYMENT || item.amount_minor() != -prepaid_minor ||
        item.open_minor() != item.amount_minor() || item.currency() != debit.currency() ||
        item.returned_day() != 0 || item.issue_day() > debit.issue_day() + kConfirmDaysMax) {
      return;
    }
    if (money == nullptr || item.issue_day() > money->issue_day()) money = &item;
  });
  if (money != nullptr) return PayPrepaid(money->id(), first);
  Item item;
  item.set_id(StandInId(first));
  item.set_kind(state::v1::ITEM_KIND_PAYMENT);
  item.set_number(debit.number());
  item.set_issue_day(debit.issue_day());
  item.set_amount_minor(-prepaid_minor);
  item.set_open_minor(-prepaid_minor);
  item.set_currency(debit.currency());
  item.set_source(debit.source());
  const uint64_t id = account_->Add(std::move(item)).id();
  PayPrepaid(id, first);
}

void DocumentPosting::PayPrepaid(uint64_t money, uint64_t debit) {
  for (const uint64_t part : PartsOf(debit)) {
    Allocate(account_, money, part, INT64_MAX, 0, {state::v1::MATCH_RULE_COUNTERPART, kPrepaid});
  }
}

int64_t DocumentPosting::PrepaidOf(uint64_t first) const {
  int64_t sum = 0;
  for (const uint64_t part : PartsOf(first)) {
    for (const Paid& p : PaidOn(*account_, part)) {
      if (p.allocation.evidence() == kPrepaid) sum += p.allocation.amount_minor();
    }
  }
  return sum;
}

uint64_t DocumentPosting::TakeStandIn(const IncomingItem& told) {
  if (told.item.kind() != state::v1::ITEM_KIND_PAYMENT) return 0;
  ByNumber();
  const auto [from, to] = stand_ins_.equal_range(told.item.amount_minor());
  for (auto it = from; it != to; ++it) {
    const uint64_t first = it->second;
    const Item* stand_in = account_->Find(StandInId(first));
    if (stand_in == nullptr || stand_in->currency() != told.item.currency() ||
        told.item.issue_day() > stand_in->issue_day() + kConfirmDaysMax) {
      continue;
    }
    DropStandIn(first);
    return first;
  }
  return 0;
}

void DocumentPosting::DropStandIn(uint64_t first) {
  const uint64_t id = StandInId(first);
  if (account_->Find(id) == nullptr) return;
  RemoveAllocations(account_, id, [](const Allocation&) { return true; });
  account_->Remove(id);
}

void DocumentPosting::DropPrepaid(uint64_t first) {
  for (const uint64_t part : PartsOf(first)) {
    for (const Paid& p : PaidOn(*account_, part)) {
      RemoveAllocations(account_, p.credit,
                        [&](const Allocation& a) { return a.item() == part && a.evidence() == kPrepaid; });
    }
  }
}

// --- What is corrected ---

void DocumentPosting::Correct(const IncomingDocument& document, uint64_t id) {
  const Item told = *account_->Find(id);
  if (!IsDebit(told)) return;
  std::set<std::string> replaced;
  if (document.corrects) {
    for (const std::string& number : document.preceding) replaced.insert(Plain(number));
  }
  std::vector<std::pair<uint64_t, uint64_t>> pairs;
  account_->ForEach([&](const Item& other) {
    if (other.id() == id || !IsDebit(other) || !IsDocumentKind(other) || !HasDocument(other)) return;
    if (replaced.count(Plain(other.number())) != 0 && IsDocumentSource(other))
      pairs.emplace_back(other.id(), id);
    // The correction came first.
    if (!other.replaces().empty() && Plain(other.replaces()) == Plain(told.number()) &&
        IsDocumentSource(told)) {
      pairs.emplace_back(id, other.id());
    }
  });
  for (const auto& [from, to] : pairs) Replace(from, to);
}

void DocumentPosting::Replace(uint64_t old_first, uint64_t new_first) {
  const Item by = *account_->Find(new_first);
  std::vector<Paid> moved;
  for (const uint64_t part : PartsOf(old_first)) {
    if (account_->Find(ReplacedId(part)) != nullptr) continue;
    std::vector<Paid> paid = PaidOn(*account_, part);
    paid.erase(std::remove_if(paid.begin(), paid.end(),
                              [&](const Paid& p) {
                                return p.allocation.rule() == state::v1::MATCH_RULE_LETTERING ||
                                       p.allocation.rule() == state::v1::MATCH_RULE_COUNTERPART;
                              }),
               paid.end());
    for (const Paid& p : paid) {
      const std::string bytes = p.allocation.SerializeAsString();
      RemoveAllocations(account_, p.credit,
                        [&](const Allocation& a) { return a.SerializeAsString() == bytes; });
    }
    moved.insert(moved.end(), paid.begin(), paid.end());
    const Item old = *account_->Find(part);
    if (old.open_minor() <= 0) continue;
    Item counterpart;
    counterpart.set_id(ReplacedId(part));
    counterpart.set_kind(state::v1::ITEM_KIND_CREDIT_NOTE);
    counterpart.set_issue_day(std::max(by.issue_day(), old.issue_day()));
    counterpart.set_amount_minor(-old.open_minor());
    counterpart.set_open_minor(-old.open_minor());
    counterpart.set_currency(old.currency());
    counterpart.set_source(by.source());
    account_->Add(std::move(counterpart));
    Allocate(account_, ReplacedId(part), part, INT64_MAX, 0,
             {state::v1::MATCH_RULE_COUNTERPART, by.number()});
  }
  PayAgain(account_, moved, PartsOf(new_first));
}

// The books have what a correction had replaced: they say what became of it.
void DocumentPosting::TakeBackReplacement(uint64_t first) {
  for (const uint64_t part : PartsOf(first)) {
    const uint64_t id = ReplacedId(part);
    if (account_->Find(id) == nullptr) continue;
    RemoveAllocations(account_, id, [](const Allocation&) { return true; });
    account_->Remove(id);
  }
}

}  // namespace relance::ledger
