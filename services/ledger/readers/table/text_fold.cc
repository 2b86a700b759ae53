#include "services/ledger/readers/table/text_fold.h"

#include "absl/strings/ascii.h"
#include "services/ledger/readers/text_encoding.h"

namespace relance::ledger {
namespace {

// Latin-1 Supplement from U+00C0 on, folded; "" is no letter.
constexpr const char* kLatin1[64] = {"a", "a", "a", "a", "a",  "a",  "ae", "c", "e", "e", "e",  "e", "i",
                                     "i", "i", "i", "d", "n",  "o",  "o",  "o", "o", "o", "",   "o", "u",
                                     "u", "u", "u", "y", "th", "ss", "a",  "a", "a", "a", "a",  "a", "ae",
                                     "c", "e", "e", "e", "e",  "i",  "i",  "i", "i", "d", "n",  "o", "o",
                                     "o", "o", "o", "",  "o",  "u",  "u",  "u", "u", "y", "th", "y"};

// One code point and its length; 0xFFFD and 1 for what is not UTF-8.
char32_t Decode(absl::string_view text, size_t* length) {
  const auto byte = [&](size_t i) -> unsigned { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  *length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
  if (*length > text.size() || !IsUtf8(text.substr(0, *length))) {
    *length = 1;
    return 0xFFFD;
  }
  switch (*length) {
    case 1:
      return first;
    case 2:
      return (first & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    default:
      return (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
  }
}

// The folded letter; "" for what separates words; null for what is dropped.
const char* FoldLetter(char32_t c) {
  if (c >= 0xC0 && c <= 0xFF) return kLatin1[c - 0xC0];
  if (c >= 0x300 && c <= 0x36F) return nullptr;  // an accent by itself, as macOS writes it
  switch (c) {
    case 0x152:
    case 0x153:
      return "oe";
    case 0x160:
    case 0x161:
      return "s";
    case 0x178:
      return "y";
    case 0x17D:
    case 0x17E:
      return "z";
    default:
      return "";
  }
}

}  // namespace

std::string FoldText(absl::string_view text) {
  std::string out;
  bool gap = false;
  const auto add = [&](absl::string_view letters) {
    if (gap && !out.empty()) out.push_back(' ');
    gap = false;
    out.append(letters.data(), letters.size());
  };
  while (!text.empty()) {
    size_t length = 1;
    const char32_t c = Decode(text, &length);
    if (c < 0x80 && absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
      add(absl::string_view(&lower, 1));
    } else if (c >= 0x370 && c != 0xFFFD && (c < 0x2000 || c > 0x2BFF) && c != 0xFEFF) {
      add(text.substr(0, length));
    } else if (const char* folded = FoldLetter(c); folded != nullptr) {
      if (*folded == '\0') {
        gap = true;
      } else {
        add(folded);
      }
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace relance::ledger
