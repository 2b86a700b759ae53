#include "common/account/item_id.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace relance {

std::string ItemIdText(uint64_t id) { return absl::StrFormat("%016x", id); }

std::optional<uint64_t> ParseItemId(absl::string_view text) {
  uint64_t id = 0;
  if (!absl::SimpleHexAtoi(text, &id) || ItemIdText(id) != std::string(text)) return std::nullopt;
  return id;
}

}  // namespace relance
