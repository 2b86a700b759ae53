#include "tests/replies/volatile_names.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace relance::testing {
namespace {

constexpr char kHexadecimal[] = "0123456789abcdef";
constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_";
constexpr char kInstant[] = "0123456789-:.TZ";

// A value of `characters` right behind `prefix`.
struct Volatile {
  absl::string_view kind;
  absl::string_view prefix;
  absl::string_view characters;
  size_t length;      // 0: any
  bool has_identity;  // else every value is called "<kind>"
};

// Everything that is masked, and why.
constexpr Volatile kVolatile[] = {
    // Versions of what was read: they count writes, and how many there are depends on how workers run.
    {"etag", "etag: \"", kBase64, 0, true},
    // Opaque to callers.
    {"page_token", "next_page_token: \"", kBase64, 0, true},
    // Of the feed: it counts writes. Opaque to callers.
    {"position", "position: \"", kBase64, 0, true},
    // Hashes of documents and records that hold the time of the system.
    {"sha256", "", kHexadecimal, 64, true},
    // The time of the system: when an import ended, a record was written.
    {"time", "_time { seconds: ", "0123456789 anos:", 0, false},
    {"time", "  time: \"", kInstant, 0, false},
    {"time", "\\\"time\\\":\\\"", kInstant, 0, false},
    // A record and its documents as they are stored, in an export.
    {"bytes", "\\\"encoded\\\":\\\"", kBase64, 0, false},
    {"bytes", "\\\"content\\\":\\\"", kBase64, 0, false},
};

// The value at the start of `text`; empty when there is none.
absl::string_view ValueAt(const Volatile& rule, absl::string_view text) {
  size_t end = text.find_first_not_of(rule.characters);
  if (end == text.npos) end = text.size();
  if (rule.length != 0 && end != rule.length) return {};
  return text.substr(0, end);
}

}  // namespace

std::string VolatileNames::NameOf(absl::string_view kind, absl::string_view value) {
  std::string& name = names_[std::string(value)];
  if (name.empty()) {
    name = absl::StrCat("<", kind, "-", ++counts_[std::string(kind)], ">");
    values_[name] = std::string(value);
  }
  return name;
}

std::string VolatileNames::Mask(absl::string_view text) {
  std::string masked;
  while (!text.empty()) {
    bool found = false;
    for (const Volatile& rule : kVolatile) {
      if (!absl::StartsWith(text, rule.prefix)) continue;
      const absl::string_view value = ValueAt(rule, text.substr(rule.prefix.size()));
      if (value.empty()) continue;
      absl::StrAppend(&masked, rule.prefix,
                      rule.has_identity ? NameOf(rule.kind, value) : absl::StrCat("<", rule.kind, ">"));
      text.remove_prefix(rule.prefix.size() + value.size());
      found = true;
      break;
    }
    if (found) continue;
    // A word is looked at as a whole: the end of a longer one is no hash.
    size_t word = text.find_first_not_of(kHexadecimal);
    word = word == text.npos ? text.size() : std::max<size_t>(word, 1);
    absl::StrAppend(&masked, text.substr(0, word));
    text.remove_prefix(word);
  }
  return masked;
}

absl::StatusOr<std::string> VolatileNames::Fill(absl::string_view text) const {
  std::string filled;
  while (!text.empty()) {
    const size_t begin = text.find('<');
    absl::StrAppend(&filled, text.substr(0, begin));
    if (begin == text.npos) break;
    text.remove_prefix(begin);
    const size_t end = text.find('>');
    const std::string name(text.substr(0, end == text.npos ? end : end + 1));
    const auto value = values_.find(name);
    bool is_name = false;
    for (const Volatile& rule : kVolatile) {
      is_name = is_name || (rule.has_identity && absl::StartsWith(name, absl::StrCat("<", rule.kind, "-")));
    }
    if (value == values_.end() && is_name) return absl::NotFoundError(absl::StrCat("no reply had ", name));
    // Other text may have the signs too: XML does.
    absl::StrAppend(&filled, value == values_.end() ? "<" : value->second);
    text.remove_prefix(value == values_.end() ? 1 : name.size());
  }
  return filled;
}

}  // namespace relance::testing
