#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "services/ledger/readers/fec_line_parser.h"
#include "services/ledger/readers/item_reader.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

// Reads the fields of one row, of which column c stands at `position[c]` (-1: not in the file), into `*row`,
// all but line, source_hash and ordinal. Pure. Returns false with `*problem` set; see ItemReader for the
// rules.
bool ParseItemRow(absl::Span<const int> position, const std::vector<std::string>& fields, ItemRow* row,
                  LineProblem* problem);

// The text whose SourceHash identifies the row, see ItemReader.
std::string CanonicalItemRow(const ItemRow& row);

}  // namespace relance::ledger
