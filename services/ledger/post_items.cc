#include "services/ledger/post_items.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/time/day.h"
#include "common/time/payment_terms.h"
#include "services/ledger/account_sum.h"
#include "services/ledger/allocate.h"
#include "services/ledger/apply_books.h"
#include "services/ledger/attributes.h"
#include "services/ledger/book_day.h"
#include "services/ledger/cash/deductions.h"
#include "services/ledger/cash/payment_words.h"
#include "services/ledger/complete_item.h"
#include "services/ledger/match_payment.h"
#include "services/ledger/plan_books.h"
#include "services/ledger/return_payment.h"

namespace relance::ledger {
namespace {

using state::v1::Item;

bool IsMoney(const Item& item) {
  return item.kind() == state::v1::ITEM_KIND_PAYMENT || item.kind() == state::v1::ITEM_KIND_RETURN;
}

bool FromBooks(const Item& item) { return item.source() == kSourceFec; }

uint64_t CounterpartId(uint64_t id) { return StableHash(absl::StrCat("snapshot/", id)); }

class Posting {
 public:
  explicit Posting(LedgerAccount* account) : account_(account), documents_(account) {}

  PostResult Run(const IncomingAccount& incoming) {
    if (IsTold(*account_, incoming)) {
      result_.unchanged = incoming.make_items ? incoming.rows : static_cast<int64_t>(incoming.items.size());
      account_->SetTold(incoming.rows_hash);
      return std::move(result_);
    }
    // Attributes first: the terms that come with the items hold for them.
    MergeAttributes(incoming);
    terms_ = incoming.tenant_terms;
    if (!account_->attributes().terms().empty()) {
      if (auto own = ParsePaymentTerms(account_->attributes().terms()); own.ok()) terms_ = *own;
    }
    documents_.set_terms(terms_);
    const int64_t edits = account_->edits();
    ConfirmByEntries(incoming);
    for (const IncomingItem& told : incoming.items) {
      by_books_ |= told.from_books || !told.item.lettering().empty();
      if (split_.count(told.item.id()) == 0) Post(told);
    }
    Transfer();
    for (const IncomingDocument& document : incoming.documents) {
      documents_.Post(document, &result_);
      by_books_ = true;
    }
    if (by_books_ && account_->edits() != edits) {
      const int lettered = ApplyBooks(incoming.openings, account_);
      if (lettered > 0) result_.allocations[state::v1::MATCH_RULE_LETTERING] += lettered;
      TidyDeductions(account_);
    }
    for (const IncomingItem* told : returns_) TakeBack(*told);
    options_.confidence_permille = incoming.match_confidence_permille;
    Match();
    // Whatever moved may have made sure what was one of several before, in whatever order it came.
    if (account_->edits() != edits) MatchAgain();
    if (!to_match_.empty()) result_.payments_returned += MeetWaitingReturns(account_);
    account_->SetTold(incoming.rows_hash);
    return std::move(result_);
  }

 private:
  void MergeAttributes(const IncomingAccount& incoming) {
    const std::string before = account_->attributes().SerializeAsString();
    if (incoming.mastered) {
      MergeFromMaster(incoming.attributes, incoming.erased, account_->mutable_attributes());
    } else {
      MergeFromSource(incoming.attributes, account_->mutable_attributes());
    }
    if (account_->attributes().SerializeAsString() != before) ++result_.accounts_updated;
  }

  void Post(const IncomingItem& told) {
    if (const Item* known = account_->FindByAnyId(told.item.id())) return Update(told, *known);
    if (documents_.TakeOver(told)) {
      ++result_.completed;
      return;
    }
    const uint64_t prepaid = documents_.TakeStandIn(told);
    if (const Item* same = FindSameMoney(told.item)) return Confirm(told, same->id());
    if (ConfirmEntry(told)) return;
    Item& item = account_->Add(told.item);
    item.set_open_minor(item.amount_minor());
    if (told.due_from_terms && IsDebit(item) && !IsMoney(item)) {
      item.set_due_day(DayNumber(DueDate(terms_, DayFromNumber(item.issue_day()))));
    }
    if (told.from_books) new_lines_.push_back(&told);
    KeepWords(told, item.id());
    documents_.CompleteNew(told, item.id());
    if (prepaid != 0) documents_.PayPrepaid(item.id(), prepaid);
    ++result_.created;
    if (told.to_match) to_match_.push_back(&told);
    if (told.takes_back) returns_.push_back(&told);
  }

