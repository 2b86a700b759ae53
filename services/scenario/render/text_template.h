#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace relance::scenario::render {

inline constexpr size_t kTemplateBytesMax = 64 * 1024;
inline constexpr int kTemplateDepthMax = 8;

// The names that templates may use. A text may be printed and tested, a flag only tested.
struct Vocabulary {
  std::set<std::string> texts;
  std::set<std::string> flags;
};

// What the names stand for in one message. A text that is absent is empty, a flag that is absent is false.
struct Values {
  std::map<std::string, std::string> texts;
  std::map<std::string, bool> flags;
};

// A Mustache template of the strict kind, parsed once and rendered often. Immutable.
//
//   {{name}}                 the text; an empty one is an error, for a hole in a letter is worse than no
//   letter
//   {{#name}} .. {{/name}}   only when the flag is true, or the text not empty
//   {{^name}} .. {{/name}}   only when not
//   {{! ... }}               a note; it prints nothing
//
// A line that holds one section tag or note and nothing else vanishes with its line break. No loops, no
// partials, no escaping, no other delimiters: tables are laid out by the code, and each output escapes as it
// needs.
class TextTemplate {
 public:
  // `name` ("fr/reminder") is what errors call the template.
  // Errors: INVALID_ARGUMENT / TEMPLATE_MALFORMED, TEMPLATE_VARIABLE_UNKNOWN, with template, line and
  // variable.
  static absl::StatusOr<TextTemplate> Parse(absl::string_view name, absl::string_view text,
                                            const Vocabulary& vocabulary);

  // Errors: FAILED_PRECONDITION / TEMPLATE_VARIABLE_MISSING.
  absl::StatusOr<std::string> Render(const Values& values) const;

  const std::string& name() const { return name_; }

 private:
  struct Node {
    enum class Kind { kLiteral, kVariable, kSection, kInverted };
    Kind kind = Kind::kLiteral;
    std::string text;  // the literal, or the name
    int line = 0;
    std::vector<Node> children;
  };
  class Parser;

  absl::Status RenderNodes(const std::vector<Node>& nodes, const Values& values, std::string& out) const;

  std::string name_;
  std::vector<Node> nodes_;
};

}  // namespace relance::scenario::render
