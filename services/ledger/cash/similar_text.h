#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

// Numbers and names that are meant but not written as they are known. Pure.
namespace relance::ledger {

inline constexpr size_t kSlipLengthMin = 6;    // shorter numbers are too close to each other
inline constexpr size_t kSlipDigitsMin = 4;    // of a word that could be a document number
inline constexpr size_t kCutLengthMin = 5;     // of what is left of a truncated number
inline constexpr size_t kNumberWordsMax = 64;  // of one payment
inline constexpr int kJoinedWordsMax = 3;

// Whether two normalised numbers of at least kSlipLengthMin differ by one slip of a hand: one character
// replaced, left out, added, or two neighbours swapped. Equal ones do not.
bool DiffersByOneSlip(absl::string_view a, absl::string_view b);

// Whether `word` is the start or the end of `number`, at least kCutLengthMin characters and more than half.
bool IsCutOff(absl::string_view word, absl::string_view number);

// Words of free texts that could be document numbers, normalised: single words, and up to kJoinedWordsMax
// that stand together; at least kCutLengthMin characters and kSlipDigitsMin digits. Each once, in order.
std::vector<std::string> NumberWords(const std::vector<std::string>& texts);

// The form of a number: letters as they are, each digit as 9. "FA20250001" and "FA20250002" have one form.
std::string FormOf(absl::string_view number);

// All that a hand could have meant when it wrote `number` with one slip in a digit; stops when `visit` says
// false. Letters are taken as written.
void VisitSlips(absl::string_view number, absl::FunctionRef<bool(absl::string_view)> visit);

// How the name of a payer goes with that of a debtor.
enum class NameFit {
  kNone,       // one of them is not known
  kSame,       // letter by letter, but for case, punctuation and spaces
  kSimilar,    // the same but for legal form, order, truncation or one slip
  kPartly,     // one significant word in common
  kDifferent,  // nothing in common
};
NameFit CompareNames(absl::string_view payer, absl::string_view debtor);

// The name without accents, legal form and spaces: under which similar names meet. Empty when too short.
std::string CoreName(absl::string_view name);
inline constexpr size_t kCoreNameLengthMin = 4;
inline constexpr size_t kCoreNameStart = 12;  // names that agree so far may be one, cut off by a bank

}  // namespace relance::ledger
