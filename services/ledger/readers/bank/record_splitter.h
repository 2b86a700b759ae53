#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "services/ledger/readers/line_splitter.h"

namespace relance::ledger {

// Cuts a file of records of fixed length, pushed in chunks of any size, that a bank sends with line ends or
// without.
//
// With:    when a line end stands within the first four record lengths (as long as a record can be in UTF-8);
// then
//          lines are as LineSplitter gives them, numbered from 1.
// Without: every record_bytes bytes are one record, numbered from 1; the last may be short.
// Last:    a record is handed over when the next one is there, so that the last is known as such: it may be
// cut. Blank
//          records are left out, but numbered.
// Bounds:  twice those of LineSplitter, and five record lengths.
class RecordSplitter {
 public:
  struct Record {
    int64_t number = 0;
    absl::string_view text;  // valid during the call
    bool too_long = false;
    bool is_last = false;
  };
  using Handler = std::function<void(const Record&)>;

  RecordSplitter(size_t record_bytes, Handler handler)
      : record_bytes_(record_bytes),
        handler_(std::move(handler)),
        lines_([this](const LineSplitter::Line& line) { Take(line.number, line.text, line.too_long); }) {}

  void Feed(absl::string_view bytes);
  void Finish();

 private:
  enum class Mode { kUnknown, kLines, kRecords };

  void Decide(bool at_end);
  void FeedRecords(absl::string_view bytes);
  void Take(int64_t number, absl::string_view text, bool too_long);
  void HandOver(bool is_last);

  const size_t record_bytes_;
  const Handler handler_;
  LineSplitter lines_;
  Mode mode_ = Mode::kUnknown;
  std::string held_;  // what came before the mode was known; later the record that is not full
  int64_t number_ = 0;
  // The record that waits for the next one; number 0: none.
  std::string waiting_;
  int64_t waiting_number_ = 0;
  bool waiting_too_long_ = false;
};

}  // namespace relance::ledger
