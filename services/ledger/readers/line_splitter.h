#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace relance::ledger {

inline constexpr size_t kLineBytesMax = 64 * 1024;

// Cuts chunks of any size into lines ended by LF, CR or CRLF. The last line needs no end.
//
// Bounds: at most kLineBytesMax bytes are held. A longer line is handed over once, when its end comes, with
// its
//         first kLineBytesMax bytes and too_long set; the rest of it is dropped as it comes.
class LineSplitter {
 public:
  struct Line {
    int64_t number = 0;      // from 1
    absl::string_view text;  // without its end; valid during the call
    bool too_long = false;
  };
  using Handler = std::function<void(const Line&)>;

  explicit LineSplitter(Handler handler) : handler_(std::move(handler)) {}

  void Feed(absl::string_view bytes);
  void Finish();

  size_t held_bytes() const { return held_.capacity(); }

 private:
  void Hold(absl::string_view part);
  void Emit(absl::string_view last_part);

  Handler handler_;
  std::string held_;
  bool too_long_ = false;
  bool after_cr_ = false;
  bool in_line_ = false;
  int64_t number_ = 0;
};

}  // namespace relance::ledger
