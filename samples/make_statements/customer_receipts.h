#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "samples/make_statements/fec_file.h"

namespace relance::samples {

// What a receipt settles, as the books' lettrage tells it; negative for a credit note that was taken.
struct Settlement {
  std::string piece;
  int64_t amount_minor = 0;

  friend bool operator==(const Settlement&, const Settlement&) = default;
};

// Money that one customer brought in one entry of the books.
struct Receipt {
  std::string key;  // "<journal>-<entry>", the payment's bank reference
  absl::CivilDay day;
  std::string customer;
  std::string customer_name;
  int64_t amount_minor = 0;
  bool cheque = false;                // through 5112, cheques to be cashed
  std::string cheque_number;          // the piece of a cheque
  std::string label;                  // the bank's own text, which the books kept
  std::vector<const FecLine*> lines;  // the 411 lines
  std::vector<std::string> letters;   // their lettrage, without repeats; empty when the books left them open
  std::vector<Settlement> settles;    // in order of invoice; empty when the books do not say
  int64_t unapplied_minor = 0;        // amount minus all of `settles`
};

// The receipts of the whole file in order of day, journal and entry, with what each settles.
//
// Receipt:  an entry whose every line is a credit of 411 or a debit of money (51 or 53), with at least one of
// each.
//           The counterpart decides, not the journal's name: here it finds CRC (bank, 512) and RCH (cheques,
//           5112). An entry that also holds fees, or a debit of 411 (money sent back), is none; it stays in
//           the books.
// Settles:  a lettrage group is (customer, letter). With one receipt in the group, it settles the group's
// invoices and
//           credit notes. With several, a receipt first takes the one invoice of exactly its amount; the
//           others take what is left in order of piece date, invoices cut where the money ends.
// Lifetime: `lines` point into `fec`.
std::vector<Receipt> CustomerReceipts(const FecFile& fec);

}  // namespace relance::samples
