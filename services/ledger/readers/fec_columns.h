#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::ledger {

enum class FecColumn {
  kJournalCode,
  kJournalLib,
  kEcritureNum,
  kEcritureDate,
  kCompteNum,
  kCompteLib,
  kCompAuxNum,
  kCompAuxLib,
  kPieceRef,
  kPieceDate,
  kEcritureLib,
  kDebit,
  kCredit,
  kEcritureLet,
  kDateLet,
  kValidDate,
  kMontantdevise,
  kIdevise,
  kMontant,
  kSens,
  kDateEcheance,
  kDateRglt,
  kModeRglt,
  kIdClient,
};
inline constexpr size_t kFecColumnCount = 24;

// The name as the law writes it; "DateEcheance" for every spelling of the due date.
absl::string_view FecColumnName(FecColumn column);

// Where the columns of one file are.
struct FecHeader {
  char separator = '\t';
  size_t named_columns = 0;  // without blank names at the end: a line has at least as many fields
  size_t fields_max = 0;     // with them; what a line has beyond the named ones is blank
  std::array<int, kFecColumnCount> position;  // -1: not in the file

  int at(FecColumn column) const { return position[static_cast<size_t>(column)]; }
  bool has(FecColumn column) const { return at(column) >= 0; }
};

// Reads the header line (UTF-8). Names are compared without case, accents, blanks and punctuation; columns
// that are not ours are allowed anywhere.
//
// Needs:  JournalCode, EcritureNum, EcritureDate, CompteNum, CompAuxNum, PieceRef, EcritureLib, and Debit
// with Credit
//         or Montant with Sens.
// Errors: INVALID_ARGUMENT with metadata field / HEADER_MISSING (no known name at all), SEPARATOR_UNKNOWN,
//         COLUMN_DUPLICATE, COLUMN_MISSING.
absl::StatusOr<FecHeader> ParseFecHeader(absl::string_view line);

}  // namespace relance::ledger
