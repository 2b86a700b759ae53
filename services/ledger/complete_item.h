#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "common/time/payment_terms.h"
#include "services/ledger/account_field.h"
#include "services/ledger/incoming.h"
#include "services/ledger/incoming_document.h"

// One invoice that the books and an electronic invoice tell of is one item, whichever comes first. Pure: no
// I/O, no clock.
//
// Who says what:  once the books (a FEC, rows of a file or a program) have told it, amount, lettering,
// number, day of
//                 issue and control account are theirs; due days, reference, discounts, what it replaces and
//                 the amount in the document's currency are the electronic invoice's. The item keeps the id
//                 that it had first; the other one is an alias.
// Which is which: same account, same side (owed or owing), same number (letters and digits), issued at most
//                 kDocumentDaysMax days apart; an opening line may be later. A number that could be anything
//                 (NormaliseNumber is empty) needs the amount as well.
// Instalments:    the first is the item, the others are parts of it (PartId). A line of the books whose
// amount is
//                 theirs together is divided so, what was allocated to it is allocated to the parts, oldest
//                 due first, and the parts keep its lettering. Another amount of the books makes it one item
//                 again.
// Prepaid:        the item is the whole claim. Money of the account that is not allocated, is exactly the
// prepaid
//                 amount and came up to kConfirmDaysMax days after the invoice at the latest pays it; else a
//                 stand-in does, until that money is told, or the books tell the invoice: they have the
//                 advance themselves.
// Corrected:      what a 384 replaces is settled by a counterpart with the 384's number as evidence, and
// money on it
//                 goes to the 384, as long as the books have not told the replaced one.
namespace relance::ledger {

inline constexpr int kDocumentDaysMax = 183;
inline constexpr size_t kInstalmentsMax = 120;

// Evidence of the allocation of what was prepaid (MATCH_RULE_COUNTERPART).
inline constexpr char kPrepaid[] = "PREPAID";

// The id of the item of an electronic invoice, from its side, number and year of issue.
uint64_t DocumentId(const state::v1::Item& item);
// Of its instalment `i`, from 2.
uint64_t PartId(uint64_t first, size_t i);
// Whether an electronic invoice told of the item, first or later.
bool HasDocument(const state::v1::Item& item);
// Whether it is an instalment of one, from the second on.
bool IsPart(const state::v1::Item& item);
// Whether only an electronic invoice has told of it.
bool IsDocumentSource(const state::v1::Item& item);
// Of the money that stands in for what is prepaid of it, and of the counterpart of what a correction
// replaced.
uint64_t StandInId(uint64_t first);
uint64_t ReplacedId(uint64_t id);
// Whether an electronic invoice told its due day.
bool IsDueOfDocument(const state::v1::Item& item);
// An alias that all parts of an item have.
uint64_t DocumentMark(uint64_t first);

// The fields that must be read before documents, or rows that may complete one, can be posted. Empty: all are
// there.
std::vector<std::string> FieldsForDocuments(const LedgerAccount& account, const IncomingAccount& incoming);

// Requires of all: the account is at hand as FieldsForDocuments says.
class DocumentPosting {
 public:
  explicit DocumentPosting(LedgerAccount* account) : account_(account) {}

  // For accounts without own terms.
  void set_terms(const PaymentTerms& terms) { terms_ = terms; }

  // Adds an electronic invoice, or completes by it what is there. Counts in `*result`.
  void Post(const IncomingDocument& document, PostResult* result);

  // The books tell of what only an electronic invoice had told: it becomes theirs. False: there is none.
  bool TakeOver(const IncomingItem& told);
  // The books tell again of an item that has a document: only what is theirs changes.
  void Overwrite(const IncomingItem& told, uint64_t id);
  // Another line of the books of a document that has one already: gets its due day and reference.
  void CompleteNew(const IncomingItem& told, uint64_t id);

  // Money that is new takes the place of a stand-in. Before it is added: the debit that it pays; 0 when there
  // is none.
  uint64_t TakeStandIn(const IncomingItem& told);
  void PayPrepaid(uint64_t money, uint64_t debit);

 private:
  using Item = state::v1::Item;

  const std::map<std::string, std::vector<uint64_t>>& ByNumber();
  const Item* FindTold(const Item& told) const;
  std::vector<uint64_t> PartsOf(uint64_t first) const;
  int64_t SumOf(const std::vector<uint64_t>& parts) const;

  void Add(const IncomingDocument& document, uint64_t id);
  void Rewrite(const IncomingDocument& document, uint64_t id);
  void Complete(const IncomingDocument& document, uint64_t id);
  void FillFrom(const Item& told, uint64_t id);
  void SetDue(const Item& told, uint64_t id);
  void Mark(uint64_t id);
  void FillBuyer(const state::v1::Attributes& buyer);

  void SetAmount(uint64_t first, int64_t amount_minor);
  void Split(uint64_t first, const std::vector<Item>& instalments);
  void Join(uint64_t first);

  void AddPrepaid(uint64_t first, int64_t prepaid_minor);
  int64_t PrepaidOf(uint64_t first) const;
  void DropStandIn(uint64_t first);
  void DropPrepaid(uint64_t first);

  void Correct(const IncomingDocument& document, uint64_t id);
  void Replace(uint64_t old_first, uint64_t new_first);
  void TakeBackReplacement(uint64_t first);

  LedgerAccount* const account_;
  PaymentTerms terms_;
  bool numbers_known_ = false;
  std::map<std::string, std::vector<uint64_t>> by_number_;  // items with a document
  std::multimap<int64_t, uint64_t> stand_ins_;              // by amount: the item that they pay
};

// SettleAbsent: marks of the items among `seen` that have a document; what has such an alias is a part of
// them.
std::set<uint64_t> MarksOf(const LedgerAccount& account, const absl::flat_hash_set<uint64_t>& seen);

}  // namespace relance::ledger
