#include "services/handoff/placement_id.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace relance::handoff {
namespace {

std::optional<std::string> DecodeAccount(absl::string_view text) {
  std::string account;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      account += text[i];
      continue;
    }
    uint32_t byte = 0;
    if (i + 2 >= text.size() || !absl::SimpleHexAtoi(text.substr(i + 1, 2), &byte)) return std::nullopt;
    account += static_cast<char>(byte);
    i += 2;
  }
  return account;
}

}  // namespace

std::string PlacementId(const store::AccountKey& key, int n) {
  std::string id = absl::StrCat(key.tenant, "-");
  for (unsigned char c : key.account) {
    if (absl::ascii_isalnum(c)) {
      id += static_cast<char>(c);
    } else {
      absl::StrAppendFormat(&id, "_%02X", c);
    }
  }
  absl::StrAppend(&id, "-", n);
  return id;
}

std::optional<store::AccountKey> AccountOfPlacement(absl::string_view placement_id) {
  const size_t second = placement_id.rfind('-');
  if (second == absl::string_view::npos || second == 0) return std::nullopt;
  const size_t first = placement_id.rfind('-', second - 1);
  if (first == absl::string_view::npos) return std::nullopt;
  int n = 0;
  if (!absl::SimpleAtoi(placement_id.substr(second + 1), &n) || n <= 0) return std::nullopt;
  const auto account = DecodeAccount(placement_id.substr(first + 1, second - first - 1));
  if (!account.has_value() || account->empty()) return std::nullopt;
  store::AccountKey key{std::string(placement_id.substr(0, first)), *account};
  // One spelling only: no leading zeros, no escapes that were not needed.
  if (PlacementId(key, n) != std::string(placement_id)) return std::nullopt;
  return key;
}

}  // namespace relance::handoff
