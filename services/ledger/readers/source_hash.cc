#include "services/ledger/readers/source_hash.h"

#include <xxhash.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/ledger/readers/source_record.h"

namespace relance::ledger {

CanonicalText& CanonicalText::Add(int64_t number) { return Add(absl::StrCat(number)); }

uint64_t SourceHash(absl::string_view canonical) { return XXH3_64bits(canonical.data(), canonical.size()); }

std::string FormatReject(absl::string_view file, const Reject& reject) {
  return absl::StrCat(file, ":", reject.line, ": ", reject.field, reject.field.empty() ? "" : ": ",
                      reject.reason, ": ", reject.message);
}

std::string SourceId(uint64_t source_hash, uint32_t ordinal) {
  return absl::StrFormat("%016x-%u", source_hash, ordinal);
}

}  // namespace relance::ledger
