#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// Reads Belgian coded statements of account (CODA, Febelfin, versions 1 and 2), pushed in chunks of any size.
// Pure: no I/O, no clock.
//
// Files:    records of 128 columns, with line ends or without, in ISO 8859-15, Windows-1252 or UTF-8; several
// files in
//           one, several statements and accounts in each.
// Records:  0 header, 1 opening balance, 2.1 to 2.3 movement, 3.1 to 3.3 information, 4 free message (left
// out), 8
//           closing balance, 9 totals. A movement is handed over when the next one or the closing balance
//           comes, see MakeCodaTransactions. Booking day: the entry date; value day: absent where it is
//           000000.
// Accounts: IBAN; a Belgian number of 12 digits (version 1) as its IBAN.
// Key:      see BankDelivery; entry_servicer_ref is the bank's reference of record 2.1.
// Checks:   opening + movements = closing (BALANCE_MISMATCH); number of records and both turnovers of record
// 9
//           (TOTALS_MISMATCH).
// Rejects:  a movement as a whole with the first field at fault (AMOUNT_*, CURRENCY_UNKNOWN, DATE_*,
// FIELD_INVALID,
//           LINE_TOO_LONG, ENTRY_TOO_LARGE); records that are not expected where they stand
//           (RECORD_OUT_OF_PLACE). `raw` is all its lines.
// Errors:   Feed and Finish return INVALID_ARGUMENT / FILE_EMPTY, NOT_A_STATEMENT (the first record is no
// header of
//           CODA), FILE_CUT_OFF (no record 9: the movement at the cut is rejected); RESOURCE_EXHAUSTED /
//           TOO_MANY_RECORDS.
class CodaReader {
 public:
  // `file` is for error texts; `sink` is not owned.
  CodaReader(std::string file, BankSink* sink);
  ~CodaReader();
  CodaReader(const CodaReader&) = delete;
  CodaReader& operator=(const CodaReader&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  const ReadSummary& summary() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace relance::ledger
