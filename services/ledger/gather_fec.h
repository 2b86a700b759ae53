#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/fec_entries.h"
#include "services/ledger/gathered.h"
#include "services/ledger/spool_file.h"

namespace relance::ledger {

inline constexpr size_t kPartialEntriesMax = 10'000;    // of one file; further ones are rejected and not kept
inline constexpr size_t kPartialEntryLinesMax = 2'000;  // of one entry

// A line of an entry that does not balance, as it came.
struct PartialLine {
  FecLine line;
  std::string raw;
  std::string message;
};

struct GatheredBooks {
  Gathered gathered;
  // Entries that do not balance, by EntryKey: kept until another file brings the rest (partial_entries.h).
  std::map<uint64_t, std::vector<PartialLine>> partial;
};

// Reads a FEC in two passes and gathers its customer lines by account. Nothing is written.
// Errors: INVALID_ARGUMENT / FILE_UNREADABLE; RESOURCE_EXHAUSTED / TOO_MANY_RECORDS, TOO_MANY_ENTRIES.
absl::StatusOr<GatheredBooks> GatherFec(const SpoolFile& file, const std::string& file_name,
                                        const BooksOptions& options);

// Adds the customer lines of one balanced entry (all its lines) to `gathered`: used for entries put together
// from parts.
void AddEntry(const std::vector<FecLine>& lines, const BooksOptions& options, Gathered* gathered);

}  // namespace relance::ledger
