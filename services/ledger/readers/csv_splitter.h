#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/line_splitter.h"

namespace relance::ledger {

inline constexpr size_t kCsvRecordLinesMax = 16;

// Cuts chunks of any size into records of RFC 4180, where a quoted field may hold line ends.
//
// A quote that is never closed must not swallow the good rows behind it: when a record has not ended after
// kCsvRecordLinesMax lines, kLineBytesMax bytes or at the end of the file, its first line alone is handed
// over with quote_open, and the lines behind it are read again as if it had ended there.
//
// Bounds: kLineBytesMax + one line are held; a line is looked at no more than kCsvRecordLinesMax times.
class CsvSplitter {
 public:
  struct Record {
    int64_t line = 0;        // of its first line, from 1
    absl::string_view text;  // lines joined by LF; valid during the call
    bool too_long = false;
    bool quote_open = false;
  };
  using Handler = std::function<void(const Record&)>;

  explicit CsvSplitter(Handler handler);

  void Feed(absl::string_view bytes) { lines_.Feed(bytes); }
  void Finish();

  size_t held_bytes() const;

 private:
  struct Line {
    int64_t number = 0;
    std::string text;
    bool odd_quotes = false;
  };

  void OnLine(const LineSplitter::Line& line);
  void Drain(bool is_end);
  void EmitFront(size_t count, bool quote_open);

  Handler handler_;
  LineSplitter lines_;
  std::deque<Line> pending_;  // begins with an open record
  size_t pending_bytes_ = 0;
};

// Splits one record at `separator`. Quoted fields lose their quotes, "" in them is one quote. Returns false
// for a quote that stands elsewhere: inside an unquoted field, or before other text behind a closed one.
bool SplitCsvRecord(absl::string_view record, char separator, std::vector<std::string>* fields);

}  // namespace relance::ledger
