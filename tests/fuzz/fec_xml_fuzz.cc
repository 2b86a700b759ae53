#include "tests/fuzz/two_ways.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace relance::ledger;
  MustReadTheSameInPieces(AsText(data, size),
                          [](absl::string_view bytes, size_t piece) { return ReadFecXml(bytes, piece); });
  return 0;
}
