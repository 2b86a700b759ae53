#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace relance::ledger {

inline constexpr size_t kPositionBytesMax = 16 << 10;  // a token: 1,024 partitions with large positions

// Where a watcher stands in the feed, one position a partition, as an opaque token. Stable between processes
// and releases, bound to the tenant, not a secret.
std::string EncodePosition(absl::string_view tenant, absl::Span<const int64_t> positions);

// Errors: INVALID_ARGUMENT / POSITION_INVALID: not such a token, another tenant's, another number of
// partitions.
absl::StatusOr<std::vector<int64_t>> DecodePosition(absl::string_view tenant, int partitions,
                                                    absl::string_view token);

}  // namespace relance::ledger
