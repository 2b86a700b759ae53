#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace relance::samples {

// One line of a FEC, with what these programs need of it and its bytes as they were.
struct FecLine {
  int number = 0;   // in the file, the header is 1
  std::string raw;  // without the line end
  std::string journal;
  std::string entry;
  absl::CivilDay entry_day;
  std::string account;   // CompteNum
  std::string customer;  // CompAuxNum
  std::string customer_name;
  std::string piece;  // PieceRef as written, "FA  220245"
  absl::CivilDay piece_day;
  std::string label;
  int64_t debit_minor = 0;
  int64_t credit_minor = 0;
  std::string letter;  // EcritureLet
};

struct FecFile {
  std::string header;    // with its byte order mark, without the line end
  std::string line_end;  // "\n" or "\r\n", that of the header
  std::vector<FecLine> lines;
};

inline constexpr size_t kFecBytesMax = 512u << 20;

// Reads a FEC whole, or refuses it: what is derived from half the books would be wrong everywhere.
// Names of columns decide, not their order; tab or '|' between them; blanks around values are not part of
// them, except in `raw`.
//
// Errors: INVALID_ARGUMENT / FEC_HEADER_INCOMPLETE {file, column}, FEC_LINE_MALFORMED {file, line, column,
// reason}.
absl::StatusOr<FecFile> ParseFec(absl::string_view bytes, absl::string_view file);

// The header and those lines, in their order, as bytes of a FEC.
std::string RenderFec(const FecFile& fec, const std::vector<const FecLine*>& lines);

// Lines of one entry share journal and number.
std::string EntryKey(const FecLine& line);

// True for the accounts of customers (411).
bool IsCustomerLine(const FecLine& line);

}  // namespace relance::samples
