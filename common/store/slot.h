#pragma once

#include "absl/strings/string_view.h"

namespace relance::store {

inline constexpr int kSlotCount = 16384;

// The cluster slot of `key`: CRC16 (XMODEM) of what stands in its first non-empty braces, else of the whole
// key.
int SlotOf(absl::string_view key);

}  // namespace relance::store
