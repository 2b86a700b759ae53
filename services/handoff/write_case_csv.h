#pragma once

#include <string>

#include "services/handoff/case_file.h"

namespace relance::handoff {

// The case as CSV (RFC 4180: commas, quotes where they are needed, CR LF), UTF-8 without a mark, decimal
// point, days as "2025-03-31". One header row; the first column says what a row is:
//
//   field      one fact of the case: its name in `id`, its value in `text`
//   item       an item with its amounts; `interest` rows of it follow: from, to, days, rate, principal in
//   `remaining`, amount indemnity  the flat indemnity of an item contact, promise, dispute total      `id` is
//   principal, interest, indemnity, total or open_credits, one a currency trailer    the last row: `id` is
//   "rows", `days` the number of rows between header and trailer
//
// A text that a spreadsheet would run as a formula gets an apostrophe in front. Equal cases give equal bytes.
std::string WriteCaseCsv(const CaseFile& file);

}  // namespace relance::handoff
