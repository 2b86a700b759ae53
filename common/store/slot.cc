#include "common/store/slot.h"

#include <array>
#include <cstdint>

namespace relance::store {
namespace {

constexpr std::array<uint16_t, 256> CrcTable() {
  std::array<uint16_t, 256> table{};
  for (int byte = 0; byte < 256; ++byte) {
    uint16_t crc = static_cast<uint16_t>(byte << 8);
    for (int bit = 0; bit < 8; ++bit) {
      crc = static_cast<uint16_t>((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
    }
    table[byte] = crc;
  }
  return table;
}

}  // namespace

int SlotOf(absl::string_view key) {
  static constexpr std::array<uint16_t, 256> kTable = CrcTable();
  const auto open = key.find('{');
  if (open != absl::string_view::npos) {
    const auto close = key.find('}', open + 1);
    if (close != absl::string_view::npos && close > open + 1) key = key.substr(open + 1, close - open - 1);
  }
  uint16_t crc = 0;
  for (unsigned char c : key) crc = static_cast<uint16_t>((crc << 8) ^ kTable[((crc >> 8) ^ c) & 0xff]);
  return crc % kSlotCount;
}

}  // namespace relance::store
