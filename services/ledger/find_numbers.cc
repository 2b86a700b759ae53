#include "services/ledger/find_numbers.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace relance::ledger {
namespace {

struct Token {
  std::string text;
  std::string gap_before;  // what stands between the token before and this one
  bool has_digit = false;
};

std::vector<Token> Split(absl::string_view text) {
  std::vector<Token> tokens;
  std::string gap;
  bool in_token = false;
  for (const char c : text.substr(0, kNumberTextBytesMax)) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      gap.push_back(c);
      in_token = false;
      continue;
    }
    if (!in_token) {
      if (tokens.size() == kNumberTokensMax) break;
      tokens.push_back({"", gap, false});
      gap.clear();
      in_token = true;
    }
    tokens.back().text.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
    tokens.back().has_digit |= absl::ascii_isdigit(static_cast<unsigned char>(c));
  }
  return tokens;
}

// Whether the gap between two tokens makes one number of them, when it stands at the edge of a candidate.
bool Binds(const Token& left, const Token& right) {
  const std::string& gap = right.gap_before;
  if (gap.size() != 1 || !left.has_digit || !right.has_digit) return false;
  if (gap[0] == '-' || gap[0] == '.' || gap[0] == '_') return true;
  return gap[0] == '/' && left.text.size() != right.text.size();
}

}  // namespace

std::string NormaliseNumber(absl::string_view number) {
  std::string normal;
  bool has_digit = false;
  for (const char c : number) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) continue;
    normal.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
    has_digit |= absl::ascii_isdigit(static_cast<unsigned char>(c));
  }
  if (!has_digit || normal.size() < kNumberLengthMin || normal.size() > kNumberLengthMax) return "";
  return normal;
}

std::vector<std::string> SpellingsOfNumber(absl::string_view number) {
  std::vector<std::string> spellings;
  std::string normal = NormaliseNumber(number);
  if (normal.empty()) return spellings;
  const size_t digits = static_cast<size_t>(
      std::find_if(normal.begin(), normal.end(), [](char c) { return c >= '0' && c <= '9'; }) -
      normal.begin());
  const std::string core = normal.substr(digits);
  const bool is_core = digits > 0 && core.size() >= kNumberCoreLengthMin &&
                       std::all_of(core.begin(), core.end(), [](char c) { return c >= '0' && c <= '9'; });
  spellings.push_back(std::move(normal));
  if (is_core) spellings.push_back(core);
  return spellings;
}

std::vector<std::string> FindNumbers(absl::string_view text,
                                     absl::FunctionRef<bool(absl::string_view)> known) {
  const std::vector<Token> tokens = Split(text);
  std::vector<std::string> found;
  size_t i = 0;
  while (i < tokens.size()) {
    size_t next = i + 1;
    if (i == 0 || !Binds(tokens[i - 1], tokens[i])) {
      const size_t last = std::min(tokens.size(), i + kNumberPartsMax);
      for (size_t end = last; end > i; --end) {
        if (end < tokens.size() && Binds(tokens[end - 1], tokens[end])) continue;
        std::string joined;
        for (size_t k = i; k < end; ++k) joined += tokens[k].text;
        const std::string normal = NormaliseNumber(joined);
        if (normal.empty() || !known(normal)) continue;
        if (std::find(found.begin(), found.end(), normal) == found.end()) found.push_back(normal);
        next = end;
        break;
      }
    }
    i = next;
  }
  return found;
}

}  // namespace relance::ledger
