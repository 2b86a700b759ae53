#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/fec_columns.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

inline constexpr size_t kFieldBytesMax = 1024;

// Why a line is not in.
struct LineProblem {
  std::string field;
  std::string reason;
  std::string message;
};

// Reads one decoded data line into `*record`, all but source_hash, ordinal and line. Pure. Texts keep the
// room that they have: a record that is used again costs no memory.
//
// Tolerated: padded fields, zero-padded amounts, decimal point instead of comma, date separators, dates of
// zeros for blank, blank fields at the end up to header.fields_max, a negative amount. Problems, first match
// wins: COLUMN_COUNT; then per field in the order of the law FIELD_TOO_LONG, DATE_*, ACCOUNT_INVALID,
// AMOUNT_*, DEBIT_AND_CREDIT, FIELD_MISSING, FIELD_INVALID (Sens). Returns false with `*problem` set. What
// cannot be read of Montantdevise goes to `*notice` (reason not empty) and the line stays: the amounts in EUR
// are what the books say.
bool ParseFecLine(const FecHeader& header, absl::string_view text, FecLine* record, LineProblem* problem,
                  LineProblem* notice);

// Lets all lines end with as many blank fields as `text`, the first data line, does: some software writes a
// separator behind the last field of each line but not of the header. Not decided line by line, because a
// separator inside a label makes a line one field longer too, and such a line must be rejected.
void AllowTrailingSeparators(absl::string_view text, FecHeader* header);

// What identifies the line, see FecReader.
uint64_t FecLineHash(const FecLine& record);

}  // namespace relance::ledger
