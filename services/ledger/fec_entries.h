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
inline uint64_t EntryKey(const FecLine& line) { return FecBalance::Key(line); }
bool IsTreasuryAccount(absl::string_view account);

// Whether a line belongs to an entry that carries forward what was open: its journal is AN, ANO, RAN,
// A NOUVEAUX, or the journal's or the line's own label says so.
bool IsOpeningLine(const FecLine& line);

// Finds out the fiscal year of a FEC from all its lines, whatever their order.
class FiscalYear {
 public:
  void See(const FecLine& line, bool is_opening);

  // The day that the opening entries are of: their own, or, where they carry the days of what they carry
  // forward, the first day of the month of the first other entry. Absent: there are none.
  std::optional<absl::CivilDay> opening_day() const;
  // Whether the opening is that of the whole company, with capital accounts (class 1) and customers: then an
  // account without an opening line has nothing open.
  bool is_complete() const { return has_capital_ && has_customers_; }

 private:
  std::optional<absl::CivilDay> first_opening_, last_opening_, first_other_;
  bool has_capital_ = false;
  bool has_customers_ = false;
};

struct BooksOptions {
  std::vector<std::string> control_accounts;  // prefixes
  std::string currency;                       // of the books
  std::optional<absl::CivilDay> as_of;        // later lines and later lettering are left out
  // Of the file. Opening lines are of this day; what looks like one and is later is an ordinary line. Absent:
  // opening lines are of their own day.
  std::optional<absl::CivilDay> opening_day;
};

// Whether a line is of a customer, by the prefix of its account.
bool IsCustomerLine(const FecLine& line, const std::vector<std::string>& control_accounts);
// CompAuxNum, or the account where it is blank.
std::string AccountOf(const FecLine& line);

// A customer line as an item. `ordinal` tells equal lines of one entry apart.
//
// Kind:     opening entry: OPENING; money moved: PAYMENT (credit) or RETURN (debit); sales journal or a
//           product beside it: INVOICE (debit) or CREDIT_NOTE (credit); else DEBIT_NOTE or CREDIT_NOTE.
// Days:     issue day is that of the piece where it is not later than the entry's (terms count from it), else
//           the entry's; money counts from the day of settlement that cash-basis books tell, else from the
//           entry's. Book day (book_day.h): the entry's, of an opening that of the fiscal year. Due day: the
//           extra column, else from the terms.
// Currency: that of the books; the document's own amount and currency lie beside it.
IncomingItem ItemOfLine(const FecLine& line, uint32_t ordinal, const EntryFacts& facts,
                        const BooksOptions& options);

}  // namespace relance::ledger
