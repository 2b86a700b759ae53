#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace relance::identifiers {

struct Reference {
  enum class Kind { kRf, kOgm };

  Kind kind = Kind::kRf;
  // As ParseRf and ParseOgm return it.
  std::string value;

  friend bool operator==(const Reference&, const Reference&) = default;
};

// How much of a text is read, in bytes, and how many references are kept.
inline constexpr size_t kReferenceTextMax = 4096;
inline constexpr size_t kReferencesMax = 32;

// Finds RF and OGM references in the free text of a bank line, also where spaces, line breaks or slashes
// split them.
//
// Every result passes its check digits, and 1 in 97 of arbitrary numbers does too: they are candidates, to be
// looked up among the references of open items. In order of appearance, each once; where several lengths fit
// at one place, the one without a split comes first, then the longest.
//
// Not taken for an OGM, because they have the same check by construction: the digits of a Belgian account
// (BE68 5390 0754 7034, 539-0075470-34), and of an RF reference that is printed in groups.
std::vector<Reference> FindReferences(absl::string_view text);

}  // namespace relance::identifiers
