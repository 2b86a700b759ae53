#include "services/ledger/readers/bank/column_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

int CountCharacters(absl::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

}  // namespace

void ColumnLine::Set(absl::string_view bytes, int width) {
  DecodeLine(bytes, &text_);
  is_ascii_ =
      std::none_of(text_.begin(), text_.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; });
  if (!is_ascii_ && static_cast<int>(bytes.size()) == width && CountCharacters(text_) != width) {
    text_.clear();
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      AppendUtf8(byte < 0x20 || (byte >= 0x7F && byte < 0xA0) ? U' ' : Iso8859Dash15(byte), &text_);
    }
  }
  std::replace(text_.begin(), text_.end(), '\t', ' ');
  offsets_.clear();
  if (!is_ascii_) {
    for (size_t i = 0; i < text_.size(); ++i) {
      if (!IsContinuation(text_[i])) offsets_.push_back(static_cast<uint32_t>(i));
    }
  }
  columns_ = CountCharacters(absl::StripTrailingAsciiWhitespace(text_));
}

size_t ColumnLine::Offset(int column) const {
  const auto index = static_cast<size_t>(column - 1);
  if (is_ascii_) return std::min(index, text_.size());
  return index < offsets_.size() ? offsets_[index] : text_.size();
}

absl::string_view ColumnLine::At(int first, int last) const {
  const size_t from = Offset(first);
  return absl::string_view(text_).substr(from, Offset(last + 1) - from);
}

absl::string_view ColumnLine::Field(int first, int last) const { return TrimBlank(At(first, last)); }

std::string ColumnLine::Padded(int first, int last) const {
  const absl::string_view there = At(first, last);
  std::string padded(there);
  const int missing = last - first + 1 - CountCharacters(there);
  if (missing > 0) padded.append(static_cast<size_t>(missing), ' ');
  return padded;
}

char ColumnLine::Char(int column) const {
  const absl::string_view there = At(column, column);
  return there.size() == 1 ? there[0] : ' ';
}

std::string Squeeze(absl::string_view text) {
  std::string squeezed;
  for (const char c : TrimBlank(text)) {
    if (c == ' ' && !squeezed.empty() && squeezed.back() == ' ') continue;
    squeezed.push_back(c);
  }
  return squeezed;
}

std::string Characters(absl::string_view text, size_t from, size_t count) {
  std::string out;
  size_t index = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && !IsContinuation(text[i])) ++index;
    if (index >= from + count) break;
    if (index >= from) out.push_back(text[i]);
  }
  return out;
}

bool IsBlank(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' '; });
}

bool IsZero(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '0'; });
}

}  // namespace relance::ledger
