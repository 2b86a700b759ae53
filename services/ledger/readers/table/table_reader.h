#pragma once

#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/ledger/readers/csv_splitter.h"
#include "services/ledger/readers/source_hash.h"
#include "services/ledger/readers/table/mapping.h"
#include "services/ledger/readers/table/row_parser.h"
#include "services/ledger/readers/table/table_record.h"

namespace relance::ledger {

inline constexpr int64_t kTableRecordsMax = 5'000'000;

struct TableOptions {
  std::string file;  // for error texts; nothing is opened
  int64_t records_max = kTableRecordsMax;
};

// Reads a table of any layout as a mapping says. Pushed in chunks of any size; pure.
//
// Rows:    cut as RFC 4180 cuts them; empty ones are left out (BLANK_ROW), a header that comes again is
//          (HEADER_REPEATED), and so are the lines of the footer (FOOTER_LINE). Empty cells behind the last
//          column are no columns.
// Keys:    where the mapping names one (`unique`), a row that says the same as an earlier one of its key is
// left
//          out (DUPLICATE_ROW), and one that says something else is rejected (DUPLICATE_KEY), or left out
//          where the mapping takes the first only (KEY_REPEATED).
// Rejects: LINE_TOO_LONG, QUOTE_UNCLOSED, QUOTE_MISPLACED, ENCODING_INVALID, COLUMN_COUNT, then by field:
//          FIELD_*, DATE_*, CURRENCY_UNKNOWN, AMOUNT_*, DEBIT_AND_CREDIT. A row is in, rejected or left out
//          by what the first record of the mapping says; further records of the row add to it.
// Errors:  INVALID_ARGUMENT / FILE_EMPTY, ENCODING_UNSUPPORTED, HEADER_MISSING, HEADER_TOO_LONG,
// COLUMN_MISSING,
//          COLUMN_DUPLICATE, COLUMN_UNKNOWN; RESOURCE_EXHAUSTED / TOO_MANY_RECORDS.
class TableReader {
 public:
  // Both outlive this.
  TableReader(TableOptions options, const Mapping* mapping, TableSink* sink);
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  absl::Status Feed(absl::string_view bytes);
  absl::Status Finish();

  // records: what was handed over; skipped and rejected: rows.
  const ReadSummary& summary() const { return summary_; }
  // The line with the names of the columns, or the last one above the rows where there is none.
  int64_t header_line() const { return header_line_; }

 private:
  struct Held {
    int64_t line = 0;
    std::string raw;
    bool too_long = false;
    bool quote_open = false;
  };
  struct Seen {
    uint64_t content = 0;
    int64_t line = 0;
  };

  void OnRecord(const CsvSplitter::Record& record);
  bool Decode(absl::string_view raw);
  void OnHeader(const Held& record);
  void OnRow(const Held& record);
  void Deliver(const Held& record, size_t index, RowParser::Result* result);
  // Whether the row is the first of its key; else it is rejected or left out.
  bool IsNew(const Held& record, const RowParser& parser);
  void Reject(const Held& record, absl::string_view field, absl::string_view reason,
              absl::string_view message);
  void Skip(int64_t line, absl::string_view reason);

  const TableOptions options_;
  const Mapping& mapping_;
  TableSink* const sink_;
  ReadSummary summary_;
  CsvSplitter splitter_;
  absl::Status status_;
  bool has_header_ = false;
  bool has_lines_ = false;
  int64_t header_line_ = 0;
  char separator_ = 0;
  size_t columns_ = 0;  // of the header; 0: there is none
  std::string header_text_;
  std::string text_;  // of the record under way, as UTF-8
  std::vector<std::string> cells_;
  std::vector<RowParser> parsers_;
  std::deque<Held> footer_;
  OrdinalCounter ordinals_;
  absl::flat_hash_map<uint64_t, Seen> keys_;
};

// The separator that a line holds most of, outside quotes: , ; TAB or |.
char SeparatorOfLine(absl::string_view line);

}  // namespace relance::ledger
