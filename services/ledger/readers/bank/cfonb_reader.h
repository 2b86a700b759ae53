#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// Reads French statements of account (CFONB 120, "relevé de compte"), pushed in chunks of any size. Pure: no
// I/O, no clock.
//
// Files:    records of 120 columns, with line ends or without, in ISO 8859-15, Windows-1252 or UTF-8, blank
// lines
//           between them; several statements and accounts.
// Records:  01 old balance, 04 movement, 05 its details, 07 new balance. A movement is handed over when its
// details
//           have ended, see MakeCfonbTransaction. A 04 without 01 before it opens a statement without opening
//           balance (notice STATEMENT_UNOPENED). Account, branch and currency of a 04 or 07 are those of the
//           01; the code of the bank may differ.
// Account:  the IBAN of the RIB: the form knows no other country, and no key.
// Key:      see BankDelivery.
// Checks:   old balance + movements = new balance (BALANCE_MISMATCH).
// Rejects:  a movement as a whole with the first field at fault (AMOUNT_*, CURRENCY_UNKNOWN, DATE_*,
// FIELD_INVALID,
//           LINE_TOO_LONG, ENTRY_TOO_LARGE); a balance with a day or an amount that cannot be read; records
//           that are not expected where they stand or of no known kind (RECORD_OUT_OF_PLACE).
// Errors:   Feed and Finish return INVALID_ARGUMENT / FILE_EMPTY, NOT_A_STATEMENT (the first record is none
// of these),
//           FILE_CUT_OFF (no 07 at the end: the movement at the cut is rejected); RESOURCE_EXHAUSTED /
//           TOO_MANY_RECORDS.
class CfonbReader {
 public:
  // `file` is for error texts; `sink` is not owned.
  CfonbReader(std::string file, BankSink* sink);
  ~CfonbReader();
  CfonbReader(const CfonbReader&) = delete;
  CfonbReader& operator=(const CfonbReader&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  const ReadSummary& summary() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace relance::ledger
