#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

inline constexpr size_t kRepairBytesMax = 8 << 20;

// What a repair file keeps of a file beside the lines that were rejected.
enum class RepairLayout {
  kRows,   // the lines down to the header: FEC, CSV, tables. A record in quotes may span lines
  kLines,  // the same, but a line is a line whatever quotes it has: FEC
  kCamt,   // everything but the entries that are in (Ntry elements)
  kCoda,   // everything but the movements that are in: records 2 and 3 of a movement go together
  kCfonb,  // the same: 04 with its 05
  kMt940,  // the same: :61: with what follows it
  kWhole,  // everything: one document, which is in or is not
};

// The layout of an import format, as ImportReport.format names it.
RepairLayout RepairLayoutOf(absl::string_view format);

// The file without what is in: bytes as they came, line ends and encoding too. `lines` are those of the
// rejects; `header_line` is the last line that is kept in any case, 0: the first one that is neither empty
// nor a remark (#). Empty when the file cannot be cut (XML that is not well-formed): the whole file has to be
// sent again. Errors: RESOURCE_EXHAUSTED / FILE_TOO_LARGE beyond kRepairBytesMax; those of the spool.
absl::StatusOr<std::string> MakeRepairFile(RepairLayout layout, const SpoolFile& file,
                                           const std::set<int64_t>& lines, int64_t header_line);

// "export.csv" -> "export.repair.csv"; a name that is one of a repair already stays.
std::string RepairFileName(absl::string_view file_name);

}  // namespace relance::ledger
