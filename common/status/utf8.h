#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace relance {

// The length of the valid UTF-8 sequence at the start of `text` (not empty), 0 when there is none: cut,
// overlong, a surrogate or past U+10FFFF.
size_t Utf8SequenceLength(absl::string_view text);

// `text` cut to at most `bytes_max` bytes at a character, with '?' for every byte that is not valid UTF-8.
std::string CleanUtf8(absl::string_view text, size_t bytes_max);

}  // namespace relance
