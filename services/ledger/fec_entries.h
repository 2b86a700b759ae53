#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "services/ledger/incoming.h"
#include "services/ledger/readers/fec_balance.h"
#include "services/ledger/readers/source_record.h"

// What the lines of a FEC mean for customers. Pure.
namespace relance::ledger {

// What the other lines of an entry say about a customer line.
struct EntryFacts {
  bool has_treasury = false;  // money moved: 511, 512, 514 to 517, 53
  bool has_sales = false;     // a product: class 7
};

// Identifies an entry: journal, number and day; where the number is missing or 0, the piece in its place.
uint64_t EntryKey(const FecLine& line);
bool IsTreasuryAccount(absl::string_view account);

// Pass 1 over a FEC: balances and facts of its entries.
class FecEntries : public FecSink {
 public:
  void OnRecord(FecLine&& line) override;
  void OnReject(const Reject&) override {}  // listed by pass 2
  void Close() { balance_.Close(); }

  absl::Status status() const { return balance_.status(); }
  const FecBalance& balance() const { return balance_; }
  EntryFacts FactsOf(const FecLine& line) const;

 private:
  FecBalance balance_;
  absl::flat_hash_map<uint64_t, EntryFacts> facts_;
};

struct BooksOptions {
  std::vector<std::string> control_accounts;  // prefixes
  std::string currency;                       // of the books
  std::optional<absl::CivilDay> as_of;        // later lines and later lettering are left out
};

// Whether a line is of a customer, by the prefix of its account.
bool IsCustomerLine(const FecLine& line, const std::vector<std::string>& control_accounts);
// CompAuxNum, or the account where it is blank.
std::string AccountOf(const FecLine& line);

// A customer line as an item. `ordinal` tells equal lines of one entry apart.
//
// Kind:     opening journal: OPENING; money moved: PAYMENT (credit) or RETURN (debit); sales journal or a
// product beside it:
//           INVOICE (debit) or CREDIT_NOTE (credit); else DEBIT_NOTE or CREDIT_NOTE.
// Days:     issue day is that of the piece where it is not later than the entry's (terms count from it), else
// the
//           entry's; money counts from the entry's day. Due day: the extra column, else from the terms.
IncomingItem ItemOfLine(const FecLine& line, uint32_t ordinal, const EntryFacts& facts,
                        const BooksOptions& options);

}  // namespace relance::ledger
