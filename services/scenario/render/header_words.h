#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace relance::scenario::render {

// `text` (UTF-8, without control characters) as the words of a header: as it is when it is short and made of
// letters, digits, spaces and hyphens; else as RFC 2047 words of UTF-8 in Q encoding, folded with "\n ", each
// of whole characters and below 75 bytes. Good in a subject and as the name of a mailbox.
//
// Q and never B: some readers take two neighbouring words for one, and lose what follows the padding of
// base64.
std::string EncodeHeaderWords(absl::string_view text);

}  // namespace relance::scenario::render
