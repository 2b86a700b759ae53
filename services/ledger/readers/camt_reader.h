#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr int64_t kCamtEntriesMax = 1'000'000;  // of one statement

// Item.source of what it reads.
inline constexpr char kCamt053Source[] = "camt053";
inline constexpr char kCamt054Source[] = "camt054";

// Reads camt.053.001 bank statements and camt.054.001 notifications (.02 to .13 are tested, others read with
// a notice), pushed in chunks of any size. Pure: no I/O, no clock.
//
// Reads:    every Stmt (Ntfctn); an entry is handed over when it ends, its statement after all its entries.
// Booked entries only:
//           PDNG, INFO and other states are skipped with a notice; a missing Sts counts as booked, for that
//           is what a camt.053 reports. Booking day: BookgDt as the bank writes it (the date part of a DtTm,
//           no zone is converted), else ValDt, else the day of the closing balance (notice
//           BOOKING_DAY_DERIVED). A camt.054 has no balances; where it tells what a camt.053 tells too, both
//           give the entry one key, as far as the bank gives both one AcctSvcrRef.
// Amounts:  see MakeBankTransactions. Zeros beyond the currency's decimals are fine ("8.850"); digits are
// not. Key:      "<account>/<AcctSvcrRef>/<index>": the bank's reference of the entry (of the transaction,
// where the entry
//           has none and is one transaction) and the index of the TxDtls. A reference that comes back in the
//           same statement gets "+1", "+2" (notice). Without one: "<account>/#<hash>+<ordinal>/<index>",
//           where hash covers days, amounts, references, parties and remittance of the entry, and ordinal
//           counts equal entries before it in the statement. As the booking day is in the hash, that is per
//           statement and day: two equal entries of one day are both kept, and the same statement twice, or
//           in a month's file, changes nothing. `content_hash` covers the transaction's content: a key that
//           returns with another content_hash is not a repeat but a bank that reuses its references, and must
//           not be dropped silently.
// Balance:  opening + booked entries = closing is checked per statement where both are there in the currency
// of the
//           entries; a difference is the notice BALANCE_MISMATCH and BankStatement::difference_minor.
// Rejects:  the entry as a whole, with the first field at fault: AMOUNT_*, CURRENCY_UNKNOWN, DATE_*,
// FIELD_MISSING,
//           FIELD_INVALID, FIELD_TOO_LONG, ACCOUNT_MISSING, ENTRY_TOO_LARGE. `raw` is the entry written again
//           as XML.
// Errors:   Feed and Finish return INVALID_ARGUMENT for a refused file: those of XmlPushParser,
// NOT_A_STATEMENT
//           (camt.052 and others), STATEMENT_MISSING; RESOURCE_EXHAUSTED / TOO_MANY_RECORDS. Entries handed
//           over before, as before the cut of a truncated file, stay.
class CamtReader {
 public:
  // `file` is for error texts; `sink` is not owned.
  CamtReader(std::string file, BankSink* sink);
  ~CamtReader();
  CamtReader(const CamtReader&) = delete;
  CamtReader& operator=(const CamtReader&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  const ReadSummary& summary() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace relance::ledger
