#include "common/rpc/request_id.h"

#include <openssl/evp.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/check.h"
#include "common/status/domain_error.h"

namespace relance::rpc {
namespace {

constexpr size_t kUuidBytes = 36;
constexpr char kNil[] = "00000000-0000-0000-0000-000000000000";

bool IsDash(size_t position) { return position == 8 || position == 13 || position == 18 || position == 23; }

}  // namespace

absl::StatusOr<std::string> CanonicalRequestId(absl::string_view request_id) {
  if (request_id.empty()) {
    return DomainError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_MISSING", "request_id is required");
  }
  bool good = request_id.size() == kUuidBytes && request_id != kNil;
  for (size_t i = 0; good && i < request_id.size(); ++i) {
    good = IsDash(i) ? request_id[i] == '-' : absl::ascii_isxdigit(static_cast<unsigned char>(request_id[i]));
  }
  if (!good) {
    return DomainError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_MALFORMED",
                       "request_id is not a UUID");
  }
  return absl::AsciiStrToLower(request_id);
}

std::string DeriveRequestId(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) absl::StrAppend(&text, part.size(), ":", part);
  unsigned char digest[EVP_MAX_MD_SIZE];
  RELANCE_CHECK(EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr) == 1);
  digest[6] = (digest[6] & 0x0F) | 0x80;  // version 8: own layout
  digest[8] = (digest[8] & 0x3F) | 0x80;  // variant of RFC 9562
  const std::string hex =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), 16));
  const absl::string_view view = hex;
  return absl::StrCat(view.substr(0, 8), "-", view.substr(8, 4), "-", view.substr(12, 4), "-",
                      view.substr(16, 4), "-", view.substr(20));
}

}  // namespace relance::rpc
