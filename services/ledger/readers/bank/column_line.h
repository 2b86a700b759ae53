#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace relance::ledger {

// One line of a file of fixed columns, as UTF-8. Columns are counted in characters from 1, as the standards
// of the banks count them. A line that is cut short has blanks behind it.
class ColumnLine {
 public:
  // Takes in a line of `width` columns, in UTF-8, ISO 8859-15 or Windows-1252; control characters become
  // spaces. Bytes that are exactly as many as the columns are of an 8-bit code, even when they happen to be
  // UTF-8.
  void Set(absl::string_view bytes, int width);

  // Columns first to last, both in, with the blanks that stand there.
  absl::string_view At(int first, int last) const;
  // The same without blanks at both ends.
  absl::string_view Field(int first, int last) const;
  // The same with all blanks up to `last`, also behind the end of the line.
  std::string Padded(int first, int last) const;
  char Char(int column) const;

  // How many columns hold something; blanks at the end do not count.
  int columns() const { return columns_; }
  absl::string_view text() const { return text_; }

 private:
  size_t Offset(int column) const;  // of the byte where it begins, at most the end

  std::string text_;
  bool is_ascii_ = true;
  std::vector<uint32_t> offsets_;  // of each character, when not all are ASCII
  int columns_ = 0;
};

// Blanks at both ends away, and several in a row made one.
std::string Squeeze(absl::string_view text);

// Characters from, from + 1, ... of `text`, at most `count` of them.
std::string Characters(absl::string_view text, size_t from, size_t count);

// Whether all of it is blank, and whether all of it is the digit 0 or blank.
bool IsBlank(absl::string_view text);
bool IsZero(absl::string_view text);

}  // namespace relance::ledger
