#include "services/ledger/readers/table/look_at_table.h"

#include <algorithm>
#include <map>

#include "services/ledger/readers/csv_splitter.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/refusal.h"
#include "services/ledger/readers/table/text_fold.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

constexpr size_t kHeadRecords = 200;
constexpr size_t kHeaderSearch = 40;  // records from the top

struct Record {
  int64_t line = 0;
  std::string text;
};

// The width that most of the first records have when cut at `separator`, and how many have it.
std::pair<size_t, size_t> CommonWidth(const std::vector<Record>& records, char separator) {
  std::map<size_t, size_t> widths;
  std::vector<std::string> cells;
  for (size_t i = 0; i < records.size() && i < kHeadRecords; ++i) {
    if (SplitCsvRecord(records[i].text, separator, &cells) && cells.size() > 1) ++widths[cells.size()];
  }
  std::pair<size_t, size_t> best{0, 0};
  for (const auto& [width, count] : widths) {
    if (count > best.second || (count == best.second && width > best.first)) best = {width, count};
  }
  return best;
}

// A row of names: filled, different, and without dates or amounts.
bool LooksLikeHeader(const std::vector<std::string>& cells) {
  size_t named = 0, values = 0;
  for (const std::string& cell : cells) {
    ColumnProfile profile;
    profile.See(cell);
    if (profile.filled > 0 && !FoldText(cell).empty()) ++named;
    if (profile.amounts > 0 || !profile.dates.empty() || profile.mails > 0 || profile.ibans > 0) ++values;
  }
  return named * 2 > cells.size() && values == 0;
}

}  // namespace

absl::StatusOr<TableLook> LookAtTable(absl::string_view bytes, absl::string_view file_name, size_t rows_max) {
  if (LooksLikeWideEncoding(bytes)) {
    return RefuseFile(file_name, 1, "", kEncodingUnsupported, "UTF-16 or UTF-32; save it as UTF-8");
  }
  TableLook look;
  look.encoding = IsUtf8(bytes) ? "utf-8" : "iso-8859-15";
  if (look.encoding != "utf-8" &&
      std::any_of(bytes.begin(), bytes.end(), [](unsigned char c) { return c >= 0x80 && c <= 0x9F; })) {
    look.encoding = "windows-1252";
  }
  std::vector<Record> records;
  CsvSplitter splitter([&](const CsvSplitter::Record& record) {
    if (record.too_long || record.quote_open || TrimBlank(record.text).empty()) return;
    if (records.size() > rows_max + kHeaderSearch) {
      look.cut = true;
      return;
    }
    Record& one = records.emplace_back();
    one.line = record.line;
    DecodeLine(record.text, &one.text);
  });
  splitter.Feed(StripBom(bytes));
  splitter.Finish();
  if (records.empty()) return RefuseFile(file_name, 1, "", kFileEmpty, "there is no line in it");

  std::pair<size_t, size_t> best{0, 0};
  for (const char separator : {';', '\t', ',', '|'}) {
    const auto width = CommonWidth(records, separator);
    // A comma inside amounts must not win over the real separator: what cuts more rows alike does, then more
    // columns.
    if (width.second > best.second || (width.second == best.second && width.first > best.first)) {
      best = width;
      look.separator = separator;
    }
  }
  const size_t columns = best.first;
  std::vector<std::string> cells;
  size_t at = 0;
  for (; at < records.size() && at < kHeaderSearch; ++at) {
    if (SplitCsvRecord(records[at].text, look.separator, &cells) && cells.size() == columns &&
        LooksLikeHeader(cells)) {
      break;
    }
  }
  if (columns < 2 || at == std::min(records.size(), kHeaderSearch)) {
    return RefuseFile(
        file_name, 1, "", kHeaderMissing,
        "no line with the names of columns can be seen; write the mapping with `header: false` and "
        "positions, see docs/formats/tables.md");
  }
  look.skip_lines = static_cast<int>(records[at].line - 1);
  look.header = cells;
  look.columns.resize(columns);
  for (size_t i = 0; i < columns; ++i) {
    look.columns[i].name = std::string(TrimBlank(cells[i]));
    look.columns[i].folded = FoldText(cells[i]);
  }
  for (++at; at < records.size(); ++at) {
    if (!SplitCsvRecord(records[at].text, look.separator, &cells) || cells.size() != columns) {
      ++look.odd_rows;
      continue;
    }
    for (size_t i = 0; i < columns; ++i) look.columns[i].See(cells[i]);
    look.rows.push_back(cells);
    look.lines.push_back(records[at].line);
  }
  return look;
}

}  // namespace relance::ledger
