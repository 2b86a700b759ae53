#include "common/identifiers/find_references.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/identifiers/reference.h"
#include "common/identifiers/text.h"

namespace relance::identifiers {
namespace {

constexpr size_t kRfLengthMax = 25;
constexpr size_t kOgmLength = 12;

// A run of letters and digits. `marked`: "+++" or "***" stands right before it, as printed for an OGM.
struct Token {
  std::string text;
  bool marked = false;
};

std::vector<Token> Tokens(absl::string_view text) {
  std::vector<Token> tokens;
  absl::string_view separator;
  while (!text.empty()) {
    const auto is_token = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); };
    const size_t gap = std::find_if(text.begin(), text.end(), is_token) - text.begin();
    separator = absl::StripAsciiWhitespace(text.substr(0, gap));
    text.remove_prefix(gap);
    const size_t length = std::find_if_not(text.begin(), text.end(), is_token) - text.begin();
    if (length == 0) break;
    tokens.push_back({absl::AsciiStrToUpper(text.substr(0, length)),
                      absl::EndsWith(separator, "+++") || absl::EndsWith(separator, "***")});
    text.remove_prefix(length);
  }
  return tokens;
}

void AddReference(Reference reference, std::vector<Reference>* found) {
  if (found->size() < kReferencesMax && std::find(found->begin(), found->end(), reference) == found->end()) {
    found->push_back(std::move(reference));
  }
}

// RF references that begin with the token at `start`.
void FindRf(const std::vector<Token>& tokens, size_t start, std::vector<Reference>* found) {
  std::string joined;
  std::vector<Reference> split;
  for (size_t i = start; i < tokens.size(); ++i) {
    absl::StrAppend(&joined, tokens[i].text);
    if (joined.size() > kRfLengthMax) break;
    // "R" alone may be the end of a line that was cut there.
    if (!absl::StartsWith(joined, joined.size() < 2 ? "R" : "RF")) return;
    const auto rf = ParseRf(joined);
    if (!rf.ok()) continue;
    if (i == start) {
      AddReference({Reference::Kind::kRf, *rf}, found);
    } else {
      split.insert(split.begin(), {Reference::Kind::kRf, *rf});
    }
  }
  for (Reference& reference : split) AddReference(std::move(reference), found);
}

// Whether the digits after this place belong to an IBAN or RF reference printed in groups: "BE68", "RF 18".
bool EndsInCheckedPrefix(const std::vector<Token>& tokens, size_t end) {
  std::string before;
  for (size_t i = end < 2 ? 0 : end - 2; i < end; ++i) absl::StrAppend(&before, tokens[i].text);
  const absl::string_view tail = absl::string_view(before).substr(before.size() < 4 ? 0 : before.size() - 4);
  return tail.size() == 4 && (absl::StartsWith(tail, "BE") || absl::StartsWith(tail, "RF")) &&
         IsDigits(tail.substr(2));
}

// The OGM that begins with the token at `start`: whole groups of digits, twelve in all.
void FindOgm(const std::vector<Token>& tokens, size_t start, std::vector<Reference>* found) {
  std::string joined;
  std::vector<size_t> groups;
  for (size_t i = start; i < tokens.size() && joined.size() < kOgmLength; ++i) {
    if (!IsDigits(tokens[i].text)) return;
    absl::StrAppend(&joined, tokens[i].text);
    groups.push_back(tokens[i].text.size());
  }
  const auto ogm = ParseOgm(joined);
  if (!ogm.ok()) return;
  const bool account = groups == std::vector<size_t>{3, 7, 2} || EndsInCheckedPrefix(tokens, start);
  if (account && !tokens[start].marked) return;
  AddReference({Reference::Kind::kOgm, *ogm}, found);
}

}  // namespace

std::vector<Reference> FindReferences(absl::string_view text) {
  const std::vector<Token> tokens = Tokens(text.substr(0, kReferenceTextMax));
  std::vector<Reference> found;
  for (size_t start = 0; start < tokens.size(); ++start) {
    FindRf(tokens, start, &found);
    FindOgm(tokens, start, &found);
  }
  return found;
}

}  // namespace relance::identifiers
