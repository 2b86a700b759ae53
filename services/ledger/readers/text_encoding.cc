#include "services/ledger/readers/text_encoding.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>

namespace relance::ledger {
namespace {

// Length of the well-formed UTF-8 sequence at the front, 0 when there is none.
size_t Utf8Length(const unsigned char* p, size_t left) {
  const auto tail = [&](size_t i) { return i < left && (p[i] & 0xC0) == 0x80; };
  if (p[0] < 0x80) return 1;
  if (p[0] >= 0xC2 && p[0] <= 0xDF) return tail(1) ? 2 : 0;
  if (p[0] >= 0xE0 && p[0] <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;   // overlong
    if (p[0] == 0xED && p[1] >= 0xA0) return 0;  // surrogate
    return 3;
  }
  if (p[0] >= 0xF0 && p[0] <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;
    if (p[0] == 0xF4 && p[1] >= 0x90) return 0;
    return 4;
  }
  return 0;
}

bool IsControl(unsigned char byte) { return (byte < 0x20 && byte != '\t') || byte == 0x7F; }

// Length of a blank at the front, 0 when there is none.
size_t BlankLength(absl::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == ' ' || text[0] == '\t') return 1;
  if (text.substr(0, 2) == "\xC2\xA0") return 2;
  if (text.substr(0, 3) == "\xE2\x80\xAF" || text.substr(0, 3) == "\xEF\xBB\xBF") return 3;
  return 0;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  size_t left = text.size();
  while (left > 0) {
    const size_t length = Utf8Length(p, left);
    if (length == 0) return false;
    p += length;
    left -= length;
  }
  return true;
}

bool IsPlainAscii(absl::string_view bytes) {
  const char* p = bytes.data();
  size_t left = bytes.size();
#ifdef __SSE2__
  const __m128i space = _mm_set1_epi8(0x20);
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i del = _mm_set1_epi8(0x7F);
  for (; left >= 16; left -= 16, p += 16) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // Signed: bytes of 0x80 and above are below the space too.
    const __m128i low = _mm_andnot_si128(_mm_cmpeq_epi8(x, tab), _mm_cmplt_epi8(x, space));
    if (_mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(x, del))) != 0) return false;
  }
#endif
  for (; left > 0; --left, ++p) {
    const auto c = static_cast<unsigned char>(*p);
    if (c >= 0x80 || IsControl(c)) return false;
  }
  return true;
}

void AppendUtf8(char32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xC0 | c >> 6));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | c >> 12));
    out->push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | c >> 18));
    out->push_back(static_cast<char>(0x80 | (c >> 12 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

char32_t Iso8859Dash15(unsigned char byte) {
  switch (byte) {
    case 0xA4:
      return 0x20AC;
    case 0xA6:
      return 0x0160;
    case 0xA8:
      return 0x0161;
    case 0xB4:
      return 0x017D;
    case 0xB8:
      return 0x017E;
    case 0xBC:
      return 0x0152;
    case 0xBD:
      return 0x0153;
    case 0xBE:
      return 0x0178;
    default:
      return byte;
  }
}

char32_t Windows1252(unsigned char byte) {
  static constexpr char32_t kHigh[32] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                         0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
                                         0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                         0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
  return byte >= 0x80 && byte <= 0x9F ? kHigh[byte - 0x80] : byte;
}

bool DecodeLine(absl::string_view bytes, std::string* out) {
  out->clear();
  const bool recoded = !IsUtf8(bytes);
  if (!recoded) {
    out->assign(bytes.data(), bytes.size());
  } else {
    const bool windows =
        std::any_of(bytes.begin(), bytes.end(), [](unsigned char b) { return b >= 0x80 && b <= 0x9F; });
    for (const unsigned char byte : bytes) AppendUtf8(windows ? Windows1252(byte) : Iso8859Dash15(byte), out);
  }
  for (char& c : *out) {
    if (IsControl(static_cast<unsigned char>(c))) c = ' ';
  }
  return recoded;
}

absl::string_view TrimBlank(absl::string_view text) {
  // Mostly there is nothing to trim: visible ASCII at both ends.
  const auto visible = [](char c) { return c > ' '; };
  if (text.empty() || (visible(text.front()) && visible(text.back()))) return text;
  while (const size_t length = BlankLength(text)) text.remove_prefix(length);
  while (!text.empty()) {
    size_t length = 0;
    for (size_t n : {1, 2, 3}) {
      if (n <= text.size() && BlankLength(text.substr(text.size() - n)) == n) length = n;
    }
    if (length == 0) break;
    text.remove_suffix(length);
  }
  return text;
}

absl::string_view StripBom(absl::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  return text;
}

bool LooksLikeWideEncoding(absl::string_view first_bytes) {
  const absl::string_view head = first_bytes.substr(0, 4);
  if (head.substr(0, 2) == "\xFF\xFE" || head.substr(0, 2) == "\xFE\xFF") return true;
  if (head.size() < 4) return false;
  return (head[0] == 0 && (head[1] == 0 || head[2] == 0)) || (head[1] == 0 && head[3] == 0);
}

}  // namespace relance::ledger