  void Update(const IncomingItem& told, const Item& known) {
    const uint64_t id = known.id();
    const int64_t edits = account_->edits();
    if (told.from_books) {
      Letter(told, id);
      Book(told, id);
    }
    if (told.in_snapshot) ComeBack(id);
    KeepWords(told, id);
    if (HasDocument(known)) {
      documents_.Overwrite(told, id);
    } else if (id == told.item.id()) {
      // An alias tells of the same money in other words: the item keeps the words that it has.
      Overwrite(told, id);
    }
    if (account_->edits() == edits) {
      ++result_.unchanged;
    } else {
      ++result_.changed;
    }
  }

  void Overwrite(const IncomingItem& told, uint64_t id) {
    const Item& known = *account_->Find(id);
    const Item& item = told.item;
    const bool due_differs = !told.due_from_terms &&
                             (known.has_due_day() != item.has_due_day() || known.due_day() != item.due_day());
    if (known.amount_minor() != item.amount_minor() && known.currency() == item.currency()) {
      ChangeAmount(account_, id, item.amount_minor());
    }
    const int32_t book_day = BookDay(item);
    // The bank knows no number for its money; one that the books gave it stays.
    const std::string number = IsMoney(item) && item.number().empty() ? known.number() : item.number();
    if (known.kind() == item.kind() && known.number() == number && known.issue_day() == item.issue_day() &&
        BookDay(known) == book_day && !due_differs && known.reference() == item.reference()) {
      return;
    }
    Item& edited = account_->Edit(id);
    edited.set_kind(item.kind());
    edited.set_number(number);
    edited.set_issue_day(item.issue_day());
    SetBookDay(book_day, &edited);
    edited.set_reference(item.reference());
    if (!due_differs) return;
    if (item.has_due_day()) {
      edited.set_due_day(item.due_day());
    } else {
      edited.clear_due_day();
    }
  }

  void Letter(const IncomingItem& told, uint64_t id) {
    const Item& known = *account_->Find(id);
    if (known.lettering() == told.item.lettering() && known.lettering_day() == told.item.lettering_day())
      return;
    if (told.item.lettering().empty() && told.lettering_is_later) return;
    Item& item = account_->Edit(id);
    item.set_lettering(told.item.lettering());
    item.set_lettering_day(told.item.lettering_day());
  }

  // The books have an item that another source told before. A control account that is known stays: the books
  // may have moved the item since (PlanBooks).
  void Book(const IncomingItem& told, uint64_t id) {
    const Item& known = *account_->Find(id);
    const int32_t day = BookDay(told.item);
    const bool is_alias = id != told.item.id();
    const bool fills = known.control_account().empty() && !told.item.control_account().empty();
    if (!fills && (!is_alias || BookDay(known) == day)) return;
    Item& item = account_->Edit(id);
    if (fills) item.set_control_account(told.item.control_account());
    if (is_alias) SetBookDay(day, &item);
  }

  // An entry that only moves a debt between control accounts (411 to doubtful 416 and back): its lines settle
  // each other, and what was owed stays what it is.
  void Transfer() {
    std::map<std::pair<uint64_t, std::string>, std::vector<const IncomingItem*>> entries;
    for (const IncomingItem* told : new_lines_) {
      if (told->entry != 0) entries[{told->entry, told->item.currency()}].push_back(told);
    }
    for (const auto& [entry, lines] : entries) {
      if (!IsTransfer(lines)) continue;
      for (const IncomingItem* credit : lines) {
        for (const IncomingItem* debit : lines) {
          if (IsDebit(credit->item) || !IsDebit(debit->item)) continue;
          Allocate(account_, credit->item.id(), debit->item.id(), INT64_MAX, 0,
                   {state::v1::MATCH_RULE_COUNTERPART, kTransferred});
        }
      }
    }
  }

