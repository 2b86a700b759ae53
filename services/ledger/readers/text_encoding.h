#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace relance::ledger {

// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsUtf8(absl::string_view text);

// Writes one line as UTF-8 to `*out` (replaced), control characters but TAB turned into spaces.
//
// A line that is not UTF-8 is read as ISO 8859-15; where it holds bytes 0x80 to 0x9F, which are controls
// there, as Windows-1252, which is what then wrote it. Returns true when the line was recoded so. Every byte
// has a reading: nothing is lost and nothing fails.
bool DecodeLine(absl::string_view bytes, std::string* out);

// Whether DecodeLine would write the bytes as they are: printable ASCII and TAB. Fast.
bool IsPlainAscii(absl::string_view bytes);

// Code point of a byte of ISO 8859-15, or of Windows-1252; 0xFFFD for the five bytes that the latter leaves
// open.
char32_t Iso8859Dash15(unsigned char byte);
char32_t Windows1252(unsigned char byte);

void AppendUtf8(char32_t code_point, std::string* out);

// Without spaces, TABs, no-break spaces (U+00A0, U+202F) and byte order marks at both ends.
absl::string_view TrimBlank(absl::string_view text);

// Removes a UTF-8 byte order mark from the front.
absl::string_view StripBom(absl::string_view text);

// True when the first bytes of a file are those of UTF-16 or UTF-32: a byte order mark, or NULs where such
// text of European languages has them.
bool LooksLikeWideEncoding(absl::string_view first_bytes);

}  // namespace relance::ledger
