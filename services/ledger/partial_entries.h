#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/store/store.h"
#include "relance/state/v1/ledger_documents.pb.h"
#include "services/ledger/gather_fec.h"

namespace relance::ledger {

inline constexpr int kEntryPartsMax = 8;
inline constexpr char kEntryDocumentPrefix[] = "entry/";

// The lines of an entry that its parts make together: all of them, or each as often as the part that has it
// most, whichever balances; empty when neither does. Parts of one file cut in two are the first case,
// overlapping exports the second.
std::vector<FecLine> Assemble(const std::vector<std::vector<FecLine>>& parts);

// A line as text and back: FEC columns in the order of the law, DateEcheance and DateRglt last, TAB. Identity
// included.
std::string RenderPartLine(const FecLine& line);
std::vector<FecLine> ParsePartLines(const std::vector<std::string>& lines);

// Keeps the entries of a file that do not balance under documents "entry/<hash>" of the tenant, and adds
// those to `books` that balance together with what earlier files brought. The lines of the others
// are rejected with ENTRY_UNBALANCED, and enter when a later file brings the rest. So a file cut in two
// anywhere comes to the same as the whole, in either order. Errors: those of the store.
absl::Status CompletePartialEntries(store::Store& store, const std::string& tenant, store::Deadline deadline,
                                    Books* books);

}  // namespace relance::ledger