  static bool IsTransfer(const std::vector<const IncomingItem*>& lines) {
    int64_t sum = 0;
    bool between = true, doubtful = false;
    for (const IncomingItem* told : lines) {
      const Item& item = told->item;
      const std::string kind = item.control_account().substr(0, 3);
      between &= kind == "411" || kind == "416";
      between &=
          item.kind() == state::v1::ITEM_KIND_DEBIT_NOTE || item.kind() == state::v1::ITEM_KIND_CREDIT_NOTE;
      doubtful |= kind == "416";
      sum += item.amount_minor();
    }
    return lines.size() > 1 && between && doubtful && sum == 0;
  }

  // A picture has an item again that an earlier one had not.
  void ComeBack(uint64_t id) {
    const Item* counterpart = account_->Find(CounterpartId(id));
    if (counterpart == nullptr) return;
    const uint64_t counterpart_id = counterpart->id();
    const uint64_t credit = IsDebit(*counterpart) ? id : counterpart_id;
    const uint64_t debit = IsDebit(*counterpart) ? counterpart_id : id;
    RemoveAllocations(account_, credit, [&](const auto& allocation) { return allocation.item() == debit; });
    account_->Remove(counterpart_id);
  }

  // Money that no second source has told of yet, by amount; made when it is first asked for. Items that were
  // confirmed since are in it too.
  const std::vector<uint64_t>& UnconfirmedMoney(int64_t amount_minor) {
    if (!money_known_) {
      money_known_ = true;
      account_->ForEach([&](const Item& item) { SeeMoney(item); });
    }
    static const auto& none = *new std::vector<uint64_t>;
    const auto it = money_.find(amount_minor);
    return it == money_.end() ? none : it->second;
  }

  void SeeMoney(const Item& item) {
    if (!money_known_ || !IsMoney(item) || item.aliases_size() != 0) return;
    money_[item.amount_minor()].push_back(item.id());
    (FromBooks(item) ? has_books_money_ : has_bank_money_) = true;
  }

  const Item* FindSameMoney(const Item& told) {
    if (!IsMoney(told)) return nullptr;
    const std::vector<uint64_t>& ids = UnconfirmedMoney(told.amount_minor());
    if (!(FromBooks(told) ? has_bank_money_ : has_books_money_)) return nullptr;
    const Item* best = nullptr;
    int best_days = INT_MAX;
    for (const uint64_t id : ids) {
      const Item* item = account_->Find(id);
      if (item == nullptr || item->kind() != told.kind() || item->amount_minor() != told.amount_minor() ||
          item->currency() != told.currency() || FromBooks(*item) == FromBooks(told) ||
          item->aliases_size() != 0) {
        continue;
      }
      const int days = std::abs(item->issue_day() - told.issue_day());
      if (days > kConfirmDaysMax || days > best_days || (days == best_days && id > best->id())) continue;
      best = item;
      best_days = days;
    }
    return best;
  }

  // The bank tells one payment where the books have several lines of one entry: the lines take its place.
  // What the bank's words had found stays, as far as the lines reach; the first line keeps the bank's
  // identity.
  void ConfirmByEntries(const IncomingAccount& incoming) {
    UnconfirmedMoney(0);
    if (!has_bank_money_) return;
    std::map<uint64_t, std::vector<const IncomingItem*>> entries;
    for (const IncomingItem& told : incoming.items) {
      if (told.from_books && told.item.kind() == state::v1::ITEM_KIND_PAYMENT && told.entry != 0) {
        entries[told.entry].push_back(&told);
      }
    }
    for (const auto& [entry, lines] : entries) {
      const bool is_new = std::all_of(lines.begin(), lines.end(), [&](const IncomingItem* told) {
        return account_->FindByAnyId(told->item.id()) == nullptr;
      });
      if (lines.size() < 2 || !is_new) continue;
      Item sum = lines[0]->item;
      for (size_t i = 1; i < lines.size(); ++i)
        sum.set_amount_minor(sum.amount_minor() + lines[i]->item.amount_minor());
      const Item* found = FindSameMoney(sum);
      if (found == nullptr || found->returned_day() != 0) continue;
      TakePlace(*found, lines);
    }
  }

