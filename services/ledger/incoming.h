#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/time/payment_terms.h"
#include "relance/state/v1/ledger.pb.h"
#include "services/ledger/incoming_document.h"

// What a source tells about one account, whatever its format.
namespace relance::ledger {

// The account of money whose payer is not known. No debtor: not dunned, not scored, not reconciled.
inline constexpr char kUnidentifiedAccount[] = "~unidentified";

// Item::source.
inline constexpr char kSourceFec[] = "fec";
inline constexpr char kSourceCamt[] = "camt053";
inline constexpr char kSourceCsv[] = "csv";
inline constexpr char kSourceRpc[] = "rpc";
inline constexpr char kSourceSnapshot[] = "snapshot";

// What a payment says about what it pays, and who pays.
struct PaymentFacts {
  std::vector<std::string> references;  // structured, as written
  std::vector<std::string> documents;   // document numbers that the payer names as such
  std::vector<std::string> texts;       // free
  // What the payer says to pay on a document, by its normalised number or reference. Absent: as much as there
  // is.
  std::map<std::string, int64_t> remitted_minor;
  std::string payer_account;  // IBAN or other number, normalised
  std::string payer_name;
  std::string end_to_end_id;  // what the payer calls the transfer; empty when it says nothing
};

// What is known of a payer beside what the account itself knows.
struct PayerStanding {
  enum class Kind {
    kUnknown,       // nothing
    kSaid,          // a person or a program says that the money is of this account
    kOtherAccount,  // the payer is known, as another account's
    kPaysFor,       // as another account's that pays for this one: a person accepted it before
    kGroup,         // as that of another account of the same group
  };
  Kind kind = Kind::kUnknown;
  std::string account;       // the other account
  bool is_doubtful = false;  // the money fits another account as well: nothing is sure
};

struct IncomingItem {
  // Complete but for what follows from allocations: open_minor, settled_day, paid_day, allocations.
  state::v1::Item item;
  int64_t line = 0;
  bool from_books = false;  // lettering is told, even when it is empty
  uint64_t entry = 0;       // of the books: which lines were booked together; 0 elsewhere
  bool due_from_terms =
      false;  // no due day is told: a new debit gets one from the terms, a known item keeps its own
  bool lettering_is_later = false;  // the line is lettered, but after the as-of date
  bool to_match = false;            // money that looks for what it pays, by `facts`
  bool takes_back = false;          // an ITEM_KIND_RETURN that looks for its payment
  bool in_snapshot = false;         // told by a whole picture
  PaymentFacts facts;
  PayerStanding payer;  // of money: found out when it was routed
};

struct IncomingAccount {
  // Empty fields are not told.
  state::v1::Attributes attributes;
  bool mastered = false;            // they come from the customer file or a program (MergeFromMaster)
  std::vector<std::string> erased;  // and these are taken away
  PaymentTerms tenant_terms;        // of accounts without their own
  std::vector<IncomingItem> items;
  std::vector<IncomingDocument> documents;  // electronic invoices
  // Set: makes `items` and `attributes` when they are wanted. rows_hash says before what they say.
  std::function<void(IncomingAccount*)> make_items;
  int64_t books_minor = 0;  // of the books: the balance of all its lines in the file
  int64_t rows = 0;         // how many items make_items makes
  void MakeItems() {
    if (make_items && items.empty()) make_items(this);
  }
  std::vector<int32_t>
      openings;            // first days of the tenant's fiscal years, as far as they are known, in order
  uint64_t rows_hash = 0;  // RowsHash; 0: these rows always have to be looked at
  int match_confidence_permille = 0;  // money is allocated by what is at least this sure; 0: the default
};

// Hash of all that rows tell of an account, in their order; stable for ever, since it is stored. 0 when
// something is among them whose effect depends on more than the items that it names: money, lettering of the
// books.
uint64_t RowsHash(const IncomingAccount& incoming);

// What became of it. Adds up over accounts.
struct PostResult {
  int64_t created = 0, changed = 0, unchanged = 0, confirmed = 0;
  int64_t payments_matched = 0, payments_partly_matched = 0, payments_unmatched = 0, payments_returned = 0;
  int64_t absent_settled = 0;
  int64_t accounts_updated = 0;  // whose attributes changed
  int64_t completed = 0;         // items that another document completed
  std::map<state::v1::MatchRule, int64_t> allocations;

  void Add(const PostResult& other) {
    created += other.created;
    changed += other.changed;
    unchanged += other.unchanged;
    confirmed += other.confirmed;
    payments_matched += other.payments_matched;
    payments_partly_matched += other.payments_partly_matched;
    payments_unmatched += other.payments_unmatched;
    payments_returned += other.payments_returned;
    absent_settled += other.absent_settled;
    accounts_updated += other.accounts_updated;
    completed += other.completed;
    for (const auto& [rule, count] : other.allocations) allocations[rule] += count;
  }
};

}  // namespace relance::ledger
