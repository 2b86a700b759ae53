#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::rpc {

inline constexpr size_t kCursorBytesMax = 512;
inline constexpr size_t kPageTokenBytesMax = 768;

// An opaque page token (AIP-158) that holds `cursor`, where the next page starts, and is bound to `filter`:
// everything of the request that chooses or orders the list, tenant included. Stable between processes and
// releases; not a secret, and no proof of anything: the request is authorised and checked as if it came
// without a token. Requires: cursor not empty, at most kCursorBytesMax.
std::string MakePageToken(absl::string_view cursor, absl::string_view filter);

// The cursor of a token; empty for an empty token, which is the first page.
// Errors, first match wins: INVALID_ARGUMENT / PAGE_TOKEN_MALFORMED, PAGE_TOKEN_OF_ANOTHER_FILTER.
absl::StatusOr<std::string> ParsePageToken(absl::string_view token, absl::string_view filter);

// The size to use: `requested`, `default_size` for 0, never over `size_max`.
// Errors: INVALID_ARGUMENT / PAGE_SIZE_NEGATIVE.
absl::StatusOr<int> PageSize(int requested, int default_size, int size_max);

}  // namespace relance::rpc
