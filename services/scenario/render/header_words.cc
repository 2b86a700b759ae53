#include "services/scenario/render/header_words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace relance::scenario::render {
namespace {

constexpr size_t kPlainBytesMax = 60;
// "Reply-To: =?UTF-8?Q?...?=" stays within the 78 columns that RFC 5322 recommends.
constexpr size_t kWordBytesMax = 50;

bool IsPlain(absl::string_view text) {
  if (text.empty() || text.size() > kPlainBytesMax) return false;
  for (char c : text) {
    if (!absl::ascii_isalnum(c) && c != ' ' && c != '-') return false;
  }
  return true;
}

size_t CharacterBytes(unsigned char first) {
  return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

}  // namespace

std::string EncodeHeaderWords(absl::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string words;
  std::string word;
  const auto flush = [&] {
    absl::StrAppend(&words, words.empty() ? "" : "\n ", "=?UTF-8?Q?", word, "?=");
    word.clear();
  };
  while (!text.empty()) {
    const absl::string_view character = text.substr(0, CharacterBytes(static_cast<unsigned char>(text[0])));
    std::string encoded;
    for (char c : character) {
      if (absl::ascii_isalnum(c)) {
        encoded += c;
      } else if (c == ' ') {
        encoded += '_';
      } else {
        absl::StrAppendFormat(&encoded, "=%02X", static_cast<unsigned char>(c));
      }
    }
    if (word.size() + encoded.size() > kWordBytesMax) flush();
    word += encoded;
    text.remove_prefix(character.size());
  }
  flush();
  return words;
}

}  // namespace relance::scenario::render
