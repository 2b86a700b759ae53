#include "services/ledger/readers/bank/record_splitter.h"

#include <algorithm>
#include <utility>

namespace relance::ledger {

void RecordSplitter::Feed(absl::string_view bytes) {
  if (mode_ == Mode::kUnknown) {
    // Only as much as decides is held: chunks may be large.
    const size_t wanted = 4 * record_bytes_ + 1;
    const size_t taken = std::min(bytes.size(), wanted - held_.size());
    held_.append(bytes.data(), taken);
    bytes.remove_prefix(taken);
    if (held_.size() < wanted) return;
    Decide(false);
  }
  if (mode_ == Mode::kLines) {
    lines_.Feed(bytes);
  } else {
    FeedRecords(bytes);
  }
}

void RecordSplitter::Finish() {
  if (mode_ == Mode::kUnknown) Decide(true);
  if (mode_ == Mode::kLines) {
    lines_.Finish();
  } else if (!held_.empty()) {
    Take(++number_, held_, false);
    held_.clear();
  }
  HandOver(true);
}

void RecordSplitter::Take(int64_t number, absl::string_view text, bool too_long) {
  const bool is_blank =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  if (is_blank && !too_long) return;
  HandOver(false);
  waiting_.assign(text.data(), text.size());
  waiting_number_ = number;
  waiting_too_long_ = too_long;
}

void RecordSplitter::HandOver(bool is_last) {
  if (waiting_number_ == 0) return;
  handler_({waiting_number_, waiting_, waiting_too_long_, is_last});
  waiting_number_ = 0;
}

void RecordSplitter::Decide(bool at_end) {
  const std::string first = std::exchange(held_, {});
  const bool has_ends = first.find_first_of("\r\n") != std::string::npos;
  // One line without its end is a record in any case.
  const bool one_line = at_end && first.size() <= record_bytes_;
  mode_ = has_ends || one_line ? Mode::kLines : Mode::kRecords;
  if (mode_ == Mode::kLines) {
    lines_.Feed(first);
  } else {
    FeedRecords(first);
  }
}

void RecordSplitter::FeedRecords(absl::string_view bytes) {
  while (!bytes.empty()) {
    if (held_.empty() && bytes.size() >= record_bytes_) {
      Take(++number_, bytes.substr(0, record_bytes_), false);
      bytes.remove_prefix(record_bytes_);
      continue;
    }
    const size_t taken = std::min(bytes.size(), record_bytes_ - held_.size());
    held_.append(bytes.data(), taken);
    bytes.remove_prefix(taken);
    if (held_.size() < record_bytes_) return;
    Take(++number_, held_, false);
    held_.clear();
  }
}

}  // namespace relance::ledger
