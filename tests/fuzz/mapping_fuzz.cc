#include "services/ledger/readers/table/mapping_file.h"
#include "services/ledger/readers/testing/collecting_table_sink.h"
#include "tests/fuzz/two_ways.h"

// Whatever is given as a mapping is read or refused, and what is read reads a table.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace relance::ledger;
  const auto mapping = ParseMapping(AsText(data, size), "fuzz");
  if (!mapping.ok()) return 0;
  MustReadTheSameInPieces(
      "A;N;D;M\na;1;2026-03-31;5.00\nb;2;31/03/2026;-5,00\n;;;\nTotal;;;10\n",
      [&](absl::string_view bytes, size_t piece) { return ReadTable(bytes, *mapping, piece); });
  return 0;
}
