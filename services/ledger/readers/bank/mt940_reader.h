#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr size_t kMt940FieldBytesMax = 64 * 1024;  // one field with its lines

// Reads SWIFT MT940 customer statements, pushed in chunks of any size. Pure: no I/O, no clock.
//
// Files:    with or without the blocks of SWIFT ({1: ... {4: ... -}) and the lines that banks put around
// messages; in
//           UTF-8, ISO 8859-15 or Windows-1252; several statements and accounts.
// Fields:   :20: begins a statement, :25: account, :28C: or :28: number, :60F: or :60M: opening balance, :61:
// entry,
//           :86: its information, :62F: or :62M: closing balance. :64:, :65:, :NS: and others are left out.
//           See ParseMt940Line and ReadMt940Information.
// Booking:  the entry day, else the value day. EC and ED are expected, not booked: skipped with a notice.
// Returns:  RC and RD, type RTI, business codes 108, 109 and 159, /RTRN/. Charges and interest: types CHG,
// COM, INT. Key:      see BankDelivery. Pages of one statement (60M, 62M) are statements whose balances
// follow each other. Rejects:  an entry as a whole with the first field at fault; entries outside a statement
// and fields where they cannot
//           stand (RECORD_OUT_OF_PLACE).
// Errors:   Feed and Finish return INVALID_ARGUMENT / FILE_EMPTY, NOT_A_STATEMENT (no field of an MT940 in
// the first
//           kFirstLinesMax lines), STATEMENT_MISSING (no opening balance), FILE_CUT_OFF (no closing balance:
//           the entry at the cut is rejected); RESOURCE_EXHAUSTED / TOO_MANY_RECORDS.
class Mt940Reader {
 public:
  // `file` is for error texts; `sink` is not owned.
  Mt940Reader(std::string file, BankSink* sink);
  ~Mt940Reader();
  Mt940Reader(const Mt940Reader&) = delete;
  Mt940Reader& operator=(const Mt940Reader&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  const ReadSummary& summary() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace relance::ledger
