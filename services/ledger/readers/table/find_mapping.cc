#include <algorithm>

#include "common/status/check.h"
#include "services/ledger/readers/csv_splitter.h"
#include "services/ledger/readers/table/mapping_file.h"
#include "services/ledger/readers/table/shipped_mappings.h"
#include "services/ledger/readers/table/table_reader.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr size_t kHeadRecordsMax = 64;

// The records at the front of a file, as UTF-8.
std::vector<std::string> FirstRecords(absl::string_view head) {
  std::vector<std::string> records;
  CsvSplitter splitter([&](const CsvSplitter::Record& record) {
    if (records.size() >= kHeadRecordsMax || record.too_long || record.quote_open) return;
    if (static_cast<size_t>(record.line) > records.size() + 1) records.resize(record.line - 1);
    std::string& text = records.emplace_back();
    DecodeLine(record.text, &text);
  });
  splitter.Feed(head);
  splitter.Finish();
  if (!records.empty()) records[0] = std::string(StripBom(records[0]));
  return records;
}

}  // namespace

const std::vector<Mapping>& ShippedMappings() {
  static const auto& mappings = *[] {
    auto* all = new std::vector<Mapping>;
    for (const std::string& text : ShippedMappingTexts()) {
      auto mapping = ParseMapping(text, "shipped");
      RELANCE_CHECK(mapping.ok());
      all->push_back(*std::move(mapping));
    }
    std::sort(all->begin(), all->end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
  }();
  return mappings;
}

const Mapping* FindShippedMapping(absl::string_view name) {
  for (const Mapping& mapping : ShippedMappings()) {
    if (mapping.name == name) return &mapping;
  }
  return nullptr;
}

const Mapping* FindMappingOf(const std::vector<Mapping>& mappings, absl::string_view file_name,
                             absl::string_view head) {
  if (LooksLikeWideEncoding(head)) return nullptr;
  const std::vector<std::string> records = FirstRecords(head);
  for (const Mapping& mapping : mappings) {
    std::vector<std::string> header;
    if (mapping.header) {
      size_t at = static_cast<size_t>(mapping.skip_lines);
      while (at < records.size() && TrimBlank(records[at]).empty()) ++at;
      if (at >= records.size()) continue;
      const char separator = mapping.separator != 0 ? mapping.separator : SeparatorOfLine(records[at]);
      if (!SplitCsvRecord(records[at], separator, &header)) continue;
    }
    if (Fits(mapping, file_name, header)) return &mapping;
  }
  return nullptr;
}

}  // namespace relance::ledger
