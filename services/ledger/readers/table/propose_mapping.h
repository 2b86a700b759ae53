#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/table/table_fields.h"

namespace relance::ledger {

inline constexpr size_t kProposalBytesMax = 64 << 20;
inline constexpr size_t kProposalRowsMax = 20'000;  // looked at to find out what the columns are
inline constexpr size_t kPreviewRowsMax = 8;

struct MappingProposal {
  std::string yaml;                 // a mapping, each line with why it is so and how sure
  std::string preview;              // the first rows as they would be read, and what the whole file comes to
  std::vector<std::string> doubts;  // what a person has to look at
};

// Proposes a mapping from a file itself: separator, encoding, header, what each column is (its name in
// French, Dutch, German or English, and the shape of its values), forms of dates and amounts. Pure; the same
// file gives the same proposal.
//
// Errors: INVALID_ARGUMENT / FILE_EMPTY, ENCODING_UNSUPPORTED, HEADER_MISSING (no table can be seen),
//         COLUMN_MISSING: a column that the kind needs was not found; the message lists the columns and how
//         to name the kind.
absl::StatusOr<MappingProposal> ProposeMapping(absl::string_view bytes, absl::string_view file_name,
                                               std::optional<TableKind> kind);

}  // namespace relance::ledger