  void TakePlace(const Item& found, const std::vector<const IncomingItem*>& lines) {
    const Item bank = found;
    RemoveAllocations(account_, bank.id(), [](const auto&) { return true; });
    account_->Remove(bank.id());
    for (const IncomingItem* told : lines) {
      Item& item = account_->Add(told->item);
      item.set_open_minor(item.amount_minor());
      split_.insert(item.id());
      MarkConfirmed(item.id(), bank.id(), told == lines[0]);
      account_->Edit(item.id()).set_bank_key(bank.bank_key());
      account_->Edit(item.id()).set_end_to_end_id(bank.end_to_end_id());
      if (told == lines[0] && bank.has_words()) *account_->Edit(item.id()).mutable_words() = bank.words();
      ++result_.confirmed;
      for (const auto& a : bank.allocations()) {
        if (a.undone_day() != 0) continue;
        Allocate(account_, told->item.id(), a.item(), a.amount_minor() - AllocatedHere(lines, a.item()),
                 a.day(), {a.rule(), a.evidence()});
      }
    }
  }

  int64_t AllocatedHere(const std::vector<const IncomingItem*>& lines, uint64_t debit) const {
    int64_t sum = 0;
    for (const IncomingItem* line : lines) {
      const Item* item = account_->Find(line->item.id());
      if (item == nullptr) continue;
      for (const auto& a : item->allocations()) sum += a.item() == debit ? a.amount_minor() : 0;
    }
    return sum;
  }

  // Only the first line of several carries the bank's own id; the others a mark that they are confirmed too.
  void MarkConfirmed(uint64_t id, uint64_t bank_id, bool first) {
    account_->AddAlias(id, first ? bank_id : StableHash(absl::StrCat("part/", bank_id, "/", id)));
  }

  // The reverse: the books had several lines of one piece and day where the bank now tells one payment.
  bool ConfirmEntry(const IncomingItem& told) {
    if (told.from_books || told.item.kind() != state::v1::ITEM_KIND_PAYMENT) return false;
    if (!pieces_known_) FindPieces();
    for (auto it = pieces_.lower_bound({told.item.issue_day() - kConfirmDaysMax, "", ""});
         it != pieces_.end() && std::get<0>(it->first) <= told.item.issue_day() + kConfirmDaysMax; ++it) {
      const std::vector<uint64_t>& ids = it->second;
      int64_t sum = 0;
      for (const uint64_t id : ids) {
        const Item* item = account_->Find(id);
        const bool fits =
            item != nullptr && item->aliases_size() == 0 && item->currency() == told.item.currency();
        sum = fits ? sum + item->amount_minor() : INT64_MAX / 2;
        if (!fits) break;
      }
      if (sum != told.item.amount_minor()) continue;
      for (const uint64_t id : ids) {
        MarkConfirmed(id, told.item.id(), id == ids[0]);
        account_->Edit(id).set_bank_key(told.item.bank_key());
        account_->Edit(id).set_end_to_end_id(told.item.end_to_end_id());
      }
      ++result_.confirmed;
      return true;
    }
    return false;
  }

  // Pieces of the books with several payments on one day, none of them confirmed.
  void FindPieces() {
    pieces_known_ = true;
    account_->ForEach([&](const Item& item) {
      if (item.kind() != state::v1::ITEM_KIND_PAYMENT || !FromBooks(item) || item.aliases_size() != 0) return;
      pieces_[{item.issue_day(), item.number(), item.currency()}].push_back(item.id());
    });
    for (auto it = pieces_.begin(); it != pieces_.end();) {
      it = it->second.size() < 2 ? pieces_.erase(it) : std::next(it);
    }
  }

