#include "services/ledger/readers/line_splitter.h"

#include <algorithm>

namespace relance::ledger {

void LineSplitter::Hold(absl::string_view part) {
  if (part.empty()) return;
  in_line_ = true;
  const size_t room = kLineBytesMax - held_.size();
  if (part.size() > room) too_long_ = true;
  const size_t kept = std::min(part.size(), room);
  // Grown by hand: doubling past the limit would hold twice of it.
  if (held_.size() + kept > held_.capacity()) {
    held_.reserve(std::min(kLineBytesMax, std::max(2 * held_.capacity(), held_.size() + kept)));
  }
  held_.append(part.data(), kept);
}

void LineSplitter::Emit(absl::string_view last_part) {
  ++number_;
  if (!in_line_ && last_part.size() <= kLineBytesMax) {
    handler_({number_, last_part, false});
  } else {
    Hold(last_part);
    handler_({number_, held_, too_long_});
    held_.clear();
  }
  too_long_ = false;
  in_line_ = false;
}

void LineSplitter::Feed(absl::string_view bytes) {
  while (!bytes.empty()) {
    if (after_cr_) {
      after_cr_ = false;
      if (bytes.front() == '\n') {
        bytes.remove_prefix(1);
        continue;
      }
    }
    const size_t end = bytes.find_first_of("\r\n");
    if (end == absl::string_view::npos) {
      Hold(bytes);
      return;
    }
    after_cr_ = bytes[end] == '\r';
    Emit(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::Finish() {
  if (in_line_) Emit("");
}

}  // namespace relance::ledger
