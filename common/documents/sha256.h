#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace relance::documents {

// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

// Whether `text` looks like a result of Sha256Hex. Nothing else ever becomes part of a path.
bool IsSha256Hex(absl::string_view text);

}  // namespace relance::documents
