#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "services/ledger/incoming.h"

// A made-up company with its customers, its invoices and the money that it receives, and what each payment is
// for: to measure the rules of cash application against the truth. Everything follows from the seed.
namespace relance::match_report {

inline constexpr int kWeeks = 52;

struct Options {
  uint64_t seed = 1;
  int payments = 100'000;  // about so many
};

struct Debtor {
  std::string code;
  ledger::IncomingAccount told;  // attributes only
};

struct Invoice {
  int debtor = 0;
  int week = 0;  // it is told in this week
  ledger::IncomingItem told;
};

// How a payment was made up: for the table by kind.
enum class Kind {
  kReference,     // quotes the structured reference
  kNumber,        // quotes the number, whole or without its letters
  kNothing,       // says nothing of use
  kSlip,          // the number has a slip in a digit
  kCut,           // the text is cut off in the number
  kMisleading,    // telephone, order and date numbers beside or instead of the number
  kForeign,       // quotes the number of another customer
  kSeveral,       // pays several invoices
  kPart,          // pays a part
  kWrongAmount,   // charges taken off, digits swapped
  kOver,          // pays more
  kTwice,         // pays a settled invoice again
  kDiscount,      // takes the early-payment discount in time
  kLateDiscount,  // takes it too late
  kCreditNote,    // takes off a credit note
  kOtherPayer,    // somebody else pays
  kEarly,         // comes before its invoice is told
  kUnknown,       // is of no debtor at all
};
inline constexpr int kKinds = static_cast<int>(Kind::kUnknown) + 1;
const char* NameOf(Kind kind);

struct Payment {
  Kind kind = Kind::kUnknown;
  int debtor = -1;  // whose invoices it pays; -1: none
  int week = 0;
  int known_week = 0;                // all that it pays is told in this week
  std::map<uint64_t, int64_t> pays;  // the truth: minor units by invoice; empty: nothing is to be found
  ledger::IncomingItem told;
};

struct MadeUpMoney {
  std::vector<Debtor> debtors;
  std::vector<Invoice> invoices;  // credit notes too
  std::vector<Payment> payments;  // by day
};

MadeUpMoney MakeUpMoney(const Options& options);

}  // namespace relance::match_report