  void Confirm(const IncomingItem& told, uint64_t id) {
    account_->AddAlias(id, told.item.id());
    Item& item = account_->Edit(id);
    if (item.bank_key().empty()) item.set_bank_key(told.item.bank_key());
    if (item.end_to_end_id().empty()) item.set_end_to_end_id(told.item.end_to_end_id());
    if (item.number().empty()) item.set_number(told.item.number());
    if (told.from_books) {
      Letter(told, id);
      Book(told, id);
    }
    KeepWords(told, id);
    ++result_.confirmed;
    if (told.takes_back) returns_.push_back(&told);
    // What the books have not lettered yet may still be found by what the bank says.
    if (told.to_match && item.open_minor() != 0 && item.lettering().empty()) to_match_.push_back(&told);
  }

  void TakeBack(const IncomingItem& told) {
    const uint64_t id = account_->FindByAnyId(told.item.id())->id();
    const auto payment = FindReturnedPayment(told.item, told.facts, *account_);
    if (!payment.has_value()) return;
    const Item taken_back = *account_->Find(id);
    ReturnPayment(*payment, taken_back, told.item.issue_day(), account_);
    ++result_.payments_returned;
  }

  // The account as the payments find it, since nothing but their matches changes it any more.
  AccountLook* Look() {
    if (!look_.has_value()) look_.emplace(*account_);
    return &*look_;
  }

  void Match() {
    std::sort(to_match_.begin(), to_match_.end(), [](const IncomingItem* a, const IncomingItem* b) {
      return std::make_pair(a->item.issue_day(), a->item.id()) <
             std::make_pair(b->item.issue_day(), b->item.id());
    });
    for (const IncomingItem* told : to_match_) {
      const Item* item = account_->FindByAnyId(told->item.id());
      const uint64_t id = item->id();
      if (item->open_minor() != 0) {
        options_.payer = told->payer;
        options_.look = Look();
        for (const auto& [rule, count] : MatchPayment(id, told->facts, account_, options_))
          result_.allocations[rule] += count;
      }
      item = account_->Find(id);
      if (item->open_minor() == 0) {
        ++result_.payments_matched;
      } else if (item->open_minor() != item->amount_minor()) {
        ++result_.payments_partly_matched;
      } else {
        ++result_.payments_unmatched;
      }
    }
  }

  // What the bank says about money stays with it.
  void KeepWords(const IncomingItem& told, uint64_t id) {
    if ((!told.to_match && !told.takes_back) || account_->Find(id)->has_words()) return;
    state::v1::PaymentWords words = WordsOf(told.facts);
    if (words.ByteSizeLong() > 0) *account_->Edit(id).mutable_words() = std::move(words);
  }

  // Money that came before its invoice.
  void MatchAgain() {
    std::vector<const Item*> waiting = account_->OpenCredits();
    std::vector<uint64_t> ids;
    for (const Item* item : waiting) {
      if (LooksForItems(*item)) ids.push_back(item->id());
    }
    options_.payer = {};
    for (const uint64_t id : ids) {
      options_.look = Look();
      for (const auto& [rule, count] : MatchPayment(id, FactsOf(*account_->Find(id)), account_, options_))
        result_.allocations[rule] += count;
    }
  }

