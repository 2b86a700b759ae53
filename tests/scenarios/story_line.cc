#include "tests/scenarios/story_line.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/money/currency.h"
#include "common/money/decimal_text.h"
#include "common/status/status_macros.h"
#include "tools/relancectl/words.h"

namespace relance::stories {
namespace {

absl::Status Invalid(absl::string_view message) { return absl::InvalidArgumentError(message); }

// What stands behind "->": runs of spaces are one space, so that answers may be aligned.
std::string CleanAnswer(absl::string_view text) {
  std::string clean;
  for (const absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" \t"), absl::SkipEmpty())) {
    absl::StrAppend(&clean, clean.empty() ? "" : " ", word);
  }
  return clean;
}

void AddAnswer(absl::string_view text, StoryLine* line) {
  line->has_answer = true;
  const std::string clean = CleanAnswer(text);
  if (clean != "none") line->answers.push_back(clean);
}

absl::StatusOr<StoryLine> ParseWords(absl::string_view text) {
  RELANCE_ASSIGN_OR_RETURN(const std::vector<std::string> words, ctl::SplitWords(std::string(text)));
  StoryLine line;
  if (words.empty()) return line;
  line.word = words[0];
  for (size_t i = 1; i < words.size(); ++i) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(words[i], absl::MaxSplits('=', 1));
    if (words[i].find('=') == std::string::npos) {
      line.names.push_back(words[i]);
    } else if (!line.options.insert(parts).second) {
      return Invalid(absl::StrCat(parts.first, "= is there twice"));
    }
  }
  return line;
}

}  // namespace

absl::StatusOr<std::string> StoryLine::Name() const {
  if (names.size() != 1) return Invalid(absl::StrCat("\"", word, "\" wants one name"));
  return names[0];
}

absl::StatusOr<std::string> StoryLine::Required(const std::string& option) const {
  const auto found = options.find(option);
  if (found == options.end()) return Invalid(absl::StrCat("\"", word, "\" wants ", option, "="));
  return found->second;
}

std::string StoryLine::Optional(const std::string& option) const {
  const auto found = options.find(option);
  return found == options.end() ? "" : found->second;
}

absl::StatusOr<std::vector<StoryLine>> ParseStory(absl::string_view text, absl::string_view file) {
  std::vector<StoryLine> lines;
  int number = 0;
  for (absl::string_view raw : absl::StrSplit(text, '\n')) {
    ++number;
    const bool indented = !raw.empty() && absl::ascii_isspace(static_cast<unsigned char>(raw[0]));
    raw = absl::StripAsciiWhitespace(raw);
    if (raw.empty() || raw[0] == '#') continue;
    if (indented && absl::ConsumePrefix(&raw, "->")) {
      if (lines.empty()) return Invalid(absl::StrCat(file, ":", number, ": an answer to nothing"));
      AddAnswer(raw, &lines.back());
      continue;
    }
    const size_t arrow = raw.find(" -> ");
    auto line = ParseWords(raw.substr(0, arrow));
    if (!line.ok()) return Invalid(absl::StrCat(file, ":", number, ": ", line.status().message()));
    line->number = number;
    if (arrow != raw.npos) AddAnswer(raw.substr(arrow + 4), &*line);
    lines.push_back(*std::move(line));
  }
  return lines;
}

absl::StatusOr<Money> ParseAmount(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() != 2) return Invalid(absl::StrCat(text, " is no amount; EUR/120.00 is one"));
  return ParseMoney(parts[1], parts[0], {.mark = DecimalStyle::Mark::kPoint});
}

std::string AmountText(const Money& amount) {
  std::string plain = FormatPlain(amount);  // "-1234.56 EUR"
  absl::string_view number = plain;
  absl::ConsumeSuffix(&number, absl::StrCat(" ", amount.currency));
  return absl::StrCat(amount.currency, "/", number);
}

}  // namespace relance::stories
