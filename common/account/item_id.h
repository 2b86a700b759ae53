#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace relance {

// The id of an item as RPCs and files write it: 16 lower-case hexadecimal digits.
std::string ItemIdText(uint64_t id);

// The reverse; nullopt for anything else.
std::optional<uint64_t> ParseItemId(absl::string_view text);

}  // namespace relance
