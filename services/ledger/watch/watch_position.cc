#include "services/ledger/watch/watch_position.h"

#include "absl/strings/escaping.h"
#include "common/status/domain_error.h"
#include "services/ledger/watch/reasons.h"

namespace relance::ledger {
namespace {

// Token: base64url of version byte, 4 bytes of check over tenant and all the rest, and the positions: each as
// a variable-length integer of 7 bits a byte, the lowest first.
constexpr char kVersion = 1;
constexpr size_t kCheckBytes = 4, kHeaderBytes = 1 + kCheckBytes;
constexpr int kBitsMax = 63;

std::string CheckOf(absl::string_view tenant, absl::string_view body) {
  // FNV-1a: the same in every process, unlike absl::Hash.
  uint64_t hash = 14695981039346656037ull;
  const auto add = [&hash](absl::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  };
  add(tenant);
  add("/");
  add(body);
  std::string check;
  for (size_t i = 0; i < kCheckBytes; ++i) check += static_cast<char>(hash >> (8 * i));
  return check;
}

absl::Status Invalid() {
  return DomainError(absl::StatusCode::kInvalidArgument, kPositionInvalid,
                     "position is not one that was given for this tenant");
}

}  // namespace

std::string EncodePosition(absl::string_view tenant, absl::Span<const int64_t> positions) {
  std::string body;
  for (const int64_t position : positions) {
    auto rest = static_cast<uint64_t>(position);
    for (; rest >= 0x80; rest >>= 7) body += static_cast<char>(rest | 0x80);
    body += static_cast<char>(rest);
  }
  return absl::WebSafeBase64Escape(
      absl::StrCat(absl::string_view(&kVersion, 1), CheckOf(tenant, body), body));
}

absl::StatusOr<std::vector<int64_t>> DecodePosition(absl::string_view tenant, int partitions,
                                                    absl::string_view token) {
  std::string bytes;
  if (token.size() > kPositionBytesMax || !absl::WebSafeBase64Unescape(token, &bytes) ||
      bytes.size() < kHeaderBytes || bytes[0] != kVersion) {
    return Invalid();
  }
  const absl::string_view body = absl::string_view(bytes).substr(kHeaderBytes);
  if (absl::string_view(bytes).substr(1, kCheckBytes) != CheckOf(tenant, body)) return Invalid();
  std::vector<int64_t> positions;
  uint64_t value = 0;
  int shift = 0;
  for (const char c : body) {
    if (shift >= kBitsMax) return Invalid();
    value |= static_cast<uint64_t>(c & 0x7f) << shift;
    shift += 7;
    if ((c & 0x80) != 0) continue;
    positions.push_back(static_cast<int64_t>(value));
    value = 0;
    shift = 0;
  }
  if (shift != 0 || positions.size() != static_cast<size_t>(partitions)) return Invalid();
  return positions;
}

}  // namespace relance::ledger