  LedgerAccount* const account_;
  DocumentPosting documents_;
  PaymentTerms terms_;
  MatchOptions options_;
  std::optional<AccountLook> look_;
  PostResult result_;
  bool by_books_ = false;
  bool money_known_ = false, has_books_money_ = false, has_bank_money_ = false, pieces_known_ = false;
  absl::flat_hash_map<int64_t, std::vector<uint64_t>> money_;
  std::map<std::tuple<int32_t, std::string, std::string>, std::vector<uint64_t>>
      pieces_;                                  // day, number, currency
  std::vector<const IncomingItem*> new_lines_;  // of the books
  std::set<uint64_t> split_;                    // items that ConfirmByEntries has posted
  std::vector<const IncomingItem*> to_match_;
  std::vector<const IncomingItem*> returns_;
};

}  // namespace

bool IsTold(const LedgerAccount& account, const IncomingAccount& incoming) {
  return incoming.rows_hash != 0 && account.sum().told_hash() == incoming.rows_hash;
}

std::vector<std::string> FieldsForPosting(const LedgerAccount& account, const IncomingAccount& incoming) {
  if (IsTold(account, incoming)) return {};
  std::vector<uint64_t> ids;
  for (const IncomingItem& told : incoming.items) {
    if (IsMoney(told.item) || told.from_books || told.to_match || told.takes_back)
      return account.FieldsForAll();
    ids.push_back(told.item.id());
    if (told.in_snapshot) ids.push_back(CounterpartId(told.item.id()));
  }
  std::vector<std::string> fields = account.FieldsForItems(ids);
  if (!fields.empty()) return fields;
  fields = FieldsForDocuments(account, incoming);
  if (!fields.empty()) return fields;
  const bool has_credits = std::any_of(account.sum().balances().begin(), account.sum().balances().end(),
                                       [](const auto& balance) { return balance.credit_items() > 0; });
  for (const IncomingItem& told : incoming.items) {
    const Item* known = account.FindByAnyId(told.item.id());
    // A new debit may be what open money has waited for.
    if (known == nullptr && has_credits && IsDebit(told.item) && !account.HasAllOpen())
      return account.FieldsForOpen();
    if (known == nullptr) continue;
    const bool is_allocated = known->open_minor() != known->amount_minor();
    if (is_allocated && known->amount_minor() != told.item.amount_minor()) return account.FieldsForAll();
    if (told.in_snapshot && account.Find(CounterpartId(known->id())) != nullptr)
      return account.FieldsForAll();
  }
  return {};
}

PostResult PostItems(const IncomingAccount& incoming, LedgerAccount* account) {
  return Posting(account).Run(incoming);
}

int SettleAbsent(const std::vector<std::string>& sources, const absl::flat_hash_set<uint64_t>& seen,
                 int32_t day, LedgerAccount* account) {
  std::vector<uint64_t> absent;
  const std::set<uint64_t> marks = MarksOf(*account, seen);
  account->ForEach([&](const Item& item) {
    if (!IsOpen(item) || IsMoney(item) || seen.contains(item.id())) return;
    // Rows may tell of it by an alias, or of the invoice that it is an instalment of.
    if (std::any_of(item.aliases().begin(), item.aliases().end(),
                    [&](uint64_t alias) { return seen.contains(alias) || marks.count(alias) != 0; })) {
      return;
    }
    if (std::find(sources.begin(), sources.end(), item.source()) != sources.end())
      absent.push_back(item.id());
  });
  for (const uint64_t id : absent) {
    const Item item = *account->Find(id);
    Item counterpart;
    counterpart.set_id(CounterpartId(id));
    counterpart.set_kind(item.open_minor() > 0 ? state::v1::ITEM_KIND_CREDIT_NOTE
                                               : state::v1::ITEM_KIND_DEBIT_NOTE);
    counterpart.set_issue_day(std::max(day, item.issue_day()));
    counterpart.set_amount_minor(-item.open_minor());
    counterpart.set_open_minor(-item.open_minor());
    counterpart.set_currency(item.currency());
    counterpart.set_source(kSourceSnapshot);
    const uint64_t credit = item.open_minor() > 0 ? counterpart.id() : id;
    const uint64_t debit = item.open_minor() > 0 ? id : counterpart.id();
    // A second absence after a return of the item meets the counterpart of the first only when it was never
    // removed.
    if (account->Find(counterpart.id()) != nullptr) continue;
    account->Add(std::move(counterpart));
    Allocate(account, credit, debit, INT64_MAX, day, {state::v1::MATCH_RULE_COUNTERPART, "SNAPSHOT_ABSENT"});
  }
  return static_cast<int>(absent.size());
}

}  // namespace relance::ledger
