#include <vector>

#include "services/ledger/readers/table/mapping_file.h"
#include "services/ledger/readers/table/propose_mapping.h"
#include "services/ledger/readers/table/shipped_mappings.h"
#include "services/ledger/readers/testing/collecting_table_sink.h"
#include "tests/fuzz/two_ways.h"

// A table that fits no mapping is read with one that every table of four columns fits.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace relance::ledger;
  static const Mapping& anything = *new Mapping(
      *ParseMapping("name: anything\nkind: items\nheader: false\nfooter_lines: 1\ndates: [dd/mm/yyyy, d mmm "
                    "yy]\ndecimal: comma\n"
                    "thousands: space\nparentheses: negative\nconstants: {currency: EUR}\nunique: number\n"
                    "columns: {account: 1, number: 2, issue_date: 3, amount: 4}\n",
                    "fuzz"));
  const absl::string_view bytes = AsText(data, size);
  const Mapping* mapping = FindMappingOf(ShippedMappings(), "fuzz.csv", bytes);
  if (mapping == nullptr) mapping = &anything;
  MustReadTheSameInPieces(
      bytes, [&](absl::string_view part, size_t piece) { return ReadTable(part, *mapping, piece); });
  // What is proposed is a mapping.
  if (size > 16'384) return 0;
  const auto proposal = ProposeMapping(bytes, "fuzz.csv", std::nullopt);
  if (!proposal.ok()) return 0;
  const auto parsed = ParseMapping(proposal->yaml, "proposal");
  if (!parsed.ok()) {
    std::fprintf(stderr, "%s\n%s\n", proposal->yaml.c_str(), std::string(parsed.status().message()).c_str());
    std::abort();
  }
  return 0;
}
