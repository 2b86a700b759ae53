#include "services/ledger/readers/line_splitter.h"

#include <algorithm>
#include <cstring>

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

namespace {

// The next of one character in some bytes; each byte is looked at once, however often it is asked.
class Next {
 public:
  Next(absl::string_view bytes, char c) : end_(bytes.data() + bytes.size()), c_(c) {}
  // From `p` on, which never goes back; the end when there is none.
  const char* From(const char* p) {
    if (found_ == nullptr || found_ < p) {
      const void* at = std::memchr(p, c_, static_cast<size_t>(end_ - p));
      found_ = at == nullptr ? end_ : static_cast<const char*>(at);
    }
    return found_;
  }

 private:
  const char* const end_;
  const char c_;
  const char* found_ = nullptr;
};

}  // namespace

void LineSplitter::Feed(absl::string_view bytes) {
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  Next feed(bytes, '\n');
  Next carriage_return(bytes, '\r');
  while (p != end) {
    if (after_cr_) {
      after_cr_ = false;
      if (*p == '\n') {
        ++p;
        continue;
      }
    }
    const char* const stop = std::min(feed.From(p), carriage_return.From(p));
    const absl::string_view line(p, static_cast<size_t>(stop - p));
    if (stop == end) {
      Hold(line);
      return;
    }
    after_cr_ = *stop == '\r';
    Emit(line);
    p = stop + 1;
  }
}

void LineSplitter::Finish() {
  if (in_line_) Emit("");
}

}  // namespace relance::ledger
