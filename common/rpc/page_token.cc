#include "common/rpc/page_token.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"

namespace relance::rpc {
namespace {

// Token: base64url of version byte, 8 bytes of filter hash, 4 bytes of check over all the rest, cursor.
constexpr char kVersion = 1;
constexpr size_t kHashBytes = 8, kCheckBytes = 4, kHeaderBytes = 1 + kHashBytes + kCheckBytes;

// FNV-1a: the same in every process, unlike absl::Hash.
uint64_t Fnv1a(absl::string_view text, uint64_t hash = 14695981039346656037ull) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash;
}

std::string Bytes(uint64_t value, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string CheckOf(absl::string_view filter_hash, absl::string_view cursor) {
  return Bytes(Fnv1a(cursor, Fnv1a(filter_hash)), kCheckBytes);
}

absl::Status Malformed() {
  return DomainError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_MALFORMED",
                     "page_token is not one that this service gave");
}

}  // namespace

std::string MakePageToken(absl::string_view cursor, absl::string_view filter) {
  RELANCE_CHECK(!cursor.empty() && cursor.size() <= kCursorBytesMax);
  const std::string hash = Bytes(Fnv1a(filter), kHashBytes);
  return absl::WebSafeBase64Escape(
      absl::StrCat(absl::string_view(&kVersion, 1), hash, CheckOf(hash, cursor), cursor));
}

absl::StatusOr<std::string> ParsePageToken(absl::string_view token, absl::string_view filter) {
  if (token.empty()) return std::string();
  std::string bytes;
  if (token.size() > kPageTokenBytesMax || !absl::WebSafeBase64Unescape(token, &bytes) ||
      bytes.size() <= kHeaderBytes || bytes[0] != kVersion) {
    return Malformed();
  }
  const absl::string_view all = bytes;
  const absl::string_view hash = all.substr(1, kHashBytes), cursor = all.substr(kHeaderBytes);
  if (all.substr(1 + kHashBytes, kCheckBytes) != CheckOf(hash, cursor)) return Malformed();
  if (hash != Bytes(Fnv1a(filter), kHashBytes)) {
    return DomainError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_OF_ANOTHER_FILTER",
                       "page_token belongs to a list with another filter");
  }
  return std::string(cursor);
}

absl::StatusOr<int> PageSize(int requested, int default_size, int size_max) {
  if (requested < 0) {
    return DomainError(absl::StatusCode::kInvalidArgument, "PAGE_SIZE_NEGATIVE", "page_size is negative",
                       {{"pageSize", absl::StrCat(requested)}});
  }
  return std::min(requested == 0 ? default_size : requested, size_max);
}

}  // namespace relance::rpc
