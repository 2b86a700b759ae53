#include "services/ledger/cash/similar_text.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/ledger/find_numbers.h"

namespace relance::ledger {
namespace {

constexpr size_t kTextBytesMax = 2048;
constexpr size_t kNameBytesMax = 140;
constexpr size_t kSignificantLengthMin = 3;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t Digits(absl::string_view text) { return std::count_if(text.begin(), text.end(), IsDigit); }

std::vector<std::string> WordsOfText(absl::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text.substr(0, kTextBytesMax)) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      word.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

// The base letter of two-byte UTF-8 letters of Latin-1 (C3 80 .. C3 BF); others are dropped.
char BaseLetter(unsigned char second) {
  static constexpr char kLetters[] = "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTSAAAAAAACEEEEIIIIDNOOOOO*OUUUUYTY";
  const char letter = second >= 0x80 && second <= 0xBF ? kLetters[second - 0x80] : '*';
  return letter == '*' ? '\0' : letter;
}

// Words of a name: ASCII in upper case, accents dropped.
std::vector<std::string> NameWords(absl::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  name = name.substr(0, kNameBytesMax);
  for (size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (c == 0xC3 && i + 1 < name.size()) {
      if (const char letter = BaseLetter(static_cast<unsigned char>(name[++i])); letter != '\0') {
        word.push_back(letter);
      }
    } else if (absl::ascii_isalnum(c)) {
      word.push_back(absl::ascii_toupper(c));
    } else if (c == '.' || c == '\'') {
      // "S.A.R.L." is one word.
      if (c == '\'') end_word();
    } else if (c < 0x80) {
      end_word();
    }
  }
  end_word();
  return words;
}

bool IsFiller(const std::string& word) {
  static const auto& fillers = *new std::set<std::string>{"SA",
                                                          "SAS",
                                                          "SASU",
                                                          "SARL",
                                                          "SRL",
                                                          "SPRL",
                                                          "BV",
                                                          "BVBA",
                                                          "NV",
                                                          "EURL",
                                                          "SCI",
                                                          "SCOP",
                                                          "SNC",
                                                          "SCA",
                                                          "SC",
                                                          "EI",
                                                          "ETS",
                                                          "STE",
                                                          "SOC",
                                                          "SOCIETE",
                                                          "GMBH",
                                                          "AG",
                                                          "LTD",
                                                          "LLC",
                                                          "INC",
                                                          "SPA",
                                                          "ASBL",
                                                          "VZW",
                                                          "CIE",
                                                          "ET",
                                                          "FILS",
                                                          "DE",
                                                          "DES",
                                                          "DU",
                                                          "LA",
                                                          "LE",
                                                          "LES",
                                                          "EN",
                                                          "MR",
                                                          "M",
                                                          "MME",
                                                          "MONSIEUR",
                                                          "MADAME",
                                                          "OU",
                                                          "ASSOCIATION",
                                                          "GROUPE",
                                                          "ETABLISSEMENTS",
                                                          "D",
                                                          "L",
                                                          "AND",
                                                          "THE",
                                                          "VIR",
                                                          "VIREMENT"};
  return fillers.count(word) != 0;
}

std::vector<std::string> Significant(absl::string_view name) {
  std::vector<std::string> words = NameWords(name);
  words.erase(std::remove_if(words.begin(), words.end(), IsFiller), words.end());
  return words;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += word;
  return joined;
}

}  // namespace

bool DiffersByOneSlip(absl::string_view a, absl::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (a.size() < kSlipLengthMin || b.size() - a.size() > 1 || a == b) return false;
  size_t start = 0;
  while (start < a.size() && a[start] == b[start]) ++start;
  size_t end = 0;
  while (end < a.size() - start && a[a.size() - 1 - end] == b[b.size() - 1 - end]) ++end;
  if (a.size() < b.size()) return start + end == a.size();
  const size_t differ = a.size() - start - end;
  return differ == 1 || (differ == 2 && a[start] == b[start + 1] && a[start + 1] == b[start]);
}

bool IsCutOff(absl::string_view word, absl::string_view number) {
  if (word.size() < kCutLengthMin || word.size() >= number.size() || 2 * word.size() <= number.size()) {
    return false;
  }
  return absl::StartsWith(number, word) || absl::EndsWith(number, word);
}

std::vector<std::string> NumberWords(const std::vector<std::string>& texts) {
  std::vector<std::string> found;
  for (const std::string& text : texts) {
    const std::vector<std::string> words = WordsOfText(text);
    for (size_t i = 0; i < words.size(); ++i) {
      std::string joined;
      for (size_t k = i; k < std::min(words.size(), i + kJoinedWordsMax); ++k) {
        joined += words[k];
        if (joined.size() > kNumberLengthMax) break;
        if (joined.size() < kCutLengthMin || Digits(joined) < kSlipDigitsMin) continue;
        if (std::find(found.begin(), found.end(), joined) == found.end()) found.push_back(joined);
        if (found.size() == kNumberWordsMax) return found;
      }
    }
  }
  return found;
}

std::string FormOf(absl::string_view number) {
  std::string form(number);
  for (char& c : form) c = IsDigit(c) ? '9' : c;
  return form;
}

void VisitSlips(absl::string_view number, absl::FunctionRef<bool(absl::string_view)> visit) {
  if (number.size() < kSlipLengthMin || number.size() > kNumberLengthMax) return;
  std::string slip(number);
  for (size_t i = 0; i + 1 < number.size(); ++i) {
    if (number[i] == number[i + 1]) continue;
    std::swap(slip[i], slip[i + 1]);
    if (!visit(slip)) return;
    std::swap(slip[i], slip[i + 1]);
  }
  for (size_t i = 0; i < number.size(); ++i) {
    if (!IsDigit(number[i])) continue;
    for (char c = '0'; c <= '9'; ++c) {
      if (c == number[i]) continue;
      slip[i] = c;
      if (!visit(slip)) return;
    }
    slip[i] = number[i];
  }
  for (size_t i = 0; i < number.size(); ++i) {
    slip = absl::StrCat(number.substr(0, i), number.substr(i + 1));
    if (!visit(slip)) return;
  }
  for (size_t i = 0; i <= number.size(); ++i) {
    for (char c = '0'; c <= '9'; ++c) {
      slip = absl::StrCat(number.substr(0, i), absl::string_view(&c, 1), number.substr(i));
      if (!visit(slip)) return;
    }
  }
}

std::string CoreName(absl::string_view name) {
  std::string core = Joined(Significant(name));
  return core.size() < kCoreNameLengthMin ? "" : core;
}

NameFit CompareNames(absl::string_view payer, absl::string_view debtor) {
  const std::vector<std::string> all_payer = NameWords(payer);
  const std::vector<std::string> all_debtor = NameWords(debtor);
  if (all_payer.empty() || all_debtor.empty()) return NameFit::kNone;
  if (all_payer == all_debtor) return NameFit::kSame;
  std::vector<std::string> a = Significant(payer);
  std::vector<std::string> b = Significant(debtor);
  if (a.empty() || b.empty()) return NameFit::kNone;
  const std::string core_a = Joined(a);
  const std::string core_b = Joined(b);
  const size_t shorter = std::min(core_a.size(), core_b.size());
  const bool starts = shorter >= kCoreNameStart && core_a.substr(0, shorter) == core_b.substr(0, shorter);
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  if (core_a == core_b || a == b || starts || DiffersByOneSlip(core_a, core_b)) return NameFit::kSimilar;
  for (const std::string& word : a) {
    if (word.size() < kSignificantLengthMin) continue;
    for (const std::string& other : b) {
      if (word == other || DiffersByOneSlip(word, other)) return NameFit::kPartly;
    }
  }
  return NameFit::kDifferent;
}

}  // namespace relance::ledger
