#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace relance::ledger {

inline constexpr size_t kNumberTextBytesMax = 4096;
inline constexpr size_t kNumberTokensMax = 512;  // of one text
inline constexpr int kNumberPartsMax = 6;        // "FA - 2025 / 0001" is three
inline constexpr size_t kNumberLengthMin = 4;
inline constexpr size_t kNumberLengthMax = 40;

// A document number as it is compared: letters and digits, upper case. Empty when it could be mistaken for
// other text: shorter than kNumberLengthMin, longer than kNumberLengthMax, or without a digit. Non-ASCII
// bytes are dropped.
std::string NormaliseNumber(absl::string_view number);

// The ways in which payers write a document number, normalised: as it is, and without the letters in front of
// at least kNumberCoreLengthMin digits ("220245" for "FA 220245"). Empty when the number is no good for
// comparing.
std::vector<std::string> SpellingsOfNumber(absl::string_view number);
inline constexpr size_t kNumberCoreLengthMin = 5;

// Document numbers in free text, each once, in order of appearance. `known` tells whether a normalised number
// exists.
//
// Whole words only: parts that stand together ("FA-2025/0001", also split by spaces) are joined, and the
// longest known joint wins. A number is not found inside a longer one: beside it must be the end of the text,
// a space, or punctuation that does not bind. - . _ bind to what holds a digit; / does when the lengths
// differ ("2025/0001", but not "1001/1002").
std::vector<std::string> FindNumbers(absl::string_view text,
                                     absl::FunctionRef<bool(absl::string_view)> known);

}  // namespace relance::ledger
