#include "services/ledger/readers/csv_splitter.h"

#include <algorithm>
#include <utility>

namespace relance::ledger {

CsvSplitter::CsvSplitter(Handler handler)
    : handler_(std::move(handler)), lines_([this](const LineSplitter::Line& line) { OnLine(line); }) {}

void CsvSplitter::Finish() {
  lines_.Finish();
  Drain(true);
}

size_t CsvSplitter::held_bytes() const { return lines_.held_bytes() + pending_bytes_; }

void CsvSplitter::OnLine(const LineSplitter::Line& line) {
  const bool odd = std::count(line.text.begin(), line.text.end(), '"') % 2 != 0;
  if (line.too_long) {
    Drain(true);  // a record cannot go on through a line that is not kept
    handler_({line.number, line.text, true, false});
    return;
  }
  if (pending_.empty() && !odd) {
    handler_({line.number, line.text, false, false});
    return;
  }
  pending_.push_back({line.number, std::string(line.text), odd});
  pending_bytes_ += line.text.size();
  Drain(false);
}

void CsvSplitter::Drain(bool is_end) {
  while (!pending_.empty()) {
    bool open = false;
    size_t count = 0;
    for (; count < pending_.size(); ++count) {
      open ^= pending_[count].odd_quotes;
      if (!open) break;
    }
    if (!open) {
      EmitFront(count + 1, false);
    } else if (is_end || pending_.size() >= kCsvRecordLinesMax || pending_bytes_ > kLineBytesMax) {
      EmitFront(1, true);
    } else {
      return;
    }
  }
}

void CsvSplitter::EmitFront(size_t count, bool quote_open) {
  std::string text;
  const int64_t number = pending_.front().number;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) text.push_back('\n');
    text += pending_.front().text;
    pending_bytes_ -= pending_.front().text.size();
    pending_.pop_front();
  }
  handler_({number, text, false, quote_open});
}

bool SplitCsvRecord(absl::string_view record, char separator, std::vector<std::string>* fields) {
  fields->clear();
  size_t at = 0;
  while (true) {
    std::string field;
    if (at < record.size() && record[at] == '"') {
      ++at;
      while (true) {
        if (at >= record.size()) return false;
        if (record[at] != '"') {
          field.push_back(record[at++]);
        } else if (at + 1 < record.size() && record[at + 1] == '"') {
          field.push_back('"');
          at += 2;
        } else {
          ++at;
          break;
        }
      }
      if (at < record.size() && record[at] != separator) return false;
    } else {
      const size_t end = std::min(record.find(separator, at), record.size());
      const absl::string_view plain = record.substr(at, end - at);
      if (plain.find('"') != absl::string_view::npos) return false;
      field.assign(plain.data(), plain.size());
      at = end;
    }
    fields->push_back(std::move(field));
    if (at >= record.size()) return true;
    ++at;  // the separator; a record that ends with it has one more, empty field
  }
}

}  // namespace relance::ledger
