#include "services/ledger/readers/bank/cfonb_codes.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace relance::ledger {
namespace {

// Beginnings of words, without accents: what banks print on statements.
constexpr absl::string_view kChargeWords[] = {"FRAIS",   "COMMISSION", "COM",        "AGIOS",  "AGIO",
                                              "INTERET", "INTERETS",   "COTISATION", "ARRETE", "FACTURATION"};
constexpr absl::string_view kReturnWords[] = {
    "IMPAYE", "REJET", "REJ", "RETOUR", "CONTREPASSATION", "CONTRE-PASSATION", "EXTOURNE", "ANNULATION"};

std::vector<std::string> Words(absl::string_view label) {
  // É and È in UTF-8 as E: labels come in capitals with accents from some banks.
  std::string plain;
  for (size_t i = 0; i < label.size(); ++i) {
    const bool accent = static_cast<unsigned char>(label[i]) == 0xC3 && i + 1 < label.size();
    const unsigned char next = accent ? static_cast<unsigned char>(label[i + 1]) : 0;
    if (next == 0x89 || next == 0x88 || next == 0x8A || next == 0xA9 || next == 0xA8 || next == 0xAA) {
      plain.push_back('E');
      ++i;
    } else {
      plain.push_back(absl::ascii_toupper(static_cast<unsigned char>(label[i])));
    }
  }
  return absl::StrSplit(plain, absl::ByAnyChar(" ./,;:*"), absl::SkipEmpty());
}

template <typename List>
bool IsOneOf(absl::string_view word, const List& list) {
  return std::any_of(std::begin(list), std::end(list), [&](absl::string_view known) {
    return word == known || (known.size() > 4 && absl::StartsWith(word, known));
  });
}

}  // namespace

bool IsCfonbCharge(absl::string_view operation, absl::string_view label) {
  if (operation == "61" || operation == "62") return true;
  const std::vector<std::string> words = Words(label);
  // "F COMMISSION D INTERVENTION", "FRAIS PRLV IMP": one of the first two words.
  return std::any_of(words.begin(), words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(words)),
                     [](const std::string& word) { return IsOneOf(word, kChargeWords); });
}

bool SaysReturned(absl::string_view operation, absl::string_view label, bool is_credit) {
  if (operation == "A3") return true;
  const std::vector<std::string> words = Words(label);
  const std::ptrdiff_t asked = is_credit ? std::min<std::ptrdiff_t>(1, std::ssize(words)) : std::ssize(words);
  return std::any_of(words.begin(), words.begin() + asked,
                     [](const std::string& word) { return IsOneOf(word, kReturnWords); });
}

std::string PayerInLabel(absl::string_view label) {
  static constexpr absl::string_view kBefore[] = {"VIR",        "VIR.",    "VIREMENT", "SEPA", "INST",
                                                  "INSTANTANE", "INSTANT", "RECU",     "DE"};
  bool is_transfer = false;
  while (true) {
    const size_t end = label.find(' ');
    const absl::string_view word = label.substr(0, end);
    if (end == absl::string_view::npos ||
        std::find(std::begin(kBefore), std::end(kBefore), word) == std::end(kBefore)) {
      return is_transfer ? std::string(label) : "";
    }
    is_transfer = is_transfer || absl::StartsWith(word, "VIR");
    label.remove_prefix(end + 1);
  }
}

}  // namespace relance::ledger
